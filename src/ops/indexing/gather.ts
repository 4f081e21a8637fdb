/** Picking elements by index along an axis, adding up by index, and the check of the indices. */

import type { Tensor } from "../../autograd/tensor.js";
import { DTypeError, ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import { at, formatShape, rowAxis, rowSize, type Shape, sameShape } from "../../shape.js";
import { checkFloat, checkNumbers, checkPlaces, checkTensors } from "../arguments.js";
import { add } from "../elementwise/arithmetic.js";
import { pad, sliceOp } from "../shape/slice.js";
import { gatherOp, gatherTransposeOp } from "./gather-op.js";

/** The axis along which an op picks.
 * @category Indexing */
export interface AlongOptions {
  /** Counted from the end when negative. Default 0. */
  readonly axis?: number | undefined;
}

export const alongOptions: OptionKinds<AlongOptions> = { axis: ownCheck };

/** out[…, j, …] = x[…, index[…, j, …], …]: picks along one axis, index by index, as `torch.gather`.
 *
 * An index out of range is an error on every device. Where nothing can be read at once (webgpu) the error comes with the
 * next read of any tensor there; the element is NaN meanwhile.
 * @param index int32, of the rank of `x`, no larger than it but along `axis`
 * @returns the shape of `index`
 * @throws ValueError if an index is outside the axis; ShapeError if the shapes do not fit
 * @category Indexing */
export function gather(x: Tensor, index: Tensor, options: AlongOptions = {}): Tensor {
  const { axis = 0 } = checkedOptions("gather", options, alongOptions);
  checkTensors("gather", x, index);
  const along = rowAxis("gather", axis, x.rank);
  checkFits("gather", "x", x, index, along);
  checkIndices("gather", index, rowSize(x.shape, along));
  const shape = index.shape.map((n, i) => (i === along ? at(x.shape, i) : n));
  return gatherOp(cornerOf(x, shape), index, { axis: along, shared: false });
}

/** x with source[…, j, …] added at […, index[…, j, …], …]: the transpose of `gather`, as `torch.scatter_add`. What meets
 * in one place adds up.
 * @param index int32, of the rank of `x`, no larger than `source`, and no larger than `x` but along `axis`
 * @returns the shape of `x`
 * @throws ValueError if an index is outside the axis (on webgpu: the next read does); ShapeError if the shapes do not fit
 * @category Indexing */
export function scatterAdd(x: Tensor, index: Tensor, source: Tensor, options: AlongOptions = {}): Tensor {
  const { axis = 0 } = checkedOptions("scatterAdd", options, alongOptions);
  checkFloat("scatterAdd", x, source);
  checkTensors("scatterAdd", x, index);
  const along = rowAxis("scatterAdd", axis, x.rank);
  checkFits("scatterAdd", "x", x, index, along);
  checkFits("scatterAdd", "source", source, index);
  const size = rowSize(x.shape, along);
  checkPlaces("scatterAdd", x.device, rowSize(index.shape, along), "the index");
  checkIndices("scatterAdd", index, size);
  return add(
    x,
    padTo(gatherTransposeOp(cornerOf(source, index.shape), index, { axis: along, shared: false, size }), x),
  );
}

/** Throws unless `index` is no larger than `x` on any axis, but for the one that is picked along. */
export function checkFits(op: string, name: string, x: Tensor, index: Tensor, along?: number): void {
  if (index.rank === x.rank && index.shape.every((n, i) => i === along || n <= at(x.shape, i))) return;
  throw new ShapeError(
    op,
    `index must have the rank of ${name} ${formatShape(x.shape)} and be no larger${along === undefined ? "" : ` but along axis ${along}`}, ` +
      `got ${formatShape(index.shape)}`,
    { expected: x.shape, actual: index.shape },
  );
}

/** Grown to the shape of `x`, with 0 behind the elements of every axis. */
export function padTo(corner: Tensor, x: Tensor): Tensor {
  if (sameShape(corner.shape, x.shape)) return corner;
  return pad(
    corner,
    x.shape.map((n, i) => [0, n - at(corner.shape, i)] as const),
  );
}

/** The first elements of every axis. */
export function cornerOf(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : sliceOp(x, { ranges: shape.map((count) => ({ from: 0, by: 1, count })) });
}

/** Throws unless `index` is int32 with every entry from 0 to `size` − 1, all of which the device can count. Where nothing can be read at once, the next read
 * of any tensor on the device rejects instead.
 * @param what an entry is */
export function checkIndices(op: string, index: Tensor, size: number, what = "an index"): void {
  if (index.dtype !== "int32") {
    throw new DTypeError(op, `indices must be int32, got ${index.dtype}; make them with { dtype: "int32" }`, {
      expected: "int32",
      actual: index.dtype,
    });
  }
  checkPlaces(op, index.device, size, "what the indices count");
  checkNumbers(index, (values) => outOfRange(op, values, size, what));
}

function outOfRange(op: string, values: ArrayLike<number>, size: number, what: string): ValueError | undefined {
  for (let i = 0; i < values.length; i++) {
    const k = values[i] as number;
    if (k >= 0 && k < size) continue;
    return new ValueError(op, `${what} must be from 0 to ${size - 1}, got ${k} at element ${i}`, {
      expected: size - 1,
      actual: k,
    });
  }
  return undefined;
}
