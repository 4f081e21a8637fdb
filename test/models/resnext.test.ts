/** Tests of ResNeXts for CIFAR. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  type CifarResNeXtOptions,
  cifarResnext,
  createModel,
  generator,
  noGrad,
  randn,
  type Sequential,
  setDevice,
  type Tensor,
  tensor,
  ValueError,
} from "../../src/index.js";
import { empty, numbers, parameterCount } from "./nets.js";

beforeAll(() => setDevice("simd"));

const small = { cardinality: 2, baseWidth: 3, depth: 11 } as const;

describe("the number of parameters", () => {
  it.each([
    ["resnext29_8x64d", 34_426_698],
    ["resnext29_16x64d", 68_155_210],
  ])("of %s is %i", (name, count) => {
    expect(parameterCount(createModel(name, empty))).toBe(count);
  });
});

describe("the keys", () => {
  it("are those of prlz77's", () => {
    const state = cifarResnext({ ...small, ...empty }).stateDict();
    const parts = ["conv_reduce", "bn_reduce", "conv_conv", "bn", "conv_expand", "bn_expand"];
    const names = [...parts, "shortcut.shortcut_conv", "shortcut.shortcut_bn"].map((name) => `${name}.weight`);
    expect(Object.keys(state).filter((key) => key.endsWith("weight"))).toEqual([
      "conv_1_3x3.weight",
      "bn_1.weight",
      ...[1, 2, 3].flatMap((stage) => names.map((name) => `stage_${stage}.stage_${stage}_bottleneck_0.${name}`)),
      "classifier.weight",
    ]);
    expect(state["stage_3.stage_3_bottleneck_0.conv_conv.weight"]?.shape).toEqual([24, 12, 3, 3]);
  });

  it("have a projection in the first block of a stage alone", () => {
    const keys = Object.keys(cifarResnext({ ...small, depth: 20, ...empty }).stateDict());
    const projections = keys.filter((key) => key.endsWith("shortcut_conv.weight"));
    expect(projections).toEqual(
      [1, 2, 3].map((n) => `stage_${n}.stage_${n}_bottleneck_0.shortcut.shortcut_conv.weight`),
    );
  });
});

describe("a block", () => {
  it("is relu(branch(x) + x), its 3×3 convolution in groups", () => {
    const net = cifarResnext({ ...small, depth: 20, generator: generator(0) }).eval();
    const block = (net.at("stage_1") as Sequential).at(1);
    const part = new Map(block?.namedChildren());
    const x = randn([1, 256, 4, 4], { generator: generator(1) });
    const narrow = part.get("bn_reduce")?.forward(part.get("conv_reduce")?.forward(x)).relu();
    const inner = part.get("bn")?.forward(part.get("conv_conv")?.forward(narrow)).relu();
    const branch: Tensor = part.get("bn_expand")?.forward(part.get("conv_expand")?.forward(inner));
    expect(numbers(block?.forward(x) as Tensor)).toEqual(numbers(branch.add(x).relu()));
    const ofFirstGroup = tensor(
      numbers(narrow).map((value, i) => (i < narrow.size / 2 ? value : 0)),
      { shape: narrow.shape },
    );
    const half: Tensor = part.get("conv_conv")?.forward(ofFirstGroup);
    expect(numbers(half).slice(half.size / 2)).toEqual(new Array(half.size / 2).fill(0));
  });
});

describe("a ResNeXt", () => {
  it.each([8, 9])("takes images of %i pixels", (size) => {
    const net = cifarResnext({ ...small, ...empty, numClasses: 5 });
    expect(noGrad(() => net.forward(randn([2, 3, size, size], { generator: generator(1) }))).shape).toEqual([2, 5]);
  });

  it("begins with Kaiming's weights, fan out in convolutions, fan in in the classifier, and no bias there", () => {
    const state = cifarResnext({ ...small, generator: generator(0) }).stateDict();
    const deviation = (key: string) => {
      const weights = numbers(state[key] as Tensor);
      return Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0) / weights.length);
    };
    expect(deviation("stage_3.stage_3_bottleneck_0.conv_expand.weight")).toBeCloseTo(Math.sqrt(2 / 1024), 3);
    expect(deviation("classifier.weight")).toBeCloseTo(Math.sqrt(2 / 1024), 3);
    expect(deviation("stage_3.stage_3_bottleneck_0.conv_reduce.weight")).toBeCloseTo(Math.sqrt(2 / 24), 2);
    expect(numbers(state["classifier.bias"] as Tensor)).toEqual(new Array(10).fill(0));
  });
});

describe("what cannot be", () => {
  it.each<[Partial<CifarResNeXtOptions>, string]>([
    [{ depth: 30 }, "depth must be 9n + 2 (11, 20, 29, 38, …), got 30"],
    [{ depth: 2 }, "got 2"],
    [{ cardinality: 0 }, "cardinality must be an integer of at least 1, got 0"],
    [{ baseWidth: 0.5 }, "baseWidth must be an integer of at least 1, got 0.5"],
  ])("is refused: %j", (options, message) => {
    const make = () => cifarResnext({ ...small, ...empty, ...options });
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
  });
});
