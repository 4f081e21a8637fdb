/** Rows picked by a list of indices: selection, embeddings, one-hot codes. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import { oneHot as oneHotKernel } from "../../kernels/gather.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import { at, checkSize, formatShape, rowAxis, rowSize } from "../../shape.js";
import { checkFloat, checkTensors } from "../arguments.js";
import { notEqual, where } from "../elementwise/compare.js";
import { reshapeTo } from "../reduce/sum.js";
import { type AlongOptions, alongOptions, checkIndices } from "./gather.js";
import { gatherOp } from "./gather-op.js";

/** The slices of `x` at a list of indices along an axis, in their order, as `torch.index_select`. The gradients of a slice
 * that is taken several times add up.
 * @param index int32, shape `[K]`
 * @returns the shape of `x` with K along the axis
 * @throws ValueError if an index is outside the axis (on webgpu: the next read of a tensor there does); ShapeError unless
 * `index` has one axis, and one entry for a scalar
 * @category Indexing */
export function indexSelect(x: Tensor, index: Tensor, options: AlongOptions = {}): Tensor {
  const { axis = 0 } = checkedOptions("indexSelect", options, alongOptions);
  checkTensors("indexSelect", x, index);
  const along = rowAxis("indexSelect", axis, x.rank);
  if (index.rank !== 1) {
    throw new ShapeError("indexSelect", `index must have one axis, got shape ${formatShape(index.shape)}`, {
      expected: 1,
      actual: index.rank,
    });
  }
  if (x.rank === 0 && index.size > 1) {
    throw new ShapeError("indexSelect", `index of a scalar must have a single entry, got ${index.size}`, {
      expected: 1,
      actual: index.size,
    });
  }
  checkIndices("indexSelect", index, rowSize(x.shape, along));
  return gatherOp(x, index, { axis: along, shared: true });
}

/** Options of `embedding`.
 * @category Indexing */
export interface EmbeddingOptions {
  /** A row of `weight` that gets no gradient, counted from the end when negative. Default: none. */
  readonly paddingIdx?: number | undefined;
}

const embeddingOptions: OptionKinds<EmbeddingOptions> = { paddingIdx: number };

/** Rows of a table, one for each index: out[…, :] = weight[index[…], :], as `torch.nn.functional.embedding`.
 * @param index int32, of any shape
 * @param weight the table, shape `[rows, D]`
 * @returns shape `[...index, D]`
 * @throws ValueError if an index or `paddingIdx` is no row (on webgpu an index is reported by the next read of a tensor
 * there); ShapeError unless `weight` has two axes
 * @category Indexing */
export function embedding(index: Tensor, weight: Tensor, options: EmbeddingOptions = {}): Tensor {
  const { paddingIdx } = checkedOptions("embedding", options, embeddingOptions);
  checkTensors("embedding", index, weight);
  checkFloat("embedding", weight);
  if (weight.rank !== 2) {
    throw new ShapeError("embedding", `weight must have shape [rows, D], got ${formatShape(weight.shape)}`, {
      actual: weight.shape,
    });
  }
  const [rows, width] = [at(weight.shape, 0), at(weight.shape, 1)];
  checkSize("embedding", [index.size, width]);
  const padding = paddingIdx === undefined ? undefined : rowOf("embedding", paddingIdx, rows);
  checkIndices("embedding", index, rows);
  const flat = reshapeTo(index, [index.size]);
  const picked = gatherOp(weight, flat, { axis: 0, shared: true });
  const kept =
    padding === undefined
      ? picked
      : where(reshapeTo(notEqual(flat, padding), [index.size, 1]), picked, picked.detach());
  return reshapeTo(kept, [...index.shape, width]);
}

/** A row counted from 0.
 * @throws ValueError unless it is one */
export function rowOf(op: string, paddingIdx: number, rows: number): number {
  if (Number.isInteger(paddingIdx) && paddingIdx >= -rows && paddingIdx < rows) {
    return paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
  }
  throw new ValueError(
    op,
    `paddingIdx must be an integer from ${-rows} to ${rows - 1}, for weight has ${rows} rows, got ${paddingIdx}`,
    { actual: paddingIdx },
  );
}

/** Options of `oneHot`.
 * @category Indexing */
export interface OneHotOptions {
  /** Number of classes. It is not inferred, as that would have to read the indices. */
  readonly numClasses: number;
}

const oneHotOptions: OptionKinds<OneHotOptions> = { numClasses: number };

/** 1 at the index and 0 elsewhere along a new last axis, as `torch.nn.functional.one_hot`; no gradient.
 * @param index int32, of any shape
 * @returns int32, shape `[...index, numClasses]`
 * @throws ValueError if an index is no class (on webgpu: the next read of a tensor there does) or `numClasses` is no
 * positive integer
 * @category Indexing */
export function oneHot(index: Tensor, options: OneHotOptions): Tensor {
  const { numClasses } = checkedOptions("oneHot", options, oneHotOptions);
  if (!Number.isSafeInteger(numClasses) || numClasses < 1) {
    throw new ValueError("oneHot", `numClasses must be a positive integer, got ${numClasses}`, { actual: numClasses });
  }
  checkTensors("oneHot", index);
  checkIndices("oneHot", index, numClasses);
  return oneHotOp(index, { numClasses });
}

/** For who has checked the indices. */
export const oneHotOp: Op<[index: Tensor], OneHotOptions> = defineOp({
  name: "oneHot",
  forward: ([index], { numClasses }) => ({
    output: run(oneHotKernel, [index], {
      shape: [...index.shape, numClasses],
      threads: [numClasses, index.size, 1],
    }),
  }),
  backward: () => [null],
});
