/** Tests of what kernels cost: the operations of each, counted by hand. */
import { describe, expect, it } from "vitest";
import * as batchNorm from "../../src/kernels/batch-norm.js";
import * as conv2d from "../../src/kernels/conv2d.js";
import { flopsOf } from "../../src/kernels/cost.js";
import { exp } from "../../src/kernels/elementwise.js";
import { gather } from "../../src/kernels/gather.js";
import { matmul } from "../../src/kernels/matmul.js";
import * as maxPool from "../../src/kernels/max-pool.js";
import { concatPair, stridedCopy } from "../../src/kernels/movement.js";
import * as reduce from "../../src/kernels/reduce.js";

describe("flopsOf", () => {
  const window = { channels: 5, kernelY: 3, kernelX: 7 };
  it.each([
    [matmul, { whole: 2, block: 64, rest: 11 }, 2 * (2 * 64 + 11)],
    [conv2d.conv2d, window, 2 * 5 * 3 * 7],
    [conv2d.conv2dWidth3, { ...window, kernelX: 3 }, 2 * 5 * 3 * 3],
    [conv2d.conv2dWeightGrad, { images: 3, outHeight: 5, outWidth: 7 }, 2 * 3 * 5 * 7],
    [reduce.sumChunk, { whole: 13 }, 13],
    [reduce.maxChunk, { whole: 13 }, 13],
    [reduce.sumSquaresChunk, { whole: 13 }, 3 * 13], // a quotient, its square, the sum
    [batchNorm.normalize, {}, 3],
    [batchNorm.sumDeviations, { whole: 13 }, 2 * 13],
    [batchNorm.sumSquaredDeviations, { whole: 13 }, 3 * 13],
    [batchNorm.sumWeightedDeviations, { whole: 13 }, 3 * 13],
    [batchNorm.inputGrad, {}, 5],
    [maxPool.maxPoolIndex, { kernelY: 3, kernelX: 2 }, 6],
    [exp, {}, 1],
    [stridedCopy, {}, 0],
    [concatPair, {}, 0],
    [gather, {}, 0],
    [maxPool.pick, {}, 0],
    [conv2d.padPlanes, {}, 0],
  ])("counts those of each cell of %o", (kernel, constants, perCell) => {
    expect(flopsOf(kernel, 4, constants)).toBe(4 * perCell);
  });
});
