/** Reductions beside the sum. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { noGrad } from "../../autograd/modes.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import { maxChunk, sumChunk, sumSquaresChunk } from "../../kernels/reduce.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import { normalizeAxes, sizeOf } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { add, div, mul, neg, sub } from "../elementwise/arithmetic.js";
import { cast, equal, less, where } from "../elementwise/compare.js";
import { abs, exp, log, sqrt, square } from "../elementwise/unary.js";
import { keptShape, partConstants, partsOf, type Reduction, reduceAxes } from "./reduction.js";
import { type ReduceOptions, reduceOptions, reshapeTo, sum } from "./sum.js";

/** Mean over axes.
 * @category Reductions */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  checkFloat("mean", x);
  const count = countOf("mean", x, options);
  return mul(sum(x, options), 1 / count);
}

/** Largest value over axes; NaN if there is one. The gradient is split evenly among ties.
 * @category Reductions */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axis = null, keepDims = false } = checkedOptions("max", options, reduceOptions);
  checkFloat("max", x);
  return maxOp(x, { axes: normalizeAxes("max", axis, x.rank), keepDims });
}

const maxOp: Op<[x: Tensor], Reduction> = defineOp({
  name: "max",
  forward: ([x], reduction) => {
    const output = reduceAxes(maxChunk, x, reduction);
    return { output, saved: { x, output } };
  },
  backward: (gradOutput, { x, output }, { options: { axes } }) => {
    const kept = keptShape(x.shape, axes);
    const ties = cast(equal(x, reshapeTo(output, kept)), x.dtype);
    const share = div(ties, sum(ties, { axis: axes, keepDims: true }));
    return [mul(share, reshapeTo(gradOutput, kept))];
  },
  region: ({ x, output }, { options: { axes } }) => equal(x, reshapeTo(output, keptShape(x.shape, axes))),
});

/** Smallest value over axes; NaN if there is one. The gradient is split evenly among ties.
 * @category Reductions */
export function min(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axis = null, keepDims = false } = checkedOptions("min", options, reduceOptions);
  checkFloat("min", x);
  return neg(max(neg(x), { axis: normalizeAxes("min", axis, x.rank), keepDims }));
}

/** Options of `variance` and `std`.
 * @category Reductions */
export interface VarianceOptions extends ReduceOptions {
  /** Subtracted from the count in the divisor: 1 for the unbiased estimate, 0 for the biased one. Default 1. */
  readonly correction?: number | undefined;
}

const varianceOptions: OptionKinds<VarianceOptions> = { ...reduceOptions, correction: number };

/** Variance over axes: Σ (x − x̄)² / (n − correction), in two passes.
 * @throws ValueError unless n > correction
 * @category Reductions */
export function variance(x: Tensor, options: VarianceOptions = {}): Tensor {
  return varianceFor("variance", x, options);
}

function varianceFor(op: string, x: Tensor, given: VarianceOptions): Tensor {
  checkFloat(op, x);
  const { correction = 1, ...options } = checkedOptions(op, given, varianceOptions);
  const count = countOf(op, x, options);
  if (!(count > correction) || correction < 0) {
    throw new ValueError(
      op,
      `correction must be from 0 to below the ${count} values that are reduced, got ${correction}`,
    );
  }
  return mul(sum(square(centre(x, options)), options), 1 / (count - correction));
}

/** x minus its mean over axes, and minus the mean of that again: what rounding left of the first. */
export function centre(x: Tensor, options: ReduceOptions): Tensor {
  const over = { ...options, keepDims: true };
  const once = sub(x, mean(x, over));
  return sub(
    once,
    noGrad(() => mean(once, over)),
  ); // the second mean is 0 but for rounding, so is its derivative
}

/** Standard deviation over axes, the square root of `variance`; its gradient is not finite where the variance is 0.
 * @category Reductions */
export function std(x: Tensor, options: VarianceOptions = {}): Tensor {
  return sqrt(varianceFor("std", x, options));
}

/** log Σ eˣ over axes, shifted by the maximum so that nothing overflows.
 * @category Reductions */
export function logSumExp(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axis = null, keepDims = false } = checkedOptions("logSumExp", options, reduceOptions);
  checkFloat("logSumExp", x);
  const axes = normalizeAxes("logSumExp", axis, x.rank);
  const shift = noGrad(() => {
    const largest = max(x, { axis: axes, keepDims: true });
    // log Σ eˣ does not depend on the shift, so no gradient goes through it; an infinite one would give NaN.
    return where(less(abs(largest), Number.POSITIVE_INFINITY), largest, 0);
  });
  const result = add(log(sum(exp(sub(x, shift)), { axis: axes, keepDims: true })), shift);
  return keepDims
    ? result
    : reshapeTo(
        result,
        x.shape.filter((_, i) => !axes.includes(i)),
      );
}

/** L2 norm over all elements, unrecorded, scaled by the largest so that its squares cannot underflow or overflow.
 * @returns scalar */
export function scaledNorm(x: Tensor): Tensor {
  return noGrad(() => {
    const largest = reduceAxes(maxChunk, abs(x.detach()), { axes: x.shape.map((_, i) => i), keepDims: false });
    const scale = where(equal(largest, 0), 1, largest);
    const parts = partsOf(x.size);
    const squares = run(sumSquaresChunk, [x, scale], { shape: [parts], constants: partConstants(x.size, 1, parts) });
    return mul(scale, sqrt(reduceAxes(sumChunk, squares, { axes: [0], keepDims: false })));
  });
}

function countOf(op: string, x: Tensor, options: ReduceOptions): number {
  const { axis = null } = checkedOptions(op, options, reduceOptions);
  return sizeOf(normalizeAxes(op, axis, x.rank).map((i) => x.shape[i] as number));
}
