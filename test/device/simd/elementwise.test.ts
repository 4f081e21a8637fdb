/** Tests of the elementwise SIMD kernels: the portable kernels' numbers, for every size, stride and special value. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as binary from "../../../src/kernels/binary.js";
import * as densities from "../../../src/kernels/densities.js";
import * as derivatives from "../../../src/kernels/derivatives.js";
import * as unary from "../../../src/kernels/elementwise.js";
import { exp2, log2, log10 } from "../../../src/kernels/exponentials.js";
import type { KernelFunction } from "../../../src/kernels/kernel.js";
import { select } from "../../../src/kernels/movement.js";
import { erfc } from "../../../src/kernels/special-functions.js";
import { checkLaunch, numbers, oddSizes, specials } from "./launches.js";

/** The inputs of the kernels that take more than one, made of the first. */
const others: Readonly<Record<string, (count: number) => readonly Float32Array[]>> = {
  softplus: () => [Float32Array.of(20)],
  clamp: () => [Float32Array.of(-1.5), Float32Array.of(2)],
  clampGrad: (count) => [numbers(count, 5), Float32Array.of(-1.5), Float32Array.of(2)],
  reluGrad: (count) => [numbers(count, 5)],
  select: (count) => [numbers(count, 5), numbers(count, 6)],
};

const kernels: readonly (readonly [string, KernelFunction])[] = Object.entries({
  ...unary,
  exp2,
  log2,
  log10,
  ...densities,
  erfc,
  select,
});

describe.each(kernels)("%s", (name, kernel) => {
  const constants = { limit: name === "toInteger" ? 2 ** 24 : 3.4028234663852886e38 };
  const launch = (count: number) => ({ kernel, threads: [count, 1, 1] as const, constants });

  it.each(oddSizes)("has the numbers of the portable kernel for %i elements", (count) => {
    checkLaunch(launch(count), [numbers(count, count), ...(others[name]?.(count) ?? [])]);
  });

  it("has them over the whole range of exponents, too", () => {
    const x = Float32Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? 1 : -1) * 2 ** (-149 + (i * 277) / 2000));
    checkLaunch(launch(2000), [x, ...(others[name]?.(2000) ?? [])]);
  });

  it("keeps NaN, infinities, zeros and denormals", () => {
    checkLaunch(launch(specials.length), [specials, ...(others[name]?.(specials.length) ?? [])]);
  });
});

describe("odd functions", () => {
  const { sin, tanh, expm1, log1p, sinh, erf } = unary;

  it.each(Object.entries({ sin, tanh, expm1, log1p, sinh, erf }))("%s keeps the sign of −0", (_name, kernel) => {
    expect(Object.is(checkLaunch({ kernel, threads: [1, 1, 1] }, [Float32Array.of(-0)])[0], -0)).toBe(true);
  });
});

const strides = fc.record({
  threads: fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 })),
  a: fc.tuple(fc.constantFrom(0, 1, 2, 3), fc.constantFrom(0, 1, 70, 211), fc.constantFrom(0, 1, 701)),
  b: fc.tuple(fc.constantFrom(0, 1, 2, 3), fc.constantFrom(0, 1, 70, 211), fc.constantFrom(0, 1, 701)),
});

/** Elements that are read through strides. */
function reach(threads: readonly number[], steps: readonly number[]): number {
  return threads.reduce((last, n, i) => last + (n - 1) * (steps[i] as number), 1);
}

describe.each(Object.entries({ ...binary, ...derivatives }))("%s", (_name, kernel) => {
  it("has the numbers of the portable kernel through any strides", () => {
    const property = fc.property(strides, fc.nat(), ({ threads, a, b }, seed) => {
      const [[a0, a1, a2], [b0, b1, b2]] = [a, b];
      const inputs = [a, b].map((steps, i) => numbers(reach(threads, steps), seed + i));
      checkLaunch({ kernel, threads, constants: { a0, a1, a2, b0, b1, b2 } }, inputs);
    });
    fc.assert(property, { numRuns: 60 });
  });

  it.each(oddSizes)("has them for %i elements", (count) => {
    const constants = { a0: 1, a1: 0, a2: 0, b0: 1, b1: 0, b2: 0 };
    checkLaunch({ kernel, threads: [count, 1, 1], constants }, [numbers(count, 1), numbers(count, 2)]);
  });

  it("keeps NaN, infinities, zeros and denormals of every pair", () => {
    const n = specials.length;
    const constants = { a0: 1, a1: 0, a2: 0, b0: 0, b1: 1, b2: 0 };
    checkLaunch({ kernel, threads: [n, n, 1], constants }, [specials, specials]);
  });
});
