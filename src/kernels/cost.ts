/** What kernels cost: their floating-point operations, for profiles. */
import * as adaptive from "./adaptive-optimizer.js";
import * as batchNorm from "./batch-norm.js";
import * as conv2d from "./conv2d.js";
import * as fold from "./fold.js";
import * as gather from "./gather.js";
import type { KernelFunction } from "./kernel.js";
import { matmul } from "./matmul.js";
import * as maxPool from "./max-pool.js";
import * as movement from "./movement.js";
import * as optimizer from "./optimizer.js";
import * as reduce from "./reduce.js";
import * as signed from "./sign-optimizer.js";
import * as softmax from "./softmax.js";

/** Operations for each cell of the output, by the constants of the launch. */
type PerCell = (constant: (name: string) => number) => number;

const convolution: PerCell = (c) => 2 * c("channels") * c("kernelY") * c("kernelX");
const window: PerCell = (c) => c("kernelY") * c("kernelX");
const none: PerCell = () => 0;

const costs: ReadonlyMap<KernelFunction, PerCell> = new Map<KernelFunction, PerCell>([
  [matmul, (c) => 2 * (c("whole") * c("block") + c("rest"))],
  [conv2d.conv2d, convolution],
  [conv2d.conv2dWidth3, convolution],
  [conv2d.conv2dWeightGrad, (c) => 2 * c("images") * c("outHeight") * c("outWidth")],
  [conv2d.padPlanes, none],
  [conv2d.phaseWeight, none],
  [conv2d.interleavePhases, none],
  [reduce.sumChunk, (c) => c("whole")],
  [reduce.sumLast, (c) => c("whole")],
  [reduce.meanLast, (c) => c("whole") + 1],
  [reduce.maxChunk, (c) => c("whole")],
  [reduce.sumSquaresChunk, (c) => 3 * c("whole")],
  [batchNorm.normalize, () => 3],
  [batchNorm.sumDeviations, (c) => 2 * c("whole")],
  [batchNorm.sumSquaredDeviations, (c) => 3 * c("whole")],
  [batchNorm.sumWeightedDeviations, (c) => 3 * c("whole")],
  [batchNorm.inverseDeviation, () => 3],
  [batchNorm.inputGrad, () => 5],
  [softmax.sumPowersBelow, (c) => 2 * c("whole")],
  [softmax.countLargest, (c) => c("whole")],
  [softmax.sumUndominant, (c) => c("whole")],
  [softmax.logSoftmaxGrad, () => 3],
  [maxPool.maxPoolIndex, window],
  [maxPool.unpick, window],
  [maxPool.pick, none],
  [optimizer.sgdVelocity, (c) => 1 + 2 * c("decays") + 3 * c("started")],
  [optimizer.sgdStep, (c) => 3 + 2 * c("decays") + 2 * c("looksAhead")],
  [optimizer.firstMoment, (c) => 4 + 2 * c("decays")],
  [optimizer.secondMoment, (c) => 5 + 2 * c("decays")],
  [optimizer.adamStep, (c) => 5 + 2 * c("decays")],
  [adaptive.infinityNorm, (c) => 4 + 2 * c("decays")],
  [adaptive.adamaxStep, () => 3],
  [adaptive.nadamStep, (c) => 8 + 2 * c("decays")],
  [adaptive.rmspropVelocity, (c) => 6 + 2 * c("decays") + 2 * c("centered")],
  [adaptive.rootStep, (c) => 6 + 2 * c("decays") + 2 * c("centered")],
  [adaptive.adadeltaChange, (c) => 7 + 2 * c("decays")],
  [signed.lionStep, (c) => 5 + 2 * c("decays")],
  [signed.rpropGradient, () => 1],
  [signed.rpropSize, () => 2],
  [signed.signStep, () => 1],
  [signed.larsVelocity, () => 11],
  [signed.lambDirection, () => 6],
  [signed.lambStep, () => 4],
  [gather.gather, none],
  [fold.unfold, none],
  ...Object.values(movement).map((kernel) => [kernel as KernelFunction, none] as const),
]);

/** Floating-point operations of a launch over so many cells: a multiply-add is two, a comparison or a function such as
 * exp one, moving a number none. Kernels that are not listed count one a cell. */
export function flopsOf(
  kernel: KernelFunction,
  cells: number,
  constants: Readonly<Record<string, number>> = {},
): number {
  const perCell = costs.get(kernel);
  return perCell === undefined ? cells : cells * perCell((name) => constants[name] as number);
}
