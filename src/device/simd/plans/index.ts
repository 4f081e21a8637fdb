/** Which portable kernels have a SIMD kernel: the table of plans. */
import { mapBand } from "../../../kernels/band.js";
import * as batchNorm from "../../../kernels/batch-norm.js";
import * as binaryKernels from "../../../kernels/binary.js";
import * as convolutionKernels from "../../../kernels/conv2d.js";
import * as densities from "../../../kernels/densities.js";
import * as derivatives from "../../../kernels/derivatives.js";
import * as unary from "../../../kernels/elementwise.js";
import * as elimination from "../../../kernels/elimination.js";
import { exp2, log2, log10 } from "../../../kernels/exponentials.js";
import { fold, unfold } from "../../../kernels/fold.js";
import * as indexed from "../../../kernels/gather.js";
import type { KernelFunction } from "../../../kernels/kernel.js";
import * as matmulKernels from "../../../kernels/matmul.js";
import * as pool from "../../../kernels/max-pool.js";
import * as movement from "../../../kernels/movement.js";
import * as optimizer from "../../../kernels/optimizer.js";
import * as order from "../../../kernels/order.js";
import * as reduce from "../../../kernels/reduce.js";
import * as reflection from "../../../kernels/reflection.js";
import * as rotation from "../../../kernels/rotation.js";
import * as softmax from "../../../kernels/softmax.js";
import { erfc } from "../../../kernels/special-functions.js";
import { channels, inverseDeviation } from "./batch-norm.js";
import { binary } from "./binary.js";
import { conv2d, conv2dWidth3 } from "./conv2d.js";
import { elementwise } from "./elementwise.js";
import * as steps from "./elimination.js";
import * as columns from "./fold.js";
import * as gather from "./gather.js";
import { matmul } from "./matmul.js";
import * as maxPool from "./max-pool.js";
import * as move from "./movement.js";
import { update } from "./optimizer.js";
import * as rows from "./order.js";
import type { Plan } from "./plan.js";
import { interleavePhases, padPlanes, phaseWeight } from "./planes.js";
import { lastPass, reduction } from "./reduce.js";
import { logSoftmaxGrad } from "./softmax.js";
import { conv2dWeightGrad } from "./weight-gradient.js";

const { exp, log, expm1, log1p, sigmoid, tanh, sinh, cosh, softplus, logSigmoid, erf, sin, cos, ...simpleUnary } =
  unary;
const bases = { exp2, log2, log10 };
const functions = { exp, log, expm1, log1p, sigmoid, tanh, sinh, cosh, softplus, logSigmoid, erf, sin, cos };

/** A plan for each kernel of a table, made of its name. */
function each(
  kernels: Readonly<Record<string, KernelFunction>>,
  plan: (name: string) => Plan,
): [KernelFunction, Plan][] {
  return Object.entries(kernels).map(([name, kernel]) => [kernel, plan(name)]);
}

/** Plans by the portable kernel that they stand for; kernels that are missing here run as they are. */
export const plans: ReadonlyMap<KernelFunction, Plan> = new Map<KernelFunction, Plan>([
  ...each({ ...binaryKernels, ...derivatives }, binary),
  ...each({ ...simpleUnary, select: movement.select }, elementwise),
  ...each({ ...functions, ...bases, ...densities, erfc }, (name) => elementwise(name, 20)),
  [movement.stridedCopy, move.stridedCopy],
  [movement.stridedCopy6, move.stridedCopy],
  [movement.spread, move.spread],
  [movement.concatPair, move.concatPair],
  [movement.band, move.band],
  [reduce.sumChunk, reduction("sum")],
  [reduce.sumLast, lastPass("sumLast")],
  [reduce.meanLast, lastPass("meanLast")],
  [reduce.maxChunk, reduction("max")],
  [reduce.sumSquaresChunk, reduction("sumSquares", { own: 1 })],
  [softmax.sumPowersBelow, reduction("sumPowersBelow")],
  [softmax.countLargest, reduction("countLargest")],
  [softmax.sumUndominant, reduction("sumUndominant", { second: 1 })],
  [softmax.logOfPowers, elementwise("logOfPowers", 20)],
  [softmax.logSoftmaxGrad, logSoftmaxGrad],
  [batchNorm.sumDeviations, reduction("sumDeviations", { own: 1 })],
  [batchNorm.sumSquaredDeviations, reduction("sumSquaredDeviations", { own: 1 })],
  [batchNorm.sumWeightedDeviations, reduction("sumWeightedDeviations", { second: 1, own: 2 })],
  [batchNorm.inverseDeviation, inverseDeviation],
  [batchNorm.normalize, channels("normalize")],
  [batchNorm.inputGrad, channels("inputGrad")],
  [pool.maxPoolIndex, maxPool.maxPoolIndex],
  [pool.adaptiveMaxIndex, maxPool.adaptiveMaxIndex],
  [pool.pick, maxPool.pick],
  [pool.unpick, maxPool.unpick],
  [pool.adaptiveUnpick, maxPool.unpick],
  [indexed.gather, gather.gather],
  [indexed.gatherTranspose, gather.gatherTranspose],
  [indexed.sumRuns, gather.sumRuns],
  [indexed.lastOfRun, gather.lastOfRun],
  [indexed.oneHot, gather.oneHot],
  [mapBand, gather.mapBand],
  [unfold, columns.unfold],
  [fold, columns.fold],
  [order.placeInRow, rows.placeInRow],
  [order.placeOfBest, rows.placeOfBest],
  [order.mergeRuns, rows.mergeRuns],
  [order.runningSum, rows.runningSum],
  [optimizer.sgdVelocity, update("sgdVelocity", "started", "decays")],
  [optimizer.sgdStep, update("sgdStep", "decays", "looksAhead")],
  [optimizer.firstMoment, update("firstMoment", "decays")],
  [optimizer.secondMoment, update("secondMoment", "decays")],
  [optimizer.adamStep, update("adamStep", "decays")],
  [elimination.eliminate, steps.eliminate],
  [elimination.substitute, steps.substitute],
  [elimination.choleskyStep, steps.choleskyStep],
  [reflection.columnDots, steps.columnDots],
  [reflection.reflect, steps.reflect],
  [reflection.reflectBack, steps.reflectBack],
  [rotation.rotate, steps.rotate],
  [matmulKernels.matmul, matmul],
  [convolutionKernels.conv2d, conv2d],
  [convolutionKernels.conv2dWidth3, conv2dWidth3],
  [convolutionKernels.conv2dWeightGrad, conv2dWeightGrad],
  [convolutionKernels.padPlanes, padPlanes],
  [convolutionKernels.phaseWeight, phaseWeight],
  [convolutionKernels.interleavePhases, interleavePhases],
]);
