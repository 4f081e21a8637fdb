/** Reductions beside the sum. */

import { onward } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import { noGrad } from "../../autograd/modes.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import { maxChunk, meanLast, sumChunk, sumSquaresChunk } from "../../kernels/reduce.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import { normalizeAxes, sizeOf } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { add, chained, div, mul, neg, sub } from "../elementwise/arithmetic.js";
import { cast, equal, less, where } from "../elementwise/compare.js";
import { abs, exp, log, sqrt, square } from "../elementwise/unary.js";
import { keptShape, partConstants, partsOf, type Reduction, reduceAxes } from "./reduction.js";
import { squareScale } from "./square-scale.js";
import { broadcastTo, type ReduceOptions, reduceOptions, reshapeTo, sum } from "./sum.js";

/** Mean over axes: the sum divided by the count, so that the mean of ones is 1; the sum may be larger than any number.
 * NaN, and infinities of both signs, make it NaN.
 * @category Reductions */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axis = null, keepDims = false } = checkedOptions("mean", options, reduceOptions);
  checkFloat("mean", x);
  return meanOp(x, { axes: normalizeAxes("mean", axis, x.rank), keepDims });
}

const meanOp: Op<[x: Tensor], Reduction> = defineOp({
  name: "mean",
  forward: ([x], reduction) => ({ output: reduceAxes(sumChunk, x, reduction, meanLast) }),
  backward: (gradOutput, _saved, { inputs: [x], options: { axes } }) => {
    const kept = keptShape(x.shape, axes);
    return [onward(gradOutput, broadcastTo(reshapeTo(div(gradOutput, x.size / sizeOf(kept)), kept), x.shape))];
  },
});

/** Largest value over axes; NaN if there is one. The gradient is split evenly among ties, and NaN where the result is, as that of
 * `torch.amax`.
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
    return [chained(onward(gradOutput, reshapeTo(gradOutput, kept)), share)];
  },
  region: ({ x, output }, { options: { axes } }) => equal(x, reshapeTo(output, keptShape(x.shape, axes))),
});

/** Smallest value over axes; NaN if there is one. The gradient is split evenly among ties, and NaN where the result is, as that of
 * `torch.amin`.
 * @category Reductions */
export function min(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axis = null, keepDims = false } = checkedOptions("min", options, reduceOptions);
  checkFloat("min", x);
  return neg(max(neg(x), { axis: normalizeAxes("min", axis, x.rank), keepDims }));
}

/** Options of `variance`, `std`, `varMean` and `stdMean`.
 * @category Reductions */
export interface VarianceOptions extends ReduceOptions {
  /** Subtracted from the count in the divisor: 1 for the unbiased estimate, 0 for the biased one. Default 1. */
  readonly correction?: number | undefined;
}

const varianceOptions: OptionKinds<VarianceOptions> = { ...reduceOptions, correction: number };

/** Variance over axes: Σ (x − x̄)² / (n − correction), in two passes. It is right wherever it is a number itself, however large the
 * sum of the squares; NaN where a value is NaN or infinite.
 * @throws ValueError unless n > correction
 * @category Reductions */
export function variance(x: Tensor, options: VarianceOptions = {}): Tensor {
  const { over, divisor } = spread("variance", x, options);
  const { axes: axis, keepDims } = over;
  const squares = meanSquare(centre(x, { axis }), { axis, divisor });
  return keepDims ? squares : withoutAxes(squares, axis);
}

/** Σ x² / divisor over axes, which stay with size 1; x is scaled by a power of 2 where its squares would leave the range. */
const meanSquare: Op<[x: Tensor], { readonly axis: readonly number[]; readonly divisor: number }> = defineOp({
  name: "meanSquare",
  forward: ([x], { axis, divisor }) => {
    const scale = squareScale(x, axis, "both");
    const squares = div(sum(square(mul(x, scale)), { axis, keepDims: true }), divisor);
    return { output: div(div(squares, scale), scale), saved: { x } };
  },
  backward: (gradOutput, { x }, { options: { divisor } }) => [chained(gradOutput, mul(2 / divisor, x))],
});

/** A variance and the mean it is about.
 * @category Reductions */
export interface VarianceAndMean {
  /** What `variance` gives. */
  readonly variance: Tensor;
  /** What `mean` gives. */
  readonly mean: Tensor;
}

