/** Tests of the SIMD kernels of reflections. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnDots, reflect, reflectBack } from "../../../src/kernels/reflection.js";
import { checkLaunch, numbers } from "./launches.js";

const layouts = fc
  .record({
    rows: fc.integer({ min: 1, max: 60 }),
    part: fc.nat(),
    count: fc.constantFrom(1, 2, 3),
    seed: fc.nat(),
    i: fc.nat(),
  })
  .map(({ rows, part, count, seed, i }) => {
    const columns = 1 + (part % rows);
    return { rows, columns, count, seed, k: Float32Array.of(i % columns), size: count * rows * columns };
  });

/** A sum of up to 60 products of numbers up to 4. */
const ofDots = { ulps: 2, absolute: 60 * 16 * 2 ** -20 };

describe("columnDots", () => {
  it("has the numbers of the portable kernel", () => {
    const property = fc.property(layouts, ({ rows, columns, count, seed, k, size }) => {
      const launch = { kernel: columnDots, threads: [columns + 1, count, 1] as const, constants: { rows, columns } };
      checkLaunch(launch, [numbers(size, seed), numbers(size, seed + 1), k], ofDots);
    });
    fc.assert(property, { numRuns: 100 });
  });
});

describe("reflect", () => {
  const floats = { negligible: 2 ** -60 };

  it("has the numbers of the portable kernel", () => {
    const property = fc.property(layouts, fc.boolean(), ({ rows, columns, count, seed, k, size }, isReflected) => {
      const dots = numbers(count * (columns + 1), seed + 1).map((v, i) => {
        const isSquare = i % (columns + 1) === columns;
        return isSquare ? (isReflected ? v * v : 0) : v;
      });
      const launch = {
        kernel: reflect,
        threads: [columns, rows, count] as const,
        constants: { rows, columns },
        floats,
      };
      checkLaunch(launch, [numbers(size, seed), dots, k], { ulps: 8, absolute: 1e-3 });
    });
    fc.assert(property, { numRuns: 100 });
  });

  it("makes zeros of what is negligible, and leaves the sign", () => {
    const a = Float32Array.of(3, 1, 1e-12, 2);
    const launch = { kernel: reflect, threads: [2, 2, 1] as const, constants: { rows: 2, columns: 2 }, floats };
    expect([...checkLaunch(launch, [a, Float32Array.of(0, 0, 1e-24), Float32Array.of(0)])]).toEqual([3, 1, 0, 2]);
  });
});

describe("reflectBack", () => {
  it("has the numbers of the portable kernel", () => {
    const property = fc.property(layouts, fc.boolean(), ({ rows, columns, count, seed, k, size }, isReflected) => {
      const dots = numbers(count * (columns + 1), seed + 1).map((v, i) => {
        const isSquare = i % (columns + 1) === columns;
        return isSquare ? (isReflected ? v * v : 0) : v;
      });
      const launch = { kernel: reflectBack, threads: [columns, rows, count] as const, constants: { rows, columns } };
      checkLaunch(launch, [numbers(size, seed), numbers(size, seed + 2), dots, k], { ulps: 4, absolute: 1e-4 });
    });
    fc.assert(property, { numRuns: 100 });
  });
});
