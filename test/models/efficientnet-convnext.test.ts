/** Tests of EfficientNet and ConvNeXt: initial weights, and stochastic depth as torchvision has it. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  convnextTiny,
  efficientnetB0,
  generator,
  init,
  type Module,
  ones,
  setDevice,
  type Tensor,
  ValueError,
  type ZooNet,
} from "../../src/index.js";
import { StochasticDepth } from "../../src/models/torchvision-stochastic-depth.js";

beforeAll(() => setDevice("simd"));

const empty = () => ({ generator: generator(0), init: init.empty });

function depthsOf(net: ZooNet): number[] {
  return [...net.namedModules()].flatMap(([, module]) => (module instanceof StochasticDepth ? [module.p] : []));
}

describe.each([
  ["efficientnetB0", efficientnetB0],
  ["convnextTiny", convnextTiny],
] as const)("%s", (_name, make) => {
  it.each([-0.1, 1.05])("refuses a stochastic depth of %d", (stochasticDepth) => {
    const message = `stochasticDepth must be a probability from 0 to 1, got ${stochasticDepth}`;
    expect(() => make({ ...empty(), stochasticDepth })).toThrow(message);
    expect(() => make({ ...empty(), stochasticDepth })).toThrow(ValueError);
  });
});

describe("initial weights", () => {
  const std = (weight: Tensor | undefined) => Math.sqrt(weight?.square().mean().itemSync() ?? Number.NaN);

  it("of EfficientNet-B0: fan out in convolutions, uniform in ±1/√numClasses in the classifier, biases of 0", () => {
    const state = efficientnetB0({ generator: generator(0), numClasses: 100 }).stateDict();
    expect(std(state["features.8.0.weight"]) / Math.sqrt(2 / 1280)).toBeCloseTo(1, 2);
    const largest = (weight: Tensor | undefined) => weight?.abs().max().itemSync();
    expect(largest(state["classifier.1.weight"])).toBeCloseTo(0.1, 4);
    expect(std(state["classifier.1.weight"])).toBeCloseTo(0.1 / Math.sqrt(3), 3);
    for (const [key, value] of Object.entries(state)) if (key.endsWith("bias")) expect(std(value), key).toBe(0);
  });

  it("of ConvNeXt-Tiny: normal with deviation 0.02, layer scales of 1e-6, biases of 0", () => {
    const state = convnextTiny({ generator: generator(0) }).stateDict();
    expect(std(state["features.7.0.block.3.weight"])).toBeCloseTo(0.02, 4);
    expect(std(state["classifier.2.weight"])).toBeCloseTo(0.02, 4);
    expect(std(state["features.7.2.layer_scale"])).toBeCloseTo(1e-6, 12);
    for (const [key, value] of Object.entries(state)) if (key.endsWith("bias")) expect(std(value), key).toBe(0);
  });

  it("of ConvNeXt-Tiny's layer scales are an option", () => {
    const state = convnextTiny({ ...empty(), layerScale: 0.5 }).stateDict();
    expect(new Set(state["features.1.0.layer_scale"]?.dataSync())).toEqual(new Set([0.5]));
  });
});

describe("stochastic depth", () => {
  it("grows by block / blocks in EfficientNet-B0, and only blocks with a shortcut have it", () => {
    const residual = [2, 4, 6, 7, 9, 10, 12, 13, 14];
    expect(depthsOf(efficientnetB0(empty()))).toEqual(residual.map((block) => (0.2 * block) / 16));
  });

  it("grows from 0 at the first block to all of it at the last in ConvNeXt-Tiny", () => {
    expect(depthsOf(convnextTiny(empty()))).toEqual(Array.from({ length: 18 }, (_, block) => (0.1 * block) / 17));
  });

  it("drops the branch of each image by itself in training, and makes up for it in those that keep it", () => {
    const net = convnextTiny({ ...empty(), stochasticDepth: 0.25 });
    const last = new Map(net.namedModules()).get("features.7.2.stochastic_depth") as Module;
    const rows = last.forward(ones([4000, 2, 1, 1])).arraySync() as number[][][][];
    const factors = rows.map(([first, second]) => {
      expect(first).toEqual(second);
      return first?.[0]?.[0] as number;
    });
    expect(new Set(factors)).toEqual(new Set([0, Math.fround(4 / 3)]));
    expect(factors.filter((factor) => factor === 0).length / 4000).toBeCloseTo(0.25, 1);
    expect(
      new Set(
        last
          .eval()
          .forward(ones([4000, 1, 1, 1]))
          .dataSync(),
      ),
    ).toEqual(new Set([1]));
  });

  it("of 1 leaves the last block its shortcut alone", () => {
    const net = convnextTiny({ generator: generator(0), stochasticDepth: 1, layerScale: 1 });
    const block = new Map(net.namedModules()).get("features.7.2") as Module;
    expect(
      block
        .forward(ones([2, 768, 1, 1]))
        .equal(1)
        .all()
        .itemSync(),
    ).toBeTruthy();
  });
});

it("EfficientNet-B0 has a dropout that can be turned off", () => {
  expect(
    efficientnetB0({ ...empty(), dropRate: 0 })
      .classifier.at(0)
      ?.toString(),
  ).toBe("Dropout(p: 0)");
  expect(() => efficientnetB0({ ...empty(), dropRate: 1.5 })).toThrow("p must be a probability");
});
