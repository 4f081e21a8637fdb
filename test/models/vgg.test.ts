/** Tests of VGG: its layers, its initial weights and the smallest images that it takes. */
import { beforeAll, describe, expect, it } from "vitest";
import { generator, init, ShapeError, setDevice, vgg11, vgg11Bn, vgg16, vgg19Bn, zeros } from "../../src/index.js";

beforeAll(() => setDevice("simd"));

const options = { generator: generator(0), init: init.empty } as const;

describe("vgg", () => {
  it("takes images of 32 × 32, whose last feature map is a single cell, and says what is too small", () => {
    const net = vgg11({ ...options, numClasses: 5 });
    expect(net.features.forward(zeros([2, 3, 32, 32])).shape).toEqual([2, 512, 1, 1]);
    expect(net.forward(zeros([2, 3, 32, 40])).shape).toEqual([2, 5]);
    expect(() => net.forward(zeros([1, 3, 31, 32]))).toThrow(
      "VGG: images must be [N, 3, H, W] with H and W of at least 32, got [1, 3, 31, 32]",
    );
    expect(() => net.features.forward(zeros([1, 3, 31, 31]))).toThrow(ShapeError);
  });

  it("has the depth of its name", () => {
    const depth = (net: ReturnType<typeof vgg16>) => net.namedParameters().filter(([, { rank }]) => rank > 1).length;
    expect([vgg11(options), vgg16(options), vgg19Bn(options)].map(depth)).toEqual([11, 16, 19]);
  });

  it("has a norm after every convolution on request", () => {
    const names = [...vgg11Bn(options).features].map((layer) => layer.constructor.name);
    expect(names.slice(0, 4)).toEqual(["Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d"]);
    expect(names.filter((name) => name === "BatchNorm2d")).toHaveLength(8);
  });
});
