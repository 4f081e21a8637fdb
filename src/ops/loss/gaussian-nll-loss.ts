/** The negative log-likelihood of numbers under normal distributions. */

import { defineOp } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, flag, number, type OptionKinds } from "../../options.js";
import { formatShape, sameShape } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { add, type BinaryOp, chained, div, mul, sub } from "../elementwise/arithmetic.js";
import { greaterEqual, where } from "../elementwise/compare.js";
import { log } from "../elementwise/unary.js";
import { reshapeTo } from "../reduce/sum.js";
import { checkSameShape, type LossOptions, lossOptions, reduceLosses } from "./reduction.js";

/** Options of `gaussianNllLoss`.
 * @category Losses */
export interface GaussianNllLossOptions extends LossOptions {
  /** Whether the constant ½ log 2π is added. Default false. */
  readonly full?: boolean | undefined;
  /** The least variance, above 0. Default 1e-6. */
  readonly eps?: number | undefined;
}

const gaussianNllLossOptions: OptionKinds<GaussianNllLossOptions> = { ...lossOptions, full: flag, eps: number };

/** Negative log-likelihood of numbers t under normal distributions of mean μ and variance v,
 * ½ (log v + (μ − t)² / v) with v of at least eps, as `torch.nn.functional.gaussian_nll_loss`.
 *
 * A variance below eps is computed as eps, and its derivative is that at eps, so that it can leave.
 * ∞ for an infinite error, with an infinite derivative; NaN where a number is NaN.
 * @param input μ, of any shape
 * @param target t, of the shape of `input`
 * @param variance v, of the shape of `input`, or one for each row: that shape without its last axis, or with size 1 there
 * @returns a scalar, or the shape of `input` with reduction `none`
 * @throws ShapeError if the shapes do not fit; ValueError for a negative variance (where the device can be read at once; on
 * webgpu it counts as eps), unless eps is above 0, or for an unknown reduction
 * @category Losses */
export function gaussianNllLoss(
  input: Tensor,
  target: Tensor,
  variance: Tensor,
  options: GaussianNllLossOptions = {},
): Tensor {
  const op = "gaussianNllLoss";
  const { full = false, eps = 1e-6, reduction } = checkedOptions(op, options, gaussianNllLossOptions);
  checkFloat(op, input, target, variance);
  if (!(eps > 0)) throw new ValueError(op, `eps must be above 0, got ${eps}`, { actual: eps });
  checkSameShape(op, "target", target.shape, input.shape);
  const given = variancesOf(variance, input);
  const v = where(greaterEqual(given, eps), given, add(given, sub(eps, given.detach())));
  const losses = normalNll(sub(input, target), v);
  return reduceLosses(full ? add(losses, 0.5 * Math.log(2 * Math.PI)) : losses, reduction);
}

/** ½ (log v + d²/v), of which no square overflows unless the loss does. */
const normalNll: BinaryOp = defineOp({
  name: "normalNll",
  broadcasts: true,
  forward: ([d, v]) => {
    checkFloat("normalNll", d, v);
    return { output: mul(0.5, add(log(v), mul(d, div(d, v)))), saved: { d, v } };
  },
  backward: (gradOutput, { d, v }, { needsGrad }) => {
    const ratio = div(d, v);
    return [
      needsGrad[0] ? chained(gradOutput, ratio) : null,
      needsGrad[1] ? chained(gradOutput, sub(div(0.5, v), mul(mul(0.5, ratio), ratio))) : null,
    ];
  },
});

/** The variances in a shape that broadcasts to the input's. */
function variancesOf(variance: Tensor, { shape }: Tensor): Tensor {
  const op = "gaussianNllLoss";
  const perRow = shape.slice(0, -1);
  const isPerRow = shape.length > 0 && sameShape(variance.shape, perRow);
  if (!isPerRow && !sameShape(variance.shape, shape) && !sameShape(variance.shape, [...perRow, 1])) {
    throw new ShapeError(
      op,
      `variance must have shape ${formatShape(shape)}, or one number for each row, got ${formatShape(variance.shape)}`,
      { expected: shape, actual: variance.shape },
    );
  }
  if (variance.device.synchronous) {
    const values = variance.device.readSync(variance.buffer);
    const place = values.findIndex((value: number) => value < 0);
    if (place >= 0) {
      throw new ValueError(op, `a variance must be at least 0, got ${values[place]} at element ${place}`, {
        actual: values[place],
      });
    }
  }
  return isPerRow ? reshapeTo(variance, [...perRow, 1]) : variance;
}
