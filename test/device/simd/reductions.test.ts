/** Tests of the SIMD kernels of reductions and batch normalisation. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  inputGrad,
  inverseDeviation,
  normalize,
  sumDeviations,
  sumSquaredDeviations,
  sumWeightedDeviations,
} from "../../../src/kernels/batch-norm.js";
import type { KernelFunction } from "../../../src/kernels/kernel.js";
import { maxChunk, meanLast, sumChunk, sumLast, sumSquaresChunk } from "../../../src/kernels/reduce.js";
import {
  countLargest,
  logOfPowers,
  logSoftmaxGrad,
  sumPowersBelow,
  sumUndominant,
} from "../../../src/kernels/softmax.js";
import { partConstants, partsOf } from "../../../src/ops/reduce/reduction.js";
import { checkLaunch, numbers, specials } from "./launches.js";

/** The launch of a reduction's pass over the middle axis of [outer, size, inner], as `reduceMiddle` makes it. */
function passOver(kernel: KernelFunction, [outer, size, inner]: readonly [number, number, number], chunk: number) {
  const parts = Math.ceil(size / chunk);
  const row = parts === 1 ? [outer, 1] : [parts, outer];
  const threads = inner === 1 ? ([row[0], row[1], 1] as [number, number, number]) : ([inner, parts, outer] as const);
  return { kernel, threads, constants: partConstants(size, inner, Math.ceil(size / chunk)) };
}

/** The terms of a sum of n numbers up to 4 are added in another order than the reference does. */
const ofSum = (terms: number) => ({ ulps: 2, absolute: terms * 4 * 2 ** -23 });

const layouts = fc.tuple(
  fc.constantFrom(1, 2, 3, 17),
  fc.constantFrom(2, 3, 5, 8, 64, 127, 128, 129, 257, 1000),
  fc.oneof(fc.constant(1), fc.constantFrom(2, 3, 5, 15, 16, 17, 64, 511, 530)),
);

describe.each([
  ["sumChunk", sumChunk],
  ["maxChunk", maxChunk],
] as const)("%s", (name, kernel) => {
  it("has the numbers of the portable kernel in every layout", () => {
    const property = fc.property(layouts, fc.constantFrom(128, 7), fc.nat(), (layout, chunk, seed) => {
      const [outer, size, inner] = layout;
      const x = numbers(outer * size * inner, seed);
      checkLaunch(passOver(kernel, layout, chunk), [x], name === "maxChunk" ? { ulps: 0 } : ofSum(chunk));
    });
    fc.assert(property, { numRuns: 150 });
  });

  it("passes NaN and infinities on, to the cells that hold them alone", () => {
    for (const inner of [1, 3, 16, 21]) {
      for (const size of [5, 130]) {
        for (const special of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
          const x = numbers(4 * size * inner, size);
          for (let i = 0; i < x.length; i += 37) x[i] = special;
          checkLaunch(passOver(kernel, [4, size, inner], 128), [x], ofSum(128));
        }
      }
    }
  });

  it("has them where threads share the work", () => {
    for (const layout of [
      [1, 200_000, 1],
      [1500, 96, 1],
      [3, 100, 1003],
      [2, 300, 400],
    ] as const) {
      checkLaunch(passOver(kernel, layout, 128), [numbers(layout[0] * layout[1] * layout[2], 3)], ofSum(128));
    }
  });
});

describe("maxChunk", () => {
  it("finds the largest of negative numbers and infinities", () => {
    const x = Float32Array.of(-3, -2, Number.NEGATIVE_INFINITY, -5, -1e-45, -0.5, -7);
    expect([...checkLaunch(passOver(maxChunk, [1, 7, 1], 128), [x], { ulps: 0 })]).toEqual([Math.fround(-1e-45)]);
    const infinite = Float32Array.from(specials.filter((v) => v === Number.NEGATIVE_INFINITY));
    expect([...checkLaunch(passOver(maxChunk, [1, 1, 1], 128), [infinite])]).toEqual([Number.NEGATIVE_INFINITY]);
  });
});

describe("sumSquaresChunk", () => {
  it.each([1, 3, 127, 128, 129, 1000, 40_001])("has the numbers of the portable kernel for %i elements", (count) => {
    const chunk = Math.min(count, 128);
    const constants = partConstants(count, 1, Math.ceil(count / chunk));
    const threads = [Math.ceil(count / chunk), 1, 1] as const;
    const scale = Float32Array.of(3.7);
    checkLaunch({ kernel: sumSquaresChunk, threads, constants }, [numbers(count, count), scale], ofSum(chunk));
  });
});

