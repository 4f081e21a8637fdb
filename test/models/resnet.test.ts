/** Tests of ResNets for ImageNet, their plain counterparts, and the wide and grouped ones. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  add,
  BatchNorm2d,
  createModel,
  crossEntropy,
  generator,
  init,
  noGrad,
  plain18,
  plain50,
  ResNet,
  type ResNetOptions,
  type ResNetPlan,
  randn,
  resnet18,
  resnet50,
  type Sequential,
  setDevice,
  type Tensor,
  tensor,
  ValueError,
} from "../../src/index.js";
import { empty, numbers, parameterCount } from "./nets.js";
import { quickWeights } from "./quick-weights.js";

beforeAll(() => setDevice("simd"));

const quick: ResNetOptions = { generator: generator(0), init: quickWeights };
const small: ResNetPlan = { block: "basic", blocks: [1, 1, 1, 1] };

function keysOf(net: ResNet): string[] {
  return Object.keys(net.stateDict());
}

describe("the number of parameters", () => {
  it.each([
    ["resnet18", 11_689_512],
    ["resnet34", 21_797_672],
    ["resnet50", 25_557_032],
    ["resnet101", 44_549_160],
    ["resnet152", 60_192_808],
    ["wide_resnet50_2", 68_883_240],
    ["wide_resnet101_2", 126_886_696],
    ["resnext50_32x4d", 25_028_904],
    ["resnext101_32x8d", 88_791_336],
    ["plain18", 11_689_512 - 172_032 - 1792], // without the projections 64·128 + 128·256 + 256·512 and their norms
    ["plain34", 21_797_672 - 172_032 - 1792],
  ])("of %s is that of torchvision: %i", (name, count) => {
    expect(parameterCount(createModel(name, empty))).toBe(count);
  });
});

describe("the keys", () => {
  it("of a basic block are torchvision's, in its order", () => {
    const norm = (name: string) =>
      ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"].map(
        (part) => `layer2.0.${name}.${part}`,
      );
    expect(keysOf(resnet18(empty)).filter((key) => key.startsWith("layer2.0."))).toEqual([
      "layer2.0.conv1.weight",
      ...norm("bn1"),
      "layer2.0.conv2.weight",
      ...norm("bn2"),
      "layer2.0.downsample.0.weight",
      ...norm("downsample.1"),
    ]);
  });

  it("of a bottleneck and of the ends are torchvision's", () => {
    const keys = keysOf(resnet50(empty));
    expect(keys).toHaveLength(320);
    expect(keys.filter((key) => /^layer1\.\d\.(conv|downsample)\S*weight/.test(key))).toEqual([
      ...["conv1", "conv2", "conv3", "downsample.0", "downsample.1"].map((name) => `layer1.0.${name}.weight`),
      ...["conv1", "conv2", "conv3"].map((name) => `layer1.1.${name}.weight`),
      ...["conv1", "conv2", "conv3"].map((name) => `layer1.2.${name}.weight`),
    ]);
    expect([keys[0], keys[1], keys.at(-2), keys.at(-1)]).toEqual([
      "conv1.weight",
      "bn1.weight",
      "fc.weight",
      "fc.bias",
    ]);
  });

  it("of plain nets have no shortcut, those of option C one for every block", () => {
    expect(keysOf(plain50(empty)).filter((key) => key.includes("downsample"))).toEqual([]);
    const projections = (options: Partial<ResNetOptions>) =>
      keysOf(resnet18({ ...empty, ...options })).filter((key) => key.endsWith("downsample.0.weight")).length;
    expect([projections({}), projections({ shortcut: "C" }), projections({ shortcut: "identity" })]).toEqual([3, 8, 0]);
  });
});

describe("a ResNet", () => {
  it.each([32, 33, 1])("takes images of %i pixels", (size) => {
    const net = new ResNet(small, { ...empty, numClasses: 7 }).eval();
    expect(noGrad(() => net.forward(randn([2, 3, size, size], { generator: generator(1) }))).shape).toEqual([2, 7]);
  });

  it("halves what it sees five times, at its stem, its pooling and the last three stages", () => {
    const net = new ResNet({ block: "bottleneck", blocks: [1, 1, 1, 1] }, empty).eval();
    const shapes: Record<string, readonly number[]> = {};
    for (const [name, child] of net.namedChildren()) {
      child.registerForwardHook((_module, _inputs, y) => {
        shapes[name] = y.shape;
      });
    }
    noGrad(() => net.forward(randn([1, 3, 64, 64], { generator: generator(1) })));
    expect(shapes).toEqual({
      conv1: [1, 64, 32, 32],
      bn1: [1, 64, 32, 32],
      relu: [1, 64, 32, 32],
      maxpool: [1, 64, 16, 16],
      layer1: [1, 256, 16, 16],
      layer2: [1, 512, 8, 8],
      layer3: [1, 1024, 4, 4],
      layer4: [1, 2048, 2, 2],
      avgpool: [1, 2048, 1, 1],
      fc: [1, 1000],
    });
  });

  it.each(["none", "identity", "B", "C"] as const)("with shortcut %s has a gradient for every weight", (shortcut) => {
    const net = new ResNet(small, { ...quick, numClasses: 3, shortcut });
    crossEntropy(
      net.forward(randn([2, 3, 16, 16], { generator: generator(1) })),
      tensor([0, 2], { dtype: "int32" }),
    ).backward();
    for (const [name, { grad }] of net.namedParameters())
      expect(
        grad?.dataSync().some((g) => g !== 0),
        name,
      ).toBe(true);
  });

  it("adds the shortcut to the branch, and a plain one does not", () => {
    const x = randn([1, 64, 4, 4], { generator: generator(2) });
    const blockOf = (shortcut: "B" | "none") =>
      (new ResNet(small, { ...quick, shortcut, norm: "none" }).layer1 as Sequential).at(0);
    const [residual, plain] = [blockOf("B"), blockOf("none")];
    const [conv1, conv2] = (residual?.namedChildren() ?? []).filter(([name]) => name.startsWith("conv"));
    const branch = conv2?.[1].forward(conv1?.[1].forward(x).relu()) as Tensor;
    expect(numbers(residual?.forward(x) as Tensor)).toEqual(numbers(add(branch, x).relu()));
    expect(numbers(plain?.forward(x) as Tensor)).toEqual(numbers(branch.relu()));
  });

  it("without norms has none, and their parameters neither", () => {
    const net = new ResNet(small, { ...empty, norm: "none" });
    expect(net.namedModules().some(([, module]) => module instanceof BatchNorm2d)).toBe(false);
    expect(keysOf(net).filter((key) => key.endsWith("bias"))).toEqual(["fc.bias"]);
  });
});

describe("the initial weights", () => {
  const deviation = (values: Iterable<number>) => {
    const list = [...values];
    return Math.sqrt(list.reduce((sum, v) => sum + v * v, 0) / list.length);
  };

  it("are Kaiming's, fan out, and PyTorch's in the classifier", () => {
    const state = new ResNet(small, { generator: generator(3) }).stateDict();
    expect(deviation(state["layer4.0.conv1.weight"]?.dataSync() ?? [])).toBeCloseTo(Math.sqrt(2 / (512 * 9)), 3);
    expect(deviation(state["conv1.weight"]?.dataSync() ?? [])).toBeCloseTo(Math.sqrt(2 / (64 * 49)), 3);
    const classifier = [...(state["fc.weight"]?.dataSync() ?? [])].map(Math.abs);
    expect(Math.max(...classifier.slice(0, 50_000))).toBeCloseTo(1 / Math.sqrt(512), 4);
  });

  it("are those of `init` in convolutions and in the classifier", () => {
    const half = new ResNet(small, { generator: generator(0), init: (shape) => init.constant(shape, 0.5) });
    for (const [name, weight] of half.namedParameters())
      if (weight.rank > 1) expect(new Set(weight.dataSync()), name).toEqual(new Set([0.5]));
  });

  it("with zeroInitResidual make every block its shortcut", () => {
    const net = new ResNet(small, { ...quick, zeroInitResidual: true });
    const zeroed = net.namedParameters().filter(([name, weight]) => name.includes("bn") && weight.dataSync()[0] === 0);
    const names = zeroed.map(([name]) => name).filter((name) => name.endsWith("weight"));
    expect(names).toEqual([1, 2, 3, 4].map((stage) => `layer${stage}.0.bn2.weight`));
    const x = randn([2, 64, 4, 4], { generator: generator(1) });
    expect(numbers(net.layer1.forward(x))).toEqual(numbers(x.relu()));
  });
});

describe("what cannot be", () => {
  const make =
    (plan: object, options: object = {}) =>
    () =>
      new ResNet(plan as ResNetPlan, { ...empty, ...options });

  it.each([
    [{ block: "basic" }],
    [{ blocks: [1, 1, 1, 1] }],
    [{ block: "basic", blocks: [1, 1, 1] }],
    [{ block: "basic", blocks: [1, 1, 1, 0] }],
    [{ block: "wide", blocks: [1, 1, 1, 1] }],
    [{ ...small, groups: 2 }],
    [{ block: "bottleneck", blocks: [1, 1, 1, 1], groups: 0 }],
  ])("is refused: %j", (plan) => {
    expect(make(plan)).toThrow(ValueError);
  });

  it("is refused among the options, too", () => {
    expect(make(small, { norm: "none", zeroInitResidual: true })).toThrow(/zeroInitResidual/);
    expect(make(small, { shortcut: "D" })).toThrow(/shortcut must be/);
    expect(() => plain18({ ...empty, shortcut: "B" } as never)).toThrow(/plain18/);
  });
});
