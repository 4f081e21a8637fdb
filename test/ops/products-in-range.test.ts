/** Tests that products are numbers wherever those of a plain loop are, whatever their factors multiply to on the way. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { arange, cumProd, type DeviceName, gradients, prod, sum, type Tensor, tensor } from "../../src/index.js";

const devices = ["reference", "simd", "webasm", "cpu"] as const;

/** Factors of every magnitude, zeros among them, often beside their reciprocals. */
const factors = fc
  .array(
    fc
      .tuple(fc.constantFrom(-1, 1, 1), fc.double({ min: -30, max: 30, noNaN: true }), fc.constantFrom(0, 1, 2, 3))
      .map(([sign, exponent, kind]) => {
        const value = Math.fround(sign * 10 ** exponent);
        return kind === 0 ? [kind * value, value] : kind === 1 ? [value] : [value, Math.fround(1 / value)];
      }),
    { minLength: 1, maxLength: 12 },
  )
  .map((lists) => lists.flat());

const isOrdinary = (v: number) => v === 0 || (Math.abs(v) > 1e-35 && Math.abs(v) < 1e38);

/** The products of a plain loop in float32 (or float64), up to where one leaves the range. */
function loop(values: readonly number[], round: (v: number) => number): number[] {
  const result: number[] = [];
  let product = 1;
  for (const value of values) {
    const next = round(product * value);
    if (!isOrdinary(next) || (next === 0 && product !== 0 && value !== 0)) break;
    result.push(next);
    product = next;
  }
  return result;
}

function closeTo(got: number | undefined, wanted: number, digits: number): boolean {
  return got !== undefined && (got === wanted || Math.abs(got / wanted - 1) < digits);
}

/** The product of all that meets in one place. */
function met(x: Tensor): Tensor {
  const index = tensor(Array<number>(x.size).fill(0), { dtype: "int32" });
  return lg.scatterReduce(lg.ones([1]), index, x, { reduce: "prod" });
}

describe.each(devices)("on %s", (device) => {
  const digits = device === "reference" ? 1e-12 : 1e-5;
  const round = device === "reference" ? (v: number) => v : Math.fround;
  const numRuns = device === "webasm" ? 20 : 100;

  it("cumProd and prod are those of a plain loop", () => {
    fc.assert(
      fc.property(factors, fc.constantFrom(1, 3), (values, inner) => {
        const wanted = loop(values, round);
        const x = tensor(
          values.flatMap((v) => Array<number>(inner).fill(v)),
          { shape: [values.length, inner], device },
        );
        const got = cumProd(x, { axis: 0 }).dataSync();
        wanted.forEach((product, i) => {
          for (let k = 0; k < inner; k++) {
            expect(closeTo(got[i * inner + k], product, digits), `${got[i * inner + k]} is not ${product}`).toBe(true);
          }
        });
        if (wanted.length < values.length) return;
        for (const product of prod(x, { axis: 0 }).dataSync()) {
          expect(closeTo(product, wanted.at(-1) as number, digits), `${product} of ${values}`).toBe(true);
        }
      }),
      { numRuns },
    );
  });

  it("a product is right even where the loop's is not", () => {
    const a = device === "reference" ? 1e300 : 1e30;
    const of = (...values: number[]) => prod(tensor(values, { device })).itemSync();
    expect(of(a, 1 / a, a, 1 / a)).toBeCloseTo(1, 5);
    expect(of(a, a, 1 / a, 1 / a)).toBeCloseTo(1, 5);
    expect(of(1 / a, 1 / a, 3, a, a)).toBeCloseTo(3, 5);
    expect(of(a, a, a, 0)).toBe(0);
    expect(of(a, a)).toBe(Number.POSITIVE_INFINITY);
    expect(of(-a, a)).toBe(Number.NEGATIVE_INFINITY);
    expect(of(1 / a, 1 / a)).toBe(0);
    expect(of(0, Number.POSITIVE_INFINITY)).toBeNaN();
    expect(of(...Array<number>(1000).fill(1.5), ...Array<number>(1000).fill(1 / 1.5))).toBeCloseTo(1, 3);
    const falling = cumProd(arange(0, 50, 0.5, { device }), { axis: 0 });
    expect(Array.from(falling.dataSync())).toEqual(Array(100).fill(0));
  });

  it("the gradients are those of float64, extremes and zeros included", () => {
    const on = (name: DeviceName, values: readonly number[], f: (x: Tensor) => Tensor) =>
      lg.withDevice(name, () => {
        const x = tensor([...values], { requiresGrad: true });
        const y = f(x);
        const weights = tensor(
          Array.from({ length: y.size }, (_, i) => 1 + i / 8),
          { shape: y.shape },
        );
        return Array.from((gradients(sum(y.mul(weights)), [x])[0] as Tensor).dataSync());
      });
    // Factor by factor, in exact exponents: the sum over the products that a factor is part of, the factor left out.
    const exact = (values: readonly number[], isLast: boolean) =>
      values.map((_, k) => {
        let total = 0;
        values.forEach((_unused, i) => {
          if (i < k || (isLast && i < values.length - 1)) return;
          const others = values.filter((_v, j) => j <= i && j !== k);
          const isZero = others.includes(0);
          const logarithm = others.reduce((s, v) => s + Math.log(Math.abs(v)), 0);
          const sign = others.reduce((s, v) => s * Math.sign(v), 1);
          if (!isZero) total += (isLast ? 1 : 1 + i / 8) * sign * Math.exp(logarithm);
        });
        return total;
      });
    fc.assert(
      fc.property(
        factors.map((values) => values.map(Math.fround)),
        (values) => {
          for (const [f, isLast] of [
            [(x: Tensor) => prod(x), true],
            [met, true],
            [(x: Tensor) => cumProd(x, { axis: 0 }), false],
          ] as const) {
            const got = on(device, values, f);
            exact(values, isLast).forEach((wanted, k) => {
              if (!isOrdinary(wanted)) return;
              // A sum of products may cancel; a product is right to a few digits.
              if (isLast)
                expect(closeTo(got[k], wanted, 1e-3), `${k} of ${values}: ${got[k]}, not ${wanted}`).toBe(true);
              expect(got[k]).not.toBeNaN();
            });
          }
        },
      ),
      { numRuns: device === "webasm" ? 10 : 50 },
    );
    expect(on(device, [0, 1, 2], (x) => prod(x))).toEqual([2, 0, 0]);
    expect(on(device, [0, 0, 2], (x) => prod(x))).toEqual([0, 0, 0]);
    const ofZeros = on(device, [0, 2, 0, 3], (x) => cumProd(x, { axis: 0 }));
    expect(ofZeros).toEqual([1 + (9 / 8) * 2, 0, 0, 0]);
    expect(on(device, [5], (x) => cumProd(x, { axis: 0 }))).toEqual([1]);
    const falling = Array.from({ length: 100 }, (_, i) => i / 2);
    for (const value of on(device, falling, (x) => cumProd(x, { axis: 0 })).slice(1)) expect(value).toBe(0);
  });
});