describe.each([
  ["sumPowersBelow", sumPowersBelow, 1],
  ["countLargest", countLargest, 1],
  ["sumUndominant", sumUndominant, 2],
] as const)("%s", (_name, kernel, inputs) => {
  it("has the numbers of the portable kernel in every layout", () => {
    const property = fc.property(layouts, fc.constantFrom(128, 7), fc.nat(), (layout, chunk, seed) => {
      const [outer, size, inner] = layout;
      const whole = Array.from({ length: inputs }, (_, i) =>
        numbers(outer * size * inner, seed + i).map((x, k) => (k % 3 === 0 ? 0 : x)),
      );
      checkLaunch(passOver(kernel, layout, chunk), whole, ofSum(chunk * 16));
    });
    fc.assert(property, { numRuns: 80 });
  });
});

describe("logSoftmaxGrad and logOfPowers", () => {
  it("have the numbers of the portable kernels in every layout", () => {
    const property = fc.property(layouts, fc.nat(), ([outer, size, inner], seed) => {
      const [threads, constants] =
        inner === 1
          ? ([[size, outer, 1], { sliceSize: 0, rowSize: size, rowX: 0, rowY: 1, rowZ: 0 }] as const)
          : ([
              [inner, size, outer],
              { sliceSize: size * inner, rowSize: inner, rowX: 1, rowY: 0, rowZ: inner },
            ] as const);
      const cells = outer * size * inner;
      const logP = numbers(cells, seed + 1).map((x) => -Math.abs(x));
      const sums = [2, 3].map((i) => numbers(outer * inner, seed + i));
      checkLaunch({ kernel: logSoftmaxGrad, threads, constants }, [numbers(cells, seed), logP, ...sums], {
        absolute: 2 ** -20,
      });
      const below = numbers(cells, seed).map(Math.abs);
      const count = numbers(cells, seed + 1).map((x) => Math.abs(Math.round(x)));
      checkLaunch({ kernel: logOfPowers, threads: [cells, 1, 1] }, [below, count], { ulps: 2, absolute: 2 ** -22 });
    });
    fc.assert(property, { numRuns: 60 });
  });
});

/** Batches [N, C, S], a plane of 1 being the case of two axes. */
const batches = fc.tuple(
  fc.constantFrom(1, 2, 5, 33),
  fc.constantFrom(1, 2, 3, 16, 17),
  fc.constantFrom(1, 2, 7, 64, 129, 260),
);

type Batch = readonly [batch: number, channels: number, plane: number];

function cells([batch, channels, plane]: Batch) {
  if (plane === 1) {
    return {
      threads: [channels, batch, 1] as const,
      constants: { sliceSize: 0, rowSize: channels, channelX: 1, channelY: 0 },
    };
  }
  const constants = { sliceSize: channels * plane, rowSize: plane, channelX: 0, channelY: 1 };
  return { threads: [plane, channels, batch] as const, constants };
}

function parts([batch, channels, plane]: Batch) {
  const [size, inner] = plane === 1 ? [batch, channels] : [plane, 1];
  const count = Math.ceil(size / 128);
  const rows = { baseX: 1, baseY: plane, baseZ: channels * plane, placeX: 1, placeY: 0, channelX: 0, channelY: 1 };
  const columns = { baseX: 1, baseY: channels, baseZ: 0, placeX: 0, placeY: 1, channelX: 1, channelY: 0 };
  return {
    threads: plane === 1 ? ([channels, count, 1] as const) : ([count, channels, batch] as const),
    constants: { ...partConstants(size, inner, partsOf(size)), ...(plane === 1 ? columns : rows) },
  };
}

describe.each([
  ["normalize", normalize, 1],
  ["inputGrad", inputGrad, 2],
] as const)("%s", (_name, kernel, perCell) => {
  const check = (batch: Batch, seed: number) => {
    const [n, channels, plane] = batch;
    const whole = Array.from({ length: perCell }, (_, i) => numbers(n * channels * plane, seed + i));
    const perChannel = Array.from({ length: perCell === 1 ? 3 : 4 }, (_, i) => numbers(channels, seed + 9 + i));
    checkLaunch({ kernel, ...cells(batch) }, [...whole, ...perChannel], { absolute: 64 * 2 ** -23 });
  };

  it("has the numbers of the portable kernel for every batch", () => {
    fc.assert(fc.property(batches, fc.nat(), check), { numRuns: 80 });
    check([32, 16, 1024], 1);
  });
});

