/** Tests of the arbitraries: what they promise, on many samples, and what failing cases shrink to. */
import fc, { type Arbitrary } from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { LivegradError, setDevice, ValueError } from "../../src/index.js";
import { broadcastShapes, normalizeAxes, sizeOf } from "../../src/shape.js";
import {
  axes,
  axisLists,
  broadcastable,
  brokenConvCases,
  brokenPoolCases,
  type ConvCase,
  convCases,
  domains,
  formatSpec,
  type PoolCase,
  poolCases,
  shapes,
  tensorOf,
  tensorSpecs,
  tensors,
} from "../../src/testing/index.js";

beforeAll(() => setDevice("reference"));

const sample = <T>(arbitrary: Arbitrary<T>, count = 200): T[] => fc.sample(arbitrary, { numRuns: count, seed: 1 });
const isSome = <T>(arbitrary: Arbitrary<T>, holds: (value: T) => boolean) => sample(arbitrary).some(holds);

/** The smallest value for which a claim is false. */
function smallest<T>(arbitrary: Arbitrary<T>, claim: (value: T) => boolean): T {
  const { counterexample } = fc.check(fc.property(arbitrary, claim), { seed: 1, numRuns: 1000 });
  if (counterexample === null) throw new Error("the claim holds");
  return counterexample[0];
}

describe("shapes", () => {
  it("keep to their bounds, and reach them", () => {
    const bounded = shapes({ minRank: 1, maxRank: 3, minSize: 2, maxSize: 5, maxElements: 40 });
    for (const shape of sample(bounded)) {
      expect(shape.length).toBeGreaterThanOrEqual(1);
      expect(shape.length).toBeLessThanOrEqual(3);
      expect(shape.every((n) => n >= 2 && n <= 5)).toBe(true);
      expect(sizeOf(shape)).toBeLessThanOrEqual(40);
    }
    expect(isSome(shapes(), (shape) => shape.length === 0)).toBe(true);
    expect(isSome(shapes(), (shape) => shape.length === 4)).toBe(true);
  });

  it("shrink to few and small axes", () => {
    expect(smallest(shapes(), (shape) => shape.length < 2)).toEqual([1, 1]);
    expect(smallest(shapes(), (shape) => sizeOf(shape) < 3)).toEqual([3]);
  });

  it("refuse bounds without a shape", () => {
    expect(() => shapes({ minRank: 3, maxRank: 2 })).toThrow(ValueError);
    expect(() => shapes({ minSize: 0 })).toThrow("shapes: bounds must leave a shape");
    expect(() => shapes({ minRank: 2, minSize: 9, maxSize: 9 })).toThrow("at most 64 elements");
  });
});

describe("broadcastable", () => {
  it("gives shapes that broadcast, of every kind", () => {
    for (const list of sample(broadcastable({ count: 3, maxRank: 3 }))) {
      expect(list).toHaveLength(3);
      expect(() => broadcastShapes("op", ...list)).not.toThrow();
    }
    const pairs = broadcastable();
    expect(isSome(pairs, ([a, b]) => a?.length !== b?.length)).toBe(true);
    expect(isSome(pairs, ([a = [], b = []]) => a.some((n, i) => n === 1 && (b[i] ?? 1) > 1))).toBe(true);
    for (const list of sample(broadcastable({ minRank: 2 })))
      for (const { length } of list) expect(length).toBeGreaterThan(1);
  });

  it("shrinks to equal shapes", () => {
    expect(smallest(broadcastable(), ([a = []]) => sizeOf(a) < 2)).toEqual([[2], [2]]);
  });
});

describe("axes and axisLists", () => {
  it("are axes of the rank, from either end", () => {
    expect(new Set(sample(axes(2)))).toEqual(new Set([-2, -1, 0, 1]));
    for (const list of sample(axisLists(3))) expect(() => normalizeAxes("op", list, 3)).not.toThrow();
    expect(isSome(axisLists(3), (list) => list === null)).toBe(true);
    expect(isSome(axisLists(3), (list) => Array.isArray(list) && list.length > 1)).toBe(true);
    for (const list of sample(axisLists(0))) expect(normalizeAxes("op", list, 0)).toEqual([]);
    expect(() => axes(0)).toThrow(ValueError);
  });
});

