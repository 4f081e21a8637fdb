/** Losses against targets of 1 and −1, most of them with a margin. */

import { noGrad } from "../../autograd/modes.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import { formatShape, type Shape } from "../../shape.js";
import { checkFloat, checkTensors } from "../arguments.js";
import { logSigmoid } from "../elementwise/activation.js";
import { add, div, mul, neg, sub } from "../elementwise/arithmetic.js";
import { clamp } from "../elementwise/clamp.js";
import { cast, greater, where } from "../elementwise/compare.js";
import { abs, rsqrt, square } from "../elementwise/unary.js";
import { max } from "../reduce/reduce.js";
import { sum } from "../reduce/sum.js";
import { checkSameShape, type LossOptions, lossOptions, reduceLosses } from "./reduction.js";

/** Options of a loss with a margin.
 * @category Losses */
export interface MarginLossOptions extends LossOptions {
  /** How far apart is far enough. Default 1 for `hingeEmbeddingLoss`, 0 for the others. */
  readonly margin?: number | undefined;
}

const marginLossOptions: OptionKinds<MarginLossOptions> = { ...lossOptions, margin: number };

/** x where the target is 1, max(0, margin − x) where it is −1: x is a distance that is to be small or large. The
 * derivative at the margin is −1.
 * ∞ stays ∞ where the target is 1, and is 0 where it is −1; NaN stays NaN.
 * @param target 1 or −1, of the shape of `input`; gets no gradient
 * @returns a scalar, or the shape of `input` with reduction `none`
 * @throws ShapeError if the shapes differ; ValueError for another target or an unknown reduction
 * @category Losses */
export function hingeEmbeddingLoss(input: Tensor, target: Tensor, options: MarginLossOptions = {}): Tensor {
  const { margin = 1, reduction } = checkedOptions("hingeEmbeddingLoss", options, marginLossOptions);
  checkTensors("hingeEmbeddingLoss", input, target);
  checkFloat("hingeEmbeddingLoss", input);
  const positive = greater(signsOf("hingeEmbeddingLoss", target, input, input.shape), 0);
  return reduceLosses(where(positive, input, clamp(sub(margin, input), { min: 0 })), reduction);
}

/** max(0, −t (x₁ − x₂) + margin): x₁ is to rank above x₂ where the target is 1, below it where it is −1. At the margin the
 * derivative is that of the sloping side.
 * Two infinite inputs of one sign have no difference: NaN, as where an input is NaN.
 * @param input2 of the shape of `input1`
 * @param target 1 or −1, of the same shape; gets no gradient
 * @returns a scalar, or the shape of `input1` with reduction `none`
 * @throws ShapeError if the shapes differ; ValueError for another target or an unknown reduction
 * @category Losses */
export function marginRankingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  options: MarginLossOptions = {},
): Tensor {
  const { margin = 0, reduction } = checkedOptions("marginRankingLoss", options, marginLossOptions);
  checkTensors("marginRankingLoss", input1, input2, target);
  checkFloat("marginRankingLoss", input1, input2);
  checkSameShape("marginRankingLoss", "input2", input2.shape, input1.shape);
  const signs = signsOf("marginRankingLoss", target, input1, input1.shape);
  return reduceLosses(clamp(add(mul(signs, sub(input2, input1)), margin), { min: 0 }), reduction);
}

/** Logistic loss log(1 + e^(−t x)); no exponential overflows.
 * 0 where t x is ∞ with derivative 0, ∞ where it is −∞ with derivative −t; NaN at NaN.
 * @param target t, 1 or −1, of the shape of `input`; gets no gradient
 * @returns a scalar, or the shape of `input` with reduction `none`
 * @throws ShapeError if the shapes differ; ValueError for another target or an unknown reduction
 * @category Losses */
export function softMarginLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  const { reduction } = checkedOptions("softMarginLoss", options, lossOptions);
  checkTensors("softMarginLoss", input, target);
  checkFloat("softMarginLoss", input);
  const signs = signsOf("softMarginLoss", target, input, input.shape);
  return reduceLosses(neg(logSigmoid(mul(signs, input))), reduction);
}

/** 1 − cos(x₁, x₂) where the target is 1, max(0, cos(x₁, x₂) − margin) where it is −1; 1e-12 is added to each squared norm
 * (as in PyTorch). At the margin the derivative is that of the sloping side.
 * Vectors of any finite length have a cosine, however large or small; NaN where a number is NaN or infinite.
 * @param input1 shape `[N, D]` or `[D]`
 * @param input2 of the shape of `input1`
 * @param target 1 or −1, shape `[N]` or a scalar; gets no gradient
 * @returns a scalar, or the shape of `target` with reduction `none`
 * @throws ShapeError if a shape does not fit; ValueError for another target or an unknown reduction
 * @category Losses */
export function cosineEmbeddingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  options: MarginLossOptions = {},
): Tensor {
  const { margin = 0, reduction } = checkedOptions("cosineEmbeddingLoss", options, marginLossOptions);
  checkTensors("cosineEmbeddingLoss", input1, input2, target);
  checkFloat("cosineEmbeddingLoss", input1, input2);
  if (input1.rank !== 1 && input1.rank !== 2) {
    throw new ShapeError(
      "cosineEmbeddingLoss",
      `input1 must have shape [N, D] or [D], got ${formatShape(input1.shape)}`,
    );
  }
  checkSameShape("cosineEmbeddingLoss", "input2", input2.shape, input1.shape);
  const positive = greater(signsOf("cosineEmbeddingLoss", target, input1, input1.shape.slice(0, -1)), 0);
  const cosine = sum(mul(direction(input1), direction(input2)), { axis: -1 });
  return reduceLosses(where(positive, sub(1, cosine), clamp(sub(cosine, margin), { min: 0 })), reduction);
}

/** x / √(|x|² + 1e-12) along the last axis, of x scaled by its largest element (but no less than 1e-6), so that no square
 * leaves the range. */
function direction(x: Tensor): Tensor {
  const scale = noGrad(() => clamp(max(abs(x), { axis: -1, keepDims: true }), { min: 1e-6 }));
  const scaled = div(x, scale);
  const squared = add(sum(square(scaled), { axis: -1, keepDims: true }), square(div(1e-6, scale)));
  return mul(scaled, rsqrt(squared));
}

/** The target as floats, once it is of this shape and, on devices that can be read at once, only 1 and −1. */
function signsOf(op: string, target: Tensor, like: Tensor, shape: Shape): Tensor {
  checkSameShape(op, "target", target.shape, shape);
  if (target.device.synchronous) {
    const values = target.device.readSync(target.buffer);
    const place = values.findIndex((value: number) => value !== 1 && value !== -1);
    if (place >= 0) {
      throw new ValueError(op, `a target must be 1 or −1, got ${values[place]} at element ${place}`, {
        actual: values[place],
      });
    }
  }
  return cast(target.detach(), like.dtype);
}
