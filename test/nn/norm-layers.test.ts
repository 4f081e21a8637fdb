/** Tests of the normalisation layers beside batch norm: each equals its op, and keeps what PyTorch's does. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  GroupNorm,
  generator,
  groupNorm,
  InstanceNorm2d,
  instanceNorm,
  LayerNorm,
  LocalResponseNorm,
  layerNorm,
  localResponseNorm,
  type Module,
  randn,
  ShapeError,
  setDevice,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const images = (seed = 1): Tensor => randn([2, 4, 3, 2], { generator: generator(seed) });

/** Fills weight and bias with numbers that no default equals. */
function withParameters<M extends Module>(module: M): M {
  module.parameters().forEach((parameter, i) => {
    parameter.assign(randn(parameter.shape, { generator: generator(50 + i) }));
  });
  return module;
}

function expectSame(got: Tensor, expected: Tensor): void {
  expect(got.shape).toEqual(expected.shape);
  expect([...got.dataSync()]).toEqual([...expected.dataSync()]);
}

describe("LayerNorm", () => {
  it("equals layerNorm with its weight and bias", () => {
    const layer = withParameters(new LayerNorm([3, 2], { eps: 0.1 }));
    const options = { normalizedShape: [3, 2], eps: 0.1 };
    expectSame(layer.forward(images()), layerNorm(images(), layer.weight, layer.bias, options));
  });

  it("learns a weight of 1 and a bias of 0, unless told not to", () => {
    const names = (layer: LayerNorm) => Object.keys(layer.stateDict());
    const layer = new LayerNorm(2);
    expect(names(layer)).toEqual(["weight", "bias"]);
    expect([...(layer.weight?.dataSync() ?? []), ...(layer.bias?.dataSync() ?? [])]).toEqual([1, 1, 0, 0]);
    expect(names(new LayerNorm([3, 2], { bias: false }))).toEqual(["weight"]);
    const plain = new LayerNorm([3, 2], { elementwiseAffine: false });
    expect(names(plain)).toEqual([]);
    expectSame(plain.forward(images()), layerNorm(images(), null, null, { normalizedShape: [3, 2] }));
  });

  it("refuses sizes that make no sense", () => {
    expect(() => new LayerNorm(0)).toThrow(ShapeError);
    expect(() => new LayerNorm([2, 1.5])).toThrow("LayerNorm: ");
    expect(() => new LayerNorm(3).forward(images())).toThrow(ShapeError);
  });
});

describe("GroupNorm", () => {
  it("equals groupNorm with its weight and bias", () => {
    const layer = withParameters(new GroupNorm(2, 4, { eps: 0.1 }));
    expectSame(layer.forward(images()), groupNorm(images(), layer.weight, layer.bias, { numGroups: 2, eps: 0.1 }));
  });

  it("learns a weight of 1 and a bias of 0, unless told not to", () => {
    const layer = new GroupNorm(1, 2);
    expect(Object.keys(layer.stateDict())).toEqual(["weight", "bias"]);
    expect([...(layer.weight?.dataSync() ?? []), ...(layer.bias?.dataSync() ?? [])]).toEqual([1, 1, 0, 0]);
    expect(new GroupNorm(1, 2, { affine: false }).parameters()).toEqual([]);
  });

  it("refuses groups that do not divide, and other channels", () => {
    expect(() => new GroupNorm(3, 4)).toThrow(ValueError);
    expect(() => new GroupNorm(3, 4)).toThrow("GroupNorm: numGroups must divide the 4 channels, got 3");
    expect(() => new GroupNorm(0, 4)).toThrow("GroupNorm: numGroups must be an integer of at least 1, got 0");
    expect(() => new GroupNorm(2, 2).forward(images())).toThrow(
      "GroupNorm: input must be [N, 2, ...], got [2, 4, 3, 2]",
    );
  });
});

describe("InstanceNorm2d", () => {
  it("equals instanceNorm, in training and in evaluation, and learns nothing by default", () => {
    const layer = new InstanceNorm2d(4, { eps: 0.1 });
    expect(Object.keys(layer.stateDict())).toEqual([]);
    for (const training of [true, false]) {
      layer.train(training);
      expectSame(layer.forward(images()), instanceNorm(images(), null, null, { eps: 0.1 }));
    }
  });

  it("learns weight and bias when affine", () => {
    const layer = withParameters(new InstanceNorm2d(4, { affine: true }));
    expect(Object.keys(layer.stateDict())).toEqual(["weight", "bias"]);
    expectSame(layer.forward(images()), instanceNorm(images(), layer.weight, layer.bias));
  });

  it("tracks running statistics in training and uses them in evaluation when asked to", () => {
    const layer = new InstanceNorm2d(4, { trackRunningStats: true, momentum: 0.3 });
    expect(Object.keys(layer.stateDict())).toEqual(["running_mean", "running_var", "num_batches_tracked"]);
    const running = { runningMean: zeros([4]), runningVar: zeros([4]).add(1), momentum: 0.3 };
    expectSame(layer.forward(images()), instanceNorm(images(), null, null, running));
    expectSame(layer.runningMean as Tensor, running.runningMean);
    expectSame(layer.runningVar as Tensor, running.runningVar);
    layer.eval();
    expectSame(layer.forward(images(2)), instanceNorm(images(2), null, null, { ...running, useInputStats: false }));
    expectSame(layer.runningMean as Tensor, running.runningMean);
  });

  it("refuses other inputs than its images", () => {
    const layer = new InstanceNorm2d(3);
    expect(() => layer.forward(images())).toThrow("InstanceNorm2d: input must be [N, 3, H, W], got [2, 4, 3, 2]");
    expect(() => layer.forward(tensor([[[1, 2]]]))).toThrow(ShapeError);
    expect(() => new InstanceNorm2d(0)).toThrow("InstanceNorm2d: numFeatures must be an integer of at least 1, got 0");
  });
});

describe("LocalResponseNorm", () => {
  it("equals localResponseNorm, options included", () => {
    const layer = new LocalResponseNorm(3, { alpha: 0.5, k: 2 });
    expectSame(layer.forward(images()), localResponseNorm(images(), { size: 3, alpha: 0.5, k: 2 }));
  });
});

describe("the layers as text", () => {
  it("name their sizes and options", () => {
    expect(String(new LayerNorm([3, 2]))).toBe("LayerNorm([3, 2], eps: 0.00001)");
    expect(String(new GroupNorm(2, 4, { eps: 0.1 }))).toBe("GroupNorm(2, 4, eps: 0.1)");
    expect(String(new InstanceNorm2d(4))).toBe("InstanceNorm2d(4, eps: 0.00001, momentum: 0.1)");
    expect(String(new LocalResponseNorm(3, { k: 2 }))).toBe("LocalResponseNorm(size: 3, k: 2)");
  });
});
