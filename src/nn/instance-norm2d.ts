/** The instance normalisation layer for images. */

import { keep } from "../autograd/scope.js";
import type { Tensor } from "../autograd/tensor.js";
import { ShapeError } from "../errors.js";
import { checkTensors } from "../ops/arguments.js";
import { ones, zeros } from "../ops/create.js";
import { instanceNorm } from "../ops/norm/instance-norm.js";
import { checkedOptions, flag, number, type OptionKinds } from "../options.js";
import { formatShape } from "../shape.js";
import { checkCounts } from "./default-init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** Options of `InstanceNorm2d`.
 * @category Layers */
export interface InstanceNorm2dOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
  /** Share of a batch in the running statistics. Default 0.1. */
  readonly momentum?: number | undefined;
  /** Whether weight and bias are learned. Default false. */
  readonly affine?: boolean | undefined;
  /** Whether running statistics are kept, and used in evaluation. Default false. */
  readonly trackRunningStats?: boolean | undefined;
}

const instanceNorm2dOptions: OptionKinds<InstanceNorm2dOptions> = {
  eps: number,
  momentum: number,
  affine: flag,
  trackRunningStats: flag,
};

/** Normalises each channel of each image of `[N, C, H, W]`; see `instanceNorm`.
 * @category Layers */
export class InstanceNorm2d extends Module {
  /** Shape `[C]`, initially 1; or null. */
  readonly weight: Parameter | null;
  /** Shape `[C]`, initially 0; or null. */
  readonly bias: Parameter | null;
  /** Shape `[C]`, initially 0; or null. */
  readonly runningMean: Tensor | null = null;
  /** Shape `[C]`, initially 1; or null. */
  readonly runningVar: Tensor | null = null;
  /** Int32 scalar, always 0 as in PyTorch, whose files hold it; or null. */
  readonly numBatchesTracked: Tensor | null = null;
  readonly #eps: number;
  readonly #momentum: number;

  constructor(
    /** Channels C. */
    readonly numFeatures: number,
    options: InstanceNorm2dOptions = {},
  ) {
    super();
    const {
      eps = 1e-5,
      momentum = 0.1,
      affine = false,
      trackRunningStats = false,
    } = checkedOptions("InstanceNorm2d", options, instanceNorm2dOptions);
    checkCounts("InstanceNorm2d", { numFeatures });
    this.#eps = eps;
    this.#momentum = momentum;
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
    checkTensors("InstanceNorm2d", x);
    if (x.rank !== 4 || x.shape[1] !== this.numFeatures) {
      const form = `[N, ${this.numFeatures}, H, W]`;
      throw new ShapeError("InstanceNorm2d", `input must be ${form}, got ${formatShape(x.shape)}`);
    }
    const { runningMean, runningVar } = this;
    return instanceNorm(x, this.weight, this.bias, {
      useInputStats: this.training || runningMean === null,
      ...{ runningMean, runningVar, momentum: this.#momentum, eps: this.#eps },
    });
  }

  protected override describe(): string {
    return `${this.numFeatures}, eps: ${this.#eps}, momentum: ${this.#momentum}`;
  }
}
