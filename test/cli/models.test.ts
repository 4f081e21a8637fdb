/** Tests of `livegrad gradient-flow --model`: models of the zoo, and what a file of the user's exports. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseTrace } from "../../src/experiments/report/files.js";
import { build, type Finished, livegrad } from "./command.js";

const dist = (path: string) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
let folder = "";

/** Writes a file into the folder. @returns its path */
async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const flow = (...args: readonly string[]): Promise<Finished> =>
  livegrad(["gradient-flow", "--batch", "2", "--seeds", "1", "--out", join(folder, "out"), ...args], {
    env: { LIVEGRAD_DEVICE: "simd" },
  });

const net = () => `import { Flatten, Linear, Module, ReLU, Sequential } from "${pathToFileURL(dist("index.js"))}";
const make = (depth) => (generator) => new Sequential(new Flatten(), new Linear(3072, 8, { generator }),
  ...Array.from({ length: depth }, () => [new ReLU(), new Linear(8, 8, { generator })]).flat(), new Linear(8, 10, { generator }));`;

beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), "livegrad-models-"));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("livegrad gradient-flow --model", () => {
  it("runs models of the zoo and those that a file exports, classes too, beside CIFAR nets", async () => {
    const path = await file(
      "nets.mjs",
      `${net()}
export default make(1);
export const deep = make(12);
export class Shallow extends Module {
  constructor(generator) { super(); this.net = make(0)(generator); }
  forward(x) { return this.net.forward(x); }
}
export const notes = "no model";`,
    );
    const { status, stderr, stdout } = await flow("--model", `cifarPlain20,${path}`, "--depth", "8", "--width", "2");
    expect([status, stderr]).toEqual([0, ""]);
    const { runs } = parseTrace(await readFile(join(folder, "out", "trace.json"), "utf8"));
    const others = runs.flatMap(({ cifar, model, depth }) => (cifar === null ? [[model, depth]] : []));
    expect(others).toEqual([
      ["cifarPlain20", 20],
      ["Shallow", 2],
      ["deep", 14],
      ["nets", 3],
    ]);
    expect(runs.filter(({ cifar }) => cifar !== null)).toHaveLength(4);
    expect(stdout).toMatch(/│ deep +│ +14 │/);
    expect(stdout).toContain("In deep, 14 weighted layers deep, the gradient");
    expect(stdout).toContain("8 networks at initialisation: width 2, batch 2, images: drawn images, device simd");
  });

  it("takes images of another size, and says so of photographs", async () => {
    const { status, stdout } = await flow("--model", "cifarPlain20", "--size", "16");
    expect([status, stdout.includes("1 network at initialisation: batch 2, images: drawn images,")]).toEqual([0, true]);
  });

  const cases: [name: string, args: () => Promise<readonly string[]>, says: string][] = [
    ["no such model", async () => ["--model", "resnet35"], "it has no model"],
    ["no such file", async () => ["--model", "./nowhere.mjs"], "there is no file ./nowhere.mjs"],
    ["an empty list", async () => ["--model", ","], "--model must be a list of at least one"],
    [
      "no function",
      async () => ["--model", await file("none.mjs", "export const depth = 3;")],
      "must export a function that makes a module, as (generator) => new Net(generator); it exports depth: 3",
    ],
    ["a fault in the file", async () => ["--model", await file("bad.mjs", "export default (;")], "cannot load"],
    [
      "another copy of the package",
      async () => [
        "--model",
        await file(
          "copy.cjs",
          `const { generator, Linear } = require(${JSON.stringify(dist("cjs/index.js"))});
exports.copy = () => new Linear(3, 10, { generator: generator(0) });`,
        ),
      ],
      "another copy of livegrad",
    ],
    [
      "images that it does not take",
      async () => ["--model", await file("small.mjs", `${net()} export default make(1);`), "--size", "16"],
      "small does not run on images [2, 3, 16, 16]",
    ],
    [
      "two sizes",
      async () => ["--model", "cifarPlain20", "--size", "16", "--input", "3,16,16"],
      "--input or --size, not both",
    ],
    [
      "half a size",
      async () => ["--model", "cifarPlain20", "--input", "3,16"],
      "--input must be three positive integers",
    ],
    ["widths without depths", async () => ["--model", "cifarPlain20", "--width", "4"], "give these, too"],
  ];
  if (!("typescript" in process.features)) {
    cases.push(["TypeScript", async () => ["--model", await file("net.ts", "export default () => null;")], "npx tsx"]);
  }

  it.each(cases)("takes one line and exit status 2, before any work: %s", async (_name, args, says) => {
    const { status, stdout, stderr } = await flow(...(await args()));
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/^livegrad: [^\n]+\n$/);
    expect([stdout, status]).toEqual(["", 2]);
  });
});