describe("tensorSpecs", () => {
  it("hold the numbers of their domain, exact in float32", () => {
    const { positive, probability } = domains;
    for (const [domain, holds] of [
      [{}, (v: number) => v >= -4 && v <= 4],
      [positive, (v: number) => v > 0],
      [probability, (v: number) => v > 0 && v < 1],
      [{ low: 10, high: 1000 }, (v: number) => v >= 10 && v <= 1000],
      [{ low: 3, high: 3 }, (v: number) => v === 3],
      [{ kinks: [-1, 0, 1], margin: 0.25 }, (v: number) => [-1, 0, 1].every((k) => Math.abs(v - k) >= 0.25)],
      [{ low: 0, high: 5, dtype: "int32" } as const, (v: number) => Number.isInteger(v) && v >= 0 && v <= 5],
      [domains.bool, (v: number) => v === 0 || v === 1],
    ] as const) {
      for (const { shape, values } of sample(tensorSpecs(domain))) {
        expect(values).toHaveLength(sizeOf(shape));
        for (const value of values) {
          expect(holds(value), String(value)).toBe(true);
          expect(Math.fround(value)).toBe(value);
        }
      }
    }
  });

  it("can be all different, often alike, or extreme", () => {
    const six = [2, 3];
    for (const { values } of sample(tensorSpecs(domains.distinct, six))) expect(new Set(values).size).toBe(6);
    for (const { values } of sample(tensorSpecs(domains.ties, six)))
      expect(new Set(values).size).toBeLessThanOrEqual(3);
    const seen = new Set<number | string>(
      sample(tensorSpecs(domains.extreme)).flatMap(({ values }) => values.map((v) => (Object.is(v, -0) ? "-0" : v))),
    );
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, "-0", 2 ** -126]) {
      expect(seen.has(value)).toBe(true);
    }
  });

  it("vary within a tensor", () => {
    expect(isSome(tensorSpecs({}, [4]), ({ values }) => new Set(values).size === 4)).toBe(true);
  });

  it("shrink to one plain number", () => {
    expect(smallest(tensorSpecs(), () => false)).toEqual({ shape: [], values: [0] });
    expect(smallest(tensorSpecs(), ({ values }) => values.every((v) => v >= 0))).toEqual({ shape: [], values: [-1] });
    expect(smallest(tensorSpecs(), ({ values }) => values.every((v) => v < 1.5))).toEqual({ shape: [], values: [2] });
    expect(smallest(tensorSpecs({}, shapes({ minRank: 2, maxRank: 2 })), ({ shape: [n = 0] }) => n < 2)).toEqual({
      shape: [2, 1],
      values: [0, 0],
    });
    expect(smallest(tensorSpecs(domains.extreme), ({ values }) => !values.some(Number.isNaN)).values).toEqual([
      Number.NaN,
    ]);
  });

  it("become tensors, and code", () => {
    const spec = { shape: [2, 2], values: [1, -0, 0.5, Number.NaN] };
    expect(formatSpec(spec)).toBe("tensor([[1, -0], [0.5, NaN]])");
    expect(formatSpec({ shape: [], values: [3], dtype: "int32" })).toBe('tensor(3, { dtype: "int32" })');
    expect(tensorOf(spec, { device: "cpu", requiresGrad: true })).toMatchObject({ shape: [2, 2], requiresGrad: true });
    expect(tensorOf({ shape: [1], values: [1], dtype: "bool" }, { requiresGrad: true })).toMatchObject({
      dtype: "bool",
      requiresGrad: false,
    });
  });

  it("refuse a domain without numbers", () => {
    expect(() => sample(tensorSpecs({ low: 1, high: 0 }))).toThrow("low must not be above high");
    expect(() => sample(tensorSpecs({ low: -0.1, high: 0.1, kinks: [0] }))).toThrow("no number from -0.1 to 0.1");
    expect(() => sample(tensorSpecs({ low: 0, high: 3, dtype: "int32", pick: "distinct" }, [5]))).toThrow(
      "holds 4 distinct numbers, the shape asks for 5",
    );
  });
});

