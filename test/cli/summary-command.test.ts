/** Tests of `livegrad summary`. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { summaryCommand } from "../../src/cli/summary-command.js";

const folder = mkdtempSync(join(tmpdir(), "livegrad-"));
const library = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

let log: MockInstance<typeof console.log>;

beforeEach(() => {
  log = vi.spyOn(console, "log").mockImplementation(() => undefined);
});
afterEach(() => log.mockRestore());
afterAll(() => rmSync(folder, { recursive: true }));

const printed = () => log.mock.calls.map(([line]) => String(line)).join("\n");

describe("livegrad summary", () => {
  it("prints a model of the zoo, by any spelling of its name, in evaluation or as in training", async () => {
    await summaryCommand("cifar_resnet20", { depth: 1 });
    expect(printed()).toContain("input [1, 3, 32, 32] in evaluation");
    expect(printed()).toContain("269,722");
    expect(printed()).not.toContain("BasicBlock");
    await summaryCommand("cifarResnet20", { input: [[4, 3, 16, 16]], train: true });
    expect(printed()).toContain("input [4, 3, 16, 16] in training");
    expect(printed()).toContain("BasicBlock");
  });

  it("prints JSON", async () => {
    await summaryCommand("cifarResnet20", { json: true });
    const told = JSON.parse(printed());
    expect(told).toMatchObject({ name: "cifarResnet20", totals: { parameters: 269722 }, memory: { input: 4 * 3072 } });
    expect(told.rows[0]).toMatchObject({ type: "CifarNet", outputs: [[1, 10]] });
  });

  it("prints every model that a file exports", async () => {
    const path = written(
      "nets.mjs",
      `import { Linear, Sequential } from ${JSON.stringify(library)};
       export const wide = (generator) => new Sequential(new Linear(4, 50, { generator }));
       export default (generator) => new Linear(4, 3, { generator });`,
    );
    await summaryCommand(path, { input: [[2, 4]] });
    expect(printed()).toMatch(/^nets\nLinear|\nnets\nlayer/);
    expect(printed()).toContain("wide");
    expect(printed()).toContain("parameters: 250");
  });

  it("runs a model of several inputs, each with a shape of its own", async () => {
    const path = written(
      "pair.mjs",
      `import { Linear, Module, add } from ${JSON.stringify(library)};
       class Pair extends Module {
         constructor(generator) {
           super();
           this.left = new Linear(4, 2, { generator });
           this.right = new Linear(8, 2, { generator });
         }
         forward(a, b) { return add(this.left.forward(a), this.right.forward(b)); }
       }
       export default (generator) => new Pair(generator);`,
    );
    await summaryCommand(path, {
      input: [
        [5, 4],
        [5, 8],
      ],
    });
    expect(printed()).toContain("input [5, 4], [5, 8] in evaluation");
    expect(printed()).toContain("parameters: 28");
  });

  it.each([
    ["nope", {}, "it has no model"],
    ["cifarResnet20", { depth: -1 }, "--depth must be an integer of at least 0"],
    ["cifarResnet20", { input: [[1, 4, 32, 32]] }, "conv1 (Conv2d) does not take [1, 4, 32, 32]"],
    ["./nothing.mjs", { input: [[1, 3]] }, "there is no file ./nothing.mjs"],
    [written("empty.mjs", "export const x = 3;"), { input: [[1]] }, "it exports x: 3"],
    [written("number.mjs", "export const f = () => 3;"), { input: [[1]] }, "f must make a module, got 3"],
    [written("broken.mjs", "throw new Error('broken');"), { input: [[1]] }, "broken"],
    [written("own.mjs", "export const f = () => 3;"), {}, "needs the shape of its input"],
  ])("refuses %s %o", async (model, flags, message) => {
    await expect(summaryCommand(model, flags)).rejects.toThrow(message);
  });
});
