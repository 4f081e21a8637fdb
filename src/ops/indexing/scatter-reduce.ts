/** Reducing by index along an axis: what meets in one place becomes its sum, mean, product, maximum or minimum. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { isRecording } from "../../autograd/modes.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import { placeInRow } from "../../kernels/order.js";
import { checkedOptions, flag, type OptionKinds, oneOf } from "../../options.js";
import { at, rowAxis, rowSize, sameShape } from "../../shape.js";
import { checkFloat, checkPlaces, checkTensors } from "../arguments.js";
import { div, mul, neg } from "../elementwise/arithmetic.js";
import { cast, equal, greater, where } from "../elementwise/compare.js";
import * as logic from "../elementwise/logic.js";
import { sumScale } from "../reduce/cum-sum.js";
import { filled, type Numbers, plain, scaled } from "../reduce/numbers.js";
import { reshapeTo } from "../reduce/sum.js";
import { rowsOf } from "../rows.js";
import { concat } from "../shape/join.js";
import { shiftedAlong } from "../shape/slice.js";
import { type AlongOptions, alongOptions, checkFits, checkIndices, cornerOf, padTo } from "./gather.js";
import { gatherOp, gatherTransposeOp } from "./gather-op.js";
import { placesInOrder } from "./places.js";
import { endsOfRuns, picked, type Runs, runsOf, withSize } from "./runs.js";

/** Options of `scatterReduce`.
 * @category Indexing */
export interface ScatterReduceOptions extends AlongOptions {
  /** What becomes of the elements that meet in one place. */
  readonly reduce: "sum" | "prod" | "mean" | "amax" | "amin";
  /** Whether the element of `x` in that place is one of them. Default true. */
  readonly includeSelf?: boolean | undefined;
}

const scatterReduceOptions: OptionKinds<ScatterReduceOptions> = {
  ...alongOptions,
  reduce: oneOf("sum", "prod", "mean", "amax", "amin"),
  includeSelf: flag,
};

/** x with each element source[…, j, …] taken into the one at […, index[…, j, …], …] by a sum, mean, product, maximum or minimum,
 * as `torch.scatter_reduce`. Where nothing goes x stays. NaN wins every maximum and minimum, and has the gradient.
 *
 * Elements that tie for the maximum (or minimum) share the gradient evenly; without `includeSelf` that of `x` is no part of the
 * tie, which PyTorch counts all the same. The derivatives of a product are the products of the other factors, of every
 * order, so they are exact where there are zeros (PyTorch has no second ones there).
 * @param index int32, of the rank of `x`, no larger than `source`, and no larger than `x` but along `axis`
 * @returns the shape of `x`
 * @throws ValueError if an index is outside the axis (on webgpu: the next read does); ShapeError if the shapes do not fit
 * @category Indexing */
export function scatterReduce(x: Tensor, index: Tensor, source: Tensor, options: ScatterReduceOptions): Tensor {
  const op = "scatterReduce";
  const { axis = 0, reduce, includeSelf = true } = checkedOptions(op, options, scatterReduceOptions);
  if (reduce === undefined)
    throw new ValueError(op, 'reduce is missing: one of "sum", "prod", "mean", "amax" or "amin"');
  checkFloat(op, x, source);
  checkTensors(op, x, index);
  const along = rowAxis(op, axis, x.rank);
  checkFits(op, "x", x, index, along);
  checkFits(op, "source", source, index);
  const size = rowSize(x.shape, along);
  const count = rowSize(index.shape, along) + (includeSelf ? size : 0);
  checkPlaces(op, x.device, count, includeSelf ? "the index, with the axis it counts along," : "the index");
  checkIndices(op, index, size);
  const shape = withSize(index.shape, along, size);
  const [own, places, given] = [cornerOf(x, shape), index, cornerOf(source, index.shape)].map(asRow) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const meeting = includeSelf ? concat([own, given], { axis: along }) : given;
  const meetAt = includeSelf ? concat([placesOf(own, along), places], { axis: along }) : places;
  const reduced = reductions[reduce](meeting, meetAt, { axis: along, size });
  if (includeSelf && sameShape(shape, x.shape)) return reshapeTo(reduced, shape);
  const counts = gatherTransposeOp(onesFor(places, given), places, { axis: along, shared: false, size });
  return where(padTo(reshapeTo(greater(counts, 0), shape), x), padTo(reshapeTo(reduced, shape), x), x);
}

/** A scalar as a row of one element. */
function asRow(x: Tensor): Tensor {
  return x.rank === 0 ? reshapeTo(x, [1]) : x;
}

function placesOf(x: Tensor, axis: number): Tensor {
  return run(placeInRow, [x], { ...rowsOf(x.shape, axis), dtype: "int32" });
}

/** One 1 for each index, of the dtype of x. */
function onesFor(index: Tensor, { dtype }: Tensor): Tensor {
  return cast(equal(index, index), dtype);
}

/** The axis of the source, and the size of that axis in the result. */
interface Into {
  readonly axis: number;
  readonly size: number;
}

