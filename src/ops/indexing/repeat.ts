/** Picking along an axis with indices that broadcast, and repeating the elements of an axis. */

import { Tensor } from "../../autograd/tensor.js";
import { describe, ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import { at, broadcastShapes, checkSize, formatShape, normalizeAxis } from "../../shape.js";
import { checkPlaces, checkTensors } from "../arguments.js";
import { broadcastTo, reshapeTo } from "../reduce/sum.js";
import { checkIndices } from "./gather.js";
import { gatherOp } from "./gather-op.js";

/** Options of `takeAlongDim` and `repeatInterleave`.
 * @category Indexing */
export interface FlatOrAlongOptions {
  /** One axis, counted from the end when negative; `null` means the flattened tensor. Default: null. */
  readonly axis?: number | null | undefined;
}

const flatOrAlongOptions: OptionKinds<FlatOrAlongOptions> = { axis: ownCheck };

/** Picks along one axis, index by index, where all other axes of `x` and `index` broadcast, as `torch.take_along_dim`. With
 * the indices of `argSort` or `argMax` (with `keepDims`) it gives the elements that they found.
 * @param index int32, of the rank of `x`; of any shape where both are flattened
 * @returns the broadcast shape, with the size of `index` along the axis
 * @throws ValueError if an index is outside the axis (on webgpu: the next read of a tensor there does); ShapeError if the
 * shapes do not fit
 * @category Indexing */
export function takeAlongDim(x: Tensor, index: Tensor, options: FlatOrAlongOptions = {}): Tensor {
  const { axis = null } = checkedOptions("takeAlongDim", options, flatOrAlongOptions);
  checkTensors("takeAlongDim", x, index);
  if (axis === null) {
    checkIndices("takeAlongDim", index, x.size);
    return gatherOp(reshapeTo(x, [x.size]), reshapeTo(index, [index.size]), { axis: 0, shared: true });
  }
  const along = normalizeAxis("takeAlongDim", axis, x.rank);
  if (index.rank !== x.rank) {
    throw new ShapeError(
      "takeAlongDim",
      `index must have the rank of x ${formatShape(x.shape)}, got ${formatShape(index.shape)}`,
      { expected: x.rank, actual: index.rank },
    );
  }
  const shape = broadcastShapes("takeAlongDim", x.shape.with(along, 1), index.shape.with(along, 1));
  checkIndices("takeAlongDim", index, at(x.shape, along));
  const places = broadcastTo(index, shape.with(along, at(index.shape, along)));
  return gatherOp(broadcastTo(x, shape.with(along, at(x.shape, along))), places, { axis: along, shared: false });
}

/** Repeats each element along an axis, as `torch.repeat_interleave`: [1, 2] twice is [1, 1, 2, 2], where `tile` gives
 * [1, 2, 1, 2].
 * @param repeats how often, at least once; or a list of one count for each element, of which some may be 0
 * @throws ValueError unless the counts are such integers; ShapeError if the axis is out of range
 * @category Shape */
export function repeatInterleave(
  x: Tensor,
  repeats: number | readonly number[],
  options: FlatOrAlongOptions = {},
): Tensor {
  const { axis = null } = checkedOptions("repeatInterleave", options, flatOrAlongOptions);
  checkTensors("repeatInterleave", x);
  const along = axis === null ? 0 : normalizeAxis("repeatInterleave", axis, x.rank);
  const source = axis === null ? reshapeTo(x, [x.size]) : x;
  const size = at(source.shape, along);
  if (typeof repeats === "number") return repeatEvenly(source, checkedCounts([repeats], 1), along);
  const counts = checkedCounts(repeats, size);
  checkPlaces("repeatInterleave", x.device, size, `axis ${along}`);
  const length = counts.reduce((total, n) => total + n, 0);
  checkSize("repeatInterleave", source.shape.with(along, length));
  const places = counts.flatMap((n, i) => new Array<number>(n).fill(i));
  const index = new Tensor(x.device, x.device.upload(places), [length], "int32");
  return gatherOp(source, index, { axis: along, shared: true });
}

function repeatEvenly(x: Tensor, counts: readonly number[], axis: number): Tensor {
  const [count, size] = [at(counts, 0), at(x.shape, axis)];
  const shape = x.shape.with(axis, size * count);
  checkSize("repeatInterleave", shape);
  const apart = reshapeTo(x, x.shape.toSpliced(axis + 1, 0, 1));
  return reshapeTo(broadcastTo(apart, x.shape.toSpliced(axis + 1, 0, count)), shape);
}

function checkedCounts(counts: readonly number[], length: number): readonly number[] {
  const isList = Array.isArray(counts) && counts.length === length;
  if (isList && counts.every((n) => Number.isSafeInteger(n) && n >= 0) && counts.some((n) => n > 0)) return counts;
  throw new ValueError(
    "repeatInterleave",
    `repeats must be a positive integer, or a list of one count for each element that is repeated, not all of them 0, ` +
      `got ${describe(counts)}`,
    { expected: length, actual: counts },
  );
}
