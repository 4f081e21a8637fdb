/** The cross entropy of classes. */

import { isFloat } from "../../autograd/dtype.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import { at, formatShape, sameShape } from "../../shape.js";
import { checkFloat, checkTensors } from "../arguments.js";
import { add, mul, neg, productOrZero } from "../elementwise/arithmetic.js";
import { where } from "../elementwise/compare.js";
import { logSoftmax } from "../reduce/softmax.js";
import { reshapeTo, sum } from "../reduce/sum.js";
import {
  type ClassLossOptions,
  checkClasses,
  classLossOptions,
  labelLosses,
  ofBatch,
  reduceWeighted,
} from "./class-targets.js";

/** Options of `crossEntropy`.
 * @category Losses */
export interface CrossEntropyOptions extends ClassLossOptions {
  /** Share ε of the target that is spread evenly over all classes (Szegedy et al. 2016), from 0 to 1. Default 0. */
  readonly labelSmoothing?: number | undefined;
}

export const crossEntropyOptions: OptionKinds<CrossEntropyOptions> = { ...classLossOptions, labelSmoothing: number };

/** Cross entropy of softmax(logits) against a target, −Σ_c q_c log p_c, as `torch.nn.functional.cross_entropy` defines it; a class
 * of probability q_c = 0 contributes 0, also where its logit is −∞ (there PyTorch gives NaN). The loss and its gradient p − q keep
 * their digits where p is 1 to all of them.
 * @param logits shape `[N, C, ...D]` (or `[C]`), unnormalised log-probabilities
 * @param target class indices, int32 of shape `[N, ...D]`, or probabilities, float of the shape of `logits`; gets no gradient
 * @returns a scalar, or shape `[N, ...D]` with reduction `none`; in nats
 * @throws ShapeError, DTypeError, ValueError if the target does not fit, a label is no class, or an option is out of range
 * @category Losses */
export function crossEntropy(logits: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  checkFloat("crossEntropy", logits);
  checkTensors("crossEntropy", logits, target);
  const given = checkedOptions("crossEntropy", options, crossEntropyOptions);
  checkClasses("crossEntropy", "logits", logits, given.weight);
  const { labelSmoothing = 0 } = given;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new ValueError("crossEntropy", `labelSmoothing must be from 0 to 1, got ${labelSmoothing}`);
  }
  return ofBatch(logits, target, (batch, targets) => {
    const against = isFloat(targets.dtype) ? againstProbabilities : againstClasses;
    return against(logSoftmax(batch, { axis: 1 }), targets, { ...given, labelSmoothing });
  });
}

/** The options, with the share that is spread. */
interface Smoothing extends CrossEntropyOptions {
  readonly labelSmoothing: number;
}

function againstProbabilities(logP: Tensor, target: Tensor, options: Smoothing): Tensor {
  const { labelSmoothing, weight, reduction } = options;
  if (!sameShape(logP.shape, target.shape)) {
    throw new ShapeError(
      "crossEntropy",
      `probabilities must have the shape of the logits ${formatShape(logP.shape)}, got ${formatShape(target.shape)}; ` +
        'for class indices make the target with { dtype: "int32" }',
      { expected: logP.shape, actual: target.shape },
    );
  }
  const classes = at(logP.shape, 1);
  const smoothed = add(mul(target.detach(), 1 - labelSmoothing), labelSmoothing / classes);
  const weighted = weight === undefined ? smoothed : mul(smoothed, perClass(weight, logP.rank));
  const losses = neg(sum(productOrZero(weighted, logP), { axis: 1 }));
  if (reduction === "none") return losses;
  const total = sum(losses);
  return reduction === "sum" ? total : mul(total, classes / logP.size);
}

function againstClasses(logP: Tensor, target: Tensor, options: Smoothing): Tensor {
  const { losses: certain, weights, counted } = labelLosses("crossEntropy", logP, target, options);
  const losses = options.labelSmoothing === 0 ? certain : smooth(certain, logP, counted, options);
  return reduceWeighted(losses, weights, options.reduction);
}

/** (1 − ε) · certain + ε/C · Σ_c −w_c log p_c */
function smooth(certain: Tensor, logP: Tensor, counted: Tensor, { labelSmoothing, weight }: Smoothing): Tensor {
  const weighted = weight === undefined ? logP : mul(logP, perClass(weight, logP.rank));
  const uniform = where(counted, neg(sum(weighted, { axis: 1 })), 0);
  return add(mul(certain, 1 - labelSmoothing), mul(uniform, labelSmoothing / at(logP.shape, 1)));
}

/** Class weights [C] as [C, 1, …], to broadcast against [N, C, …]. */
function perClass(weight: Tensor, rank: number): Tensor {
  return reshapeTo(weight.detach(), [weight.size, ...new Array<number>(rank - 2).fill(1)]);
}
