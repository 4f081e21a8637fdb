/** Tests of the SIMD kernels that move numbers and that pick and add up by index. */
import fc from "fast-check";
import { describe, it } from "vitest";
import { mapBand } from "../../../src/kernels/band.js";
import { gather, gatherTranspose, lastOfRun, oneHot, sumRuns } from "../../../src/kernels/gather.js";
import { band, concatPair, spread, stridedCopy, stridedCopy6 } from "../../../src/kernels/movement.js";
import { checkLaunch, indices, numbers, specials } from "./launches.js";

const exact = { ulps: 0 };

/** Where strided elements begin and how many numbers they lie in, when some strides are negative. */
function extent(sizes: readonly number[], strides: readonly number[]): { offset: number; length: number } {
  const ends = sizes.map((n, i) => (n - 1) * (strides[i] as number));
  const offset = -ends.filter((end) => end < 0).reduce((sum, end) => sum + end, 0);
  return { offset, length: offset + 1 + ends.filter((end) => end > 0).reduce((sum, end) => sum + end, 0) };
}

describe("stridedCopy", () => {
  const steps = fc.constantFrom(-100, -3, -2, -1, 0, 1, 2, 3, 100);

  it("has the numbers of the portable kernel through any strides, negative and 0", () => {
    const sizes = fc.tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 5 }),
    );
    const property = fc.property(sizes, fc.tuple(steps, steps, steps), (threads, [s0, s1, s2]) => {
      const { offset, length } = extent(threads, [s0, s1, s2]);
      checkLaunch({ kernel: stridedCopy, threads, constants: { offset, s0, s1, s2 } }, [numbers(length, 1)], exact);
    });
    fc.assert(property, { numRuns: 150 });
  });

  it("turns matrices of any size", () => {
    for (const [rows, columns] of [
      [1, 9],
      [9, 1],
      [4, 4],
      [17, 33],
      [300, 257],
      [64, 1000],
    ] as const) {
      const constants = { offset: 0, s0: columns, s1: 1, s2: rows * columns };
      const x = numbers(3 * rows * columns, rows);
      checkLaunch({ kernel: stridedCopy, threads: [rows, columns, 3], constants }, [x], exact);
    }
  });

  it("has them on six axes", () => {
    const property = fc.property(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 6, maxLength: 6 }),
      fc.array(steps, { minLength: 6, maxLength: 6 }),
      (sizes, strides) => {
        const [n0, n1, n2, n3, n4, n5] = sizes as [number, number, number, number, number, number];
        const [s0, s1, s2, s3, s4, s5] = strides as [number, number, number, number, number, number];
        const { offset, length } = extent(sizes, strides);
        const constants = { offset, s0, s1, s2, s3, s4, s5, n2, n3, n4 };
        const threads = [n0, n1, n2 * n3 * n4 * n5] as const;
        checkLaunch({ kernel: stridedCopy6, threads, constants }, [numbers(length, 2)], exact);
      },
    );
    fc.assert(property, { numRuns: 100 });
  });

  it("keeps the bits of special values", () => {
    const n = specials.length;
    for (const s0 of [1, -1]) {
      const constants = { offset: s0 === 1 ? 0 : n - 1, s0, s1: 0, s2: 0 };
      checkLaunch({ kernel: stridedCopy, threads: [n, 1, 1], constants }, [specials], exact);
    }
  });
});

describe("spread", () => {
  it("has the numbers of the portable kernel for every step and margin", () => {
    const small = fc.integer({ min: 1, max: 9 });
    const margins = fc.record({ top: fc.nat(4), left: fc.nat(4), bottom: fc.nat(4), right: fc.nat(4) });
    const steps = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }));
    const property = fc.property(
      small,
      small,
      margins,
      steps,
      (height, width, { top, left, ...after }, [stepY, stepX]) => {
        const rows = top + (height - 1) * stepY + 1 + after.bottom;
        const columns = left + (width - 1) * stepX + 1 + after.right;
        const constants = { height, width, top, left, stepY, stepX };
        const inputs = [numbers(7 * height * width, 1), Float32Array.of(-2.5)];
        checkLaunch({ kernel: spread, threads: [columns, rows, 7], constants }, inputs, exact);
      },
    );
    fc.assert(property, { numRuns: 100 });
    const constants = { height: 32, width: 32, top: 1, left: 1, stepY: 1, stepX: 1 };
    const inputs = [numbers(100 * 32 * 32, 1), Float32Array.of(0)];
    checkLaunch({ kernel: spread, threads: [34, 34, 100], constants }, inputs, exact);
  });
});

describe("concatPair", () => {
  it("has the numbers of the portable kernel for parts of any size", () => {
    const size = fc.constantFrom(1, 2, 3, 7, 64, 130);
    const property = fc.property(size, size, size, size, (outer, sizeA, sizeB, inner) => {
      const inputs = [numbers(outer * sizeA * inner, 1), numbers(outer * sizeB * inner, 2)];
      const threads = [inner, sizeA + sizeB, outer] as const;
      checkLaunch({ kernel: concatPair, threads, constants: { sizeA, sizeB, inner } }, inputs, exact);
    });
    fc.assert(property, { numRuns: 60 });
  });
});

describe("band", () => {
  it("has the numbers of the portable kernel for every pair of diagonals", () => {
    const bound = fc.integer({ min: -20, max: 20 });
    const size = fc.integer({ min: 1, max: 18 });
    const property = fc.property(size, size, bound, bound, (height, width, low, high) => {
      const launch = { kernel: band, threads: [width, height, 3] as const, constants: { height, width, low, high } };
      checkLaunch(launch, [numbers(3 * height * width, 1)], exact);
    });
    fc.assert(property, { numRuns: 150 });
  });
});

