/** Sums, means and maxima of bags of embeddings. */

import { Tensor } from "../../autograd/tensor.js";
import { tensorKind } from "../../autograd/tensor-kinds.js";
import { describe, ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds, oneOf, ownCheck } from "../../options.js";
import { at, checkList, checkSize, formatShape, type Shape } from "../../shape.js";
import { checkFloat, checkOptional, checkTensors } from "../arguments.js";
import { div, mul } from "../elementwise/arithmetic.js";
import { clamp } from "../elementwise/clamp.js";
import { cast, equal, greater, notEqual, where } from "../elementwise/compare.js";
import { logicalAnd } from "../elementwise/logic.js";
import { max } from "../reduce/reduce.js";
import { reshapeTo, sum } from "../reduce/sum.js";
import { checkIndices } from "./gather.js";
import { gatherOp } from "./gather-op.js";
import { rowOf } from "./select.js";

/** Options of `embeddingBag`.
 * @category Indexing */
export interface EmbeddingBagOptions {
  /** What becomes of the rows of a bag. Default `mean`. */
  readonly mode?: "sum" | "mean" | "max" | undefined;
  /** For a vector of indices: where each bag begins, from 0 on and never falling; the last ends with the vector. A bag may be
   * empty. A plain list, so that no device has to be read. */
  readonly offsets?: readonly number[] | undefined;
  /** A factor for each index, of its shape; with `mode: "sum"` only. */
  readonly perSampleWeights?: Tensor | undefined;
  /** A row of `weight` that is no part of any bag, counted from the end when negative. Default: none. */
  readonly paddingIdx?: number | undefined;
}

const embeddingBagOptions: OptionKinds<EmbeddingBagOptions> = {
  mode: oneOf("sum", "mean", "max"),
  offsets: ownCheck,
  perSampleWeights: tensorKind,
  paddingIdx: number,
};

/** The sum, mean or maximum of the rows of a table that each bag of indices picks, as `torch.nn.functional.embedding_bag`. An
 * empty bag gives 0. Elements of a bag that tie for the maximum share the gradient evenly, as in `max`.
 *
 * All bags are computed at the size of the largest.
 * @param index int32, shape `[B, L]`, a bag in each row, or `[L]` with `offsets`
 * @param weight the table, shape `[rows, D]`
 * @returns shape `[B, D]`
 * @throws ValueError if an index or `paddingIdx` is no row (on webgpu an index is reported by the next read of a tensor
 * there), the offsets are no such list, or weights come with another mode; ShapeError if a shape does not fit
 * @category Indexing */
export function embeddingBag(index: Tensor, weight: Tensor, options: EmbeddingBagOptions = {}): Tensor {
  const op = "embeddingBag";
  const { mode = "mean", offsets, perSampleWeights, paddingIdx } = checkedOptions(op, options, embeddingBagOptions);
  checkTensors(op, index, weight);
  checkFloat(op, weight);
  checkOptional(op, weight, { perSampleWeights }, index.shape);
  if (perSampleWeights !== undefined && mode !== "sum") {
    throw new ValueError(op, `perSampleWeights go with mode "sum", got mode "${mode}"`, { actual: mode });
  }
  if (weight.rank !== 2) {
    throw new ShapeError(op, `weight must have shape [rows, D], got ${formatShape(weight.shape)}`, {
      actual: weight.shape,
    });
  }
  const [rows, width] = [at(weight.shape, 0), at(weight.shape, 1)];
  const padding = paddingIdx === undefined ? undefined : rowOf(op, paddingIdx, rows);
  checkIndices(op, index, rows);
  const bags = bagsOf(index, offsets);
  checkSize(op, [...bags.shape, width]);
  const spread = (x: Tensor) => inBags(x, bags);
  const rowsOfBags = spread(index);
  const picked = reshapeTo(gatherOp(weight, reshapeTo(rowsOfBags, [bags.size]), { axis: 0, shared: true }), [
    ...bags.shape,
    width,
  ]);
  const column = [...bags.shape, 1];
  const weighted = perSampleWeights === undefined ? picked : mul(picked, reshapeTo(spread(perSampleWeights), column));
  const counts = countedOf(rowsOfBags, bags, padding);
  return reduceBags(mode, weighted, reshapeTo(counts, column));
}

/** Bags as rows of one length: where the numbers of each are found in the vector of them all, and which places are filled. */
interface Bags {
  readonly shape: Shape;
  readonly size: number;
  /** None where the index has this shape already. */
  readonly ragged?: { readonly places: readonly number[]; readonly filled: readonly number[] };
}

function bagsOf(index: Tensor, offsets: readonly number[] | undefined): Bags {
  const op = "embeddingBag";
  if (index.rank !== (offsets === undefined ? 2 : 1)) {
    const rule = "index must be [B, L] without offsets, or [L] with them";
    throw new ShapeError(op, `${rule}, got ${formatShape(index.shape)}`, { actual: index.shape });
  }
  if (offsets === undefined) return { shape: index.shape, size: index.size };
  checkList(op, "offsets", offsets);
  const fits = (from: number, i: number) =>
    Number.isInteger(from) && from <= index.size && (i === 0 ? from === 0 : from >= at(offsets, i - 1));
  if (offsets.length === 0 || !offsets.every(fits)) {
    throw new ValueError(
      op,
      `offsets must begin with 0 and never fall, up to the ${index.size} indices, got ${describe(offsets)}`,
      { actual: offsets },
    );
  }
  const ends = [...offsets.slice(1), index.size];
  const longest = offsets.reduce((most, from, i) => Math.max(most, at(ends, i) - from), 0);
  checkSize(op, [offsets.length, longest]);
  const isFilled = (from: number, bag: number, k: number) => from + k < at(ends, bag);
  const each = (f: (from: number, bag: number, k: number) => number) =>
    offsets.flatMap((from, bag) => Array.from({ length: longest }, (_, k) => f(from, bag, k)));
  return {
    shape: [offsets.length, longest],
    size: offsets.length * longest,
    ragged: {
      places: each((from, bag, k) => (isFilled(from, bag, k) ? from + k : 0)),
      filled: each((from, bag, k) => Number(isFilled(from, bag, k))),
    },
  };
}

function inBags(x: Tensor, { shape, ragged }: Bags): Tensor {
  if (ragged === undefined) return x;
  const places = integers(x, ragged.places);
  return reshapeTo(gatherOp(x, places, { axis: 0, shared: true }), shape);
}

function integers({ device }: Tensor, values: readonly number[]): Tensor {
  return new Tensor(device, device.upload(Float64Array.from(values)), [values.length], "int32");
}

/** Which places count: those that are filled, with no padding. */
function countedOf(index: Tensor, { shape, ragged }: Bags, padding: number | undefined): Tensor {
  const rows = notEqual(index, padding ?? -1); // no index is negative
  if (ragged === undefined) return rows;
  return logicalAnd(rows, reshapeTo(equal(integers(index, ragged.filled), 1), shape));
}

function reduceBags(mode: "sum" | "mean" | "max", rows: Tensor, counted: Tensor): Tensor {
  if (mode === "sum") return sum(where(counted, rows, 0), { axis: 1 });
  const counts = sum(cast(counted, rows.dtype), { axis: 1 });
  if (mode === "mean") return div(sum(where(counted, rows, 0), { axis: 1 }), clamp(counts, { min: 1 }));
  return where(greater(counts, 0), max(where(counted, rows, Number.NEGATIVE_INFINITY), { axis: 1 }), 0);
}
