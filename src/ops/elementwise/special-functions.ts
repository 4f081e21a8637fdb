/** Special functions: the error function's relatives, and the gamma function's. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import * as kernels from "../../kernels/special-functions.js";
import { checkFloat } from "../arguments.js";
import { add, chained, div, mul, neg, sub } from "./arithmetic.js";
import { equal, less, where } from "./compare.js";
import { logicalAnd } from "./logic.js";
import { round } from "./round.js";
import { cos, exp, fromInput, fromOutput, sin, square, type UnaryOp } from "./unary.js";

/** Complement of the error function, 1 − erf(x) = 2/√π ∫ₓ^∞ e^(−t²) dt, with its relative accuracy also where it is tiny.
 * @function
 * @category Elementwise functions */
export const erfc: UnaryOp = fromInput("erfc", kernels.erfc, (x) => mul(-2 / Math.sqrt(Math.PI), exp(neg(square(x)))));

/** Inverse of the error function; ±∞ at ±1, where the derivative is ∞, and NaN beyond (Wichura 1988, AS 241).
 * @function
 * @category Elementwise functions */
export const erfinv: UnaryOp = fromOutput("erfinv", kernels.erfinv, (y) => mul(Math.sqrt(Math.PI) / 2, exp(square(y))));

/** Logarithm of the gamma function, log |Γ(x)|; ∞ at 0 and at negative integers. Its derivative is `digamma`.
 *
 * Exact to a few last places where x > 0, at its zeros 1 and 2 too; between its poles below 0, in absolute terms.
 * @function
 * @category Elementwise functions */
export const lgamma: UnaryOp = fromInput("lgamma", kernels.lgamma, digammaAt);

/** Logarithmic derivative of the gamma function, ψ(x) = Γ′(x) / Γ(x); −∞ at 0, with derivative ∞. It and its derivatives are
 * NaN at negative integers. It can be differentiated as often as one likes.
 * @category Elementwise functions */
export function digamma(x: Tensor): Tensor {
  checkFloat("digamma", x);
  return digammaAt(x);
}

/** ψ of x from ½ on, and below it by reflection: ψ(x) = ψ(1 − x) − π cot πx. */
function digammaAt(x: Tensor): Tensor {
  const isLeft = less(x, 0.5);
  const right = polygamma(where(isLeft, sub(1, x), x), { order: 0 });
  const fraction = sub(x, round(x)); // cot πx has the period 1, and of this its argument keeps all digits
  const isPole = logicalAnd(less(x, 0), equal(fraction, 0));
  const angle = where(isLeft, mul(where(isPole, Number.NaN, Math.PI), fraction), 1); // a factor of NaN, as it is its derivative
  return where(isLeft, sub(right, mul(Math.PI, cotangent(angle))), right);
}

/** cos x / sin x */
const cotangent: UnaryOp = defineOp({
  name: "cotangent",
  forward: ([x]) => {
    const y = div(cos(x), sin(x));
    return { output: y, saved: { y } };
  },
  backward: (gradOutput, { y }) => [chained(gradOutput, neg(add(1, square(y))))], // −(1 + cot²)
});

/** The derivative of some order of ψ, at x > 0. */
const polygamma: Op<[x: Tensor], { readonly order: number }> = defineOp({
  name: "polygamma",
  forward: ([x], { order }) => ({
    output: order === 0 ? run(kernels.digamma, [x]) : run(kernels.polygamma, [x], { constants: { order } }),
    saved: { x },
  }),
  backward: (gradOutput, { x }, { options: { order } }) => [chained(gradOutput, polygamma(x, { order: order + 1 }))],
});
