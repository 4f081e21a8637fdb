/** Tests of rows without a spread or without a number that counts: equal values, all −Infinity, NaN behind a mask, NaN and
 * infinities among numbers, as PyTorch 1.13 has them where nothing else is said. */
import { describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { type DeviceName, gradients, sum, type Tensor, tensor } from "../../src/index.js";

const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minus } = Number;
const devices = ["reference", "simd", "webasm", "cpu"] as const;

function gradientOf(f: (x: Tensor) => Tensor, values: readonly number[], device: DeviceName): number[] {
  const x = tensor([...values], { device, requiresGrad: true });
  return Array.from((gradients(sum(f(x)), [x])[0] as Tensor).dataSync());
}

describe.each(devices)("on %s", (device) => {
  it("std of equal values is 0, and so is its gradient", () => {
    for (const value of [0, 0.1, -3, 1e30, 1e-30]) {
      expect(lg.std(tensor([value, value, value], { device })).itemSync()).toBe(0);
      expect(gradientOf((x) => lg.std(x), [value, value, value], device)).toEqual([0, 0, 0]);
    }
    const [g] = gradientOf((x) => lg.std(x), [1, 3], device);
    expect(g).toBeCloseTo(-Math.SQRT1_2, 6);
  });

  it("logSumExp of nothing but −Infinity is −Infinity with a gradient of 0", () => {
    expect(lg.logSumExp(tensor([minus, minus], { device })).itemSync()).toBe(minus);
    expect(gradientOf((x) => lg.logSumExp(x), [minus, minus], device)).toEqual([0, 0]);
    expect(gradientOf((x) => lg.logSumExp(x), [minus, 2], device)).toEqual([0, 1]);
    expect(lg.logSumExp(tensor([inf, 1], { device })).itemSync()).toBe(inf);
    expect(gradientOf((x) => lg.logSumExp(x), [inf, 1], device)).toEqual([nan, 0]);
  });

  it("softmax and logSoftmax of nothing but −Infinity are NaN; single −Infinity are 0 and −Infinity", () => {
    expect(lg.softmax(tensor([minus, minus], { device })).arraySync()).toEqual([nan, nan]);
    expect(lg.logSoftmax(tensor([minus, minus], { device })).arraySync()).toEqual([nan, nan]);
    expect(lg.softmax(tensor([minus, 2], { device })).arraySync()).toEqual([0, 1]);
    expect(lg.logSoftmax(tensor([minus, 2], { device })).arraySync()).toEqual([minus, 0]);
    expect(gradientOf((x) => lg.softmax(x).mul(x.detach().sub(1)), [1, 2, minus], device).slice(0, 2)).not.toContain(
      nan,
    );
  });

  it("NaN counts as the largest in sorting and as both extremes in searching", () => {
    const x = tensor([1, nan, 3, minus, nan, inf], { device });
    expect(lg.max(x).itemSync()).toBeNaN();
    expect(lg.min(x).itemSync()).toBeNaN();
    expect(lg.argMax(x).itemSync()).toBe(1);
    expect(lg.argMin(x).itemSync()).toBe(1);
    expect(lg.argSort(x).arraySync()).toEqual([3, 0, 2, 5, 1, 4]);
    expect(lg.sort(x, { descending: true }).values.arraySync()).toEqual([nan, nan, inf, 3, 1, minus]);
    expect(lg.topK(x, 3).indices.arraySync()).toEqual([1, 4, 5]);
    expect(lg.topK(x, 2, { largest: false }).values.arraySync()).toEqual([minus, 1]);
    expect(lg.maxPool1d(x.reshape([1, 6]), { kernelSize: 3 }).arraySync()).toEqual([[nan, nan]]);
    expect(lg.sum(x).itemSync()).toBeNaN();
    expect(lg.mean(tensor([inf, 1], { device })).itemSync()).toBe(inf);
    expect(lg.mean(tensor([inf, minus], { device })).itemSync()).toBeNaN();
    expect(lg.any(x).itemSync()).toBe(1);
  });

  it("attention never sees what the mask hides from every query, NaN included", () => {
    const query = tensor(
      [
        [0.5, 1],
        [1, -1],
      ],
      { device, requiresGrad: true },
    ); // prettier-ignore
    const hidden = (rows: number[][]) => tensor(rows, { device, requiresGrad: true });
    const run = (stray: number, mask: Tensor) => {
      const key = hidden([
        [1, 2],
        [stray, stray],
        [3, -1],
      ]); // prettier-ignore
      const value = hidden([
        [1, 0],
        [stray, inf - inf],
        [0, 2],
      ]); // prettier-ignore
      const y = lg.scaledDotProductAttention(query, key, value, { attnMask: mask });
      return [y, ...gradients(sum(y.mul(y)), [query, key, value])].map((t) => (t as Tensor).arraySync());
    };
    for (const mask of [
      tensor([true, false, true], { device }),
      tensor(
        [
          [true, false, true],
          [true, false, false],
        ],
        { device },
      ), // prettier-ignore
      tensor([0, minus, 1], { device }),
    ]) {
      const [y, ...grads] = run(nan, mask);
      const clean = lg.scaledDotProductAttention(
        query,
        hidden([
          [1, 2],
          [0, 0],
          [3, -1],
        ]), // prettier-ignore
        hidden([
          [1, 0],
          [0, 0],
          [0, 2],
        ]), // prettier-ignore
        { attnMask: mask },
      );
      expect(y).toEqual(clean.arraySync());
      for (const gradient of grads) expect((gradient as number[][]).flat().every(Number.isFinite)).toBe(true);
      expect((grads[1] as number[][])[1]).toEqual([0, 0]);
    }
    const seenByOne = tensor(
      [
        [true, true, true],
        [true, false, true],
      ],
      { device },
    ); // prettier-ignore
    expect((run(nan, seenByOne)[0] as number[][])[0]).toEqual([nan, nan]);
  });
});
