/** Local response normalisation. */

import type { Tensor } from "../../autograd/tensor.js";
import { describe, ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds, ownCheck } from "../../options.js";
import { at, formatShape } from "../../shape.js";
import { checkFinite, checkFloat } from "../arguments.js";
import { add, div, mul } from "../elementwise/arithmetic.js";
import { pow } from "../elementwise/power.js";
import { square } from "../elementwise/unary.js";
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
 * with PyTorch's mean in place of the sum).
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
  return div(x, pow(add(k, mul(alpha, mapAxis(square(x), 1, rows))), beta));
}
