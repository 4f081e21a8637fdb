/** Tests of the structure that a trace finds in nets whose layers and ways are counted by hand. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  add,
  cifarDensenet,
  concat,
  generator,
  Linear,
  Module,
  mul,
  Parallel,
  type PassRecord,
  placesOf,
  ReLU,
  Residual,
  randn,
  Sequential,
  Sigmoid,
  setDevice,
  sum,
  type Tensor,
  trace,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const rng = generator(0);
const dense = (inputs = 4, outputs = 4) => new Linear(inputs, outputs, { generator: rng });
const input = () => randn([2, 4], { generator: rng });

async function recordOf(model: Module, x: Tensor = input()): Promise<PassRecord> {
  const tracing = trace(model);
  sum(model.forward(x).square()).backward();
  const [pass] = await tracing.read();
  tracing.remove();
  return pass as PassRecord;
}

/** Of each layer with a split: where the ways part, how they join, and the depth of each. */
function splitsOf({ layers }: PassRecord): Record<string, string[]> {
  const entries = layers.flatMap(({ name, splits }) =>
    splits.length === 0
      ? []
      : [
          [
            name,
            splits.map(({ from, joins, parts }) => `${from} ${joins}: ${parts.map((p) => `${p.name} ${p.depth}`)}`),
          ],
        ],
  );
  return Object.fromEntries(entries);
}

describe("trace of a net counted by hand", () => {
  it("finds nested residuals, and the inner one within the outer", async () => {
    const inner = new Residual(new Sequential(dense(), new ReLU(), dense()));
    const pass = await recordOf(new Sequential(dense(), new Residual(new Sequential(dense(), inner))));
    expect(splitsOf(pass)).toEqual({
      "1": ["0 add: branch.0 3,shortcut 0"],
      "1.branch.1": ["1.branch.0 add: branch.0 2,shortcut 0"],
    });
    const layer = (name: string) => pass.layers.find((one) => one.name === name);
    expect(layer("1")).toMatchObject({ depth: 4, isBottleneck: true, within: null });
    expect(layer("1.branch.1")).toMatchObject({ depth: 4, isBottleneck: false, within: "1" });
    expect(layer("1.branch.1.branch.0")).toMatchObject({ depth: 3, within: "1.branch.1" });
    expect(placesOf(pass).map(({ name, depth }) => [name, depth])).toEqual([
      ["0", 1],
      ["1", 4],
    ]);
  });

  it("finds every way into a concatenation of four and into a mean of three, and gates are no ways", async () => {
    const gate = new Sequential(dense(), new Sigmoid());
    class Gated extends Module {
      readonly gate = gate;
      override forward(x: Tensor): Tensor {
        return mul(x, this.gate.forward(x));
      }
    }
    const wide = new Parallel({ a: dense(), b: new Sequential(dense(), dense()), c: new ReLU(), d: dense() });
    const mean = new Parallel([dense(), new Sequential(dense(), dense()), dense()], { join: "mean" });
    const pass = await recordOf(new Sequential({ stem: dense(), wide, mix: dense(16), mean, gated: new Gated() }));
    expect(splitsOf(pass)).toEqual({
      wide: ["stem concat: a 1,b.0 2,c 0,d 1"],
      mean: ["mix add: 0 1,1.0 2,2 1"],
    });
    expect(pass.layers.at(-1)).toMatchObject({ depth: 7 });
  });

  it("names the ways into a dense block by the layers that read its input, also where that is concatenated for them", async () => {
    class Block extends Module {
      readonly one = dense(4);
      readonly two = dense(8);
      readonly three = dense(12);
      override forward(x: Tensor): Tensor {
        const a = this.one.forward(x);
        const b = this.two.forward(concat([x, a], { axis: 1 }));
        const c = this.three.forward(concat([x, a, b], { axis: 1 }));
        return concat([x, a, b, c], { axis: 1 });
      }
    }
    const pass = await recordOf(new Sequential({ stem: dense(), block: new Block(), head: dense(16) }));
    expect(splitsOf(pass)).toEqual({ block: ["stem concat: one 3,two 2,three 1,identity 0"] });
    expect(placesOf(pass).map(({ name, depth }) => [name, depth])).toEqual([
      ["stem", 1],
      ["block", 4],
      ["head", 5],
    ]);
  });

  it("does not know depths behind what was not recorded, and gives no number for what no gradient reaches", async () => {
    const [frozen, block] = [dense(), new Residual(dense())];
    for (const parameter of frozen.parameters()) parameter.requiresGrad = false;
    const pass = await recordOf(new Sequential(frozen, block, dense()));
    expect(pass.layers.map(({ name, depth }) => [name, depth])).toEqual([
      ["0", null],
      ["1.branch", null],
      ["1.shortcut", null],
      ["1", null],
      ["2", null],
    ]);
    expect(pass.layers[3]?.splits).toMatchObject([{ gradNorm: null, reason: "requires-none" }]);
    expect(placesOf(pass)).toEqual([]);
  });

  it("knows how deep layers of a checkpoint of several inputs lie, where a concatenation comes before the first", async () => {
    const [plain, efficient] = await Promise.all(
      [false, true].map((memoryEfficient) => {
        const net = cifarDensenet({ depth: 22, growthRate: 2, memoryEfficient, generator: generator(0) });
        return recordOf(net, randn([2, 3, 8, 8], { generator: generator(1) }));
      }),
    );
    const places = (pass: PassRecord | undefined) =>
      pass?.layers.map(({ name, depth, isBottleneck }) => [name, depth, isBottleneck]);
    expect(places(efficient)).toEqual(places(plain));
  });

  it("goes through 300 residual additions", async () => {
    const blocks = Array.from({ length: 300 }, () => new Residual(new Sequential(dense())));
    const pass = await recordOf(new Sequential(dense(), ...blocks));
    expect(placesOf(pass)).toHaveLength(301);
    expect(pass.layers.at(-1)).toMatchObject({ name: "300", depth: 301, splits: [{ from: "299" }] });
  }, 60_000);

  it("names what a bare addition adds, and adds the parts up to the whole", async () => {
    class Net extends Module {
      readonly stem = dense();
      readonly inner = dense();
      override forward(x: Tensor): Tensor {
        const h = this.stem.forward(x);
        return add(h, this.inner.forward(h));
      }
    }
    const pass = await recordOf(new Net());
    expect(splitsOf(pass)).toEqual({ Net: ["stem add: inner 1,identity 0"] });
    const [net, stem] = [pass.layers.at(-1), pass.layers[0]];
    expect(net?.splits[0]?.gradNorm).toBe(stem?.activationGradNorm);
    expect(net?.identityGradNorm).toBe(net?.activationGradNorm);
  });
});
