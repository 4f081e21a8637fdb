/** Tests of reductions over random axes, and of their accuracy in float32. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  batchNorm,
  type DeviceName,
  generator,
  logSoftmax,
  logSumExp,
  max,
  mean,
  min,
  ones,
  rand,
  setDevice,
  softmax,
  std,
  sum,
  type Tensor,
  tensor,
  variance,
} from "../../src/index.js";
import { relativeError } from "./measure.js";
import { reduceModel, sizeOf } from "./models.js";

beforeAll(() => setDevice("reference"));

const total = (list: readonly number[]) => list.reduce((s, v) => s + v, 0);

const reductions: Record<string, [(x: Tensor, o: object) => Tensor, (list: number[]) => number]> = {
  sum: [sum, total],
  mean: [mean, (list) => total(list) / list.length],
  max: [max, (list) => Math.max(...list)],
  min: [min, (list) => Math.min(...list)],
  logSumExp: [logSumExp, (list) => Math.log(total(list.map(Math.exp)))],
};

const shapeAndAxes = fc
  .array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 })
  .chain((shape) => fc.tuple(fc.constant(shape), fc.subarray(shape.map((_, i) => i)), fc.boolean()));

describe.each(Object.entries(reductions))("%s", (_, [reduce, model]) => {
  it("agrees with the definition over random axes", () => {
    fc.assert(
      fc.property(
        shapeAndAxes,
        fc.boolean(),
        fc.constantFrom<DeviceName>("reference", "cpu"),
        ([shape, axes, keepDims], fromEnd, device) => {
          const values = Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 13) % 17) / 4 - 2);
          const axis = fromEnd ? axes.map((a) => a - shape.length).reverse() : axes;
          const got = reduce(tensor(Float64Array.from(values), { shape, device }), { axis, keepDims });
          const expected = reduceModel({ shape, values }, axes, keepDims, model);
          expect(got.shape).toEqual(expected.shape);
          expect(relativeError(Array.from(got.dataSync()), expected.values)).toBeLessThan(
            device === "cpu" ? 1e-6 : 1e-12,
          );
        },
      ),
      { seed: 16, numRuns: 50 },
    );
  });
});

describe.each(["webasm", "cpu"] as const)("float32 on %s", (device) => {
  it("sums a million numbers near 1 to 1e-6", () => {
    const x = rand([1_000_000], { generator: generator(3), device, low: 0.5, high: 1.5 });
    const exact = total(Array.from(x.dataSync()));
    expect(Math.abs(sum(x).itemSync() / exact - 1)).toBeLessThan(1e-6);
    expect(Math.abs(mean(x).itemSync() / (exact / 1e6) - 1)).toBeLessThan(1e-6);
  });

  it("sums the rows and the columns of a large matrix to 1e-6", () => {
    const x = rand([1000, 1000], { generator: generator(4), device });
    const values = Array.from(x.dataSync());
    for (const axis of [0, 1]) {
      const { values: expected } = reduceModel({ shape: [1000, 1000], values }, [axis], false, total);
      expect(relativeError(Array.from(sum(x, { axis }).dataSync()), expected)).toBeLessThan(1e-6);
    }
  });

  it("has the variance of numbers far from 0", () => {
    const x = tensor([1000, 1000.5, 1001, 1001.5], { device });
    expect(variance(x, { correction: 0 }).itemSync()).toBeCloseTo(0.3125, 5);
    expect(std(x).itemSync()).toBeCloseTo(Math.sqrt(5 / 12), 5);
  });

  it("normalises a batch of numbers far from 0", () => {
    const x = tensor([[1000], [1000.5], [1001], [1001.5]], { device });
    const y = batchNorm(x, null, null, { training: true, eps: 1e-10 }).dataSync();
    const scale = 1 / Math.sqrt(0.3125);
    expect(relativeError(Array.from(y), [-0.75 * scale, -0.25 * scale, 0.25 * scale, 0.75 * scale])).toBeLessThan(1e-5);
  });
});

describe.each(["reference", "webasm", "cpu"] as const)("special values on %s", (device) => {
  it("makes max and min NaN where there is one", () => {
    for (const values of [
      [Number.NaN, 1],
      [1, Number.NaN],
      [2, 1, Number.NaN, 3],
    ]) {
      expect(max(tensor(values, { device })).itemSync()).toBeNaN();
      expect(min(tensor(values, { device })).itemSync()).toBeNaN();
    }
  });

  it("keeps logSumExp and logSoftmax finite for large numbers", () => {
    const x = tensor([1000, 1000], { device });
    expect(logSumExp(x).itemSync()).toBeCloseTo(1000 + Math.LN2, 3);
    expect(logSoftmax(x).dataSync()[0]).toBeCloseTo(-Math.LN2, 5);
    expect(logSumExp(tensor([-1000, -1000], { device })).itemSync()).toBeCloseTo(-1000 + Math.LN2, 3);
    expect(logSumExp(tensor([-Infinity, -Infinity], { device })).itemSync()).toBe(-Infinity);
  });

  it("makes softmax sum to 1 along the axis, whatever is added to it", () => {
    const x = tensor(
      [
        [1, 2, 3],
        [-100, 0, 100],
      ],
      { device },
    );
    const y = softmax(x);
    expect(relativeError(Array.from(y.sum({ axis: 1 }).dataSync()), [1, 1])).toBeLessThan(1e-6);
    expect(relativeError(Array.from(softmax(x.add(64)).dataSync()), Array.from(y.dataSync()))).toBeLessThan(1e-5);
  });
});

describe("options of a reduction", () => {
  it("must be an object: an axis on its own would silently reduce everything", () => {
    const x = ones([2, 3]);
    for (const [op, reduce] of Object.entries({ sum, mean, max, min, variance, std, logSumExp })) {
      const wrong = reduce as unknown as (x: Tensor, axis: number) => Tensor;
      expect(() => wrong(x, 1)).toThrow(`${op}: options go into an object { axis`);
    }
  });
});
