/** Activation functions that set small values, or those up to a threshold, to a constant. */

import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import { tanhshrink as tanhshrinkKernel } from "../../kernels/exponentials.js";
import { checkedOptions, number, numberOrNaN, type OptionKinds } from "../../options.js";
import { checkFloat } from "../arguments.js";
import { mul, sub } from "./arithmetic.js";
import { lessEqual, where } from "./compare.js";
import { abs, fromInput, sign, square, tanh, type UnaryOp } from "./unary.js";

/** Options of `hardshrink` and `softshrink`.
 * @category Activations */
export interface ShrinkOptions {
  /** Half the width of what becomes 0, λ; `lambd` as in PyTorch. At least 0. Default 0.5. */
  readonly lambd?: number | undefined;
}

const shrinkOptions: OptionKinds<ShrinkOptions> = { lambd: number };

/** x where |x| > λ, else 0. The derivative is 0 where |x| ≤ λ, and 1 elsewhere.
 * ±∞ and NaN stay what they are, with derivative 1.
 * @throws ValueError unless λ is at least 0
 * @category Activations */
export function hardshrink(x: Tensor, options: ShrinkOptions = {}): Tensor {
  const width = widthOf("hardshrink", x, options);
  return where(lessEqual(abs(x), width), 0, x);
}

/** x moved towards 0 by λ, and 0 where |x| ≤ λ: the proximal operator of λ|x|. The derivative is 0 where |x| ≤ λ, and 1
 * elsewhere.
 * ±∞ and NaN stay what they are, with derivative 1.
 * @throws ValueError unless λ is at least 0
 * @category Activations */
export function softshrink(x: Tensor, options: ShrinkOptions = {}): Tensor {
  const width = widthOf("softshrink", x, options);
  return where(lessEqual(abs(x), width), 0, sub(x, mul(width, sign(x))));
}

function widthOf(op: string, x: Tensor, options: ShrinkOptions): number {
  const { lambd = 0.5 } = checkedOptions(op, options, shrinkOptions);
  checkFloat(op, x);
  if (!(lambd >= 0)) throw new ValueError(op, `lambd must be at least 0, got ${lambd}`);
  return lambd;
}

/** x − tanh x, exact near 0, where it is x³/3.
 * ±∞ stays ±∞ with derivative 1; NaN at NaN.
 * @function
 * @category Activations */
export const tanhshrink: UnaryOp = fromInput("tanhshrink", tanhshrinkKernel, (x) => square(tanh(x))); // tanh²

/** Options of `threshold`.
 * @category Activations */
export interface ThresholdOptions {
  /** Up to here, x becomes `value`. */
  readonly threshold: number;
  /** What it becomes. */
  readonly value: number;
}

const thresholdOptions: OptionKinds<ThresholdOptions> = { threshold: number, value: numberOrNaN };

/** x where x > threshold, else `value`. The derivative is 0 at the threshold.
 * NaN stays NaN, with derivative 1.
 * @throws ValueError unless both options are numbers
 * @category Activations */
export function threshold(x: Tensor, options: ThresholdOptions): Tensor {
  const { threshold: bound, value } = checkedOptions("threshold", options, thresholdOptions);
  checkFloat("threshold", x);
  for (const [name, given] of Object.entries({ threshold: bound, value })) {
    if (given === undefined) throw new ValueError("threshold", `it needs ${name}, such as { threshold: 0, value: 0 }`);
  }
  return where(lessEqual(x, bound), value, x);
}
