/** Tests of the splits that a trace finds in blocks of the zoo: the ways counted by hand, what came back through each against
 * gradients at copies that hooks put there, and the sum of the parts against the whole. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  add,
  cifarDensenet,
  cifarNet,
  convnextTiny,
  efficientnetB0,
  fractalNet,
  type Generator,
  generator,
  googlenet,
  gradients,
  type Initializer,
  identity,
  mobilenetV2,
  preactResnet,
  randn,
  type Split,
  setDevice,
  shufflenetV2_x1_0,
  squeezenet1_0,
  sum,
  type Tensor,
  trace,
  type WithAuxiliary,
  type ZooNet,
} from "../../src/index.js";
import { quickWeights } from "../models/quick-weights.js";

beforeAll(() => setDevice("simd"));

const BATCH = 2;

interface Case {
  readonly make: (options: { readonly generator: Generator; readonly init: Initializer }) => ZooNet;
  /** Rows and columns of the images. */
  readonly size: number;
  /** The call that has the split. */
  readonly block: string;
  readonly from: string;
  readonly joins: readonly string[];
  /** Weighted layers of each way by the module that it enters; null for one that leads to no join. */
  readonly ways: Readonly<Record<string, number | null>>;
}

const cases: Readonly<Record<string, Case>> = {
  "an Inception module": {
    make: (options) => googlenet({ ...options, numClasses: 3, dropout: 0, auxiliary: false }),
    size: 32,
    block: "inception4a",
    from: "maxpool3",
    joins: ["concat"],
    ways: { "branch1.conv": 1, "branch2.0.conv": 2, "branch3.0.conv": 2, "branch4.0": 1 },
  },
  "an Inception module beside an auxiliary classifier": {
    make: (options) => googlenet({ ...options, numClasses: 3, dropout: 0, auxiliaryDropout: 0 }),
    size: 32,
    block: "inception4e",
    from: "inception4d",
    joins: ["concat"],
    ways: { "branch1.conv": 1, "branch2.0.conv": 2, "branch3.0.conv": 2, "branch4.0": 1, "aux2.pool": null },
  },
  "a block without projection of a ResNet": {
    make: (options) => cifarNet({ depth: 8, ...options }),
    size: 8,
    block: "layer1.0",
    from: "relu",
    joins: ["add"],
    ways: { conv1: 2, shortcut: 0 },
  },
  "a pre-activation bottleneck, whose norm stands before the split": {
    make: (options) => preactResnet({ depth: 11, bottleneck: true, ...options }),
    size: 8,
    block: "layer2.0",
    from: "layer2.0.relu1",
    joins: ["add"],
    ways: { conv1: 3, "downsample.0": 1 },
  },
  "a block of FractalNet: three columns of its input": {
    make: (options) => fractalNet({ columns: 3, channels: [4, 4], dropRates: [0, 0], size: 8, ...options }),
    size: 8,
    block: "blocks.1",
    from: "blocks.0",
    joins: ["add"],
    ways: { "columns.0.0.conv": 4, "columns.1.0.conv": 3, "columns.2.0.conv": 1 },
  },
  "a dense layer": {
    make: (options) => cifarDensenet({ depth: 22, growthRate: 4, ...options }),
    size: 8,
    block: "features.denseblock2",
    from: "features.transition1.pool",
    joins: ["concat"],
    ways: { "denselayer1.norm1": 2, identity: 0 },
  },
  "a dense block that keeps no concatenation": {
    make: (options) => cifarDensenet({ depth: 22, growthRate: 4, memoryEfficient: true, ...options }),
    size: 8,
    block: "features.denseblock2",
    from: "features.transition1.pool",
    joins: ["concat"],
    ways: { denselayer1: 6, denselayer2: 4, denselayer3: 2, identity: 0 },
  },
  "a unit of ShuffleNet, which hands half of the channels on": {
    make: (options) => shufflenetV2_x1_0({ ...options, numClasses: 3 }),
    size: 64,
    block: "stage2.1",
    from: "stage2.0",
    joins: ["concat"],
    ways: { "branch2.0": 3, identity: 0 },
  },
  "a unit of ShuffleNet that halves the size": {
    make: (options) => shufflenetV2_x1_0({ ...options, numClasses: 3 }),
    size: 64,
    block: "stage3.0",
    from: "stage2.3",
    joins: ["concat"],
    ways: { "branch1.0": 2, "branch2.0": 3 },
  },
  "the halves of a fire module": {
    make: (options) => squeezenet1_0({ ...options, numClasses: 3, dropout: 0 }),
    size: 32,
    block: "features.4",
    from: "features.4.squeeze_activation",
    joins: ["concat"],
    ways: { expand1x1: 1, expand3x3: 1 },
  },
  "a fire module with a complex bypass": {
    make: (options) => squeezenet1_0({ ...options, numClasses: 3, dropout: 0, bypass: "complex" }),
    size: 32,
    block: "features.5",
    from: "features.4",
    joins: ["add"],
    ways: { squeeze: 2, bypass: 1 },
  },
  "an inverted residual": {
    make: (options) => mobilenetV2({ ...options, numClasses: 3, dropRate: 0 }),
    size: 32,
    block: "features.3",
    from: "features.2.conv.3",
    joins: ["add"],
    ways: { "conv.0.0": 3, identity: 0 },
  },
  "a block of EfficientNet, whose gate is on the way and no way of its own": {
    make: (options) => efficientnetB0({ ...options, numClasses: 3, dropRate: 0, stochasticDepth: 0 }),
    size: 32,
    block: "features.2.1",
    from: "features.2.0.block.3.1",
    joins: ["add"],
    ways: { "block.0.0": 5, identity: 0 },
  },
  "a block of ConvNeXt": {
    make: (options) => convnextTiny({ ...options, numClasses: 3, stochasticDepth: 0 }),
    size: 32,
    block: "features.1.1",
    from: "features.1.0",
    joins: ["add"],
    ways: { "block.0": 3, identity: 0 },
  },
};

