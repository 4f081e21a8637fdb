/** Tests of the SIMD kernels of elimination. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { choleskyStep, eliminate, substitute } from "../../../src/kernels/elimination.js";
import type { KernelFunction } from "../../../src/kernels/kernel.js";
import { checkLaunch, numbers } from "./launches.js";

const sizes = fc.record({ size: fc.integer({ min: 1, max: 70 }), count: fc.constantFrom(1, 2, 3), seed: fc.nat() });

/** A quotient, a product and a difference of numbers up to 4, of which the quotient may be some hundreds. */
const rounded = { ulps: 4, absolute: 1e-3 };

const step = (k: number) => Float32Array.of(k);

describe("eliminate", () => {
  it("has the numbers of the portable kernel for every pivot", () => {
    const property = fc.property(sizes, fc.nat(), fc.nat(), fc.nat(), ({ size, count, seed }, i, j, l) => {
      const k = i % size;
      const pivots = Float32Array.from({ length: count }, (_, z) => {
        const [row, column] = [j + z, l + z].map((n) => k + (n % (size - k))) as [number, number];
        return row * size + column;
      });
      const a = numbers(count * (size + 1) ** 2, seed);
      const threads = [size + 1, size + 1, count] as const;
      checkLaunch({ kernel: eliminate, threads, constants: { size } }, [a, pivots, step(k)], rounded);
    });
    fc.assert(property, { numRuns: 100 });
  });

  it("subtracts nothing where the pivot is 0", () => {
    const a = Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8);
    const launch = { kernel: eliminate, threads: [3, 3, 1] as const, constants: { size: 2 } };
    expect([...checkLaunch(launch, [a, step(0), step(0)])]).toEqual([0, 1, 2, 0, 4, 5, 6, 7, 8]);
  });
});

describe("substitute", () => {
  it("has the numbers of the portable kernel for each triangle, layout and step", () => {
    const flags = fc.record({ isForward: fc.constantFrom(0, 1), isUnit: fc.constantFrom(0, 1), turned: fc.boolean() });
    const property = fc.property(sizes, flags, fc.nat(), fc.integer({ min: 1, max: 9 }), fc.boolean(), (...args) => {
      const [{ size, count, seed }, { turned, ...constants }, i, columns, isShared] = args;
      const x = numbers(count * size * columns, seed);
      const a = numbers((isShared ? 1 : count) * size * size, seed + 1);
      const strides = turned ? { rowA: 1, colA: size } : { rowA: size, colA: 1 };
      const of = { rows: size, columns, batchA: isShared ? 0 : size * size, ...strides, ...constants };
      checkLaunch(
        { kernel: substitute, threads: [columns, size, count], constants: of },
        [x, a, step(i % size)],
        rounded,
      );
    });
    fc.assert(property, { numRuns: 150 });
  });
});

describe.each([["choleskyStep", choleskyStep]] as const)("%s", (_name, kernel: KernelFunction) => {
  it("has the numbers of the portable kernel, NaN where the root is", () => {
    const property = fc.property(sizes, fc.nat(), ({ size, count, seed }, i) => {
      const a = numbers(count * size * size, seed);
      checkLaunch({ kernel, threads: [size, size, count], constants: { size } }, [a, step(i % size)], rounded);
    });
    fc.assert(property, { numRuns: 100 });
  });
});
