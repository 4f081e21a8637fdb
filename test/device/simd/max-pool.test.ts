/** Tests of the SIMD kernels of max pooling. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KernelFunction } from "../../../src/kernels/kernel.js";
import * as kernels from "../../../src/kernels/max-pool.js";
import { adaptiveRanges, type Range } from "../../../src/ops/window/pool-windows.js";
import { checkLaunch, indices, numbers } from "./launches.js";

interface Windows {
  readonly size: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly planes: number;
}

const exact = { ulps: 0 };

/** Finds the largest of each window, picks them, and sends gradients back. */
function checkPooling({ size, kernel, stride, padding, dilation, planes }: Windows, x: Float32Array): void {
  const [height, width] = size;
  const [outHeight, outWidth] = size.map((n, i) => {
    const reach = (dilation[i] as number) * ((kernel[i] as number) - 1) + 1;
    return Math.floor((n + 2 * (padding[i] as number) - reach) / (stride[i] as number)) + 1;
  }) as [number, number];
  if (outHeight < 1 || outWidth < 1) return;
  const constants = {
    ...{ height, width, outHeight, outWidth, kernelY: kernel[0], kernelX: kernel[1] },
    ...{ strideY: stride[0], strideX: stride[1], paddingY: padding[0], paddingX: padding[1] },
    ...{ dilationY: dilation[0], dilationX: dilation[1] },
  };
  const threads = [outWidth, outHeight, planes] as const;
  const index = checkLaunch({ kernel: kernels.maxPoolIndex, threads, constants }, [x], exact);
  if (index.includes(-1)) return; // a window of padding alone, which the op refuses
  checkBack(x, index, [height, width], outHeight * outWidth, planes, { kernel: kernels.unpick, constants });
}

function checkBack(
  x: Float32Array,
  index: Float32Array,
  [height, width]: readonly [number, number],
  count: number,
  planes: number,
  unpick: { readonly kernel: KernelFunction; readonly constants: Readonly<Record<string, number>> },
  holders: readonly Float32Array[] = [],
): void {
  const pick = { kernel: kernels.pick, constants: { size: height * width, count } };
  checkLaunch({ ...pick, threads: [count, planes, 1] }, [x, index], exact);
  const g = numbers(index.length, 9);
  checkLaunch({ ...unpick, threads: [width, height, planes] }, [g, index, ...holders], {
    ulps: 2,
    absolute: 16 * Math.min(count, 100) * 2 ** -23,
  });
}

const pair = (least: number, most: number) =>
  fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }));

describe("maxPoolIndex, pick and unpick", () => {
  it("have the numbers of the portable kernels for every window", () => {
    const windows = fc.record({
      ...{ size: pair(1, 20), kernel: pair(1, 4), stride: pair(1, 4), padding: pair(0, 2), dilation: pair(1, 3) },
      planes: fc.constantFrom(1, 3, 40),
    });
    const property = fc.property(windows, fc.boolean(), ({ padding, ...rest }, hasTies) => {
      const half = rest.kernel.map((n, i) => Math.min(padding[i] as number, Math.floor(n / 2))) as [number, number];
      const count = rest.planes * rest.size[0] * rest.size[1];
      checkPooling({ ...rest, padding: half }, hasTies ? indices(count, 1, 3) : numbers(count, 1));
    });
    fc.assert(property, { numRuns: 150 });
  });

  it.each([
    [2, 2],
    [3, 5],
    [8, 8],
    [9, 17],
    [32, 32],
    [7, 40],
  ] as const)("have them for squares of two in planes of %i × %i, with ties and NaN", (...size) => {
    const windows = { size, kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1], planes: 70 } as const;
    const count = 70 * size[0] * size[1];
    checkPooling(windows, numbers(count, 2));
    checkPooling(windows, indices(count, 2, 3));
    const x = numbers(count, 3);
    for (let i = 0; i < count; i += 3) x[i] = i % 2 === 0 ? Number.NaN : Number.NEGATIVE_INFINITY;
    checkPooling(windows, x);
  });

  it("take the last NaN of a window", () => {
    const x = Float32Array.of(Number.NaN, 1, 5, Number.NaN, 2, Number.NaN, 3, 4);
    const constants = { height: 2, width: 4, kernelY: 2, kernelX: 2, strideY: 2, strideX: 2, paddingY: 0, paddingX: 0 };
    const launch = { kernel: kernels.maxPoolIndex, threads: [2, 1, 1] as const };
    const index = checkLaunch({ ...launch, constants: { ...constants, dilationY: 1, dilationX: 1 } }, [x], exact);
    expect([...index]).toEqual([5, 3]);
  });
});

describe("adaptiveMaxIndex and adaptiveUnpick", () => {
  it("have the numbers of the portable kernels for every size", () => {
    const property = fc.property(pair(1, 13), pair(1, 13), fc.constantFrom(1, 30), (size, out, planes) => {
      const [height, width] = size;
      const [outHeight, outWidth] = out;
      const [rows, columns] = [adaptiveRanges(height, outHeight), adaptiveRanges(width, outWidth)];
      const [rowHolders, columnHolders] = [adaptiveRanges(outHeight, height), adaptiveRanges(outWidth, width)];
      const longest = (ranges: readonly Range[]) => Math.max(...ranges.map(([start, end]) => end - start));
      const constants = {
        ...{ height, width, outHeight, outWidth, kernelY: longest(rows), kernelX: longest(columns) },
        ...{ windowsY: longest(rowHolders), windowsX: longest(columnHolders) },
      };
      const x = numbers(planes * height * width, 1);
      const pairs = (ranges: readonly Range[]) => Float32Array.from(ranges.flat());
      const launch = { kernel: kernels.adaptiveMaxIndex, threads: [outWidth, outHeight, planes] as const, constants };
      const index = checkLaunch(launch, [x, pairs(rows), pairs(columns)], exact);
      const unpick = { kernel: kernels.adaptiveUnpick, constants };
      checkBack(x, index, size, outHeight * outWidth, planes, unpick, [pairs(rowHolders), pairs(columnHolders)]);
    });
    fc.assert(property, { numRuns: 80 });
  });
});
