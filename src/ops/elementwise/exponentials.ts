/** Exponentials and logarithms to other bases, log-odds, and sums and products in the logarithm. */

import { defineOp } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import * as kernels from "../../kernels/exponentials.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import { checkFloat } from "../arguments.js";
import { checkBroadcast } from "../broadcast.js";
import { logSigmoid, sigmoid } from "./activation.js";
import { type BinaryOp, chained, div, maximum, mul, sub } from "./arithmetic.js";
import { clamp } from "./clamp.js";
import { equal, lessEqual, where } from "./compare.js";
import { isInf, logicalAnd } from "./logic.js";
import { abs, fromInput, fromOutput, log, reciprocal, type UnaryOp } from "./unary.js";

/** Logarithm to base 2; NaN below 0, −∞ at 0. Exact at powers of 2 on devices in host memory.
 * @function
 * @category Elementwise functions */
export const log2: UnaryOp = fromInput("log2", kernels.log2, (x) => div(Math.LOG2E, x)); // 1/(x log 2)

/** Logarithm to base 10; NaN below 0, −∞ at 0.
 * @function
 * @category Elementwise functions */
export const log10: UnaryOp = fromInput("log10", kernels.log10, (x) => div(Math.LOG10E, x)); // 1/(x log 10)

/** Power 2ˣ.
 * 0 at −∞, ∞ at ∞ and NaN at NaN, and so is its derivative.
 * @function
 * @category Elementwise functions */
export const exp2: UnaryOp = fromOutput("exp2", kernels.exp2, (y) => mul(Math.LN2, y));

/** Options of `logit`.
 * @category Elementwise functions */
export interface LogitOptions {
  /** x is first cut to `[eps, 1 − eps]`, from 0 to ½. Default: it is not. */
  readonly eps?: number | undefined;
}

const logitOptions: OptionKinds<LogitOptions> = { eps: number };

/** Log-odds log(x / (1 − x)), the inverse of `sigmoid`, exact near ½ where they are small; −∞ at 0, ∞ at 1 and NaN beyond,
 * with derivative 1/(x (1 − x)). Where `eps` cuts x the gradient is 0, as in PyTorch.
 * @throws ValueError unless eps is from 0 to ½
 * @category Elementwise functions */
export function logit(x: Tensor, options: LogitOptions = {}): Tensor {
  const { eps } = checkedOptions("logit", options, logitOptions);
  checkFloat("logit", x);
  if (eps === undefined) return logitOp(x);
  if (!(eps >= 0 && eps <= 0.5)) throw new ValueError("logit", `eps must be from 0 to 0.5, got ${eps}`);
  return logitOp(clamp(x, { min: eps, max: 1 - eps }));
}

const logitOp: UnaryOp = fromInput("logit", kernels.logit, (x) => reciprocal(mul(x, sub(1, x))));

/** x · log y, and 0 where x is 0 and y is not NaN; the two broadcast.
 *
 * The derivative by x is log y, but 0 where x is 0 and y ≤ 0; the one by y is x / y, and 0 where both are 0 (PyTorch's is
 * NaN there).
 * @function
 * @category Elementwise functions */
export const xlogy: BinaryOp = defineOp({
  name: "xlogy",
  broadcasts: true,
  forward: ([x, y]) => {
    checkBroadcast("xlogy", x, y);
    // log of a NaN is one, and 0 · NaN too.
    const factor = where(logicalAnd(equal(x, 0), equal(y, y)), 1, y);
    return { output: mul(x, log(factor)), saved: { x, y } };
  },
  backward: (gradOutput, { x, y }, { needsGrad }) => [
    needsGrad[0] ? chained(gradOutput, log(where(logicalAnd(equal(x, 0), lessEqual(y, 0)), 1, y))) : null,
    needsGrad[1] ? chained(gradOutput, div(x, where(logicalAnd(equal(x, 0), equal(y, 0)), 1, y))) : null,
  ],
});

/** log(eᵃ + eᵇ), from the larger so that nothing overflows; the two broadcast. The derivative by a is σ(a − b), ½ where both
 * are the same infinity (PyTorch's is NaN there).
 * @function
 * @category Elementwise functions */
export const logaddexp: BinaryOp = defineOp({
  name: "logaddexp",
  broadcasts: true,
  forward: ([a, b]) => {
    checkBroadcast("logaddexp", a, b);
    return { output: sub(maximum(a, b), logSigmoid(abs(difference(a, b)))), saved: { a, b } };
  },
  backward: (gradOutput, { a, b }, { needsGrad }) => [
    needsGrad[0] ? chained(gradOutput, sigmoid(difference(a, b))) : null,
    needsGrad[1] ? chained(gradOutput, sigmoid(difference(b, a))) : null,
  ],
});

/** a − b, and 0 where both are the same infinity. */
function difference(a: Tensor, b: Tensor): Tensor {
  const same = logicalAnd(equal(a, b), isInf(a));
  return sub(where(same, 0, a), where(same, 0, b));
}
