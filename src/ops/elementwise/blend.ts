/** Values between two, and values in the place of what is no number. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { largestFloat } from "../../autograd/dtype.js";
import type { Tensor } from "../../autograd/tensor.js";
import { checkedOptions, number, numberOrNaN, type OptionKinds } from "../../options.js";
import { checkFloat } from "../arguments.js";
import { checkBroadcast } from "../broadcast.js";
import { add, chained, mul, sub } from "./arithmetic.js";
import { equal, greater, where } from "./compare.js";
import * as logic from "./logic.js";

/** Linear interpolation `(1 − weight) · a + weight · b`; all three broadcast. a where a = b, whatever the weight, and nothing
 * overflows in between; a weight beyond `[0, 1]` extrapolates, and one of ±∞ gives NaN.
 * @param weight a tensor or a number
 * @function
 * @category Arithmetic */
export const lerp: Op<[a: Tensor, b: Tensor, weight: Tensor]> = defineOp({
  name: "lerp",
  broadcasts: true,
  forward: ([a, b, weight]) => {
    checkBroadcast("lerp", a, b, weight);
    const mixed = add(mul(a, sub(1, weight)), mul(b, weight));
    return { output: where(equal(a, b), a, mixed), saved: { a, b, weight } };
  },
  backward: (gradOutput, { a, b, weight }, { needsGrad }) => [
    needsGrad[0] ? chained(gradOutput, sub(1, weight)) : null,
    needsGrad[1] ? chained(gradOutput, weight) : null,
    needsGrad[2] ? chained(gradOutput, sub(b, a)) : null,
  ],
});

/** Options of `nanToNum`.
 * @category Elementwise functions */
export interface NanToNumOptions {
  /** What NaN becomes. Default 0. */
  readonly nan?: number | undefined;
  /** What ∞ becomes. Default: the largest number of the dtype. */
  readonly posinf?: number | undefined;
  /** What −∞ becomes. Default: the smallest number of the dtype. */
  readonly neginf?: number | undefined;
}

const nanToNumOptions: OptionKinds<NanToNumOptions> = { nan: numberOrNaN, posinf: number, neginf: number };

/** Numbers in the place of NaN and infinities. The derivative is 1 where x is finite, and 0 elsewhere.
 * @category Elementwise functions */
export function nanToNum(x: Tensor, options: NanToNumOptions = {}): Tensor {
  checkFloat("nanToNum", x);
  const largest = largestFloat(x.device.floatType);
  const { nan = 0, posinf = largest, neginf = -largest } = checkedOptions("nanToNum", options, nanToNumOptions);
  const infinite = where(greater(x, 0), posinf, neginf);
  return where(logic.isFinite(x), x, where(logic.isNaN(x), nan, infinite));
}
