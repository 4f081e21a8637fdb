/** Tests of the SIMD kernels that walk rows (running sums, sorting) and that lay windows out as columns. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fold, unfold } from "../../../src/kernels/fold.js";
import { mergeRuns, placeInRow, placeOfBest, runningSum } from "../../../src/kernels/order.js";
import { rowsOf } from "../../../src/ops/rows.js";
import { checkLaunch, indices, numbers } from "./launches.js";

const exact = { ulps: 0 };

const shapes = fc.tuple(
  fc.constantFrom(1, 2, 5, 40),
  fc.constantFrom(1, 2, 3, 16, 50, 257),
  fc.constantFrom(1, 2, 3, 8, 13, 64),
);

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

describe("runningSum", () => {
  it("has the numbers of the portable kernel along every axis, both ways", () => {
    const distances = fc.constantFrom(1, -1, 16, -16, 256);
    const property = fc.property(shapes, distances, fc.constantFrom(1, 7, 16), (shape, distance, width) => {
      const { threads, constants } = rowsOf(shape, 1);
      const x = numbers(sizeOf(shape), width);
      const launch = { kernel: runningSum, threads, constants: { ...constants, distance, width } };
      checkLaunch(launch, [x], { absolute: width * 16 * 2 ** -23 });
    });
    fc.assert(property, { numRuns: 100 });
  });
});

describe("placeInRow and mergeRuns", () => {
  it("have the numbers of the portable kernels, pass by pass, with ties and NaN", () => {
    const property = fc.property(shapes, fc.boolean(), fc.boolean(), (shape, hasTies, descending) => {
      const { threads, constants } = rowsOf(shape, 1);
      const keys = hasTies ? indices(sizeOf(shape), 1, 4) : numbers(sizeOf(shape), 1);
      for (let i = 0; i < keys.length; i += 11) keys[i] = i % 2 === 0 ? Number.NaN : Number.POSITIVE_INFINITY;
      let places = checkLaunch({ kernel: placeInRow, threads, constants }, [keys], exact);
      for (let run = 1; run < shape[1]; run *= 2) {
        const own = { run, steps: Math.log2(run) + 1, descending: descending ? 1 : 0 };
        places = checkLaunch(
          { kernel: mergeRuns, threads, constants: { ...constants, ...own } },
          [keys, places],
          exact,
        );
      }
    });
    fc.assert(property, { numRuns: 60 });
  });
});

describe("placeOfBest", () => {
  it("has the numbers of the portable kernel, NaN being the best", () => {
    const property = fc.property(shapes, (shape) => {
      const [outer, size, inner] = shape;
      const x = indices(sizeOf(shape), 1, 5);
      for (let i = 0; i < x.length; i += 23) x[i] = Number.NaN;
      const threads = [inner, size, outer] as const;
      const best = new Float32Array(outer * inner).fill(4);
      checkLaunch({ kernel: placeOfBest, threads, constants: { size, inner } }, [x, best], exact);
    });
    fc.assert(property, { numRuns: 60 });
  });
});

describe("unfold and fold", () => {
  const pair = (least: number, most: number) =>
    fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }));
  const windows = fc.record({
    ...{ size: pair(1, 14), kernel: pair(1, 3), stride: pair(1, 3), padding: pair(0, 4), dilation: pair(1, 3) },
    planes: fc.constantFrom(1, 3, 30),
  });

  it("have the numbers of the portable kernels for every window", () => {
    let runs = 0;
    const property = fc.property(windows, ({ size, kernel, stride, padding, dilation, planes }) => {
      const [blocksY, blocksX] = size.map((n, i) => {
        const reach = (dilation[i] as number) * ((kernel[i] as number) - 1) + 1;
        return Math.floor((n + 2 * (padding[i] as number) - reach) / (stride[i] as number)) + 1;
      }) as [number, number];
      fc.pre(blocksY >= 1 && blocksX >= 1);
      runs++;
      const [[height, width], [kernelY, kernelX]] = [size, kernel];
      const constants = {
        ...{ height, width, blocksY, blocksX, kernelY, kernelX, strideY: stride[0], strideX: stride[1] },
        ...{ paddingY: padding[0], paddingX: padding[1], dilationY: dilation[0], dilationX: dilation[1] },
      };
      const threads = [blocksY * blocksX, kernelY * kernelX, planes] as const;
      const columns = checkLaunch({ kernel: unfold, threads, constants }, [numbers(planes * height * width, 1)], exact);
      const launch = { kernel: fold, threads: [width, height, planes] as const, constants };
      checkLaunch(launch, [numbers(columns.length, 2)], { absolute: 9 * 16 * 2 ** -23 });
    });
    fc.assert(property, { numRuns: 120 });
    expect(runs).toBeGreaterThan(100);
  });
});
