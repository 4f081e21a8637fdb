/** The power of two tensors. */

import { defineOp } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { pow as powKernel } from "../../kernels/binary.js";
import * as derivatives from "../../kernels/derivatives.js";
import { add, type BinaryOp, chained, floatBinary, productOrZero, sub } from "./arithmetic.js";
import { log } from "./unary.js";

/** Power `aᵇ`, elementwise, as IEEE 754 defines it: `a⁰` is 1 for every `a`, NaN included, and `1ᵇ` for every `b`; odd powers of
 * −0 keep its sign, `(−0)⁻¹` is −∞; a negative base with a fractional exponent is NaN.
 *
 * The derivative by `a` is 0 where `b` is 0, the one by `b` is 0 where `a` is 0 and `b ≥ 0` (as in PyTorch). Where the power
 * vanishes, as at `b = −∞`, so do both (PyTorch: NaN).
 * @function
 * @category Arithmetic */
export const pow: BinaryOp = defineOp({
  name: "pow",
  broadcasts: true,
  forward: ([a, b]) => ({ output: floatBinary("pow", powKernel, a, b), saved: { a, b } }),
  backward: (gradOutput, { a, b }, { needsGrad }) => [
    needsGrad[0] ? chained(gradOutput, powByBase(a, b)) : null,
    needsGrad[1] ? chained(gradOutput, powByExponent(a, b)) : null,
  ],
});

/** ∂(aᵇ)/∂a = b aᵇ⁻¹, also where aᵇ⁻¹ is no float but b times as much is. */
const powByBase: BinaryOp = defineOp({
  name: "powByBase",
  broadcasts: true,
  forward: ([a, b]) => ({ output: floatBinary("powByBase", derivatives.powByBase, a, b), saved: { a, b } }),
  backward: (gradOutput, { a, b }, { needsGrad }) => [
    needsGrad[0] ? chained(gradOutput, productOrZero(b, powByBase(a, sub(b, 1)))) : null,
    needsGrad[1] ? chained(gradOutput, mixed(a, b)) : null,
  ],
});

/** ∂(aᵇ)/∂b = aᵇ log a, also where aᵇ is no float but log a times as much is. */
const powByExponent: BinaryOp = defineOp({
  name: "powByExponent",
  broadcasts: true,
  forward: ([a, b]) => ({ output: floatBinary("powByExponent", derivatives.powByExponent, a, b), saved: { a, b } }),
  backward: (gradOutput, { a, b }, { needsGrad }) => [
    needsGrad[0] ? chained(gradOutput, mixed(a, b)) : null,
    needsGrad[1] ? chained(gradOutput, productOrZero(powByExponent(a, b), log(a))) : null,
  ],
});

/** ∂²(aᵇ)/∂a∂b = aᵇ⁻¹ (1 + b log a) */
function mixed(a: Tensor, b: Tensor): Tensor {
  const less = sub(b, 1);
  return add(pow(a, less), productOrZero(b, powByExponent(a, less)));
}
