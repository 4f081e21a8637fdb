/** The triplet loss: an anchor is to be nearer to its positive than to its negative. */

import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError } from "../../errors.js";
import { checkedOptions, flag, number, type OptionKinds } from "../../options.js";
import { checkFloat } from "../arguments.js";
import { add, minimum, sub } from "../elementwise/arithmetic.js";
import { clamp } from "../elementwise/clamp.js";
import { pairwiseDistance } from "../reduce/distances.js";
import { checkSameShape, type LossOptions, lossOptions, reduceLosses } from "./reduction.js";

/** Options of `tripletMarginLoss`.
 * @category Losses */
export interface TripletMarginLossOptions extends LossOptions {
  /** How much farther the negative is to be. Default 1. */
  readonly margin?: number | undefined;
  /** The order of the norm that measures distances. Default 2. */
  readonly p?: number | undefined;
  /** Added to every difference, so that a distance of 0 has a derivative. Default 1e-6. */
  readonly eps?: number | undefined;
  /** Whether the negative's distance from the positive counts where it is smaller (Balntas et al. 2016). Default false. */
  readonly swap?: boolean | undefined;
}

const tripletMarginLossOptions: OptionKinds<TripletMarginLossOptions> = {
  ...lossOptions,
  margin: number,
  p: number,
  eps: number,
  swap: flag,
};

/** max(0, margin + d(a, p) − d(a, n)) with d(x, y) = ‖x − y + eps‖ₚ, as `torch.nn.functional.triplet_margin_loss`. Where the
 * negative is exactly far enough the derivative is that of the sloping side; with `swap`, equal distances of the negative
 * share the gradient evenly.
 * 0 where the negative is infinitely far, ∞ where the positive is; NaN where a number is NaN.
 * @param anchor a, shape `[N, D]` or `[D]`
 * @param positive p, of the shape of `anchor`
 * @param negative n, of the shape of `anchor`
 * @returns a scalar, or shape `[N]` (a scalar for `[D]`) with reduction `none`
 * @throws ShapeError if the shapes differ, or for scalars; ValueError for an unknown reduction
 * @category Losses */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletMarginLossOptions = {},
): Tensor {
  const op = "tripletMarginLoss";
  const {
    margin = 1,
    p = 2,
    eps = 1e-6,
    swap = false,
    reduction,
  } = checkedOptions(op, options, tripletMarginLossOptions);
  checkFloat(op, anchor, positive, negative);
  checkSameShape(op, "positive", positive.shape, anchor.shape);
  checkSameShape(op, "negative", negative.shape, anchor.shape);
  if (anchor.rank === 0) throw new ShapeError(op, "anchor must have shape [N, D] or [D], got a scalar");
  const distance = (a: Tensor, b: Tensor) => pairwiseDistance(a, b, { p, eps });
  const far = distance(anchor, negative);
  const farthest = swap ? minimum(far, distance(positive, negative)) : far;
  return reduceLosses(clamp(add(margin, sub(distance(anchor, positive), farthest)), { min: 0 }), reduction);
}
