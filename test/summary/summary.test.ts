/** Tests of summaries: against nets counted by hand, against what the device holds, and that they change nothing. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  AdaptiveAvgPool2d,
  add,
  BatchNorm2d,
  Conv2d,
  cifarNet,
  concat,
  Dropout,
  Flatten,
  generator,
  Linear,
  MaxPool2d,
  Module,
  memory,
  noGrad,
  Parameter,
  ReLU,
  randn,
  Sequential,
  ShapeError,
  type SummaryRow,
  summary,
  type Tensor,
  tensor,
  trace,
  ValueError,
  withDevice,
} from "../../src/index.js";

const rng = generator(0);

/** 8 images of 3×16×16: a convolution, batch norm, ReLU, max pooling, a classifier. */
function smallNet(): Sequential {
  return new Sequential(
    new Conv2d(3, 4, 3, { padding: 1, generator: rng }),
    new BatchNorm2d(4),
    new ReLU(),
    new MaxPool2d(2),
    new Flatten(),
    new Linear(256, 10, { generator: rng }),
  );
}

/** Bytes that a forward pass leaves on the device. */
async function heldBy(model: Module, shape: readonly number[]): Promise<number> {
  const before = await settledBytes();
  const [x, y] = forward();
  const held = (await settledBytes()) - before;
  for (const tensor of [x, y]) tensor.dispose();
  y.node?.free();
  return held;

  function forward(): [Tensor, Tensor] {
    const x = randn(shape, { generator: rng });
    return [x, model.forward(x)];
  }
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes that are held once the garbage collector has found all that nobody refers to. */
async function settledBytes(): Promise<number> {
  for (let i = 0; i < 6; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return memory().bytes;
}

function rowOf(rows: readonly SummaryRow[], path: string, call = 1): SummaryRow {
  const row = rows.find((one) => one.path === path && one.call === call);
  if (row === undefined) throw new Error(`no row ${path}`);
  return row;
}

describe("summary", () => {
  it("counts what one counts by hand", () => {
    const { rows, totals, memory: bytes } = summary(smallNet(), [8, 3, 16, 16]);
    expect(rows.map(({ path, type, outputs }) => [path, type, outputs[0]])).toEqual([
      ["", "Sequential", [8, 10]],
      ["0", "Conv2d", [8, 4, 16, 16]],
      ["1", "BatchNorm2d", [8, 4, 16, 16]],
      ["2", "ReLU", [8, 4, 16, 16]],
      ["3", "MaxPool2d", [8, 4, 8, 8]],
      ["4", "Flatten", [8, 256]],
      ["5", "Linear", [8, 10]],
    ]);
    const [conv, linear] = [8 * 4 * 16 * 16 * 27, 8 * 10 * 256];
    expect(rowOf(rows, "0")).toMatchObject({ parameters: 4 * 27 + 4, macs: conv, kernel: [3, 3] });
    expect(rowOf(rows, "1")).toMatchObject({ parameters: 8, macs: 0 });
    expect(rowOf(rows, "3")).toMatchObject({ parameters: 0, kernel: [2, 2] });
    expect(rowOf(rows, "5")).toMatchObject({ parameters: 2570, macs: linear });
    expect(totals).toMatchObject({ parameters: 2690, trainable: 2690, macs: conv + linear, unlisted: [] });
    expect(totals).toMatchObject({ convolutionMacs: conv, linearMacs: linear, flops: 2 * (conv + linear) });
    expect(totals.otherFlops).toBeGreaterThan(8 * 4 * 16 * 16 * 5); // of batch norm, ReLU and pooling
    expect(bytes).toMatchObject({ parameters: 4 * 2690, gradients: 4 * 2690, input: 4 * 8 * 768, output: 4 * 80 });
    expect(bytes.buffers).toBe(4 * 9);
  });

  it.each([
    ["a small net", smallNet, 16],
    ["ResNet-8", () => cifarNet({ depth: 8, generator: rng }), 32],
    ["ResNet-8 with projections", () => cifarNet({ depth: 8, shortcut: "C", generator: rng }), 32],
  ] as const)("tells what the tape of %s keeps, which is what the device holds", async (_, make, size) => {
    await withDevice("simd", async () => {
      for (const training of [true, false]) {
        const model = make().train(training);
        const { input, kept, output, read, forward, backwardPeak } = summary(model, [8, 3, size, size]).memory;
        // The collector finds small buffers together with their neighbours: a few scalars are still counted.
        const scalars = (await heldBy(model, [8, 3, size, size])) - (input + kept + output);
        expect(scalars).toBeGreaterThanOrEqual(0);
        expect(scalars).toBeLessThan(kept / 100);
        expect(kept).toBeGreaterThan(100_000);
        expect(read).toBeLessThanOrEqual(kept);
        expect(backwardPeak).toBeGreaterThan(forward);
      }
    });
  });

  it("is the same for shapes as for tensors", () => {
    const model = smallNet();
    const [shapes, tensors] = [
      summary(model, [8, 3, 16, 16]),
      summary(model, randn([8, 3, 16, 16], { generator: rng })),
    ];
    expect(JSON.stringify(shapes)).toBe(JSON.stringify(tensors));
    expect(String(shapes)).toBe(String(tensors));
  });

  it("changes nothing: statistics, generators, modes, gradients, traces", async () => {
    const dropout = generator(3);
    const model = new Sequential(smallNet(), new Dropout({ generator: dropout }));
    model.namedModules()[2]?.[1].eval();
    const modes = () => model.namedModules().map(([, { training }]) => training);
    const state = async () => {
      const numbers = Object.entries(model.stateDict()).map(async ([key, x]) => [key, await x.array()]);
      return JSON.stringify(await Promise.all(numbers));
    };
    const tracing = trace(model);
    const [modesBefore, before, buffers] = [modes(), await state(), memory().buffers];
    const twin = generator(3);
    for (const training of [true, false, undefined]) {
      summary(model, [2, 3, 16, 16], { training });
      summary(model, randn([2, 3, 16, 16], { generator: rng }), { training });
    }
    expect(() => summary(model, [2, 5, 16, 16], { training: true })).toThrow(ShapeError);
    expect(modes()).toEqual(modesBefore);
    expect(await state()).toBe(before);
    expect(dropout.uniform()).toBe(twin.uniform());
    expect(model.parameters().every(({ grad }) => grad === null)).toBe(true);
    expect(await tracing.read()).toEqual([]);
    expect(memory().buffers).toBeGreaterThanOrEqual(buffers);
    model
      .forward(randn([2, 3, 16, 16], { generator: rng }))
      .sum()
      .backward(); // and the model still works
  });

  it("tells training from evaluation", () => {
    const model = smallNet().eval();
    expect(summary(model, [8, 3, 16, 16]).training).toBe(false);
    const trained = summary(model, [8, 3, 16, 16], { training: true });
    expect(trained.training).toBe(true);
    expect(trained.memory.kept).not.toBe(summary(model, [8, 3, 16, 16]).memory.kept);
  });

  it("lists a module that runs twice twice, and counts its parameters once", () => {
    class Twice extends Module {
      readonly layer: Linear = new Linear(5, 5, { generator: rng });
      override forward(x: Tensor): Tensor {
        return this.layer.forward(this.layer.forward(x));
      }
    }
    const { rows, totals, ...told } = summary(new Twice(), [2, 5]);
    expect(rowOf(rows, "layer")).toMatchObject({ parameters: 30, macs: 50 });
    expect(rowOf(rows, "layer", 2)).toMatchObject({ parameters: 0, macs: 50 });
    expect(totals).toMatchObject({ parameters: 30, macs: 100 });
    expect(told.toString()).toContain("counted above");
  });

  it("counts a parameter that two modules share once, and tells frozen ones", () => {
    const [first, second] = [new Linear(4, 4, { generator: rng }), new Linear(4, 4, { generator: rng, bias: false })];
    (second as { weight: Parameter }).weight = first.weight;
    if (first.bias !== null) first.bias.requiresGrad = false;
    const { rows, totals, memory: bytes } = summary(new Sequential(first, second), [1, 4]);
    expect(totals).toMatchObject({ parameters: 20, trainable: 16 });
    expect(rows.map(({ parameters, trainable }) => [parameters, trainable])).toEqual([
      [20, 16],
      [20, 16],
      [0, 0],
    ]);
    expect(bytes).toMatchObject({ parameters: 80, gradients: 64 });
  });

  it("takes several inputs and outputs, and lists what did not run and ops between children", () => {
    class Branches extends Module<[a: Tensor, b: Tensor], { sum: Tensor; all: Tensor }> {
      readonly left: Linear = new Linear(3, 4, { generator: rng });
      readonly right: Linear = new Linear(5, 4, { generator: rng });
      readonly spare: Linear = new Linear(9, 9, { generator: rng });
      override forward(a: Tensor, b: Tensor): { sum: Tensor; all: Tensor } {
        const [left, right] = [this.left.forward(a), this.right.forward(b)];
        return { sum: add(left, right), all: concat([left, right], { axis: 1 }) };
      }
    }
    const told = summary(new Branches(), [
      [2, 3],
      [2, 5],
    ]);
    expect(told.rows[0]?.outputs).toEqual([
      [2, 4],
      [2, 8],
    ]);
    expect(told.rows.map(({ path, type, call }) => [path, type, call])).toEqual([
      ["", "Branches", 1],
      ["left", "Linear", 1],
      ["right", "Linear", 1],
      ["", "add, concat", null],
      ["spare", "Linear", 0],
    ]);
    expect(rowOf(told.rows, "spare", 0).parameters).toBe(90);
    expect(told.totals.parameters).toBe(16 + 24 + 90);
    expect(told.toString()).toContain("did not run");
  });

  it("tells of parameters that no list has", () => {
    class Hidden extends Module {
      readonly #weight = new Parameter(tensor([[1, 2]]));
      override forward(x: Tensor): Tensor {
        return x.matmul(this.#weight);
      }
    }
    const told = summary(new Hidden(), [3, 1]);
    expect(told.totals).toMatchObject({ parameters: 0, unlisted: [[1, 2]], linearMacs: 6 });
    expect(told.toString()).toContain("parameters() lists them not: [1, 2]");
  });

  it("counts products of activations apart", () => {
    class Scores extends Module {
      override forward(x: Tensor): Tensor {
        return x.matmul(x.transpose(0, 1));
      }
    }
    const { totals } = summary(new Scores(), [4, 8]);
    expect(totals).toMatchObject({ macs: 0 });
    expect(totals.otherFlops).toBeGreaterThanOrEqual(2 * 4 * 4 * 8);
  });

  it("runs a model that reads numbers on tensors, and says so on shapes", () => {
    class Reads extends Module {
      override forward(x: Tensor): Tensor {
        return x.sum().itemSync() > 0 ? x.mul(2) : x;
      }
    }
    expect(summary(new Reads(), tensor([1, 2])).rows[0]?.outputs).toEqual([[2]]);
    expect(() => summary(new Reads(), [2])).toThrow("needs input tensors in the place of shapes");
  });

  it("records whatever mode it is called in", () => {
    const model = smallNet();
    expect(noGrad(() => summary(model, [8, 3, 16, 16]).memory)).toEqual(summary(model, [8, 3, 16, 16]).memory);
  });

  it("names the module that refuses its input", () => {
    const model = new Sequential(new AdaptiveAvgPool2d(1), new Sequential(new Conv2d(3, 4, 1, { generator: rng })));
    expect(() => summary(model, [2, 7, 4, 4])).toThrow(
      /summary: 1\.0 \(Conv2d\) does not take \[2, 7, 1, 1\]: conv2d: .*7 channels/,
    );
    expect(() => summary(model, [2, 7, 4, 4])).toThrow(ShapeError);
    expect(() => summary(model, [0])).toThrow(ShapeError);
    expect(() => summary(model, [])).toThrow(ValueError);
    expect(() => summary({} as Sequential, [1])).toThrow("it takes a module");
    expect(() => summary(model, [2, 3, 4, 4], { depth: 3 } as never)).toThrow(ValueError);
  });

  it("takes neither time nor memory for shapes of any size", () => {
    const start = performance.now();
    const { memory: bytes } = summary(smallNet().eval(), [4096, 3, 16, 16]);
    expect(bytes.kept).toBeGreaterThan(1e8);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it("prints a tree, down to a depth", () => {
    const told = summary(cifarNet({ depth: 8, generator: rng }), [1, 3, 32, 32]);
    expect(told.toString(1)).toContain("├ layer1: Sequential               [1, 16, 32, 32]       4,672   4,718,592");
    expect(told.toString(1)).not.toContain("BasicBlock");
    expect(told.toString()).toContain(
      "│   ├ conv1: Conv2d          3×3     [1, 16, 32, 32]       2,304   2,359,296  65.54 kB",
    );
    expect(told.toString()).toContain("24,478,976 FLOPs");
  });
});
