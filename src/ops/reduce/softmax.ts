/** Softmax and its logarithm. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { isRecording } from "../../autograd/modes.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import type { KernelFunction } from "../../kernels/kernel.js";
import { sumChunk } from "../../kernels/reduce.js";
import * as kernels from "../../kernels/softmax.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import { rowAxis } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { div, mul, neg, sub } from "../elementwise/arithmetic.js";
import { greater, where } from "../elementwise/compare.js";
import { exp, expm1 } from "../elementwise/unary.js";
import { middle } from "../rows.js";
import { max } from "./reduce.js";
import { partConstants, partsOf, reduceMiddle } from "./reduction.js";
import { sum } from "./sum.js";

/** Options of `softmax`, `softmin` and `logSoftmax`.
 * @category Activations */
export interface SoftmaxOptions {
  /** The axis along which the results (or their exponentials) sum to 1. Default −1. */
  readonly axis?: number | undefined;
}

const softmaxOptions: OptionKinds<SoftmaxOptions> = { axis: ownCheck };

/** eˣ / Σ eˣ along an axis, shifted by the maximum so that nothing overflows. 0 where x is −∞, NaN in all of a row
 * that has a NaN or ∞ or nothing but −∞.
 * @category Activations */
export function softmax(x: Tensor, options: SoftmaxOptions = {}): Tensor {
  const { axis = -1 } = checkedOptions("softmax", options, softmaxOptions);
  checkFloat("softmax", x);
  return softmaxOp(x, { axis: rowAxis("softmax", axis, x.rank) });
}

/** e⁻ˣ / Σ e⁻ˣ along an axis: the `softmax` of −x.
 * @category Activations */
export function softmin(x: Tensor, options: SoftmaxOptions = {}): Tensor {
  const { axis = -1 } = checkedOptions("softmin", options, softmaxOptions);
  checkFloat("softmin", x);
  return softmaxOp(neg(x), { axis: rowAxis("softmin", axis, x.rank) });
}

const softmaxOp: Op<[x: Tensor], { readonly axis: number }> = defineOp({
  name: "softmax",
  forward: ([x], { axis }) => {
    const e = exp(sub(x, max(x, { axis, keepDims: true })));
    const y = div(e, sum(e, { axis, keepDims: true }));
    return { output: y, saved: { y } };
  },
  // ∂x = y ⊙ (g − Σ g ⊙ y)
  backward: (gradOutput, { y }, { options: { axis } }) => [
    mul(y, sub(gradOutput, sum(mul(gradOutput, y), { axis, keepDims: true }))),
  ],
});

/** log softmax(x) = x − log Σ eˣ along an axis. It and its gradient are exact to a few last places where softmax is tiny, and
 * where it is 1 to all digits: there 1 − softmax is computed from the other entries. −∞ where x is, NaN in all of a row
 * that has a NaN or ∞ or nothing but −∞.
 * @category Activations */
export function logSoftmax(x: Tensor, options: SoftmaxOptions = {}): Tensor {
  const { axis = -1 } = checkedOptions("logSoftmax", options, softmaxOptions);
  checkFloat("logSoftmax", x);
  return logSoftmaxOp(x, { axis: rowAxis("logSoftmax", axis, x.rank) });
}

const logSoftmaxOp: Op<[x: Tensor], { readonly axis: number }> = defineOp({
  name: "logSoftmax",
  forward: ([x], { axis }) => {
    const shifted = sub(x, max(x, { axis, keepDims: true }));
    const y = sub(shifted, logOfPowers(shifted, axis));
    return { output: y, saved: { y } };
  },
  backward: (gradOutput, { y }, { options: { axis } }) => [
    isRecording() ? recordedGradient(gradOutput, y, axis) : fusedGradient(gradOutput, y, axis),
  ],
});

/** log Σ eˢ along an axis of numbers whose largest is 0, as log(1 + Σ of the rest), unrecorded. */
function logOfPowers(s: Tensor, axis: number): Tensor {
  const rows = middle(s.shape, axis);
  const [below, count] = [kernels.sumPowersBelow, kernels.countLargest].map((kernel) => sumsOf(kernel, [s], rows));
  const shape = s.shape.map((n, i) => (i === axis ? 1 : n));
  return run(kernels.logOfPowers, [below as Tensor, count as Tensor]).view(shape);
}

/** ∂x = g − p Σ g, where p is below one half; else g (1 − p) − p Σ of the others' g. Unrecorded. */
function fusedGradient(g: Tensor, y: Tensor, axis: number): Tensor {
  const rows = middle(y.shape, axis);
  const [outer, size, inner] = rows;
  const total = sumsOf(sumChunk, [g], rows);
  const undominant = sumsOf(kernels.sumUndominant, [g, y], rows);
  const [threads, constants] =
    inner === 1
      ? ([[size, outer, 1], { sliceSize: 0, rowSize: size, rowX: 0, rowY: 1, rowZ: 0 }] as const)
      : ([[inner, size, outer], { sliceSize: size * inner, rowSize: inner, rowX: 1, rowY: 0, rowZ: inner }] as const);
  return run(kernels.logSoftmaxGrad, [g, y, total, undominant], { threads, constants });
}

/** The same made of recorded ops. */
function recordedGradient(g: Tensor, y: Tensor, axis: number): Tensor {
  const over = { axis, keepDims: true };
  const dominates = greater(y, -0.6875);
  const others = where(dominates, sum(where(dominates, 0, g), over), sum(g, over));
  return sub(where(dominates, neg(mul(g, expm1(y))), g), mul(exp(y), others));
}

/** Σ of what a kernel makes of the elements of rows [outer, size, inner], as [outer, 1, inner]. */
function sumsOf(
  kernel: KernelFunction,
  inputs: readonly [Tensor, ...Tensor[]],
  [outer, size, inner]: readonly [number, number, number],
): Tensor {
  const parts = partsOf(size);
  const row = parts === 1 ? ([outer, 1] as const) : ([parts, outer] as const);
  const sums = run(kernel, inputs, {
    shape: [outer, parts, inner],
    threads: inner === 1 ? [...row, 1] : [inner, parts, outer],
    constants: partConstants(size, inner, parts),
  });
  return reduceMiddle(sumChunk, sums, [outer, parts, inner]);
}
