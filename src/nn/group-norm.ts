/** The group normalisation layer. */

import type { Tensor } from "../autograd/tensor.js";
import { ShapeError, ValueError } from "../errors.js";
import { checkTensors } from "../ops/arguments.js";
import { ones, zeros } from "../ops/create.js";
import { groupNorm } from "../ops/norm/group-norm.js";
import { checkedOptions, flag, number, type OptionKinds } from "../options.js";
import { formatShape } from "../shape.js";
import { checkCounts } from "./default-init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** Options of `GroupNorm`.
 * @category Layers */
export interface GroupNormLayerOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
  /** Whether weight and bias are learned. Default true. */
  readonly affine?: boolean | undefined;
}

const groupNormLayerOptions: OptionKinds<GroupNormLayerOptions> = { eps: number, affine: flag };

/** Normalises each example's groups of channels; see `groupNorm`.
 * @category Layers */
export class GroupNorm extends Module {
  /** Shape `[numChannels]`, initially 1; or null. */
  readonly weight: Parameter | null;
  /** Shape `[numChannels]`, initially 0; or null. */
  readonly bias: Parameter | null;
  readonly #eps: number;

  constructor(
    /** Groups that the channels are split into. */
    readonly numGroups: number,
    /** Channels C of the input `[N, C, ...]`. */
    readonly numChannels: number,
    options: GroupNormLayerOptions = {},
  ) {
    super();
    const { eps = 1e-5, affine = true } = checkedOptions("GroupNorm", options, groupNormLayerOptions);
    checkCounts("GroupNorm", { numGroups, numChannels });
    if (numChannels % numGroups !== 0) {
      throw new ValueError("GroupNorm", `numGroups must divide the ${numChannels} channels, got ${numGroups}`);
    }
    this.#eps = eps;
    this.weight = affine ? new Parameter(ones([numChannels])) : null;
    this.bias = affine ? new Parameter(zeros([numChannels])) : null;
  }

  override forward(x: Tensor): Tensor {
    checkTensors("GroupNorm", x);
    if (x.shape[1] !== this.numChannels) {
      throw new ShapeError("GroupNorm", `input must be [N, ${this.numChannels}, ...], got ${formatShape(x.shape)}`);
    }
    return groupNorm(x, this.weight, this.bias, { numGroups: this.numGroups, eps: this.#eps });
  }

  protected override describe(): string {
    return `${this.numGroups}, ${this.numChannels}, eps: ${this.#eps}`;
  }
}
