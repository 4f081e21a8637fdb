/** Tests of the CIFAR nets: sizes, names, shortcuts, and that a gradient reaches every parameter. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  BasicBlock,
  BatchNorm2d,
  type CifarNetOptions,
  cifarNet,
  crossEntropy,
  generator,
  init,
  PadShortcut,
  randn,
  type Shortcut,
  setDevice,
  type Tensor,
  tensor,
  ValueError,
} from "../../src/index.js";

beforeAll(() => setDevice("cpu"));

const zero = { generator: generator(0), init: (shape: readonly number[]) => init.constant(shape, 0) } as const;

function parameterCount(options: Omit<CifarNetOptions, "generator">): number {
  return cifarNet({ ...zero, ...options })
    .parameters()
    .reduce((sum, { size }) => sum + size, 0);
}

/** Learned numbers of a net with batch norm, counted from He et al.'s description. */
function expectedCount(depth: number, width: number, shortcut: Shortcut): number {
  const n = (depth - 2) / 6;
  const convolution = (kernel: number, from: number, to: number) => kernel * kernel * from * to + 2 * to; // with its norm
  const stages: [from: number, to: number][] = [
    [width, width],
    [width, 2 * width],
    [2 * width, 4 * width],
  ];
  const blocks = stages.flatMap(([from, to]) =>
    Array.from({ length: n }, (_, i) => [i === 0 ? from : to, to] as const),
  );
  const weights = blocks.map(([from, to]) => convolution(3, from, to) + convolution(3, to, to));
  const projected = blocks.filter(([from, to]) => shortcut === "C" || (shortcut === "B" && from !== to));
  const projections = projected.map(([from, to]) => convolution(1, from, to));
  return [convolution(3, 3, width), ...weights, ...projections].reduce((a, b) => a + b) + (4 * width + 1) * 10;
}

describe("the number of parameters", () => {
  it.each([
    [20, 269_722],
    [56, 853_018],
    [110, 1_727_962],
  ])("at depth %i is that of the paper: %i", (depth, count) => {
    expect(parameterCount({ depth, shortcut: "A" })).toBe(count);
    expect(parameterCount({ depth, shortcut: "none" })).toBe(count);
    expect(expectedCount(depth, 16, "A")).toBe(count);
  });

  it.each([
    ["B", 8, 16],
    ["B", 20, 5],
    ["C", 8, 16],
    ["C", 20, 5],
  ] as const)("with option %s at depth %i, width %i has the projections", (shortcut, depth, width) => {
    expect(parameterCount({ depth, width, shortcut })).toBe(expectedCount(depth, width, shortcut));
  });

  it("without normalisation is that of the convolutions and the classifier alone", () => {
    const norms = 2 * (4 + 2 * (4 + 8 + 16)); // weight and bias of every channel of the seven norms of depth 8
    expect(parameterCount({ depth: 8, width: 4, norm: "none" })).toBe(expectedCount(8, 4, "A") - norms);
  });

  it("has no bias but the classifier's and those of the norms", () => {
    const names = cifarNet({ depth: 8, width: 2, generator: generator(0) })
      .namedParameters()
      .map(([name]) => name);
    expect(names.filter((name) => name.endsWith("bias") && !name.includes("bn"))).toEqual(["linear.bias"]);
  });
});

describe("the keys of a CIFAR net", () => {
  it("are those of the usual PyTorch implementation", () => {
    const model = cifarNet({ depth: 8, width: 2, generator: generator(0) });
    expect(model.namedParameters().map(([name]) => name)).toMatchInlineSnapshot(`
      [
        "conv1.weight",
        "bn1.weight",
        "bn1.bias",
        "layer1.0.conv1.weight",
        "layer1.0.bn1.weight",
        "layer1.0.bn1.bias",
        "layer1.0.conv2.weight",
        "layer1.0.bn2.weight",
        "layer1.0.bn2.bias",
        "layer2.0.conv1.weight",
        "layer2.0.bn1.weight",
        "layer2.0.bn1.bias",
        "layer2.0.conv2.weight",
        "layer2.0.bn2.weight",
        "layer2.0.bn2.bias",
        "layer3.0.conv1.weight",
        "layer3.0.bn1.weight",
        "layer3.0.bn1.bias",
        "layer3.0.conv2.weight",
        "layer3.0.bn2.weight",
        "layer3.0.bn2.bias",
        "linear.weight",
        "linear.bias",
      ]
    `);
    expect(model.namedBuffers().map(([name]) => name)).toContain("layer3.0.bn2.num_batches_tracked");
  });
});

