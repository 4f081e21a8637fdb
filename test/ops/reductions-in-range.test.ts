/** Tests that nothing on the way leaves the range of numbers where input and result are in it: reductions and normalisations of
 * numbers scaled by 1e±30, against float64, forward and backward. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { type DeviceName, generator, gradients, mean, sum, type Tensor, tensor } from "../../src/index.js";

const devices = ["simd", "webasm", "cpu"] as const;
const shape = [4, 6, 8] as const;
const size = 4 * 6 * 8;

function numbersOf(seed: number): number[] {
  const random = generator(seed);
  return Array.from({ length: size }, () => Math.fround(random.normal(0.3, 2)));
}

/** What an op makes of numbers on a device, and the gradient of a weighted sum of that by them. */
function measured(f: (x: Tensor) => Tensor, values: readonly number[], device: DeviceName, weight: number) {
  return lg.withDevice(device, () => {
    const x = tensor([...values], { shape, requiresGrad: true });
    const y = f(x);
    const weights = tensor(
      Array.from({ length: y.size }, (_, i) => (Math.cos(i) + 0.1) * weight),
      { shape: y.shape },
    );
    const [gradient] = gradients(sum(y.mul(weights)), [x]) as [Tensor];
    return { values: Array.from(y.dataSync()), gradient: Array.from(gradient.dataSync()) };
  });
}

function expectClose(got: readonly number[], expected: readonly number[], relative = 2e-5): void {
  const largest = expected.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  got.forEach((value, i) => {
    const wanted = expected[i] as number;
    const error = Math.abs(value / largest - wanted / largest);
    if (!(error <= relative)) expect.fail(`element ${i} is ${value}, expected ${wanted} (largest ${largest})`);
  });
}

/** x with its own elements taken into the first two places. */
const meeting = (x: Tensor, reduce: "mean" | "amax") => {
  const places = Int32Array.from({ length: size }, (_, i) => i % 2);
  return lg.scatterReduce(x, tensor(places, { shape, dtype: "int32" }), x, { reduce });
};

/** Ops whose results grow as their input (degree 1), and those whose results do not depend on its scale (degree 0). */
const ops: readonly (readonly [name: string, degree: 0 | 1, f: (x: Tensor) => Tensor])[] = [
  ["sum", 1, (x) => sum(x, { axis: 1 })],
  ["mean", 1, (x) => mean(x, { axis: [0, 2] })],
  ["max", 1, (x) => lg.max(x, { axis: 1 })],
  ["min", 1, (x) => lg.min(x)],
  ["std", 1, (x) => lg.std(x, { axis: 2 })],
  ["std of all, biased", 1, (x) => lg.std(x, { correction: 0 })],
  ["norm", 1, (x) => lg.norm(x, { axis: 1 })],
  ["norm of order 3", 1, (x) => lg.norm(x, { p: 3 })],
  ["cumSum", 1, (x) => lg.cumSum(x, { axis: 1 })],
  ["nanSum", 1, (x) => lg.nanSum(x, { axis: 1 })],
  ["nanMean", 1, (x) => lg.nanMean(x, { axis: [0, 2] })],
  ["cumMax", 1, (x) => lg.cumMax(x, { axis: 1 }).values],
  ["cumMin", 1, (x) => lg.cumMin(x, { axis: 2 }).values],
  ["logCumSumExp", 0, (x) => lg.logCumSumExp(x, { axis: 1 })],
  ["median", 1, (x) => lg.median(x, { axis: 1 })],
  ["quantile", 1, (x) => lg.quantile(x, [0.2, 0.7], { axis: 2 })],
  ["stdMean", 1, (x) => lg.stdMean(x, { axis: 2 }).std],
  ["scatterReduce by the mean", 1, (x) => meeting(x, "mean")],
  ["scatterReduce by the maximum", 1, (x) => meeting(x, "amax")],
  ["avgPool1d", 1, (x) => lg.avgPool1d(x, { kernelSize: 3, stride: 2 })],
  ["maxPool1d", 1, (x) => lg.maxPool1d(x, { kernelSize: 3, stride: 2 })],
  ["layerNorm", 0, (x) => lg.layerNorm(x, null, null, { normalizedShape: 8 })],
  ["layerNorm over two axes", 0, (x) => lg.layerNorm(x, null, null, { normalizedShape: [6, 8] })],
  ["batchNorm", 0, (x) => lg.batchNorm(x, null, null, { training: true })],
  ["groupNorm", 0, (x) => lg.groupNorm(x, null, null, { numGroups: 3 })],
  ["instanceNorm", 0, (x) => lg.instanceNorm(x)],
  ["localResponseNorm", 1, (x) => lg.localResponseNorm(x, { size: 3, beta: 0.25 })],
];

