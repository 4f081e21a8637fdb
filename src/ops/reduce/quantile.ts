/** Medians and quantiles. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { Tensor } from "../../autograd/tensor.js";
import { describe, ValueError } from "../../errors.js";
import { checkedOptions, flag, type OptionKinds, oneOf, ownCheck } from "../../options.js";
import { at, rowAxis } from "../../shape.js";
import { checkFloat, checkPlaces } from "../arguments.js";
import { div, mul } from "../elementwise/arithmetic.js";
import { lerp } from "../elementwise/blend.js";
import { cast, equal, where } from "../elementwise/compare.js";
import * as logic from "../elementwise/logic.js";
import { gatherOp } from "../indexing/gather-op.js";
import { placesInOrder } from "../indexing/places.js";
import { picked } from "../indexing/runs.js";
import { permute } from "../shape/reshape.js";
import { type ArgOptions, argMax } from "./arg.js";
import { reshapeTo, sum } from "./sum.js";

const medianOptions: OptionKinds<ArgOptions> = { axis: ownCheck, keepDims: flag };

/** The element in the middle along an axis, or of all, as `torch.median`: the lower one where two are, and NaN where there is one.
 *
 * Along an axis the gradient goes to a single element: of equal ones to the one in the middle, of NaN to the first. Of all elements
 * together, those that equal the median (or are NaN as it is) share it evenly.
 * @throws ShapeError if the axis is out of range; DeviceError on a float32 device if more than 2²⁴ elements are compared
 * @category Reductions */
export function median(x: Tensor, options: ArgOptions = {}): Tensor {
  const { axis = null, keepDims = false } = checkedOptions("median", options, medianOptions);
  const { rows, along, shape, kept } = rowsFor("median", x, axis);
  const ranks = [Math.floor((at(rows.shape, along) - 1) / 2)];
  const result = keepDims ? kept : shape;
  if (axis === null) return reshapeTo(middleOp(rows, { ranks }), result);
  const place = rankOp(rows, { op: "median", axis: along, ranks });
  return reshapeTo(gatherOp(rows, place, { axis: along, shared: false }), result);
}

/** Options of `quantile`.
 * @category Reductions */
export interface QuantileOptions extends ArgOptions {
  /** What stands for a quantile between two elements: what lies as far between them (`linear`), one of them (`lower`, `higher`, or
   * the `nearest`, which is that of even rank halfway), or their mean (`midpoint`). Default linear. */
  readonly interpolation?: "linear" | "lower" | "higher" | "midpoint" | "nearest" | undefined;
}

const quantileOptions: OptionKinds<QuantileOptions> = {
  ...medianOptions,
  interpolation: oneOf("linear", "lower", "higher", "midpoint", "nearest"),
};

/** The q-quantiles along an axis, or of all elements, as `torch.quantile`: what stands at rank q (n − 1) in order, counted from 0.
 * NaN where there is one.
 *
 * The gradient goes to the one or two elements that a quantile comes of; of equal ones, to those of the rank. Where both are the
 * same infinity, so is the quantile (in PyTorch it is NaN).
 * @param q from 0 to 1, or a list of several; plain numbers, so that no gradient goes to them
 * @returns for a list, with its length as a first axis
 * @throws ValueError unless every q is such a number; ShapeError if the axis is out of range; DeviceError on a float32 device if
 * more than 2²⁴ elements are compared
 * @category Reductions */
export function quantile(x: Tensor, q: number | readonly number[], options: QuantileOptions = {}): Tensor {
  const op = "quantile";
  const { axis = null, keepDims = false, interpolation = "linear" } = checkedOptions(op, options, quantileOptions);
  const { rows, along, shape, kept } = rowsFor(op, x, axis);
  const list = typeof q === "number" ? [q] : q;
  if (!Array.isArray(list) || list.length === 0 || !list.every((share) => share >= 0 && share <= 1)) {
    throw new ValueError(op, `q must be a number from 0 to 1, or a list of some, got ${describe(q)}`, { actual: q });
  }
  const last = at(rows.shape, along) - 1;
  const between = list.map((share: number) => betweenRanks(share * last, interpolation));
  const elements = (ranks: readonly number[]) => {
    const places = rankOp(rows, { op, axis: along, ranks });
    return gatherOp(rows, places, { axis: along, shared: false });
  };
  const below = elements(between.map(({ low }) => low));
  const values = between.every(({ weight }) => weight === 0)
    ? below
    : lerp(below, elements(between.map(({ high }) => high)), weightsOf(between, rows, along));
  const result = keepDims ? kept : shape;
  if (typeof q === "number") return reshapeTo(values, result);
  const others = rows.shape.flatMap((_, i) => (i === along ? [] : [i]));
  return reshapeTo(permute(values, [along, ...others]), [list.length, ...result]);
}

