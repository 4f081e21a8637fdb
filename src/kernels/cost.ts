/** What kernels cost: their floating-point operations, for profiles. */
import * as batchNorm from "./batch-norm.js";
import * as conv2d from "./conv2d.js";
import * as fold from "./fold.js";
import * as gather from "./gather.js";
import type { KernelFunction } from "./kernel.js";
import { matmul } from "./matmul.js";
import * as maxPool from "./max-pool.js";
import * as movement from "./movement.js";
import * as reduce from "./reduce.js";

/** Operations for each cell of the output, by the constants of the launch. */
type PerCell = (constants: Readonly<Record<string, number>>) => number;

const product = (constants: Readonly<Record<string, number>>, ...names: readonly string[]): number =>
  names.reduce((result, name) => result * (constants[name] ?? 1), 1);

const convolution: PerCell = (c) => 2 * product(c, "channels", "kernelY", "kernelX");
const chunk: PerCell = ({ whole = 0 }) => whole;
const window: PerCell = (c) => product(c, "kernelY", "kernelX");
const none: PerCell = () => 0;

const costs: ReadonlyMap<KernelFunction, PerCell> = new Map<KernelFunction, PerCell>([
  [matmul, ({ whole = 0, block = 0, rest = 0 }) => 2 * (whole * block + rest)],
  [conv2d.conv2d, convolution],
  [conv2d.conv2dWidth3, (c) => 3 * convolution({ ...c, kernelX: 1 })],
  [conv2d.conv2dWeightGrad, (c) => 2 * product(c, "images", "outHeight", "outWidth")],
  [conv2d.padPlanes, none],
  [conv2d.phaseWeight, none],
  [conv2d.interleavePhases, none],
  [reduce.sumChunk, chunk],
  [reduce.maxChunk, chunk],
  [reduce.sumSquaresChunk, ({ whole = 0 }) => 3 * whole],
  [batchNorm.normalize, () => 3],
  [batchNorm.sumDeviations, ({ whole = 0 }) => 2 * whole],
  [batchNorm.sumSquaredDeviations, ({ whole = 0 }) => 3 * whole],
  [batchNorm.sumWeightedDeviations, ({ whole = 0 }) => 3 * whole],
  [batchNorm.inputGrad, () => 5],
  [maxPool.maxPoolIndex, window],
  [maxPool.unpick, window],
  [maxPool.pick, none],
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
  return cells * (costs.get(kernel)?.(constants) ?? 1);
}