describe("a CIFAR net", () => {
  it.each([
    [32, 2],
    [8, 3],
  ])("maps images of %i pixels a side, %i at a time, to logits, its feature maps halved twice", (size, batch) => {
    const model = cifarNet({ depth: 14, width: 3, numClasses: 7, generator: generator(0) });
    const shapes: Record<string, readonly number[]> = {};
    for (const [name, module] of model.namedModules()) {
      if (!/^(relu|layer\d\.\d|linear)$/.test(name)) continue;
      module.registerForwardHook((_module, _inputs, y) => {
        shapes[name] = y.shape;
      });
    }
    const logits = model.forward(randn([batch, 3, size, size], { generator: generator(1) }));
    expect(logits.shape).toEqual([batch, 7]);
    expect(shapes).toEqual({
      relu: [batch, 3, size, size],
      "layer1.0": [batch, 3, size, size],
      "layer1.1": [batch, 3, size, size],
      "layer2.0": [batch, 6, size / 2, size / 2],
      "layer2.1": [batch, 6, size / 2, size / 2],
      "layer3.0": [batch, 12, size / 4, size / 4],
      "layer3.1": [batch, 12, size / 4, size / 4],
      linear: [batch, 7],
    });
  });

  it("takes images of other channels", () => {
    const model = cifarNet({ depth: 8, width: 2, inChannels: 1, generator: generator(0) });
    expect(model.forward(randn([1, 1, 8, 8], { generator: generator(1) })).shape).toEqual([1, 10]);
  });

  it("has weights that depend on the seed alone, not on normalisation or parameter-free shortcuts", () => {
    const weight = (options: Partial<CifarNetOptions>) =>
      cifarNet({ depth: 8, width: 2, generator: generator(4), ...options }).linear.weight.dataSync();
    const expected = weight({});
    expect(weight({ norm: "none", shortcut: "none" })).toEqual(expected);
    expect(weight({ generator: generator(5) })).not.toEqual(expected);
  });

  it("computes relu(F(h) + h) in a block with an identity shortcut, relu(F(h)) in a plain one", () => {
    const h = randn([1, 2, 4, 4], { generator: generator(1) });
    const make = (shortcut: Shortcut) =>
      new BasicBlock(2, 2, 1, { generator: generator(0), init: init.kaimingNormal, norm: "none", shortcut });
    const plain = make("none");
    const branch = plain.conv2.forward(plain.conv1.forward(h).relu());
    expect([...plain.forward(h).dataSync()]).toEqual([...branch.relu().dataSync()]);
    expect([...make("A").forward(h).dataSync()]).toEqual([...branch.add(h).relu().dataSync()]);
  });

  it.each([0, 1, 2, 7, 18, 21, 20.5, -4, Number.NaN])("refuses depth %d", (depth) => {
    const make = () => cifarNet({ depth, generator: generator(0) });
    expect(make).toThrow(ValueError);
    expect(make).toThrow(`cifarNet: depth must be 6n + 2 (8, 14, 20, 26, 32, 38, 44, 50, 56, 110, …), got ${depth}`);
  });

  it("refuses a shortcut or a normalisation that it does not know", () => {
    const make = (options: object) => () => cifarNet({ depth: 8, generator: generator(0), ...options });
    expect(make({ shortcut: "D" })).toThrow('shortcut must be "none", "identity", "A", "B" or "C", got "D"');
    expect(make({ norm: "layer" })).toThrow('norm must be "none" or "batch", got "layer"');
    expect(make({ width: 0 })).toThrow(ValueError);
  });
});

describe("PadShortcut", () => {
  it.each([
    [4, 8],
    [3, 6],
    [2, 5],
  ])("takes every second row and column and pads %i channels to %i with zeros", (from, to) => {
    const x = randn([2, from, 6, 4], { generator: generator(0) });
    const y = new PadShortcut(from, to, 2).forward(x);
    expect(y.shape).toEqual([2, to, 3, 2]);
    const before = Math.floor((to - from) / 2);
    const source = x.dataSync();
    const expected = [...y.dataSync()].map((_, i) => {
      const [n, c, row, column] = [Math.floor(i / (to * 6)), Math.floor(i / 6) % to, Math.floor(i / 2) % 3, i % 2];
      const channel = c - before;
      return channel < 0 || channel >= from
        ? 0
        : (source[((n * from + channel) * 6 + 2 * row) * 4 + 2 * column] as number);
    });
    expect([...y.dataSync()]).toEqual(expected);
  });

  it("is the identity where nothing changes", () => {
    const x = randn([1, 2, 3, 3], { generator: generator(0) });
    expect([...new PadShortcut(2, 2, 1).forward(x).dataSync()]).toEqual([...x.dataSync()]);
  });

  it("stands in option A where the size changes, and only there", () => {
    const { layer1, layer2 } = cifarNet({ depth: 14, width: 2, generator: generator(0) });
    const kinds = [layer1.at(0), layer2.at(0), layer2.at(1)].map((block) =>
      block instanceof BasicBlock ? block.shortcut?.constructor.name : null,
    );
    expect(kinds).toEqual(["Identity", "PadShortcut", "Identity"]);
  });
});

describe("any CIFAR net", () => {
  it("maps a tiny batch to logits, and a gradient reaches every parameter", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom<Shortcut>("none", "A", "B", "C"),
        fc.constantFrom<"none" | "batch">("none", "batch"),
        fc.integer({ min: 0, max: 1000 }),
        (n, width, shortcut, norm, seed) => {
          const random = generator(seed);
          const model = cifarNet({ depth: 6 * n + 2, width, shortcut, norm, generator: random });
          const logits = model.forward(randn([2, 3, 8, 8], { generator: random }));
          expect(logits.shape).toEqual([2, 10]);
          crossEntropy(logits, tensor([0, 1], { dtype: "int32" })).backward();
          for (const [name, parameter] of model.namedParameters()) {
            expect(parameter.grad?.shape, name).toEqual(parameter.shape);
            expect((parameter.grad as Tensor).dataSync().every(Number.isFinite), name).toBe(true);
          }
          const hasNorm = model.namedModules().some(([, module]) => module instanceof BatchNorm2d);
          expect(hasNorm).toBe(norm === "batch");
        },
      ),
      { numRuns: 24, seed: 1 },
    );
  });
});
