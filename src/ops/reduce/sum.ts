/** The sum, and its transpose, the broadcast. */

import { onward } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError } from "../../errors.js";
import { sumChunk, sumLast } from "../../kernels/reduce.js";
import { checkedOptions, flag, type OptionKinds, ownCheck } from "../../options.js";
import { broadcastShapes, checkShape, formatShape, normalizeAxes, type Shape, sameShape } from "../../shape.js";
import { checkFloat, checkTensors } from "../arguments.js";
import { repeatTo } from "../broadcast.js";
import { keptShape, type Reduction, reduceAxes } from "./reduction.js";

/** Over which axes a reduction runs.
 * @category Reductions */
export interface ReduceOptions {
  /** One axis or several, counted from the end when negative; `null` means all. Default: all. */
  readonly axis?: number | readonly number[] | null | undefined;
  /** Keeps the reduced axes, with size 1. Default false. */
  readonly keepDims?: boolean | undefined;
}

export const reduceOptions: OptionKinds<ReduceOptions> = { axis: ownCheck, keepDims: flag };

/** Sum over axes. Long axes are summed in several short passes, so that float32 stays accurate. Where partial sums leave the
 * range of numbers, they are summed again from first to last: what a plain loop represents is never Infinity or NaN. Axes that
 * are not neighbours are summed group by group of neighbours, the last group first, and this holds for each of the groups:
 * over axes 0 and 2, a sum over axis 2 must be a number itself; `permute` them together where it may not be. NaN, and infinities
 * of both signs, make it NaN.
 * @category Reductions */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axis = null, keepDims = false } = checkedOptions("sum", options, reduceOptions);
  checkFloat("sum", x);
  return sumOp(x, { axes: normalizeAxes("sum", axis, x.rank), keepDims });
}

const sumOp: Op<[x: Tensor], Reduction> = defineOp({
  name: "sum",
  forward: ([x], reduction) => ({ output: reduceAxes(sumChunk, x, reduction, sumLast) }),
  backward: (gradOutput, _saved, { inputs: [x], options: { axes } }) => [
    onward(gradOutput, broadcastTo(reshapeTo(gradOutput, keptShape(x.shape, axes)), x.shape)),
  ],
});

/** Repeats a tensor along axes of size 1 and new leading axes.
 * @throws ShapeError if the shape does not broadcast to `shape`
 * @category Shape */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  checkTensors("broadcastTo", x);
  checkShape("broadcastTo", shape);
  if (!sameShape(broadcastShapes("broadcastTo", x.shape, shape), shape)) {
    throw new ShapeError("broadcastTo", `${formatShape(x.shape)} does not broadcast to ${formatShape(shape)}`, {
      expected: shape,
      actual: x.shape,
    });
  }
  return sameShape(x.shape, shape) ? x : broadcastToOp(x, { shape });
}

const broadcastToOp: Op<[x: Tensor], { readonly shape: Shape }> = defineOp({
  name: "broadcastTo",
  forward: ([x], { shape }) => ({ output: repeatTo(x, shape) }),
  backward: (gradOutput, _saved, { inputs: [x] }) => [onward(gradOutput, sumTo(gradOutput, x.shape))],
});

/** Sums a tensor down to a shape that broadcasts to its own. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.rank - shape.length;
  const axes = x.shape.flatMap((_, i) => (i < lead || shape[i - lead] === 1 ? [i] : []));
  return reshapeTo(sumOp(x, { axes, keepDims: true }), shape);
}

/** The same numbers in another shape of the same size, sharing the buffer. */
export function reshapeTo(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : reshapeOp(x, { shape });
}

const reshapeOp: Op<[x: Tensor], { readonly shape: Shape }> = defineOp({
  name: "reshape",
  forward: ([x], { shape }) => ({ output: x.view(shape) }),
  backward: (gradOutput, _saved, { inputs: [x] }) => [onward(gradOutput, reshapeTo(gradOutput, x.shape))],
});
