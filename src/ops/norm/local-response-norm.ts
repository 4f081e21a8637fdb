/** Local response normalisation. */

import { noGrad } from "../../autograd/modes.js";
import type { Tensor } from "../../autograd/tensor.js";
import { describe, ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds, ownCheck } from "../../options.js";
import { at, formatShape } from "../../shape.js";
import { checkFinite, checkFloat } from "../arguments.js";
import { add, div, mul } from "../elementwise/arithmetic.js";
import { greater, less, where } from "../elementwise/compare.js";
import { logicalAnd } from "../elementwise/logic.js";
import { pow } from "../elementwise/power.js";
import { abs, square } from "../elementwise/unary.js";
import { max } from "../reduce/reduce.js";
import { mapAxis } from "../window/map-axis.js";

/** Options of `localResponseNorm`.
 * @category Normalisation */
export interface LocalResponseNormOptions {
  /** Neighbouring channels that are averaged over, an integer of at least 1. */
  readonly size: number;
  /** Factor on the mean square. Default 1e-4. */
  readonly alpha?: number | undefined;
  /** Exponent. Default 0.75. */
  readonly beta?: number | undefined;
  /** Added to the mean square. Default 1. */
  readonly k?: number | undefined;
}

export const localResponseNormOptions: OptionKinds<LocalResponseNormOptions> = {
  size: ownCheck,
  alpha: number,
  beta: number,
  k: number,
};

/** `y = x / (k + alpha · m)^beta`, where m is the mean of x² over the `size` channels around each, from `⌊size/2⌋` before it
 * to `⌊(size − 1)/2⌋` after it; channels that do not exist count as 0 (Krizhevsky, Sutskever & Hinton 2012, section 3.3,
 * with PyTorch's mean in place of the sum). Large channels are scaled before they are squared: what is a number is right. An
 * infinite x makes itself NaN and its neighbours 0; a NaN makes itself and its neighbours NaN.
 * @param x shape `[N, C, ...]`, with at least one axis after the channels
 * @throws ShapeError if x has fewer axes; ValueError if an option is out of range
 * @category Normalisation */
export function localResponseNorm(x: Tensor, options: LocalResponseNormOptions): Tensor {
  checkFloat("localResponseNorm", x);
  if (x.rank < 3) {
    throw new ShapeError("localResponseNorm", `input must be [N, C, ...sizes], got ${formatShape(x.shape)}`);
  }
  const {
    size,
    alpha = 1e-4,
    beta = 0.75,
    k = 1,
  } = checkedOptions("localResponseNorm", options, localResponseNormOptions);
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new ValueError("localResponseNorm", `size must be an integer of at least 1, got ${describe(size)}`, {
      actual: size,
    });
  }
  checkFinite("localResponseNorm", { alpha, beta, k });
  const channels = at(x.shape, 1);
  const rows = Array.from({ length: channels }, (_, c) => {
    const first = c - Math.floor(size / 2);
    const from = Math.max(0, first);
    const to = Math.min(channels, first + size);
    return new Map(Array.from({ length: to - from }, (_unused, i) => [from + i, 1 / size]));
  });
  // With s near 1 / the largest x, or 1: y = x s · s^(2β − 1) / (k s² + alpha · the mean of (x s)²)^β, of which no square overflows
  const s = largeScale(x);
  const scaled = mul(x, s);
  const divisor = add(mul(k, square(s)), mul(alpha, mapAxis(square(scaled), 1, rows)));
  return div(mul(scaled, pow(s, 2 * beta - 1)), pow(divisor, beta));
}

/** What brings the channels of each place near 1 where the largest is above 2⁴⁰, else 1. */
function largeScale(x: Tensor): Tensor {
  return noGrad(() => {
    const largest = max(abs(x), { axis: 1, keepDims: true });
    return where(logicalAnd(greater(largest, 2 ** 40), less(largest, Number.POSITIVE_INFINITY)), div(4, largest), 1);
  });
}
