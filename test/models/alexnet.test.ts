/** Tests of AlexNet: the smallest images that it takes. */
import { beforeAll, describe, expect, it } from "vitest";
import { alexnet, generator, init, ShapeError, setDevice, zeros } from "../../src/index.js";

beforeAll(() => setDevice("simd"));

describe("alexnet", () => {
  const options = { generator: generator(0), numClasses: 3, init: init.empty } as const;
  const net = () => alexnet(options);

  it("takes images of 63 × 63, whose last feature map is a single cell", () => {
    const images = zeros([2, 3, 63, 63]);
    expect(net().features.forward(images).shape).toEqual([2, 256, 1, 1]);
    expect(net().forward(images).shape).toEqual([2, 3]);
  });

  it("says what is too small", () => {
    expect(() => net().forward(zeros([1, 3, 63, 62]))).toThrow(
      "AlexNet: images must be [N, 3, H, W] with H and W of at least 63, got [1, 3, 63, 62]",
    );
    expect(() => net().features.forward(zeros([1, 3, 62, 62]))).toThrow(ShapeError);
  });

  it("takes the probability of its dropout", () => {
    expect(() => alexnet({ ...options, dropout: 2 })).toThrow("p must be a probability from 0 to 1, got 2");
  });
});
