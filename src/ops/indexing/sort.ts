/** Sorting along an axis, and the largest or smallest k. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { describe, ValueError } from "../../errors.js";
import { checkedOptions, flag, type OptionKinds, ownCheck } from "../../options.js";
import { formatShape, rowAxis, rowSize } from "../../shape.js";
import { checkTensors } from "../arguments.js";
import { partOf } from "../shape/slice.js";
import { gatherOp } from "./gather-op.js";
import { placesInOrder } from "./places.js";

/** Options of `sort` and `argSort`.
 * @category Indexing */
export interface SortOptions {
  /** Counted from the end when negative. Default −1. */
  readonly axis?: number | undefined;
  /** From the largest to the smallest. Default false. */
  readonly descending?: boolean | undefined;
}

const sortOptions: OptionKinds<SortOptions> = { axis: ownCheck, descending: flag };

/** Options of `topK`.
 * @category Indexing */
export interface TopKOptions {
  /** Counted from the end when negative. Default −1. */
  readonly axis?: number | undefined;
  /** Whether the largest are taken, or the smallest. Default true. */
  readonly largest?: boolean | undefined;
}

const topKOptions: OptionKinds<TopKOptions> = { axis: ownCheck, largest: flag };

/** Values in order, and where they stood.
 * @category Indexing */
export interface Sorted {
  /** The values; their gradients go back to where they stood. */
  readonly values: Tensor;
  /** Their indices along the axis, int32; no gradient. */
  readonly indices: Tensor;
}

/** The elements along an axis in order, as `torch.sort` with `stable`: equal ones stay in their order, and NaN counts as
 * the largest.
 *
 * A merge sort on the device in ⌈log₂ n⌉ passes, O(n log² n) a row; nothing is read.
 * @throws ShapeError if the axis is out of range; DeviceError on a float32 device if it has more than 2²⁴ elements
 * @category Indexing */
export function sort(x: Tensor, options: SortOptions = {}): Sorted {
  const sorting = resolved("sort", x, options);
  const indices = argSortOp(x, sorting);
  return { values: gatherOp(x, indices, { axis: sorting.axis, shared: false }), indices };
}

/** The indices that put the elements along an axis in order: those of `sort`. int32; no gradient.
 * @throws ShapeError if the axis is out of range; DeviceError on a float32 device if it has more than 2²⁴ elements
 * @category Indexing */
export function argSort(x: Tensor, options: SortOptions = {}): Tensor {
  return argSortOp(x, resolved("argSort", x, options));
}

/** The k largest (or smallest) elements along an axis, in order, as `torch.topk`: of equal ones the first, and NaN counts as
 * the largest. As costly as `sort`.
 * @returns values and indices, with k along the axis
 * @throws ValueError unless k is an integer from 1 to the size of the axis; ShapeError if the axis is out of range; DeviceError on a
 * float32 device if it has more than 2²⁴ elements
 * @category Indexing */
export function topK(x: Tensor, k: number, options: TopKOptions = {}): Sorted {
  const { axis: given = -1, largest = true } = checkedOptions("topK", options, topKOptions);
  checkTensors("topK", x);
  const axis = rowAxis("topK", given, x.rank);
  const size = rowSize(x.shape, axis);
  if (!Number.isInteger(k) || k < 1 || k > size) {
    throw new ValueError(
      "topK",
      `k must be an integer from 1 to ${size}, the size of axis ${axis} of ${formatShape(x.shape)}, got ${describe(k)}`,
      { expected: size, actual: k },
    );
  }
  const indices = partOf(argSortOp(x, { op: "topK", axis, descending: largest }), axis, 0, k);
  return { values: gatherOp(x, indices, { axis, shared: false }), indices };
}

function resolved(op: string, x: Tensor, options: SortOptions): Sorting {
  const { axis = -1, descending = false } = checkedOptions(op, options, sortOptions);
  checkTensors(op, x);
  return { op, axis: rowAxis(op, axis, x.rank), descending };
}

/** For which op, along which axis, in which order. */
interface Sorting {
  readonly op: string;
  readonly axis: number;
  readonly descending: boolean;
}

const argSortOp: Op<[x: Tensor], Sorting> = defineOp({
  name: "argSort",
  forward: ([x], { op, axis, descending }) => ({ output: placesInOrder(op, x, axis, descending) }),
  backward: () => [null],
});
