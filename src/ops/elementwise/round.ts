/** Rounding to integers. */

import { defineOp } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import * as kernels from "../../kernels/elementwise.js";
import type { KernelFunction } from "../../kernels/kernel.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import { checkFloat } from "../arguments.js";
import { div, mul, sub } from "./arithmetic.js";
import type { UnaryOp } from "./unary.js";

/** The largest integer not above x; its derivative is 0 everywhere.
 * ±∞, −0 and NaN stay what they are.
 * @function
 * @category Elementwise functions */
export const floor: UnaryOp = staircase("floor", kernels.floor);

/** The smallest integer not below x; its derivative is 0 everywhere.
 * ±∞, −0 and NaN stay what they are; from −1 to 0 it is −0.
 * @function
 * @category Elementwise functions */
export const ceil: UnaryOp = staircase("ceil", kernels.ceil);

/** The integer part: the nearest integer towards 0; its derivative is 0 everywhere.
 * ±∞, −0 and NaN stay what they are; from −1 to 0 it is −0.
 * @function
 * @category Elementwise functions */
export const trunc: UnaryOp = staircase("trunc", kernels.truncate);

/** The fraction x − trunc(x), with the sign of x; its derivative is 1 everywhere, at integers too. NaN at ±∞.
 * @category Elementwise functions */
export function frac(x: Tensor): Tensor {
  checkFloat("frac", x);
  return sub(x, trunc(x));
}

/** Options of `round`.
 * @category Elementwise functions */
export interface RoundOptions {
  /** Decimal places that stay; −2 rounds to hundreds. Default 0. */
  readonly decimals?: number | undefined;
}

const roundOptions: OptionKinds<RoundOptions> = { decimals: number };

/** The nearest integer, or the nearest number of so many decimal places; halves go to the even neighbour: 0.5 to 0, 1.5
 * to 2. Its derivative is 0 everywhere.
 * ±∞, −0 and NaN stay what they are.
 * @throws ValueError unless `decimals` is an integer
 * @category Elementwise functions */
export function round(x: Tensor, options: RoundOptions = {}): Tensor {
  const { decimals = 0 } = checkedOptions("round", options, roundOptions);
  checkFloat("round", x);
  if (!Number.isInteger(decimals)) throw new ValueError("round", `decimals must be an integer, got ${decimals}`);
  if (decimals === 0) return roundOp(x);
  const scale = 10 ** Math.abs(decimals);
  return decimals > 0 ? div(roundOp(mul(x, scale)), scale) : mul(roundOp(div(x, scale)), scale);
}

const roundOp: UnaryOp = staircase("round", kernels.round);

function staircase(name: string, kernel: KernelFunction): UnaryOp {
  return defineOp({
    name,
    forward: ([x]) => {
      checkFloat(name, x);
      return { output: run(kernel, [x]) };
    },
    backward: () => [null],
    region: (_saved, { output }) => output,
  });
}