describe.each(devices)("on %s", (device) => {
  describe.each([1e-30, 1, 1e30])("numbers of about %d", (scale) => {
    it.each(ops)("%s is that of float64, and so is its gradient", (_name, degree, f) => {
      const values = numbersOf(1).map((v) => Math.fround(v * scale));
      const weight = degree === 0 && scale < 1 ? 1e-3 : 1; // at 1e-30 the gradient is large, for eps alone divides
      const expected = measured(f, values, "reference", weight);
      const got = measured(f, values, device, weight);
      expectClose(got.values, expected.values);
      expectClose(got.gradient, expected.gradient);
    });
  });
});

describe.each(devices)("on %s", (device) => {
  it("variance is that of float64 where the sum of the squares is no number, and so is its gradient", () => {
    for (const scale of [3e18, 1e-18]) {
      const values = numbersOf(3).map((v) => Math.fround(v * scale));
      const [got, expected] = [device, "reference" as const].map((on) =>
        measured((x) => lg.variance(x, { axis: [0, 2] }), values, on, 1),
      ) as [ReturnType<typeof measured>, ReturnType<typeof measured>];
      expectClose(got.values, expected.values);
      expectClose(got.gradient, expected.gradient);
    }
  });

  it("localResponseNorm keeps what its exponent makes small of large numbers", () => {
    const values = numbersOf(4).map((v) => Math.fround(v * 1e25));
    const [got, expected] = [device, "reference" as const].map((on) =>
      lg.withDevice(on, () => Array.from(lg.localResponseNorm(tensor(values, { shape }), { size: 2 }).dataSync())),
    ) as [number[], number[]];
    expectClose(got, expected);
  });
});

describe.each(["reference", ...devices] as const)("on %s", (device) => {
  it("localResponseNorm lets an infinity or NaN reach its neighbours alone", () => {
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
    const of = (third: number) =>
      lg.withDevice(device, () => {
        const x = tensor([2, 4, third, 8, 10], { shape: [1, 5, 1] });
        return Array.from(lg.localResponseNorm(x, { size: 3 }).dataSync());
      });
    const [first, , , , last] = of(6);
    expect(of(inf)).toEqual([first, 0, nan, 0, last]);
    expect(of(nan)).toEqual([first, nan, nan, nan, last]);
  });
});

describe("recorded gradients", () => {
  it.each(devices)("of layerNorm at 1e30 are those of float64 on %s", (device) => {
    const values = numbersOf(2).map((v) => Math.fround(v * 1e30));
    const first = (on: DeviceName) =>
      lg.withDevice(on, () => {
        const x = tensor(values, { shape, requiresGrad: true });
        const y = lg.layerNorm(x, null, null, { normalizedShape: 8 });
        const [g] = gradients(sum(y.mul(y).mul(y)), [x], { createGraph: true }) as [Tensor];
        return Array.from(g.dataSync());
      });
    expectClose(first(device), first("reference"));
  });
});