describe("tensors", () => {
  it("are made on the current device, and print their numbers when they fail", () => {
    expect(sample(tensors(), 3).every(({ device }) => device.name === "reference")).toBe(true);
    const property = fc.property(tensors({}, [2]), (x) => (x.sum().itemSync() as number) > 100);
    expect(() => fc.assert(property)).toThrow("[tensor([0, 0])]");
  });
});

const conv = ({ input, weight, bias, options }: ConvCase) =>
  lg.conv2d(lg.ones(input), lg.ones(weight), bias && lg.ones(bias), options as lg.Conv2dOptions);
const maxPool = ({ input, options }: PoolCase) => lg.maxPool2d(lg.ones(input), options as lg.MaxPool2dOptions);
const avgPool = ({ input, options }: PoolCase) => lg.avgPool2d(lg.ones(input), options as lg.AvgPool2dOptions);

describe("convCases and poolCases", () => {
  it("are taken by the ops, and promise their shapes", () => {
    for (const one of sample(convCases())) expect(conv(one).shape).toEqual(one.output);
    for (const one of sample(poolCases(2, { dilation: true }))) expect(maxPool(one).shape).toEqual(one.output);
    for (const one of sample(poolCases())) expect(avgPool(one).shape).toEqual(one.output);
  });

  it("vary in everything", () => {
    const options = sample(convCases()).map((one) => one.options);
    for (const name of ["stride", "padding", "dilation", "groups"] as const) {
      expect(new Set(options.map((given) => JSON.stringify(given[name]))).size, name).toBeGreaterThan(2);
    }
    const pools = poolCases(2, { dilation: true });
    for (const ceilMode of [true, false])
      expect(isSome(pools, ({ options }) => options.ceilMode === ceilMode)).toBe(true);
    expect(isSome(convCases(), ({ bias }) => bias === null)).toBe(true);
    expect(sample(poolCases(), 5).some(({ options }) => "dilation" in options)).toBe(false);
  });

  it("come for sequences, with numbers for options", () => {
    for (const { input, weight, output, options } of sample(convCases(1), 20)) {
      expect([input.length, weight.length, output.length, typeof options.stride]).toEqual([3, 3, 3, "number"]);
    }
    for (const { input, options } of sample(poolCases(1), 20))
      expect([input.length, typeof options.kernelSize]).toEqual([3, "number"]);
  });

  it("shrink to a kernel of 1 over one cell", () => {
    expect(smallest(convCases(), () => false)).toMatchObject({ input: [1, 1, 1, 1], weight: [1, 1, 1, 1], bias: null });
    expect(smallest(convCases(), ({ options }) => JSON.stringify(options.stride).startsWith("[1"))).toMatchObject({
      input: [1, 1, 1, 1],
      options: { stride: [2, 1], padding: [0, 0], dilation: [1, 1], groups: 1 },
    });
  });
});

describe("brokenConvCases and brokenPoolCases", () => {
  it("are refused, by a typed error that names the op", () => {
    for (const { case: one, rule } of sample(brokenConvCases())) {
      expect(() => conv(one), rule).toThrow(LivegradError);
      expect(() => conv(one), rule).toThrow(/^conv2d: /);
    }
    for (const { case: one, rule } of sample(brokenPoolCases())) {
      expect(() => maxPool(one), rule).toThrow(LivegradError);
      expect(() => avgPool(one), rule).toThrow(/^avgPool2d: /);
    }
  });

  it("break every rule on their list", () => {
    expect(new Set(sample(brokenConvCases()).map(({ rule }) => rule)).size).toBe(11);
    expect(new Set(sample(brokenPoolCases()).map(({ rule }) => rule)).size).toBe(7);
    expect(new Set(sample(brokenConvCases(1)).map(({ rule }) => rule)).size).toBe(11);
  });
});