const norm = (x: readonly number[]): number => Math.hypot(...x);

/** The same net with the same numbers every time. */
function lossOf({ make, size }: Case, prepare: (net: ZooNet) => void): Tensor {
  const net = make({ generator: generator(0), init: quickWeights });
  for (const parameter of net.parameters()) parameter.requiresGrad = false; // their gradients would cost most of the time
  prepare(net);
  const images = randn([BATCH, 3, size, size], { generator: generator(1), requiresGrad: true });
  const result = net.forward(images);
  const outputs =
    "auxiliary" in result ? [result.logits, ...Object.values((result as WithAuxiliary).auxiliary)] : [result];
  return outputs.map((output) => sum(output.square())).reduce((a, b) => add(a, b));
}

async function splitOf(one: Case): Promise<Split | undefined> {
  let tracing: ReturnType<typeof trace> | undefined;
  lossOf(one, (net) => {
    tracing = trace(net);
  }).backward();
  const [pass] = (await tracing?.read()) ?? [];
  return pass?.layers.find(({ name }) => name === one.block)?.splits.find(({ from }) => from === one.from);
}

/** What comes back to the place where the ways part, and through each way that enters a module. */
function byHand(one: Case): { whole: readonly number[]; parts: Readonly<Record<string, readonly number[]>> } {
  const copies = new Map<string, Tensor>();
  const copied = (name: string, x: Tensor) => {
    const copy = identity(x);
    copies.set(name, copy);
    return copy;
  };
  const loss = lossOf(one, (net) => {
    const modules = new Map(net.namedModules());
    const at = (name: string) => modules.get(`${one.block}.${name}`) ?? modules.get(name);
    modules.get(one.from)?.registerForwardHook((_module, _inputs, output) => copied("whole", output as Tensor));
    for (const name of Object.keys(one.ways)) {
      at(name)?.registerForwardPreHook((_module, [x, ...rest]) => [copied(name, x as Tensor), ...rest]);
    }
  });
  const names = [...copies.keys()];
  const found = gradients(loss, [...copies.values()]).map((gradient) => [...(gradient?.dataSync() ?? [])]);
  const { whole = [], ...parts } = Object.fromEntries(names.map((name, i) => [name, found[i] ?? []]));
  const placed = Object.entries(parts).map(([name, part]) => [name, ofHalf(part, whole.length)]);
  return { whole, parts: Object.fromEntries(placed) };
}

/** What comes back through a way that takes the second half of the channels, as a part of the whole. */
function ofHalf(part: readonly number[], size: number): readonly number[] {
  if (2 * part.length !== size) return part;
  const half = part.length / BATCH;
  return Array.from({ length: BATCH }, (_, i) => [
    ...Array(half).fill(0),
    ...part.slice(i * half, (i + 1) * half),
  ]).flat();
}

describe.each(Object.entries(cases))("%s", (_what, one) => {
  it("splits the gradient into the ways that it has, which sum to the whole", async () => {
    const split = await splitOf(one);
    expect(split).toMatchObject({ from: one.from, joins: one.joins });
    expect(Object.fromEntries(split?.parts.map(({ name, depth }) => [name, depth]) ?? [])).toEqual(one.ways);

    const { whole, parts } = byHand(one);
    const rest = Object.values(parts).reduce<readonly number[]>(
      (left, part) => left.map((v, i) => v - (part[i] ?? Number.NaN)),
      whole,
    );
    const size = norm(whole);
    expect(size).toBeGreaterThan(0);
    expect((split?.gradNorm ?? Number.NaN) / size).toBeCloseTo(1, 5);
    for (const { name, gradNorm } of split?.parts ?? []) {
      const expected = norm(name === "identity" ? rest : (parts[name] ?? []));
      expect(expected).toBeGreaterThan(0);
      expect(((gradNorm ?? Number.NaN) - expected) / size).toBeCloseTo(0, 5);
    }
    if (!("identity" in one.ways)) expect(norm(rest) / size).toBeCloseTo(0, 5);
  }, 60_000);
});
