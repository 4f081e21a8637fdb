/** The hinge loss of several classes. */

import type { Tensor } from "../../autograd/tensor.js";
import { tensorKind } from "../../autograd/tensor-kinds.js";
import { DTypeError, ShapeError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds, oneOf } from "../../options.js";
import { at, formatShape, sameShape } from "../../shape.js";
import { checkFloat, checkTensors } from "../arguments.js";
import { relu } from "../elementwise/activation.js";
import { add, mul, sub } from "../elementwise/arithmetic.js";
import { equal, where } from "../elementwise/compare.js";
import { square } from "../elementwise/unary.js";
import { checkIndices } from "../indexing/gather.js";
import { gatherOp } from "../indexing/gather-op.js";
import { oneHotOp } from "../indexing/select.js";
import { mean } from "../reduce/reduce.js";
import { reshapeTo } from "../reduce/sum.js";
import { checkClasses } from "./class-targets.js";
import { type LossOptions, lossOptions, reduceLosses } from "./reduction.js";

/** Options of `multiMarginLoss`.
 * @category Losses */
export interface MultiMarginLossOptions extends LossOptions {
  /** The power of each violation, 1 or 2. Default 1. */
  readonly p?: 1 | 2 | undefined;
  /** How far the score of the target is to lie above the others. Default 1. */
  readonly margin?: number | undefined;
  /** Weight of each target class, shape `[C]`; no gradient goes to it. */
  readonly weight?: Tensor | undefined;
}

const multiMarginLossOptions: OptionKinds<MultiMarginLossOptions> = {
  ...lossOptions,
  p: oneOf(1, 2),
  margin: number,
  weight: tensorKind,
};

/** Hinge loss of several classes, w_y / C · Σ_{j ≠ y} max(0, margin − x_y + x_j)ᵖ, as
 * `torch.nn.functional.multi_margin_loss`. The derivative at the margin is 0.
 * A score of −∞ beside the label's costs nothing, one of ∞ costs ∞; NaN where a score is NaN.
 * @param input scores x, shape `[N, C]` or `[C]`
 * @param target y, int32 of shape `[N]`, or a scalar
 * @returns a scalar, or shape `[N]` (a scalar for `[C]`) with reduction `none`; the mean is over N, whatever the weights
 * @throws ShapeError or DTypeError if the target or the weight does not fit; ValueError if a target is no class (on webgpu: the
 * next read of a tensor there), `p` is neither 1 nor 2, or for an unknown reduction
 * @category Losses */
export function multiMarginLoss(input: Tensor, target: Tensor, options: MultiMarginLossOptions = {}): Tensor {
  const op = "multiMarginLoss";
  const { p = 1, margin = 1, weight, reduction } = checkedOptions(op, options, multiMarginLossOptions);
  checkTensors(op, input, target);
  checkFloat(op, input);
  checkClasses(op, "input", input, weight);
  const labels = labelsOf(input, target);
  const classes = at(input.shape, -1);
  const scores = reshapeTo(input, [labels.size, classes]);
  checkIndices(op, labels, classes);
  const own = gatherOp(scores, reshapeTo(labels, [labels.size, 1]), { axis: 1, shared: false });
  const violations = relu(add(sub(scores, own), margin));
  const others = equal(oneHotOp(labels, { numClasses: classes }), 0);
  const losses = mean(where(others, p === 1 ? violations : square(violations), 0), { axis: 1 });
  const weighted =
    weight === undefined ? losses : mul(losses, gatherOp(weight.detach(), labels, { axis: 0, shared: true }));
  return reduceLosses(reshapeTo(weighted, target.shape), reduction);
}

/** The labels as a vector, once they fit scores [N, C] or [C]. */
function labelsOf(input: Tensor, target: Tensor): Tensor {
  const expected = input.shape.slice(0, -1);
  if (input.rank <= 2 && target.dtype === "int32" && sameShape(target.shape, expected)) {
    return reshapeTo(target, [target.size]);
  }
  const Kind = target.dtype === "int32" ? ShapeError : DTypeError;
  throw new Kind(
    "multiMarginLoss",
    `it takes scores [N, C] with int32 targets [N], or scores [C] with one, got ${formatShape(input.shape)} and ` +
      `${target.dtype} ${formatShape(target.shape)}`,
    { expected, actual: target.shape },
  );
}
