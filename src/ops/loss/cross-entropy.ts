/** Losses. */

import { isFloat } from "../../autograd/dtype.js";
import { noGrad } from "../../autograd/modes.js";
import { scalarLike } from "../../autograd/scalar.js";
import type { Tensor } from "../../autograd/tensor.js";
import { DTypeError, ShapeError, ValueError } from "../../errors.js";
import { at, formatShape, sameShape } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { add, div, mul, neg } from "../elementwise/arithmetic.js";
import { cast, notEqual, where } from "../elementwise/compare.js";
import { checkIndices, gather } from "../indexing/gather.js";
import { logSoftmax } from "../reduce/softmax.js";
import { reshapeTo, sum } from "../reduce/sum.js";

/** How a loss is reduced over the batch: `mean`, `sum`, or `none` for one value per example.
 * @category Losses */
export type Reduction = "mean" | "sum" | "none";

/** Options of `crossEntropy`.
 * @category Losses */
export interface CrossEntropyOptions {
  /** Default `mean`: the mean over the targets that count, weighted by the weight of their class. */
  readonly reduction?: Reduction;
  /** Weight of each class, shape `[C]`; no gradient goes to it. */
  readonly weight?: Tensor;
  /** A target that does not count. Default −100. */
  readonly ignoreIndex?: number;
  /** Share ε of the target that is spread evenly over all classes (Szegedy et al. 2016), from 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
}

/** Cross entropy of softmax(logits) against a target, −Σ_c q_c log p_c, as `torch.nn.functional.cross_entropy` defines it.
 * @param logits shape `[N, C, ...D]` (or `[C]`), unnormalised log-probabilities
 * @param target class indices, int32 of shape `[N, ...D]`, or probabilities, float of the shape of `logits`; gets no gradient
 * @returns a scalar, or shape `[N, ...D]` with reduction `none`; in nats
 * @throws ShapeError, DTypeError, ValueError if the target does not fit, a label is no class, or an option is out of range
 * @category Losses */
export function crossEntropy(logits: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  checkFloat("crossEntropy", logits);
  checkOptions(logits, options);
  if (logits.rank === 1) {
    const rows = reshapeTo(logits, [1, ...logits.shape]);
    const single = crossEntropy(rows, reshapeTo(target, [1, ...target.shape]), options);
    return options.reduction === "none" ? reshapeTo(single, []) : single;
  }
  const logProbabilities = logSoftmax(logits, { axis: 1 });
  return isFloat(target.dtype)
    ? againstProbabilities(logProbabilities, target, options)
    : againstClasses(logProbabilities, target, options);
}

function againstProbabilities(logP: Tensor, target: Tensor, options: CrossEntropyOptions): Tensor {
  const { labelSmoothing = 0, weight } = options;
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
  const weighted = weight === undefined ? logP : mul(logP, perClass(weight, logP.rank));
  const losses = neg(sum(mul(smoothed, weighted), { axis: 1 }));
  if (options.reduction === "none") return losses;
  const total = sum(losses);
  return options.reduction === "sum" ? total : mul(total, classes / logP.size);
}

function againstClasses(logP: Tensor, target: Tensor, options: CrossEntropyOptions): Tensor {
  const { labelSmoothing = 0, weight, ignoreIndex = -100 } = options;
  const classes = at(logP.shape, 1);
  const expected = logP.shape.filter((_, i) => i !== 1);
  if (target.dtype !== "int32" || !sameShape(target.shape, expected)) {
    const Kind = target.dtype === "int32" ? ShapeError : DTypeError;
    throw new Kind(
      "crossEntropy",
      `class targets must be int32 of shape ${formatShape(expected)} for logits ${formatShape(logP.shape)}, ` +
        `got ${target.dtype} ${formatShape(target.shape)}`,
      { expected, actual: target.shape },
    );
  }
  const { counts, labels } = noGrad(() => {
    const counted = notEqual(target, ignoreIndex);
    // Ignored targets read class 0, with weight 0.
    return { counts: cast(counted, logP.dtype), labels: where(counted, target, cast(scalarLike(target, 0), "int32")) };
  });
  checkIndices("crossEntropy", labels, classes);
  const weights = weight === undefined ? counts : noGrad(() => mul(counts, weightsOf(labels, weight)));
  const index = reshapeTo(labels, [at(expected, 0), 1, ...expected.slice(1)]);
  const certain = mul(neg(reshapeTo(gather(logP, index, { axis: 1 }), expected)), weights);
  const losses = labelSmoothing === 0 ? certain : smooth(certain, logP, counts, options);
  if (options.reduction === "none") return losses;
  const total = sum(losses);
  return options.reduction === "sum" ? total : div(total, sum(weights));
}

/** (1 − ε) · certain + ε/C · Σ_c −w_c log p_c */
function smooth(certain: Tensor, logP: Tensor, counts: Tensor, options: CrossEntropyOptions): Tensor {
  const { labelSmoothing = 0, weight } = options;
  const weighted = weight === undefined ? logP : mul(logP, perClass(weight, logP.rank));
  const uniform = mul(neg(sum(weighted, { axis: 1 })), counts);
  return add(mul(certain, 1 - labelSmoothing), mul(uniform, labelSmoothing / at(logP.shape, 1)));
}

/** The weight of each label's class, in the labels' shape. */
function weightsOf(labels: Tensor, weight: Tensor): Tensor {
  return reshapeTo(gather(weight, reshapeTo(labels, [labels.size])), labels.shape);
}

/** Class weights [C] as [C, 1, …], to broadcast against [N, C, …]. */
function perClass(weight: Tensor, rank: number): Tensor {
  return reshapeTo(weight.detach(), [weight.size, ...new Array<number>(rank - 2).fill(1)]);
}

function checkOptions(logits: Tensor, options: CrossEntropyOptions): void {
  const { labelSmoothing = 0, weight, reduction = "mean" } = options;
  if (logits.rank === 0)
    throw new ShapeError("crossEntropy", "logits must have shape [N, C, ...D] or [C], got a scalar");
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new ValueError("crossEntropy", `labelSmoothing must be from 0 to 1, got ${labelSmoothing}`);
  }
  if (reduction !== "mean" && reduction !== "sum" && reduction !== "none") {
    throw new ValueError("crossEntropy", `reduction must be "mean", "sum" or "none", got ${JSON.stringify(reduction)}`);
  }
  const classes = at(logits.shape, logits.rank === 1 ? 0 : 1);
  if (weight !== undefined && !sameShape(weight.shape, [classes])) {
    throw new ShapeError("crossEntropy", `weight must have shape [${classes}], got ${formatShape(weight.shape)}`, {
      expected: [classes],
      actual: weight.shape,
    });
  }
}
