/** The power of two tensors. */

import { defineOp } from "../../autograd/define-op.js";
import { pow as powKernel } from "../../kernels/binary.js";
import { checkFloat } from "../arguments.js";
import { runBinary } from "../broadcast.js";
import { type BinaryOp, mul, sub } from "./arithmetic.js";
import { equal, greaterEqual, where } from "./compare.js";
import { log } from "./unary.js";

/** Power `aᵇ`, elementwise. `a⁰ = 1` for every `a`; a negative base with a fractional exponent is NaN.
 *
 * The derivative by `a` is 0 where `b` is 0, the one by `b` is 0 where `a` is 0 and `b ≥ 0` (as in PyTorch).
 * @category Arithmetic */
export const pow: BinaryOp = defineOp({
  name: "pow",
  broadcasts: true,
  forward: ([a, b]) => {
    checkFloat("pow", a, b);
    const output = runBinary("pow", powKernel, a, b);
    return { output, saved: { a, b, output } };
  },
  backward: (gradOutput, { a, b, output }, { needsGrad }) => [
    needsGrad[0] ? mul(gradOutput, where(equal(b, 0), 0, mul(b, pow(a, sub(b, 1))))) : null,
    needsGrad[1] ? mul(gradOutput, mul(output, log(where(equal(a, 0), where(greaterEqual(b, 0), 1, a), a)))) : null,
  ],
});
