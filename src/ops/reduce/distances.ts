/** Lengths set to 1, and distances and angles between vectors; all are made of `norm`, which scales before it takes powers. */

import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import { type Complete, checkedOptions, flag, number, type OptionKinds, ownCheck } from "../../options.js";
import { at, broadcastShapes, checkSize, formatShape, rowAxis } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { checkBroadcast } from "../broadcast.js";
import { add, div, mul, sub } from "../elementwise/arithmetic.js";
import { clamp } from "../elementwise/clamp.js";
import { norm } from "./norm.js";
import { broadcastTo, reshapeTo, sum } from "./sum.js";

/** Options of `normalize`.
 * @category Reductions */
export interface NormalizeOptions {
  /** The order of the norm. Default 2. */
  readonly p?: number | undefined;
  /** The axis along which the norms become 1, counted from the end when negative. Default 1. */
  readonly axis?: number | undefined;
  /** The least norm that is divided by. Default 1e-12. */
  readonly eps?: number | undefined;
}

const normalizeOptions: OptionKinds<NormalizeOptions> = { p: number, axis: ownCheck, eps: number };

/** x / max(‖x‖ₚ, eps): vectors along an axis with length 1. Where the norm is below eps the result is x / eps.
 * @throws ShapeError if the axis is out of range
 * @category Reductions */
export function normalize(x: Tensor, options: NormalizeOptions = {}): Tensor {
  const { p = 2, axis = 1, eps = 1e-12 } = checkedOptions("normalize", options, normalizeOptions);
  checkFloat("normalize", x);
  return unit(x, { p, axis: rowAxis("normalize", axis, x.rank), eps });
}

function unit(x: Tensor, { p, axis, eps }: Complete<NormalizeOptions>): Tensor {
  return div(x, clamp(norm(x, { p, axis, keepDims: true }), { min: eps }));
}

/** Options of `cosineSimilarity`.
 * @category Reductions */
export interface CosineSimilarityOptions {
  /** The axis of the vectors, counted from the end when negative. Default 1. */
  readonly axis?: number | undefined;
  /** The least norm that is divided by. Default 1e-8. */
  readonly eps?: number | undefined;
}

const cosineOptions: OptionKinds<CosineSimilarityOptions> = { axis: ownCheck, eps: number };

/** Cosine of the angle between vectors, Σ a b / (max(‖a‖, eps) max(‖b‖, eps)), along an axis. The two broadcast.
 *
 * Each vector is divided by its norm first, so that neither huge nor tiny ones leave the range of float32. At a vector of zeros
 * the derivative by it is b / (‖b‖ eps).
 * @returns the broadcast shape without the axis
 * @throws ShapeError if the shapes do not broadcast, or the axis is out of range
 * @category Reductions */
export function cosineSimilarity(a: Tensor, b: Tensor, options: CosineSimilarityOptions = {}): Tensor {
  const { axis = 1, eps = 1e-8 } = checkedOptions("cosineSimilarity", options, cosineOptions);
  const shape = checkBroadcast("cosineSimilarity", a, b);
  const along = rowAxis("cosineSimilarity", axis, shape.length);
  const [p, q] = [a, b].map((x) => unit(broadcastTo(x, shape), { p: 2, axis: along, eps })) as [Tensor, Tensor];
  return sum(mul(p, q), { axis: along });
}

/** Options of `pairwiseDistance`.
 * @category Reductions */
export interface PairwiseDistanceOptions {
  /** The order of the norm. Default 2. */
  readonly p?: number | undefined;
  /** Added to every difference, so that no distance is 0. Default 1e-6. */
  readonly eps?: number | undefined;
  /** Keeps the last axis, with size 1. Default false. */
  readonly keepDims?: boolean | undefined;
}

const pairwiseOptions: OptionKinds<PairwiseDistanceOptions> = { p: number, eps: number, keepDims: flag };

/** Distance ‖a − b + eps‖ₚ of vectors along the last axis; the two broadcast. Its kinks are those of `norm`.
 * @param a shape `[…, D]`
 * @param b broadcasts against a
 * @returns shape `[…]`
 * @throws ShapeError if the shapes do not broadcast, or both are scalars
 * @category Reductions */
export function pairwiseDistance(a: Tensor, b: Tensor, options: PairwiseDistanceOptions = {}): Tensor {
  const { p = 2, eps = 1e-6, keepDims = false } = checkedOptions("pairwiseDistance", options, pairwiseOptions);
  const shape = checkBroadcast("pairwiseDistance", a, b);
  if (shape.length === 0) throw new ShapeError("pairwiseDistance", "a or b must have an axis, got two scalars");
  return norm(add(sub(a, b), eps), { p, axis: -1, keepDims });
}

/** Options of `cdist`.
 * @category Reductions */
export interface CdistOptions {
  /** The order of the norm, at least 0; ∞ for the largest difference. Default 2. */
  readonly p?: number | undefined;
}

const cdistOptions: OptionKinds<CdistOptions> = { p: number };

/** Distances ‖aᵢ − bⱼ‖ₚ of all pairs of rows, from their differences, so that close rows keep their digits. Leading axes
 * broadcast. Holds all P · R · D differences at once.
 *
 * The gradient is 0 where two rows are the same; its other kinks are those of `norm`: ties of p = ∞ share it evenly.
 * @param a shape `[…, P, D]`
 * @param b shape `[…, R, D]`
 * @returns shape `[…, P, R]`
 * @throws ShapeError if a shape does not fit; ValueError if p is below 0
 * @category Reductions */
export function cdist(a: Tensor, b: Tensor, options: CdistOptions = {}): Tensor {
  const { p = 2 } = checkedOptions("cdist", options, cdistOptions);
  checkFloat("cdist", a, b);
  if (p < 0) throw new ValueError("cdist", `p must be at least 0, got ${p}`, { actual: p });
  if (a.rank < 2 || b.rank < 2 || at(a.shape, -1) !== at(b.shape, -1)) {
    throw new ShapeError(
      "cdist",
      `a and b must have shapes [..., P, D] and [..., R, D], got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      { actual: [a.shape, b.shape] },
    );
  }
  const lead = broadcastShapes("cdist", a.shape.slice(0, -2), b.shape.slice(0, -2));
  checkSize("cdist", [...lead, at(a.shape, -2), at(b.shape, -2), at(a.shape, -1)]);
  const rows = reshapeTo(a, [...a.shape.slice(0, -1), 1, at(a.shape, -1)]);
  const columns = reshapeTo(b, [...b.shape.slice(0, -2), 1, ...b.shape.slice(-2)]);
  return norm(sub(rows, columns), { p, axis: -1 });
}