/** What is compared: the tensor with the axis of the rows, or all elements in one row; and the shapes of one result a row. */
function rowsFor(op: string, x: Tensor, axis: number | null) {
  checkFloat(op, x);
  const along = axis === null ? 0 : rowAxis(op, axis, x.rank);
  const shape = axis === null ? [] : x.shape.filter((_, i) => i !== along);
  const kept = x.shape.map((n, i) => (axis === null || i === along ? 1 : n));
  const rows = axis === null || x.rank === 0 ? reshapeTo(x, [x.size]) : x;
  checkPlaces(op, x.device, at(rows.shape, along), axis === null ? "the flattened tensor" : `axis ${along}`);
  return { rows, along, shape, kept };
}

/** Two neighbouring ranks, and how far from the lower to the higher one a quantile lies. */
interface Between {
  readonly low: number;
  readonly high: number;
  readonly weight: number;
}

function betweenRanks(rank: number, interpolation: NonNullable<QuantileOptions["interpolation"]>): Between {
  const [low, high] = [Math.floor(rank), Math.ceil(rank)];
  const only = (one: number) => ({ low: one, high: one, weight: 0 });
  if (low === high || interpolation === "lower") return only(low);
  if (interpolation === "higher") return only(high);
  if (interpolation === "midpoint") return { low, high, weight: 0.5 };
  if (interpolation === "linear") return { low, high, weight: rank - low };
  if (rank - low === 0.5) return only(low % 2 === 0 ? low : high);
  return only(Math.round(rank));
}

/** The weights, one for each rank along the axis. */
function weightsOf(between: readonly Between[], { device, dtype, shape }: Tensor, axis: number): Tensor {
  const weights = device.upload(between.map(({ weight }) => weight));
  return new Tensor(
    device,
    weights,
    shape.map((_, i) => (i === axis ? between.length : 1)),
    dtype,
  );
}

/** Where the elements of some ranks along an axis stand, the first NaN where there is one. */
const rankOp: Op<[x: Tensor], { readonly op: string; readonly axis: number; readonly ranks: readonly number[] }> =
  defineOp({
    name: "rank",
    forward: ([x], { op, axis, ranks }) => {
      const list = new Tensor(x.device, x.device.upload(ranks), [ranks.length], "int32");
      const places = picked(placesInOrder(op, x, axis, false), list, { axis, shared: true });
      const largest = argMax(x, { axis, keepDims: true });
      return { output: where(logic.isNaN(picked(x, largest, { axis, shared: false })), largest, places) };
    },
    backward: () => [null],
  });

/** The median of a row, whose gradient is split evenly among what equals it. */
const middleOp: Op<[row: Tensor], { readonly ranks: readonly number[] }> = defineOp({
  name: "median",
  forward: ([row], { ranks }) => {
    const along = { axis: 0, shared: false };
    const output = picked(row, rankOp(row, { op: "median", axis: 0, ranks }), along);
    return { output, saved: { row, output } };
  },
  backward: (gradOutput, { row, output }) => {
    const ties = cast(tiesOf(row, output), row.dtype);
    return [mul(div(ties, sum(ties)), gradOutput)];
  },
  region: ({ row, output }) => tiesOf(row, output),
});

function tiesOf(row: Tensor, value: Tensor): Tensor {
  return logic.logicalOr(equal(row, value), logic.logicalAnd(logic.isNaN(row), logic.isNaN(value)));
}