/** `variance` and `mean` over the same axes, as `torch.var_mean`.
 * @throws ValueError unless n > correction
 * @category Reductions */
export function varMean(x: Tensor, options: VarianceOptions = {}): VarianceAndMean {
  const { over } = spread("varMean", x, options);
  const { axes: axis, keepDims } = over;
  return { variance: variance(x, options), mean: mean(x, { axis, keepDims }) };
}

/** A standard deviation and the mean it is about.
 * @category Reductions */
export interface StdAndMean {
  /** What `std` gives. */
  readonly std: Tensor;
  /** What `mean` gives. */
  readonly mean: Tensor;
}

/** `std` and `mean` over the same axes, as `torch.std_mean`.
 * @throws ValueError unless n > correction
 * @category Reductions */
export function stdMean(x: Tensor, options: VarianceOptions = {}): StdAndMean {
  const { over } = spread("stdMean", x, options);
  const { axes: axis, keepDims } = over;
  return { std: std(x, options), mean: mean(x, { axis, keepDims }) };
}

/** Checks the options of `variance` and `std`: over which axes they run, and what they divide by. */
function spread(op: string, x: Tensor, given: VarianceOptions): { over: Reduction; divisor: number } {
  checkFloat(op, x);
  const { correction = 1, axis = null, keepDims = false } = checkedOptions(op, given, varianceOptions);
  const axes = normalizeAxes(op, axis, x.rank);
  const count = x.size / sizeOf(keptShape(x.shape, axes));
  if (!(count > correction) || correction < 0) {
    throw new ValueError(
      op,
      `correction must be from 0 to below the ${count} values that are reduced, got ${correction}`,
    );
  }
  return { over: { axes, keepDims }, divisor: count - correction };
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

/** Standard deviation over axes: √(Σ (x − x̄)² / (n − correction)), scaled by a power of 2 where the squares would leave the
 * range of numbers. Its gradient is 0 where all values are equal, as in PyTorch; it is NaN where a value is NaN or infinite.
 * @throws ValueError unless n > correction
 * @category Reductions */
export function std(x: Tensor, options: VarianceOptions = {}): Tensor {
  const { over, divisor } = spread("std", x, options);
  const { axes: axis, keepDims } = over;
  const centred = centre(x, { axis });
  const scale = squareScale(centred, axis, "both");
  const squares = div(sum(square(mul(centred, scale)), { axis, keepDims: true }), divisor);
  const isFlat = equal(squares, 0);
  const deviation = div(where(isFlat, 0, sqrt(squares)), scale); // where cuts the infinite derivative off
  return keepDims ? deviation : withoutAxes(deviation, axis);
}

/** log Σ eˣ over axes, shifted by the maximum so that nothing overflows. Where all elements are −Infinity it is −Infinity, with
 * a gradient of 0; Infinity where one is, with a gradient of NaN there, as in PyTorch; NaN
 * where one is, and so is its gradient.
 * @category Reductions */
export function logSumExp(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axis = null, keepDims = false } = checkedOptions("logSumExp", options, reduceOptions);
  checkFloat("logSumExp", x);
  const axes = normalizeAxes("logSumExp", axis, x.rank);
  const result = logSumExpOp(x, { axes });
  return keepDims ? result : withoutAxes(result, axes);
}

const logSumExpOp: Op<[x: Tensor], { readonly axes: readonly number[] }> = defineOp({
  name: "logSumExp",
  forward: ([x], { axes }) => {
    const over = { axes, keepDims: true };
    const largest = reduceAxes(maxChunk, x, over);
    const shift = where(less(abs(largest), Number.POSITIVE_INFINITY), largest, 0); // an infinite one would give NaN
    const output = add(log(reduceAxes(sumChunk, exp(sub(x, shift)), over)), shift);
    return { output, saved: { x, shift } };
  },
  // ∂x = g eˣ / Σ eˣ, which no shift changes, and 0 where all x are −∞
  backward: (gradOutput, { x, shift }, { options: { axes } }) => {
    const powers = exp(sub(x, shift));
    const total = sum(powers, { axis: axes, keepDims: true });
    return [mul(gradOutput, div(powers, where(equal(total, 0), 1, total)))];
  },
});

/** A result that kept its reduced axes, without them. */
function withoutAxes(kept: Tensor, axes: readonly number[]): Tensor {
  return reshapeTo(
    kept,
    kept.shape.filter((_, i) => !axes.includes(i)),
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
