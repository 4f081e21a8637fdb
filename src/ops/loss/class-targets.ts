/** Targets that are class indices, as `crossEntropy` and `nllLoss` take them. */

import { noGrad } from "../../autograd/modes.js";
import { scalarLike } from "../../autograd/scalar.js";
import type { Tensor } from "../../autograd/tensor.js";
import { tensorKind } from "../../autograd/tensor-kinds.js";
import { DTypeError, ShapeError } from "../../errors.js";
import { number, type OptionKinds } from "../../options.js";
import { at, formatShape, sameShape } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { div, mul, neg } from "../elementwise/arithmetic.js";
import { cast, notEqual, where } from "../elementwise/compare.js";
import { checkIndices, gather } from "../indexing/gather.js";
import { reshapeTo, sum } from "../reduce/sum.js";
import { type LossOptions, lossOptions, type Reduction } from "./reduction.js";

/** Options of a loss against class indices.
 * @category Losses */
export interface ClassLossOptions extends LossOptions {
  /** Default `mean`: the mean over the targets that count, weighted by the weight of their class; NaN if none counts. */
  readonly reduction?: Reduction | undefined;
  /** Weight of each class, shape `[C]`; no gradient goes to it. */
  readonly weight?: Tensor | undefined;
  /** A target that does not count. Default −100. */
  readonly ignoreIndex?: number | undefined;
}

export const classLossOptions: OptionKinds<ClassLossOptions> = {
  ...lossOptions,
  weight: tensorKind,
  ignoreIndex: number,
};

/** Throws unless scores of this name have shape [N, C, …D] or [C], and the weight one number for each class. */
export function checkClasses(op: string, name: string, scores: Tensor, weight: Tensor | undefined): void {
  if (weight !== undefined) checkFloat(op, scores, weight);
  if (scores.rank === 0) throw new ShapeError(op, `${name} must have shape [N, C, ...D] or [C], got a scalar`);
  const classes = at(scores.shape, scores.rank === 1 ? 0 : 1);
  if (weight !== undefined && !sameShape(weight.shape, [classes])) {
    throw new ShapeError(op, `weight must have shape [${classes}], got ${formatShape(weight.shape)}`, {
      expected: [classes],
      actual: weight.shape,
    });
  }
}

/** The loss of a batch, or of a single example as a batch of one. */
export function ofBatch(scores: Tensor, target: Tensor, loss: (scores: Tensor, target: Tensor) => Tensor): Tensor {
  if (scores.rank > 1) return loss(scores, target);
  return reshapeTo(loss(reshapeTo(scores, [1, ...scores.shape]), reshapeTo(target, [1, ...target.shape])), []);
}

/** What comes of the labels, all in their shape [N, …D]. */
export interface LabelLosses {
  /** −w_y log p_y for the label y; 0 where it is ignored. */
  readonly losses: Tensor;
  /** w_y; 0 where the label is ignored. */
  readonly weights: Tensor;
  /** Whether a label counts. */
  readonly counted: Tensor;
}

/** Reads log p [N, C, …D] at the labels.
 * @throws DTypeError, ShapeError, ValueError if the target is not int32, does not fit, or a label is no class */
export function labelLosses(
  op: string,
  logP: Tensor,
  target: Tensor,
  { weight, ignoreIndex = -100 }: ClassLossOptions,
): LabelLosses {
  const classes = at(logP.shape, 1);
  const expected = logP.shape.filter((_, i) => i !== 1);
  if (target.dtype !== "int32" || !sameShape(target.shape, expected)) {
    const Kind = target.dtype === "int32" ? ShapeError : DTypeError;
    throw new Kind(
      op,
      `class targets must be int32 of shape ${formatShape(expected)} for ${formatShape(logP.shape)}, ` +
        `got ${target.dtype} ${formatShape(target.shape)}`,
      { expected, actual: target.shape },
    );
  }
  const { counted, labels } = noGrad(() => {
    const counted = notEqual(target, ignoreIndex);
    // Ignored targets read class 0, of which nothing is taken.
    return { counted, labels: where(counted, target, cast(scalarLike(target, 0), "int32")) };
  });
  checkIndices(op, labels, classes);
  const counts = cast(counted, logP.dtype);
  const weights = weight === undefined ? counts : noGrad(() => mul(counts, weightsOf(labels, weight)));
  const index = reshapeTo(labels, [at(expected, 0), 1, ...expected.slice(1)]);
  const losses = mul(neg(reshapeTo(gather(logP, index, { axis: 1 }), expected)), weights);
  return { losses: where(counted, losses, 0), weights, counted };
}

/** As `reduceLosses`, with the mean weighted. */
export function reduceWeighted(losses: Tensor, weights: Tensor, reduction: Reduction = "mean"): Tensor {
  if (reduction === "none") return losses;
  const total = sum(losses);
  return reduction === "sum" ? total : div(total, sum(weights));
}

/** The weight of each label's class, in the labels' shape. */
function weightsOf(labels: Tensor, weight: Tensor): Tensor {
  return reshapeTo(gather(weight, reshapeTo(labels, [labels.size])), labels.shape);
}
