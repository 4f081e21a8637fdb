/** Softmax and its logarithm. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import { rowAxis } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { div, mul, neg, sub } from "../elementwise/arithmetic.js";
import { exp, log } from "../elementwise/unary.js";
import { max } from "./reduce.js";
import { sum } from "./sum.js";

/** Options of `softmax`, `softmin` and `logSoftmax`.
 * @category Activations */
export interface SoftmaxOptions {
  /** The axis along which the results (or their exponentials) sum to 1. Default −1. */
  readonly axis?: number | undefined;
}

const softmaxOptions: OptionKinds<SoftmaxOptions> = { axis: ownCheck };

/** eˣ / Σ eˣ along an axis, shifted by the maximum so that nothing overflows.
 * @category Activations */
export function softmax(x: Tensor, options: SoftmaxOptions = {}): Tensor {
  const { axis = -1 } = checkedOptions("softmax", options, softmaxOptions);
  checkFloat("softmax", x);
  return softmaxOp(x, { axis: rowAxis("softmax", axis, x.rank) });
}

/** e⁻ˣ / Σ e⁻ˣ along an axis: the `softmax` of −x.
 * @category Activations */
export function softmin(x: Tensor, options: SoftmaxOptions = {}): Tensor {
  const { axis = -1 } = checkedOptions("softmin", options, softmaxOptions);
  checkFloat("softmin", x);
  return softmaxOp(neg(x), { axis: rowAxis("softmin", axis, x.rank) });
}

const softmaxOp: Op<[x: Tensor], { readonly axis: number }> = defineOp({
  name: "softmax",
  forward: ([x], { axis }) => {
    const e = exp(sub(x, max(x, { axis, keepDims: true })));
    const y = div(e, sum(e, { axis, keepDims: true }));
    return { output: y, saved: { y } };
  },
  // ∂x = y ⊙ (g − Σ g ⊙ y)
  backward: (gradOutput, { y }, { options: { axis } }) => [
    mul(y, sub(gradOutput, sum(mul(gradOutput, y), { axis, keepDims: true }))),
  ],
});

/** log softmax(x) = x − log Σ eˣ along an axis, exact where softmax is tiny.
 * @category Activations */
export function logSoftmax(x: Tensor, options: SoftmaxOptions = {}): Tensor {
  const { axis = -1 } = checkedOptions("logSoftmax", options, softmaxOptions);
  checkFloat("logSoftmax", x);
  return logSoftmaxOp(x, { axis: rowAxis("logSoftmax", axis, x.rank) });
}

const logSoftmaxOp: Op<[x: Tensor], { readonly axis: number }> = defineOp({
  name: "logSoftmax",
  forward: ([x], { axis }) => {
    const shifted = sub(x, max(x, { axis, keepDims: true }));
    const y = sub(shifted, log(sum(exp(shifted), { axis, keepDims: true })));
    return { output: y, saved: { y } };
  },
  // ∂x = g − softmax(x) Σ g
  backward: (gradOutput, { y }, { options: { axis } }) => [
    sub(gradOutput, mul(exp(y), sum(gradOutput, { axis, keepDims: true }))),
  ],
});
