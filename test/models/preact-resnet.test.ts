/** Tests of pre-activation ResNets. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  createModel,
  crossEntropy,
  generator,
  type Module,
  noGrad,
  type PreActCifarOptions,
  PreActResNet,
  type PreActResNetPlan,
  preactResnet,
  preactResnet18,
  preactResnet50,
  randn,
  setDevice,
  type Tensor,
  tensor,
  ValueError,
} from "../../src/index.js";
import { empty, numbers, parameterCount } from "./nets.js";

beforeAll(() => setDevice("simd"));

function childrenOf(block: Module | undefined): Map<string, Module> {
  return new Map(block?.namedChildren());
}

describe("the number of parameters", () => {
  it.each([
    ["cifar_preact110", 1_730_522],
    ["cifar_preact164", 1_703_258],
    ["cifar_preact1001", 10_327_706],
    ["preactResnet18", 11_687_720], // as the sums of the parts in PyTorch

    ["preactResnet50", 25_549_352],
  ])("of %s is %i", (name, count) => {
    expect(parameterCount(createModel(name, empty))).toBe(count);
  });
});

describe("the keys", () => {
  const weights = (net: PreActResNet) => Object.keys(net.stateDict()).filter((key) => key.endsWith("weight"));

  it("have norms before convolutions, and projections without norm where the channels or the size change", () => {
    expect(weights(preactResnet({ depth: 11, bottleneck: true, ...empty }))).toEqual([
      "conv1.weight",
      ...[1, 2, 3].flatMap((stage) =>
        ["bn1", "conv1", "bn2", "conv2", "bn3", "conv3", "downsample.0"].map(
          (name) => `layer${stage}.0.${name}.weight`,
        ),
      ),
      "bn.weight",
      "fc.weight",
    ]);
    const basic = weights(preactResnet({ depth: 14, ...empty }));
    expect(basic.filter((key) => key.includes("downsample"))).toEqual([
      "layer2.0.downsample.0.weight",
      "layer3.0.downsample.0.weight",
    ]);
  });

  it("of a net for ImageNet have a fourth stage", () => {
    const keys = weights(preactResnet18(empty));
    expect(keys.filter((key) => key.startsWith("layer4."))).toHaveLength(9);
    expect(weights(preactResnet50(empty))).toContain("layer4.2.conv3.weight");
  });
});

describe("a block", () => {
  const net = () => preactResnet({ depth: 14, generator: generator(0) }).eval();
  const x = () => randn([1, 16, 4, 4], { generator: generator(1) });

  it("adds its input as it is, and nothing follows the addition", () => {
    const block = net().layer1.at(1);
    const part = childrenOf(block);
    const activated = part.get("bn1")?.forward(x()).relu() as Tensor;
    const inner = part
      .get("bn2")
      ?.forward(part.get("conv1")?.forward(activated) as Tensor)
      .relu() as Tensor;
    const expected = part.get("conv2")?.forward(inner).add(x()) as Tensor;
    expect(numbers(block?.forward(x()) as Tensor)).toEqual(numbers(expected));
    expect(Math.min(...numbers(expected))).toBeLessThan(0);
  });

  it.each([
    ["the first of all", "layer1"],
    ["one that changes the size", "layer2"],
  ] as const)("%s has norm and ReLU before the split", (_name, stage) => {
    const block = net()[stage].at(0);
    const part = childrenOf(block);
    const activated = part.get("bn1")?.forward(x()).relu() as Tensor;
    const inner = part
      .get("bn2")
      ?.forward(part.get("conv1")?.forward(activated) as Tensor)
      .relu() as Tensor;
    const shortcut = part.get("downsample")?.forward(activated) as Tensor;
    expect(numbers(block?.forward(x()) as Tensor)).toEqual(
      numbers(part.get("conv2")?.forward(inner).add(shortcut) as Tensor),
    );
  });

  it("strides in the first convolution of a bottleneck", () => {
    const part = childrenOf(preactResnet({ depth: 11, bottleneck: true, ...empty }).layer2.at(0));
    expect(part.get("conv1")?.forward(randn([1, 64, 8, 8], { generator: generator(1) })).shape).toEqual([1, 32, 4, 4]);
  });

  it("that is closed is its shortcut alone, and its norms see nothing", () => {
    const model = preactResnet({ depth: 14, generator: generator(0), survival: 0.5, closed: [2, 3] });
    const logits = model.forward(randn([2, 3, 8, 8], { generator: generator(2) }));
    crossEntropy(logits, tensor([0, 1], { dtype: "int32" })).backward();
    const without = model.namedParameters().filter(([, { grad }]) => grad === null);
    // The third block projects its activated input, so that its first norm runs.
    const second = ["bn1.weight", "bn1.bias", "conv1.weight", "bn2.weight", "bn2.bias", "conv2.weight"];
    const third = second.slice(2);
    expect(without.map(([name]) => name)).toEqual([
      ...second.map((name) => `layer1.1.${name}`),
      ...third.map((name) => `layer2.0.${name}`),
    ]);
    expect(model.stateDict()["layer1.1.bn1.num_batches_tracked"]?.dataSync()[0]).toBe(0);
    expect(model.stateDict()["layer2.0.bn1.num_batches_tracked"]?.dataSync()[0]).toBe(1);
  });
});

describe("a pre-activation ResNet", () => {
  it.each<[string, (size: number) => Tensor]>([
    ["CIFAR", (n) => preactResnet({ depth: 8, ...empty }).forward(randn([2, 3, n, n], { generator: generator(1) }))],
    ["ImageNet", (n) => preactResnet18(empty).forward(randn([2, 3, n, n], { generator: generator(1) }))],
  ])("for %s takes small images, of odd sizes too", (dataSet, run) => {
    const classes = dataSet === "CIFAR" ? 10 : 1000;
    for (const size of [9, 16]) expect(noGrad(() => run(size)).shape).toEqual([2, classes]);
  });

  it("begins with Kaiming's weights, fan out, and a classifier without bias", () => {
    const state = preactResnet({ depth: 8, generator: generator(0) }).stateDict();
    const weights = numbers(state["layer3.0.conv2.weight"] as Tensor);
    const deviation = Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0) / weights.length);
    expect(deviation).toBeCloseTo(Math.sqrt(2 / (64 * 9)), 3);
    expect(numbers(state["fc.bias"] as Tensor)).toEqual(new Array(10).fill(0));
  });

  it("without norms has none", () => {
    const keys = Object.keys(preactResnet({ depth: 8, norm: "none", ...empty }).stateDict());
    expect(keys.filter((key) => key.includes("bn"))).toEqual([]);
  });
});

describe("what cannot be", () => {
  it.each<[Partial<PreActCifarOptions>, string]>([
    [{ depth: 100 }, "6n + 2 (8, 14, …, 56, 110, …), got 100"],
    [{ depth: 14, bottleneck: true }, "9n + 2 with bottlenecks (11, 20, …, 164, …, 1001), got 14"],
    [{ depth: 2 }, "got 2"],
    [{ depth: "110" as never }, 'got "110"'],
    [{ depth: 8, survival: 2 }, "survival must be a probability"],
    [{ depth: 8, closed: [1] }, "pass survival, too"],
  ])("is refused: %j", (options, message) => {
    const make = () => preactResnet({ ...empty, ...options } as PreActCifarOptions);
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
  });

  it.each([
    [{ block: "basic" }],
    [{ blocks: [1, 1, 1] }],
    [{ block: "basic", blocks: [1, 1] }],
    [{ block: "basic", blocks: [1, 1, 0] }],
  ])("is refused as a plan: %j", (plan) => {
    expect(() => new PreActResNet(plan as unknown as PreActResNetPlan, empty)).toThrow(ValueError);
  });
});
