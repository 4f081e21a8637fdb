/** Other shapes of the same numbers, and other orders of the axes. */

import { onward } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { describe, ShapeError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import { at, checkList, formatShape, normalizeAxis, rowAxis, type Shape, sizeOf, stridesOf } from "../../shape.js";
import { checkTensors } from "../arguments.js";
import { runStrided } from "../broadcast.js";
import { reshapeTo } from "../reduce/sum.js";

/** The same numbers in another shape of the same size; one size may be −1 and is inferred. Copies nothing.
 * @throws ShapeError if the sizes do not agree
 * @category Shape */
export function reshape(x: Tensor, shape: Shape): Tensor {
  checkTensors("reshape", x);
  checkList("reshape", "a shape", shape);
  const open = shape.indexOf(-1);
  const others = shape.filter((_, i) => i !== open);
  const sizes = shape.map((n, i) => (i === open ? x.size / sizeOf(others) : n));
  if (!sizes.every((n) => Number.isInteger(n) && n > 0) || sizeOf(sizes) !== x.size) {
    throw new ShapeError(
      "reshape",
      `${x.size} elements of shape ${formatShape(x.shape)} do not fit ${describe(shape)}`,
      {
        expected: x.size,
        actual: shape,
      },
    );
  }
  return reshapeTo(x, sizes);
}

/** Which axes `flatten` merges.
 * @category Shape */
export interface FlattenOptions {
  /** The first. Default 0. */
  readonly startAxis?: number | undefined;
  /** The last, included. Default −1. */
  readonly endAxis?: number | undefined;
}

export const flattenOptions: OptionKinds<FlattenOptions> = { startAxis: number, endAxis: number };

/** Merges the axes from `startAxis` to `endAxis` (included) into one.
 * @category Shape */
export function flatten(x: Tensor, options: FlattenOptions = {}): Tensor {
  const { startAxis = 0, endAxis = -1 } = checkedOptions("flatten", options, flattenOptions);
  checkTensors("flatten", x);
  const rank = Math.max(1, x.rank); // a scalar counts as a vector, as in PyTorch
  const start = normalizeAxis("flatten", startAxis, rank);
  const end = normalizeAxis("flatten", endAxis, rank);
  if (start > end) throw new ShapeError("flatten", `startAxis ${startAxis} comes after endAxis ${endAxis}`);
  return reshapeTo(x, [...x.shape.slice(0, start), sizeOf(x.shape.slice(start, end + 1)), ...x.shape.slice(end + 1)]);
}

/** Drops an axis of size 1, or all of them when `axis` is left out. An axis of another size is left as it is.
 * @category Shape */
export function squeeze(x: Tensor, axis?: number): Tensor {
  checkTensors("squeeze", x);
  const which = axis === undefined ? null : rowAxis("squeeze", axis, x.rank);
  return reshapeTo(
    x,
    x.shape.filter((n, i) => n !== 1 || (which !== null && i !== which)),
  );
}

/** Inserts an axis of size 1 before `axis` (−1: at the end).
 * @category Shape */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  checkTensors("unsqueeze", x);
  const place = normalizeAxis("unsqueeze", axis, x.rank + 1);
  return reshapeTo(x, [...x.shape.slice(0, place), 1, ...x.shape.slice(place)]);
}

/** Reorders the axes: axis i of the result is axis `order[i]` of `x`.
 * @throws ShapeError unless `order` names every axis once
 * @category Shape */
export function permute(x: Tensor, order: readonly number[]): Tensor {
  checkTensors("permute", x);
  checkList("permute", "order", order);
  const axes = order.map((axis) => normalizeAxis("permute", axis, x.rank));
  if (axes.length !== x.rank || new Set(axes).size !== x.rank) {
    throw new ShapeError("permute", `order must name each of the ${x.rank} axes once, got ${formatShape(order)}`);
  }
  return axes.every((axis, i) => axis === i) ? x : permuteOp(x, { order: axes });
}

const permuteOp: Op<[x: Tensor], { readonly order: readonly number[] }> = defineOp({
  name: "permute",
  forward: ([x], { order }) => {
    const strides = stridesOf(x.shape);
    const shape = order.map((axis) => at(x.shape, axis));
    return {
      output: runStrided(
        "permute",
        x,
        shape,
        order.map((axis) => at(strides, axis)),
        0,
      ),
    };
  },
  backward: (gradOutput, _saved, { options: { order } }) => [
    onward(gradOutput, permuteOp(gradOutput, { order: order.map((_, i) => order.indexOf(i)) })),
  ],
});

/** Swaps two axes.
 * @category Shape */
export function transpose(x: Tensor, axisA = -2, axisB = -1): Tensor {
  checkTensors("transpose", x);
  const a = rowAxis("transpose", axisA, x.rank);
  const b = rowAxis("transpose", axisB, x.rank);
  return permute(
    x,
    x.shape.map((_, i) => (i === a ? b : i === b ? a : i)),
  );
}
