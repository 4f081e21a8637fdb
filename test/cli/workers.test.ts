/** Tests of the livegrad command where its worker threads are kept from starting, and where Node is too old. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseTrace } from "../../src/experiments/report/files.js";
import { build, type Finished, livegrad } from "./command.js";

let folder = "";

beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), "livegrad-workers-"));
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

const flow = ["gradient-flow", "--depth", "8", "--width", "2", "--batch", "2", "--seeds", "1", "--jobs", "2"];

/** Runs a small experiment under flags of Node. @returns with the records of its trace */
async function runsUnder(name: string, nodeOptions: string): Promise<Finished & { readonly runs: unknown }> {
  const out = join(folder, name);
  const finished = await livegrad([...flow, "--out", out], { env: { NODE_OPTIONS: nodeOptions } });
  const { runs } = parseTrace(await readFile(join(out, "trace.json"), "utf8"));
  return { ...finished, runs };
}

/** Runs a piece of CommonJS before the command. */
const before = (script: string) =>
  `--import=data:text/javascript,${encodeURIComponent(
    `const { createRequire, syncBuiltinESMExports } = process.getBuiltinModule("module");
     const threads = createRequire("file:///")("worker_threads"); ${script} syncBuiltinESMExports();`,
  )}`;

describe("the workers of the command", () => {
  it("start whatever preloads the program has", async () => {
    const preload = fileURLToPath(new URL("../device/preload.cjs", import.meta.url));
    const { status, stderr } = await runsUnder("preload", `--require ${preload}`);
    expect([status, stderr]).toEqual([0, ""]);
  });

  it("are done without under the permission model, which is said once, and the numbers are the same", async () => {
    const permission = process.allowedNodeEnvironmentFlags.has("--permission")
      ? "--permission"
      : "--experimental-permission";
    const free = await runsUnder("free", "--no-warnings");
    const { status, stderr, runs } = await runsUnder(
      "permission",
      `--no-warnings ${permission} --allow-fs-read=* --allow-fs-write=*`,
    );
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^livegrad: a worker thread does not start \(Access to this API has been restricted[^\n]*\n$/,
    );
    expect(runs).toEqual(free.runs);
  });

  it.each([
    ["throw new Error('no room')", "none starts"],
    ["if (++count > 1) throw new Error('no room'); super(...given)", "one does not start"],
    ["super('throw new Error(`no room`)', { eval: true })", "all die before they begin"],
  ])("make do with fewer: %s (%s)", async (body, name) => {
    const patch = `let count = 0; const { Worker } = threads;
      threads.Worker = class extends Worker { constructor(...given) { ${body}; } };`;
    const { status, stderr, stdout } = await runsUnder(name, before(patch));
    expect(status).toBe(0);
    expect(stderr).toBe("livegrad: a worker thread does not start (no room); the networks make do with fewer\n");
    expect(stdout).toContain("100 %");
  });
});

describe("a model in a TypeScript file, under tsx", () => {
  it("runs, where tsx does not reach worker threads on the main one", async () => {
    const file = join(folder, "my-net.ts");
    const library = fileURLToPath(new URL("../../dist/index.js", import.meta.url));
    await writeFile(
      file,
      `import { Flatten, type Generator, Linear, Sequential } from ${JSON.stringify(library)};
       export default (generator: Generator) => new Sequential(new Flatten(), new Linear(192, 10, { generator }));`,
    );
    const out = join(folder, "own");
    const flags = ["--model", file, "--size", "8", "--batch", "2", "--seeds", "1", "--jobs", "2", "--out", out];
    const { status, stderr } = await livegrad(["gradient-flow", ...flags], { env: { NODE_OPTIONS: "--import=tsx" } });
    expect([status, stderr.replace(/^livegrad: a worker thread does not start .*\n/, "")]).toEqual([0, ""]);
    const { runs } = parseTrace(await readFile(join(out, "trace.json"), "utf8"));
    expect(runs.map(({ model, depth }) => [model, depth])).toEqual([["my-net", 1]]);
  });
});

describe("a Node that is too old", () => {
  it("is named before anything else happens", async () => {
    const env = {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent("delete process.getBuiltinModule")}`,
    };
    const { status, stderr } = await livegrad(["devices"], { env });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^livegrad: the command: it needs Node 20\.16, 22\.3 or later; this is Node [\d.]+\n$/);
  });
});
