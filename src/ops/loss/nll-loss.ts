/** The negative log-likelihood of classes. */

import type { Tensor } from "../../autograd/tensor.js";
import { checkedOptions } from "../../options.js";
import { checkFloat, checkTensors } from "../arguments.js";
import {
  type ClassLossOptions,
  checkClasses,
  classLossOptions,
  labelLosses,
  ofBatch,
  reduceWeighted,
} from "./class-targets.js";

/** Negative log-likelihood −w_y log p_y of the labels y, as `torch.nn.functional.nll_loss` defines it; after `logSoftmax`
 * it is `crossEntropy`.
 * −∞ at another place than the label's costs nothing, and NaN neither; at the label's the loss is ∞ or NaN.
 * @param logProbabilities shape `[N, C, ...D]` (or `[C]`)
 * @param target class indices, int32 of shape `[N, ...D]`
 * @returns a scalar, or shape `[N, ...D]` with reduction `none`
 * @throws ShapeError, DTypeError, ValueError if the target does not fit, a label is no class, or an option is out of range
 * @category Losses */
export function nllLoss(logProbabilities: Tensor, target: Tensor, options: ClassLossOptions = {}): Tensor {
  checkFloat("nllLoss", logProbabilities);
  checkTensors("nllLoss", logProbabilities, target);
  const given = checkedOptions("nllLoss", options, classLossOptions);
  checkClasses("nllLoss", "logProbabilities", logProbabilities, given.weight);
  return ofBatch(logProbabilities, target, (batch, targets) => {
    const { losses, weights } = labelLosses("nllLoss", batch, targets, given);
    return reduceWeighted(losses, weights, given.reduction);
  });
}
