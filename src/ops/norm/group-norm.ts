/** Group normalisation. */

import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import { at, formatShape } from "../../shape.js";
import { checkFloat, checkOptional } from "../arguments.js";
import { checkEps, scaleChannels, standardizeParts } from "./standardize.js";

/** Options of `groupNorm`.
 * @category Normalisation */
export interface GroupNormOptions {
  /** Groups that the channels are split into; divides their number. */
  readonly numGroups: number;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
}

const groupNormOptions: OptionKinds<GroupNormOptions> = { numGroups: number, eps: number };

/** `y = (x − mean) / √(variance + eps) · weight + bias`, with the mean and the (biased) variance of each example's groups
 * of neighbouring channels, over all axes after them (Wu & He 2018). A group of a single value becomes the bias.
 * @param x shape `[N, C, ...]`
 * @param weight shape `[C]`, or null for 1
 * @param bias shape `[C]`, or null for 0
 * @throws ShapeError if a parameter does not fit; ValueError if numGroups does not divide C or eps is not above 0
 * @category Normalisation */
export function groupNorm(x: Tensor, weight: Tensor | null, bias: Tensor | null, options: GroupNormOptions): Tensor {
  checkFloat("groupNorm", x);
  if (x.rank < 2) throw new ShapeError("groupNorm", `input must be [N, C, ...], got ${formatShape(x.shape)}`);
  const { numGroups, eps = 1e-5 } = checkedOptions("groupNorm", options, groupNormOptions);
  const channels = at(x.shape, 1);
  if (!Number.isInteger(numGroups) || numGroups < 1 || channels % numGroups !== 0) {
    throw new ValueError("groupNorm", `numGroups must divide the ${channels} channels, got ${numGroups}`, {
      actual: numGroups,
    });
  }
  checkEps("groupNorm", eps);
  checkOptional("groupNorm", x, { weight, bias }, [channels]);
  return scaleChannels(standardizeParts(x, at(x.shape, 0) * numGroups, { eps }), weight ?? null, bias ?? null);
}
