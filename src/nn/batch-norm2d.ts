/** The batch normalisation layer for images. */

import { keep } from "../autograd/scope.js";
import type { Tensor } from "../autograd/tensor.js";
import { ShapeError } from "../errors.js";
import { checkTensors } from "../ops/arguments.js";
import { ones, zeros } from "../ops/create.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { cast } from "../ops/elementwise/compare.js";
import { batchNorm } from "../ops/norm/batch-norm.js";
import { checkedOptions, flag, number, numberOrNull, type OptionKinds } from "../options.js";
import { formatShape } from "../shape.js";
import { checkCounts } from "./default-init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** Options of `BatchNorm2d`.
 * @category Layers */
export interface BatchNorm2dOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
  /** Share of a batch in the running statistics; null averages over all batches so far. Default 0.1. */
  readonly momentum?: number | null | undefined;
  /** Whether weight and bias are learned. Default true. */
  readonly affine?: boolean | undefined;
  /** Whether running statistics are kept; without them the batch's own serve in evaluation too. Default true. */
  readonly trackRunningStats?: boolean | undefined;
}

const batchNorm2dOptions: OptionKinds<BatchNorm2dOptions> = {
  eps: number,
  momentum: numberOrNull,
  affine: flag,
  trackRunningStats: flag,
};

/** Normalises each channel of `[N, C, H, W]`; see `batchNorm`.
 * @category Layers */
export class BatchNorm2d extends Module {
  /** Shape `[C]`, initially 1; or null. */
  readonly weight: Parameter | null;
  /** Shape `[C]`, initially 0; or null. */
  readonly bias: Parameter | null;
  /** Shape `[C]`, initially 0; or null. */
  readonly runningMean: Tensor | null = null;
  /** Shape `[C]`, initially 1; or null. */
  readonly runningVar: Tensor | null = null;
  /** Batches seen in training, int32 scalar; or null. */
  readonly numBatchesTracked: Tensor | null = null;
  readonly #eps: number;
  /** Share of a batch in the running statistics; null averages over all batches so far. */
  momentum: number | null;

  constructor(
    /** Channels C. */
    readonly numFeatures: number,
    options: BatchNorm2dOptions = {},
  ) {
    super();
    checkCounts("BatchNorm2d", { numFeatures });
    const {
      eps = 1e-5,
      momentum = 0.1,
      affine = true,
      trackRunningStats = true,
    } = checkedOptions("BatchNorm2d", options, batchNorm2dOptions);
    this.#eps = eps;
    this.momentum = momentum;
    this.weight = affine ? new Parameter(ones([numFeatures])) : null;
    this.bias = affine ? new Parameter(zeros([numFeatures])) : null;
    if (trackRunningStats) {
      this.runningMean = keep(zeros([numFeatures]));
      this.runningVar = keep(ones([numFeatures]));
      this.numBatchesTracked = keep(zeros([], { dtype: "int32" }));
    }
    this.registerBuffers("runningMean", "runningVar", "numBatchesTracked");
  }

  override forward(x: Tensor): Tensor {
    checkTensors("BatchNorm2d", x);
    if (x.rank !== 4 || x.shape[1] !== this.numFeatures) {
      throw new ShapeError("BatchNorm2d", `input must be [N, ${this.numFeatures}, H, W], got ${formatShape(x.shape)}`);
    }
    const { runningMean, runningVar, numBatchesTracked } = this;
    const training = this.training || runningMean === null;
    const count = this.training && numBatchesTracked !== null ? add(cast(numBatchesTracked, x.dtype), 1) : null;
    const momentum = this.momentum ?? (count === null ? 0 : 1 / count.itemSync());
    const options = { training, runningMean, runningVar, momentum, eps: this.#eps };
    const output = batchNorm(x, this.weight, this.bias, options);
    if (count !== null) numBatchesTracked?.assign(cast(count, "int32")); // a batch that was refused does not count
    return output;
  }

  /** Puts the running statistics back to where they begin: mean 0, variance 1, no batches. */
  resetRunningStats(): void {
    const { runningMean, runningVar, numBatchesTracked } = this;
    runningMean?.assign(zeros(runningMean.shape, { device: runningMean.device.name }));
    runningVar?.assign(ones(runningVar.shape, { device: runningVar.device.name }));
    numBatchesTracked?.assign(zeros([], { dtype: "int32", device: numBatchesTracked.device.name }));
  }

  protected override describe(): string {
    return `${this.numFeatures}, eps: ${this.#eps}, momentum: ${this.momentum}`;
  }
}