describe.each([
  ["sumDeviations", sumDeviations],
  ["sumSquaredDeviations", sumSquaredDeviations],
  ["sumWeightedDeviations", sumWeightedDeviations],
] as const)("%s", (name, kernel) => {
  const check = (batch: Batch, seed: number) => {
    const [n, channels, plane] = batch;
    const inputs = [numbers(n * channels * plane, seed), numbers(channels, seed + 1)];
    if (name === "sumWeightedDeviations") inputs.splice(1, 0, numbers(n * channels * plane, seed + 2));
    checkLaunch({ kernel, ...parts(batch) }, inputs, { ulps: 2, absolute: 128 * 64 * 2 ** -23 });
  };

  it("has the numbers of the portable kernel for every batch", () => {
    fc.assert(fc.property(batches, fc.nat(), check), { numRuns: 80 });
    check([32, 16, 1024], 1);
  });
});

describe.each([
  ["sumLast", sumLast],
  ["meanLast", meanLast],
] as const)("%s", (name, kernel) => {
  /** The last pass over [outer, size, inner], of parts that are its sums or the elements themselves. */
  function check(
    [outer, size, inner]: readonly [number, number, number],
    x: Float32Array,
    absolute: number,
  ): Float32Array {
    const parts = size > 128 ? 8 : size;
    const sums = new Float32Array(outer * parts * inner);
    x.forEach((value, i) => {
      const place = Math.floor(i / inner) % size;
      const at = (Math.floor(i / (size * inner)) * parts + (place % parts)) * inner + (i % inner);
      sums[at] = (sums[at] as number) + value;
    });
    const rows = inner === 1 ? { rowX: size, rowZ: 0, size } : { rowX: 1, rowZ: size * inner, size };
    const threads = inner === 1 ? ([outer, 1, 1] as const) : ([inner, 1, outer] as const);
    const launch = { kernel, threads, constants: { ...partConstants(parts, inner, 1), ...rows } };
    return checkLaunch(launch, [sums, x], { ulps: 2, absolute });
  }

  it("has the numbers of the portable kernel in every layout", () => {
    const property = fc.property(layouts, fc.nat(), (layout, seed) => {
      const [outer, size, inner] = layout;
      check(layout, numbers(outer * size * inner, seed), size * 4 * 2 ** -22);
    });
    fc.assert(property, { numRuns: 100 });
  });

  it("keeps what leaves the range in its parts alone, NaN and infinities in their cells", () => {
    for (const inner of [1, 3, 16, 530]) {
      for (const size of [4, 130]) {
        const x = Float32Array.from({ length: 3 * size * inner }, (_, i) => (Math.floor(i / inner) % 2 ? -3e38 : 3e38));
        const cells = 3 * inner;
        const got = check([3, size, inner], x, 0);
        expect(Array.from(got)).toEqual(Array(cells).fill(0));
        x[inner - 1] = Number.NaN;
        x[x.length - 1] = Number.POSITIVE_INFINITY;
        const special = check([3, size, inner], x, name === "sumLast" ? 0 : 1e32);
        expect(special[inner - 1]).toBeNaN();
        expect(special.at(-1)).toBe(Number.POSITIVE_INFINITY);
      }
    }
  });
});

describe("inverseDeviation", () => {
  it("has the numbers of the portable kernel, also where the variance is none", () => {
    const property = fc.property(
      batches,
      fc.nat(),
      fc.constantFrom(1, 1e25, 1e30),
      ([n, channels, plane], seed, scale) => {
        const x = numbers(n * channels * plane, seed).map((value) => value * scale);
        const variance = Float32Array.from(
          { length: channels },
          (_, i) => [0, 2, 1e20, Infinity, NaN][i % 5] as number,
        );
        const mean = numbers(channels, seed + 1).map((value) => (value * scale) / 10);
        const constants = { sliceSize: channels * plane, rowSize: plane, batch: n, plane };
        const launch = {
          kernel: inverseDeviation,
          threads: [channels, 1, 1] as const,
          constants,
          floats: { eps: 1e-5 },
        };
        checkLaunch(launch, [variance, x, mean], { ulps: 64 });
      },
    );
    fc.assert(property, { numRuns: 60 });
  });
});