describe.each(["reference", ...devices] as const)("mean on %s", (device) => {
  it("of n ones is 1, and of n equal numbers that number within a digit", () => {
    lg.withDevice(device, () => {
      for (const n of [3, 41, 47, 49, 98, 129, 1000, 1999, 70_001]) {
        expect(mean(lg.ones([n])).itemSync(), `${n} ones`).toBe(1);
        expect(mean(lg.ones([2, n, 3]), { axis: 1 }).arraySync()).toEqual(Array(2).fill([1, 1, 1]));
        expect(lg.variance(lg.ones([n])).itemSync()).toBe(0);
      }
      for (const kernelSize of [3, 5, 7, 41, 49]) {
        const pooled = lg.avgPool1d(lg.ones([1, 1, 100]), { kernelSize, stride: 1 });
        expect(new Set(pooled.dataSync()), `windows of ${kernelSize}`).toEqual(new Set([1]));
        const square = lg.avgPool2d(lg.ones([1, 50, 50]), { kernelSize });
        expect(new Set(square.dataSync())).toEqual(new Set([1]));
        const adaptive = lg.adaptiveAvgPool2d(lg.ones([1, kernelSize, kernelSize]), { outputSize: 1 });
        expect(adaptive.dataSync()[0]).toBe(1);
      }
    });
  });

  it("of numbers near the largest is in their range", () => {
    const largest = device === "reference" ? 1.7e308 : 3.3e38;
    for (const [axis, sizes] of [
      [null, [1000]],
      [0, [100]],
      [1, [3, 200, 2]],
      [
        [0, 2],
        [30, 2, 40],
      ],
    ] as const) {
      const got = mean(lg.full([...sizes], largest, { device }), { axis: axis as number | number[] | null });
      for (const value of got.dataSync()) expect(value / largest).toBeCloseTo(1, 5);
    }
    const window = lg.avgPool1d(lg.full([1, 1, 9], largest, { device }), { kernelSize: 3 });
    for (const value of window.dataSync()) expect(value / largest).toBeCloseTo(1, 5);
    const met = lg.withDevice(device, () => {
      const into = lg.full([2], largest);
      const index = tensor([0, 0, 1, 0, 1], { dtype: "int32" });
      return lg.scatterReduce(into, index, lg.full([5], largest), { reduce: "mean" }).dataSync();
    });
    for (const value of met) expect(value / largest).toBeCloseTo(1, 5);
  });
});

/** Numbers of every magnitude of float32, zeros among them. */
const extremes = fc
  .tuple(fc.constantFrom(-1, 1, 1, 0), fc.double({ min: -37, max: 38.4, noNaN: true }))
  .map(([sign, exponent]) => Math.fround(sign * 10 ** exponent))
  .filter(Number.isFinite);

const opposites = fc.array(
  fc
    .oneof(extremes, fc.constantFrom(Math.fround(3e38), -Math.fround(3e38), 1))
    .chain((a) => fc.constantFrom([a, -a], [a])),
  { minLength: 1, maxLength: 150 },
);

/** The sums of a plain float32 loop. */
function prefixes(values: readonly number[]): number[] {
  let total = 0;
  return values.map((value) => {
    total = Math.fround(total + value);
    return total;
  });
}

describe.each(devices)("sums on %s", (device) => {
  it("are numbers wherever those of a plain loop are, and differ from float64 by rounding alone", () => {
    const property = fc.property(opposites, fc.constantFrom(1, 3), (pairs, inner) => {
      const values = pairs.flat();
      const all = prefixes(values);
      const repeated = values.flatMap((v) => Array<number>(inner).fill(v));
      const x = tensor(repeated, { shape: [values.length, inner], device });
      const sums = lg.cumSum(x, { axis: 0 }).dataSync();
      const totals = sum(x, { axis: 0 }).dataSync();
      let exact = 0;
      let size = 0;
      all.forEach((prefix, i) => {
        exact += values[i] as number;
        size += Math.abs(values[i] as number);
        for (let k = 0; k < inner; k++) {
          const got = sums[i * inner + k] as number;
          // Beyond the first prefix that a plain loop does not represent anything goes.
          if (!all.slice(0, i + 1).every(Number.isFinite)) return;
          expect(
            Math.abs(got - exact) <= size * 2 ** -18 + 1e-41,
            `prefix ${i} of ${values}: ${got}, not ${prefix}`,
          ).toBe(true);
        }
      });
      if (!all.every(Number.isFinite)) return;
      for (const total of totals)
        expect(Math.abs(total - exact) <= size * 2 ** -16, `${total} of ${values}`).toBe(true);
    });
    fc.assert(property, { numRuns: device === "simd" ? 200 : 30 });
  });
});