type Reduced = Op<[source: Tensor, index: Tensor], Into>;

/** The mean of what meets in each place, 0 where nothing does. */
const meanOp: Reduced = defineOp({
  name: "scatterReduce",
  forward: ([source, index], { axis, size }) => {
    const into = { axis, shared: false, size };
    const counts = gatherTransposeOp(onesFor(index, source), index, into);
    const divisors = where(greater(counts, 0), counts, 1);
    const scale = sumScale(source, axis);
    const sums = gatherTransposeOp(mul(source, scale), index, into);
    return { output: div(div(sums, divisors), scale), saved: { index, divisors } };
  },
  backward: (gradOutput, { index, divisors }, { options: { axis } }) => [
    gatherOp(div(gradOutput, divisors), index, { axis, shared: false }),
    null,
  ],
});

/** The largest of what meets in each place, 0 where nothing does: by sorting twice, it is the last of its run. */
const maxOp: Reduced = defineOp({
  name: "scatterReduce",
  forward: ([source, index], { axis, size }) => {
    const along = { axis, shared: false };
    const bySize = placesInOrder("scatterReduce", source, axis, false);
    const { places, keys } = runsOf("scatterReduce", picked(index, bySize, along), along);
    const sorted = picked(picked(source, bySize, along), places, along);
    const output = endsOfRuns(sorted, keys, along, size);
    return { output, saved: { source, index, output } };
  },
  backward: (gradOutput, { source, index, output }, { options: { axis, size } }) => {
    const along = { axis, shared: false };
    const ties = cast(tiesOf(source, gatherOp(output, index, along)), source.dtype);
    const shares = div(ties, gatherOp(gatherTransposeOp(ties, index, { ...along, size }), index, along));
    return [mul(shares, gatherOp(gradOutput, index, along)), null];
  },
  region: ({ source, index, output }, { options: { axis } }) =>
    tiesOf(source, gatherOp(output, index, { axis, shared: false })),
});

/** Which elements are the largest of their place; where there is NaN, all that are. */
function tiesOf(source: Tensor, largest: Tensor): Tensor {
  return logic.logicalOr(equal(source, largest), logic.isNaN(source));
}

/** The product of what meets in each place, 0 where nothing does. */
const prodOp: Reduced = defineOp({
  name: "scatterReduce",
  forward: ([source, index], { axis, size }) => {
    const along = { axis, shared: false };
    const { places, keys } = runsOf("scatterReduce", index, along);
    const products = scaled.valueOf(productsOfRuns(scaled, scaled.of(picked(source, places, along)), keys, axis, 1));
    return { output: endsOfRuns(products, keys, along, size), saved: { source, places, keys } };
  },
  // ∂sourceᵢ = g · the product of the others of its run
  backward: (gradOutput, { source, ...runs }, { options: { axis } }) => [
    isRecording()
      ? timesOthers(plain, gradOutput, source, runs, axis)
      : timesOthers(scaled, gradOutput, source, runs, axis),
    null,
  ],
});

const reductions: Readonly<Record<ScatterReduceOptions["reduce"], (...args: Parameters<Reduced>) => Tensor>> = {
  sum: (source, index, { axis, size }) => gatherTransposeOp(source, index, { axis, shared: false, size }),
  mean: meanOp,
  prod: prodOp,
  amax: maxOp,
  amin: (source, index, into) => neg(maxOp(neg(source as Tensor), index, into)),
};

function timesOthers<N>(numbers: Numbers<N>, g: Tensor, source: Tensor, { places, keys }: Runs, axis: number): Tensor {
  const along = { axis, shared: false };
  const factors = numbers.of(gatherOp(source, places, along));
  const [before, after] = [1, -1].map((step) => {
    const products = productsOfRuns(numbers, factors, keys, axis, step);
    return neighbours(numbers, products, keys, axis, step);
  }) as [N, N];
  const times = numbers.mul(numbers.of(gatherOp(g, keys, along)), numbers.mul(before, after));
  const inverse = placesInOrder("scatterReduce", places, axis, false);
  return gatherOp(numbers.valueOf(times), inverse, along);
}

/** The products of the elements of a run up to each one, from its first (step 1) or last (step −1) on: ⌈log₂ n⌉ passes. */
function productsOfRuns<N>(numbers: Numbers<N>, factors: N, keys: Tensor, axis: number, step: number): N {
  let products = factors;
  for (let distance = 1; distance < at(keys.shape, axis); distance *= 2) {
    products = numbers.mul(products, neighbours(numbers, products, keys, axis, step * distance));
  }
  return products;
}

/** The element `distance` places before each one, where that is of the same run; else 1. */
function neighbours<N>(numbers: Numbers<N>, a: N, keys: Tensor, axis: number, distance: number): N {
  if (Math.abs(distance) >= at(keys.shape, axis)) return numbers.moved(a, 1, (x, one) => filled(x, one));
  const isSame = equal(keys, shiftedAlong(keys, axis, distance, -1));
  return numbers.moved(a, 1, (x, one) => where(isSame, shiftedAlong(x, axis, distance, one), one));
}