const indexed = fc.record({
  outer: fc.constantFrom(1, 2, 5),
  size: fc.constantFrom(1, 3, 50, 700),
  inner: fc.constantFrom(1, 2, 7, 64, 90),
  count: fc.constantFrom(1, 2, 17, 64),
  shared: fc.boolean(),
});

/** The strides of an index, as the ops give them. */
function indexStrides(count: number, inner: number, shared: boolean): { i0: number; i1: number; i2: number } {
  return shared ? { i0: 0, i1: 1, i2: 0 } : { i0: 1, i1: inner, i2: count * inner };
}

describe("gather", () => {
  it("has the numbers of the portable kernel, NaN where the index is out of range", () => {
    const property = fc.property(indexed, ({ outer, size, inner, count, shared }) => {
      const index = indices(shared ? count : outer * count * inner, 3, size);
      if (index.length > 5) index.set([-1, size, Number.NaN, size - 1], 1);
      const constants = { size, inner, ...indexStrides(count, inner, shared) };
      const a = numbers(outer * size * inner, 4);
      checkLaunch({ kernel: gather, threads: [inner, count, outer], constants }, [a, index], exact);
    });
    fc.assert(property, { numRuns: 80 });
  });
});

describe("gatherTranspose", () => {
  it("has the numbers of the portable kernel, also where an index comes several times", () => {
    const property = fc.property(indexed, ({ outer, size, inner, count, shared }) => {
      const index = indices(shared ? count : outer * count * inner, 3, size);
      const constants = { count, inner, ...indexStrides(count, inner, shared) };
      const g = numbers(outer * count * inner, 4);
      const launch = { kernel: gatherTranspose, threads: [inner, size, outer] as const, constants };
      checkLaunch(launch, [g, index], { absolute: count * 16 * 2 ** -23 });
    });
    fc.assert(property, { numRuns: 80 });
  });
});

describe("sumRuns and lastOfRun", () => {
  it("have the numbers of the portable kernels on sorted keys", () => {
    const property = fc.property(indexed, fc.constantFrom(1, 16), ({ outer, size, inner, count, shared }, distance) => {
      const width = 16;
      const strides = indexStrides(count, inner, shared);
      const lists = shared ? 1 : outer * inner;
      const keys = new Float32Array(lists * count);
      for (let list = 0; list < lists; list++) {
        const sorted = indices(count, list, size).sort();
        const start = shared ? 0 : Math.floor(list / inner) * strides.i2 + (list % inner);
        sorted.forEach((key, j) => {
          keys[start + j * strides.i1] = key;
        });
      }
      const sums = numbers(outer * count * inner, 4);
      const within = { absolute: width * 16 * 2 ** -23 };
      const launch = { kernel: sumRuns, threads: [inner, count, outer] as const };
      checkLaunch({ ...launch, constants: { count, inner, distance, width, ...strides } }, [sums, keys], within);
      const constants = { count, inner, steps: Math.floor(Math.log2(count)) + 1, ...strides };
      checkLaunch({ kernel: lastOfRun, threads: [inner, size, outer], constants }, [sums, keys], exact);
    });
    fc.assert(property, { numRuns: 80 });
  });
});

describe("oneHot", () => {
  it("has the numbers of the portable kernel, none where the index is no class", () => {
    for (const [count, classes] of [
      [1, 1],
      [7, 3],
      [5, 10],
      [3000, 10],
      [40, 1001],
    ] as const) {
      const index = indices(count, 1, classes);
      if (count > 4) index.set([-1, classes, 0.5, Number.NaN]);
      checkLaunch({ kernel: oneHot, threads: [classes, count, 1] }, [index], exact);
    }
  });
});

describe("mapBand", () => {
  const shapes = fc.record({
    outer: fc.constantFrom(1, 3, 50),
    size: fc.constantFrom(8, 9, 31),
    inner: fc.constantFrom(1, 3, 8, 70),
    rows: fc.constantFrom(1, 4, 13),
    taps: fc.constantFrom(1, 3, 8),
  });

  it("has the numbers of the portable kernel, and reads nothing where the weight is 0", () => {
    const property = fc.property(shapes, ({ outer, size, inner, rows, taps }) => {
      const first = indices(rows, 5, size - taps + 1);
      const weight = numbers(rows * taps, 6, 1);
      for (let i = 0; i < weight.length; i += 3) weight[i] = 0;
      const divisor = numbers(rows, 8, 1).map((x) => 1 + Math.abs(x));
      const a = numbers(outer * size * inner, 7);
      for (let i = 0; i < a.length; i += 41) a[i] = Number.NaN;
      const launch =
        inner === 1
          ? {
              threads: [rows, outer, 1] as const,
              constants: { taps, step: 1, placeX: 1, placeY: 0, baseX: 0, baseY: size, baseZ: 0 },
            }
          : {
              threads: [inner, rows, outer] as const,
              constants: { taps, step: inner, placeX: 0, placeY: 1, baseX: 1, baseY: 0, baseZ: size * inner },
            };
      checkLaunch({ kernel: mapBand, ...launch }, [a, first, weight, divisor], {
        ulps: 2,
        absolute: taps * 4 * 2 ** -23,
      });
    });
    fc.assert(property, { numRuns: 100 });
  });
});
