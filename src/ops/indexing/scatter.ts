/** Writing and adding by index along an axis: the transposes of picking. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { checkValues } from "../../autograd/dtype.js";
import { run } from "../../autograd/run.js";
import { Tensor } from "../../autograd/tensor.js";
import { DTypeError, ShapeError } from "../../errors.js";
import { placeInRow } from "../../kernels/order.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import { formatShape, rowAxis, rowSize, sameShape } from "../../shape.js";
import { checkFinite, checkFloat, checkPlaces, checkTensors } from "../arguments.js";
import { add, mul } from "../elementwise/arithmetic.js";
import { cast, equal, greater, where } from "../elementwise/compare.js";
import { reshapeTo } from "../reduce/sum.js";
import { rowsOf } from "../rows.js";
import { type AlongOptions, alongOptions, checkFits, checkIndices, cornerOf, padTo } from "./gather.js";
import { gatherOp, gatherTransposeOp } from "./gather-op.js";
import { type Along, endsOfRuns, ownAxis, picked, type Runs, runsOf, withSize } from "./runs.js";

/** x with source[…, j, …], or a number, at […, index[…, j, …], …], as `torch.scatter`. Of several elements for one place the
 * last along the axis is written, on every device; PyTorch leaves open which.
 *
 * Where something is written the gradient of `x` is 0, and `source` has one only where it was written. Of any dtype.
 * @param index int32, of the rank of `x`, no larger than `source`, and no larger than `x` but along `axis`
 * @param source of the dtype of `x`
 * @returns the shape of `x`
 * @throws ValueError if an index is outside the axis (on webgpu: the next read does); ShapeError if the shapes do not fit;
 * DTypeError if the dtypes differ
 * @category Indexing */
export function scatter(x: Tensor, index: Tensor, source: Tensor | number, options: AlongOptions = {}): Tensor {
  const op = "scatter";
  const { axis = 0 } = checkedOptions(op, options, alongOptions);
  checkTensors(op, x, index);
  const values = typeof source === "number" ? scalarOf(op, x, source) : ofOneDType(op, "source", x, index, source);
  const along = { axis: rowAxis(op, axis, x.rank), shared: false };
  checkFits(op, "x", x, index, along.axis);
  if (values !== source) return overwritten(op, x, index, values, along);
  checkFits(op, "source", values, index);
  return overwritten(op, x, index, cornerOf(values, index.shape), along);
}

/** x with the slices of `source` in the place of its own at a list of indices along an axis, as `torch.index_copy`. Of several
 * slices for one place the last is written, on every device; PyTorch leaves open which.
 *
 * Where something is written the gradient of `x` is 0, and `source` has one only where it was written. Of any dtype.
 * @param index int32, shape `[K]`
 * @param source of the dtype of `x` and its shape, but for K along the axis
 * @returns the shape of `x`
 * @throws ValueError if an index is outside the axis (on webgpu: the next read does); ShapeError if the shapes do not fit;
 * DTypeError if the dtypes differ
 * @category Indexing */
export function indexCopy(x: Tensor, index: Tensor, source: Tensor, options: AlongOptions = {}): Tensor {
  const op = "indexCopy";
  const { axis = 0 } = checkedOptions(op, options, alongOptions);
  const values = ofOneDType(op, "source", x, index, source);
  const along = { axis: rowAxis(op, axis, x.rank), shared: true };
  checkSlices(op, x, index, source, along.axis);
  return overwritten(op, x, index, values, along);
}

/** x with one number everywhere in its slices at a list of indices along an axis, as `torch.index_fill`. Of any dtype.
 *
 * The gradient of `x` is 0 there; that of the value is the sum of what comes there.
 * @param index int32, shape `[K]`
 * @param value a number, or a scalar tensor of the dtype of `x`
 * @returns the shape of `x`
 * @throws ValueError if an index is outside the axis (on webgpu: the next read does), or the dtype does not hold the number;
 * ShapeError if the shapes do not fit; DTypeError if the dtypes differ
 * @category Indexing */
export function indexFill(x: Tensor, index: Tensor, value: Tensor | number, options: AlongOptions = {}): Tensor {
  const op = "indexFill";
  const { axis = 0 } = checkedOptions(op, options, alongOptions);
  checkTensors(op, x, index);
  const filling = typeof value === "number" ? scalarOf(op, x, value) : ofOneDType(op, "value", x, index, value);
  if (filling.rank !== 0) {
    throw new ShapeError(op, `value must be a number or a scalar, got shape ${formatShape(filling.shape)}`, {
      expected: [],
      actual: filling.shape,
    });
  }
  const along = { axis: rowAxis(op, axis, x.rank), shared: true };
  checkSlices(op, x, index, null, along.axis);
  return overwritten(op, x, index, filling, along);
}

/** Options of `indexAdd`.
 * @category Indexing */
export interface IndexAddOptions extends AlongOptions {
  /** A factor for the source. Default 1. */
  readonly alpha?: number | undefined;
}

const indexAddOptions: OptionKinds<IndexAddOptions> = { ...alongOptions, alpha: number };

/** x with alpha times the slices of `source` added to its own at a list of indices along an axis, as `torch.index_add`: the
 * transpose of `indexSelect`. What meets in one place adds up.
 * @param index int32, shape `[K]`
 * @param source of the shape of `x`, but for K along the axis
 * @returns the shape of `x`
 * @throws ValueError if an index is outside the axis (on webgpu: the next read does), or alpha is not finite; ShapeError if the
 * shapes do not fit
 * @category Indexing */
