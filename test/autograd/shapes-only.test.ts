/** Tests of computing shapes alone. */
import { describe, expect, it } from "vitest";
import { shapesOnly } from "../../src/autograd/shapes-only.js";
import {
  conv2d,
  crossEntropy,
  memory,
  relu,
  type Tensor,
  tensor,
  ValueError,
  withDevice,
  zeros,
} from "../../src/index.js";

describe.each(["reference", "simd", "webasm", "cpu"] as const)("computing shapes alone on %s", (device) => {
  it("records the same tape as a real run, and holds no number", () => {
    withDevice(device, () => {
      const weight = zeros([4, 3, 3, 3], { requiresGrad: true });
      const forward = () => relu(conv2d(zeros([2, 3, 8, 8]), weight, null, { stride: 2 }));
      const [real, shape] = [forward(), shapesOnly(forward)];
      expect(shape.shape).toEqual(real.shape);
      const ops = (x: Tensor) => [x.node?.op, ...(x.node?.inputs ?? []).map((input) => input?.node?.op)];
      expect(ops(shape)).toEqual(ops(real));
      expect(() => shape.dataSync()).toThrow(ValueError);
      expect(() => relu(shape)).toThrow("it has a shape and no numbers");
      shape.dispose();
    });
  });

  it("goes backwards, too", () => {
    withDevice(device, () => {
      const weight = zeros([10, 5], { requiresGrad: true });
      shapesOnly(() => zeros([4, 10]).matmul(weight).sum().backward());
      expect(weight.grad?.shape).toEqual([10, 5]);
      expect(() => weight.grad?.dataSync()).toThrow(ValueError);
    });
  });
});

describe("computing shapes alone", () => {
  it("makes tensors of any size at once", () => {
    const start = performance.now();
    const before = memory().bytes;
    shapesOnly(() => {
      const x = zeros([2 ** 14, 2 ** 14]);
      expect(memory().bytes - before).toBe(2 ** 30);
      x.dispose();
    });
    expect(performance.now() - start).toBeLessThan(100);
  });

  it("computes as ever afterwards, whatever happened inside", () => {
    expect(() => shapesOnly(() => tensor([1, 2]).reshape([3]))).toThrow();
    expect(tensor([1, -2]).relu().arraySync()).toEqual([1, 0]);
  });

  it("checks shapes as ever, and no numbers", () => {
    expect(() => shapesOnly(() => conv2d(zeros([1, 2, 4, 4]), zeros([1, 3, 3, 3])))).toThrow("2 channels");
    const labels = tensor([7, 8], { dtype: "int32" });
    expect(shapesOnly(() => crossEntropy(zeros([2, 3]), labels)).shape).toEqual([]);
  });

  it("refuses to wait", () => {
    expect(() => shapesOnly(async () => {})).toThrow(ValueError);
  });
});
