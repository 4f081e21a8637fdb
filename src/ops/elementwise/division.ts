/** Division with a whole quotient, and what it leaves. */

import { defineOp } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { fmod as fmodKernel } from "../../kernels/binary.js";
import { checkFloat } from "../arguments.js";
import { checkBroadcast, runBinary } from "../broadcast.js";
import { add, type BinaryOp, chained, div, neg, sub } from "./arithmetic.js";
import { equal, less, notEqual, where } from "./compare.js";
import { logicalAnd } from "./logic.js";
import { round } from "./round.js";

/** What is left of a when it is divided by b with the quotient cut towards 0: a − b · trunc(a / b), exactly, with the sign of
 * a. NaN where b is 0 or a infinite.
 *
 * The derivative by a is 1, that by b is −trunc(a / b); the quotient's own is 0 everywhere.
 * @function
 * @category Arithmetic */
export const fmod: BinaryOp = defineOp({
  name: "fmod",
  broadcasts: true,
  forward: ([a, b]) => {
    checkFloat("fmod", a, b);
    return { output: runBinary("fmod", fmodKernel, a, b), saved: { a, b } };
  },
  backward: (gradOutput, { a, b }, { needsGrad }) => [
    gradOutput,
    needsGrad[1] ? chained(gradOutput, neg(truncatedQuotient(a, b))) : null,
  ],
  region: ({ a, b }) => truncatedQuotient(a, b),
});

/** What is left of a when it is divided by b with the quotient rounded down: a − b · ⌊a / b⌋, with the sign of b, as Python's
 * `%`. NaN where b is 0 or a infinite; by ±∞ it is a, or b where that has the other sign.
 *
 * The derivative by a is 1, that by b is −⌊a / b⌋; the quotient's own is 0 everywhere.
 * @function
 * @category Arithmetic */
export const remainder: BinaryOp = defineOp({
  name: "remainder",
  broadcasts: true,
  forward: ([a, b]) => {
    checkBroadcast("remainder", a, b);
    const rest = fmod(a, b);
    return { output: where(isBeyond(rest, b), add(rest, b), rest), saved: { a, b } };
  },
  backward: (gradOutput, { a, b }, { needsGrad }) => [
    gradOutput,
    needsGrad[1] ? chained(gradOutput, neg(floorDivide(a, b))) : null,
  ],
  region: ({ a, b }) => floorDivide(a, b),
});

/** The quotient rounded down, ⌊a / b⌋, exact where a / b is rounded up to an integer: `floorDivide(1, 0.1)` is 9, as 1 is
 * less than ten times the float next to 0.1. ±∞ or NaN where b is 0, and NaN where a is infinite (unless b
 * is 0). Both derivatives are 0 everywhere.
 * @function
 * @category Arithmetic */
export const floorDivide: BinaryOp = defineOp({
  name: "floorDivide",
  broadcasts: true,
  forward: ([a, b]) => {
    checkBroadcast("floorDivide", a, b);
    const rest = fmod(a, b);
    const quotient = truncatedQuotient(a, b, rest);
    return { output: where(equal(b, 0), div(a, b), sub(quotient, where(isBeyond(rest, b), 1, 0))) };
  },
  backward: () => [null, null],
  region: (_saved, { output }) => output,
});

/** Whether a rest towards 0 lies on the other side of 0 than b. */
function isBeyond(rest: Tensor, b: Tensor): Tensor {
  return logicalAnd(notEqual(rest, 0), notEqual(less(rest, 0), less(b, 0)));
}

/** trunc(a / b), from what the exact rest leaves. */
function truncatedQuotient(a: Tensor, b: Tensor, rest: Tensor = fmod(a, b)): Tensor {
  return round(div(sub(a, rest), b));
}
