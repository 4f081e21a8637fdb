/** Vector norms. */

import { onward } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import { normalizeAxes } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { chained, div, mul } from "../elementwise/arithmetic.js";
import { cast, equal, greater, less, notEqual, where } from "../elementwise/compare.js";
import { logicalAnd } from "../elementwise/logic.js";
import { pow } from "../elementwise/power.js";
import { abs, sign, sqrt, square } from "../elementwise/unary.js";
import { max, min } from "./reduce.js";
import { keptShape, type Reduction } from "./reduction.js";
import { type ReduceOptions, reduceOptions, reshapeTo, sum } from "./sum.js";

/** Options of `norm`.
 * @category Reductions */
export interface NormOptions extends ReduceOptions {
  /** The order: any number, Infinity and −Infinity included. Default 2. */
  readonly p?: number | undefined;
}

const normOptions: OptionKinds<NormOptions> = { ...reduceOptions, p: number };

/** Vector norm (Σ |x|ᵖ)^(1/p) over axes, as `torch.linalg.vector_norm`: max |x| for p = Infinity, min |x| for −Infinity, the
 * number of elements that are not 0 for p = 0. Scaled by the largest, so that no power overflows or vanishes.
 *
 * The gradient is 0 where the norm is 0 and, unless p is 2, at every x = 0 (also where p < 1 makes it infinite beside it); it
 * is split evenly among ties for p = ±Infinity, and 0 for p = 0. For p = 2 an infinite element makes the norm ∞ and its own
 * gradient NaN, and NaN makes the norm and all of its gradient NaN.
 * @throws ValueError if p is no number
 * @category Reductions */
export function norm(x: Tensor, options: NormOptions = {}): Tensor {
  const { p = 2, axis = null, keepDims = false } = checkedOptions("norm", options, normOptions);
  checkFloat("norm", x);
  const over = { axis: normalizeAxes("norm", axis, x.rank), keepDims };
  if (p === 1) return sum(abs(x), over);
  if (p === Number.POSITIVE_INFINITY) return max(abs(x), over);
  if (p === Number.NEGATIVE_INFINITY) return min(abs(x), over);
  return normOp(x, { p, axes: over.axis, keepDims });
}

const normOp: Op<[x: Tensor], Reduction & { readonly p: number }> = defineOp({
  name: "norm",
  forward: ([x], { p, axes, keepDims }) => {
    const over = { axis: axes, keepDims: true };
    const kept = p === 0 ? sum(cast(notEqual(x, 0), x.dtype), over) : scaled(abs(x), p, over);
    const output = keepDims ? kept : kept.view(x.shape.filter((_, i) => !axes.includes(i)));
    return { output, saved: { x, output } };
  },
  backward: (gradOutput, { x, output }, { options: { p, axes } }) => {
    if (p === 0) return [null];
    const kept = keptShape(x.shape, axes);
    const y = reshapeTo(output, kept);
    const share = p === 2 ? quotient(x, y) : mul(sign(x), powerOf(quotient(abs(x), y), p - 1));
    return [chained(onward(gradOutput, reshapeTo(gradOutput, kept)), share)]; // ∂x = g · sign(x) (|x| / y)^(p − 1)
  },
  region: ({ x, output }, { options: { p } }) => (p === 2 ? equal(output, 0) : sign(x)),
});

/** s (Σ (x / s)ᵖ)^(1/p) with s the largest x (for a negative p the smallest), where that is a number above 0. */
function scaled(x: Tensor, p: number, over: ReduceOptions): Tensor {
  const extreme = p > 0 ? max(x, over) : min(x, over);
  const usable = logicalAnd(greater(extreme, 0), less(extreme, Number.POSITIVE_INFINITY));
  const scale = where(usable, extreme, 1);
  const ratio = div(x, scale);
  if (p === 2) return mul(scale, sqrt(sum(square(ratio), over)));
  return mul(scale, pow(sum(pow(ratio, p), over), 1 / p));
}

/** x / y, and 0 where y is 0. */
function quotient(x: Tensor, y: Tensor): Tensor {
  const zero = equal(y, 0);
  return where(zero, 0, div(x, where(zero, 1, y)));
}

/** ratioᵉ, and 0 (with no gradient) where the ratio is 0. */
function powerOf(ratio: Tensor, exponent: number): Tensor {
  const zero = equal(ratio, 0);
  return where(zero, 0, pow(where(zero, 1, ratio), exponent));
}
