/** Tests that every net that came after 2017 passes: small images, gradients, and weights as init says. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  backward,
  convnextTiny,
  crossEntropy,
  efficientnetB0,
  generator,
  init,
  mobilenetV2,
  randn,
  setDevice,
  shufflenetV2_x1_0,
  tensor,
} from "../../src/index.js";

beforeAll(() => setDevice("simd"));

describe.each([
  ["mobilenetV2", mobilenetV2],
  ["shufflenetV2_x1_0", shufflenetV2_x1_0],
  ["efficientnetB0", efficientnetB0],
  ["convnextTiny", convnextTiny],
] as const)("%s", (_name, make) => {
  it("takes images of CIFAR's size, and gives a gradient to every parameter", () => {
    const net = make({ generator: generator(1), numClasses: 7 });
    const output = net.forward(randn([2, 3, 32, 32], { generator: generator(2) }));
    expect(output.shape).toEqual([2, 7]);
    backward(crossEntropy(output, tensor([1, 2], { dtype: "int32" })));
    for (const [name, { grad }] of net.namedParameters()) expect(grad, name).not.toBeNull();
  });

  it("fills its weights as init says", () => {
    const state = make({ generator: generator(0), init: (shape) => init.constant(shape, 3) }).stateDict();
    const weights = Object.entries(state).filter(([key, { rank }]) => rank > 1 && key.endsWith("weight"));
    for (const [key, weight] of weights) expect(new Set(weight.dataSync()), key).toEqual(new Set([3]));
  });
});