export function indexAdd(x: Tensor, index: Tensor, source: Tensor, options: IndexAddOptions = {}): Tensor {
  const op = "indexAdd";
  const { axis = 0, alpha = 1 } = checkedOptions(op, options, indexAddOptions);
  checkFloat(op, x, source);
  checkTensors(op, x, index);
  checkFinite(op, { alpha });
  const along = { axis: rowAxis(op, axis, x.rank), shared: true };
  checkSlices(op, x, index, source, along.axis);
  const size = checkedSize(op, x, index, along);
  const sums = gatherTransposeOp(source, index, { ...along, size });
  return add(x, alpha === 1 ? sums : mul(sums, alpha));
}

/** A number as a scalar of the dtype of `x`. */
function scalarOf(op: string, { device, dtype }: Tensor, value: number): Tensor {
  checkValues(op, [value], dtype, device.floatType);
  return new Tensor(device, device.upload([value]), [], dtype);
}

/** What is written, once it has the dtype of `x`. */
function ofOneDType(op: string, name: string, x: Tensor, index: Tensor, source: Tensor): Tensor {
  checkTensors(op, x, index, source);
  if (source.dtype === x.dtype) return source;
  throw new DTypeError(op, `${name} must be ${x.dtype} as x is, got ${source.dtype}; convert it with cast`, {
    expected: x.dtype,
    actual: source.dtype,
  });
}

/** Throws unless `index` is a list, and `source` has the shape of `x` with an entry of it along the axis for each slice. */
function checkSlices(op: string, x: Tensor, index: Tensor, source: Tensor | null, axis: number): void {
  if (index.rank !== 1 || (x.rank === 0 && index.size > 1)) {
    const rule = x.rank === 0 ? "index of a scalar must have shape [1]" : "index must have one axis";
    throw new ShapeError(op, `${rule}, got shape ${formatShape(index.shape)}`, { expected: 1, actual: index.shape });
  }
  const shape = withSize(x.shape, axis, index.size);
  if (source === null || sameShape(source.shape, shape)) return;
  throw new ShapeError(
    op,
    `source must have shape ${formatShape(shape)}, that of x ${formatShape(x.shape)} with the ${index.size} indices ` +
      `along axis ${axis}, got ${formatShape(source.shape)}`,
    { expected: shape, actual: source.shape },
  );
}

/** The size of the axis that the index counts along, once every index is one of its places and the device can count them. */
function checkedSize(op: string, x: Tensor, index: Tensor, { axis, shared }: Along): number {
  const size = rowSize(x.shape, axis);
  checkPlaces(op, x.device, rowSize(index.shape, ownAxis({ axis, shared }).axis), "the index");
  checkIndices(op, index, size);
  return size;
}

/** x with values where the index says: one for each index, or a scalar for all. */
function overwritten(op: string, x: Tensor, index: Tensor, values: Tensor, along: Along): Tensor {
  const size = checkedSize(op, x, index, along);
  const runs = runsOf(op, index, along);
  const isWritten = fitted(greater(lastPlaces(runs, along, size), 0), x.rank, along);
  const isOne = values.rank === 0;
  const written = isOne ? values : padTo(lastOp(values, index, runs.places, runs.keys, { ...along, size }), x);
  return where(along.shared ? isWritten : padTo(isWritten, x), written, x);
}

/** Of the elements of `source` that an index of its own for each sends to one of `size` places, the last; 0 where it sends none.
 * Who calls has checked the indices.
 * @param op in whose name an axis is refused that the device cannot count along */
export function lastWritten(op: string, source: Tensor, index: Tensor, axis: number, size: number): Tensor {
  const along = { axis, shared: false };
  const { places, keys } = runsOf(op, index, along);
  return lastOp(source, index, places, keys, { ...along, size });
}

/** Of the elements of `source` that an index sends to one place, the last; 0 where it sends none. */
const lastOp: Op<[source: Tensor, index: Tensor, places: Tensor, keys: Tensor], Along & { readonly size: number }> =
  defineOp({
    name: "scatter",
    forward: ([source, index, places, keys], { size, ...along }) => ({
      output: endsOfRuns(picked(source, places, along), keys, along, size),
      saved: { index, places, keys },
    }),
    backward: (gradOutput, { index, ...runs }, { inputs: [source], options: { size, ...along } }) => {
      const own = ownAxis(along);
      const last = gatherOp(lastPlaces(runs, along, size), index, own);
      const place = cast(run(placeInRow, [index], rowsOf(index.shape, own.axis)), source.dtype);
      const isLast = fitted(equal(last, add(place, 1)), source.rank, along);
      return [where(isLast, gatherOp(gradOutput, index, along), 0), null, null, null];
    },
  });

/** For each place, one more than the number of the last index that is it; 0 where none is. */
function lastPlaces({ places, keys }: Runs, along: Along, size: number): Tensor {
  const counted = add(cast(places, places.device.floatType), 1);
  return endsOfRuns(counted, keys, ownAxis(along), size);
}

/** What has one element for each of a shared list, as it broadcasts along the axis of a tensor of that rank. */
function fitted(list: Tensor, rank: number, { axis, shared }: Along): Tensor {
  if (!shared) return list;
  return reshapeTo(list, withSize(new Array<number>(rank).fill(1), axis, list.size));
}
