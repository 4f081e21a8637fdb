/** Products along axes, whose derivatives divide by no input. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { isRecording } from "../../autograd/modes.js";
import type { Tensor } from "../../autograd/tensor.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import { at, normalizeAxes, rowAxis, rowSize, type Shape, sizeOf } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { permute } from "../shape/reshape.js";
import { pad, partOf, shiftedAlong } from "../shape/slice.js";
import { filled, type Numbers, plain, scaled } from "./numbers.js";
import { keptShape } from "./reduction.js";
import { type ReduceOptions, reduceOptions, reshapeTo } from "./sum.js";

/** Product over axes. Its derivatives, of every order, are products of the other factors, so they are exact where there are
 * zeros: the gradient of `prod([0, 1, 2])` is `[2, 0, 0]`.
 *
 * A tree of ⌈log₂ n⌉ elementwise products of numbers with exponents of their own: a product that is a number of the device is
 * right, whatever its factors multiply to on the way. So is its gradient, unless it is recorded to be differentiated again.
 * @category Reductions */
export function prod(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axis = null, keepDims = false } = checkedOptions("prod", options, reduceOptions);
  checkFloat("prod", x);
  const axes = normalizeAxes("prod", axis, x.rank);
  const others = x.shape.flatMap((_, i) => (axes.includes(i) ? [] : [i]));
  const kept = keptShape(x.shape, axes);
  const factors = reshapeTo(permute(x, [...axes, ...others]), [x.size / sizeOf(kept), sizeOf(kept)]);
  return reshapeTo(prodOp(factors), keepDims ? kept : others.map((i) => at(x.shape, i)));
}

/** The product of each column of x [n, columns], as [1, columns]. */
const prodOp: Op<[x: Tensor]> = defineOp({
  name: "prod",
  forward: ([x]) => ({
    output: scaled.valueOf(at(treeOf(scaled, scaled.of(x), at(x.shape, 0)), -1).product).view([1, at(x.shape, 1)]),
    saved: { x },
  }),
  // ∂xᵢ = g · the product of the others
  backward: (gradOutput, { x }) => [
    isRecording() ? timesOthers(plain, gradOutput, x) : timesOthers(scaled, gradOutput, x),
  ],
});

/** A level of the tree of products: `size` of them, of which number i is that of i and i + ⌈size / 2⌉ of the level below. */
interface Level<N> {
  readonly product: N;
  readonly size: number;
}

/** The products of all levels, the factors first and their product last. */
function treeOf<N>(numbers: Numbers<N>, factors: N, count: number): Level<N>[] {
  const levels = [{ product: factors, size: count }];
  for (let size = count; size > 1; ) {
    const [first, second] = halves(numbers, at(levels, -1));
    size = Math.ceil(size / 2);
    levels.push({ product: numbers.mul(first, second), size });
  }
  return levels;
}

/** The two halves of a level, the second one filled up with 1. */
function halves<N>(numbers: Numbers<N>, { product, size }: Level<N>): [first: N, second: N] {
  const half = Math.ceil(size / 2);
  const first = numbers.moved(product, 1, (x) => partOf(x, 0, 0, half));
  const second = numbers.moved(product, 1, (x, one) => {
    const rest = partOf(x, 0, half, size - half);
    return size - half < half ? pad(rest, [[0, 1]], { value: one }) : rest;
  });
  return [first, second];
}

/** g times the product of all factors but one, for each: down the tree, a product's two parts get what it got times the other. */
function timesOthers<N>(numbers: Numbers<N>, g: Tensor, x: Tensor): Tensor {
  const levels = treeOf(numbers, numbers.of(x), at(x.shape, 0)).slice(0, -1);
  const times = levels.reduceRight((above, level) => {
    const [first, second] = halves(numbers, level);
    const [toFirst, toSecond] = [numbers.mul(above, second), numbers.mul(above, first)];
    return joined(numbers, toFirst, toSecond, level.size);
  }, numbers.of(g));
  return numbers.valueOf(times);
}

/** Two halves as a level of `size`, which may be less than both. */
function joined<N>(numbers: Numbers<N>, first: N, second: N, size: number): N {
  const half = Math.ceil(size / 2);
  const behind = numbers.moved(second, 0, (x, zero) => pad(partOf(x, 0, 0, size - half), [[half, 0]], { value: zero }));
  const before = numbers.moved(first, 0, (x, zero) => pad(x, [[0, size - half]], { value: zero }));
  return numbers.add(before, behind);
}

/** The products of the elements up to and including each one along an axis; derivatives are exact where there are zeros.
 *
 * ⌈log₂ n⌉ passes (Hillis & Steele 1986), of numbers with exponents of their own: see `prod`.
 * @throws ShapeError if the axis is missing or out of range
 * @category Reductions */
export function cumProd(x: Tensor, options: CumulativeOptions): Tensor {
  const { axis } = checkedOptions("cumProd", options, cumulativeOptions);
  checkFloat("cumProd", x);
  return cumProdOp(x, { axis: rowAxis("cumProd", axis, x.rank) });
}

const cumProdOp: Op<[x: Tensor], { readonly axis: number }> = defineOp({
  name: "cumProd",
  forward: ([x], { axis }) => ({
    output: scaled.valueOf(prefixesOf(scaled, scaled.of(x), x.shape, axis)).view(x.shape),
    saved: { x },
  }),
  backward: (gradOutput, { x }, { options: { axis } }) => [
    isRecording() ? gradientOf(plain, gradOutput, x, axis) : gradientOf(scaled, gradOutput, x, axis),
  ],
});

/** The products up to each element. */
function prefixesOf<N>(numbers: Numbers<N>, x: N, shape: Shape, axis: number): N {
  let products = x;
  for (let distance = 1; distance < rowSize(shape, axis); distance *= 2) {
    products = numbers.mul(products, shifted(numbers, products, shape, axis, distance, 1));
  }
  return products;
}

/** ∂xₖ = Σ_{i ≥ k} gᵢ Π_{j ≤ i, j ≠ k} xⱼ = (x₀ ⋯ xₖ₋₁) dₖ with dₖ = gₖ + xₖ₊₁ dₖ₊₁, a recurrence whose steps (a, b): d → b + a d
 * are put together pass by pass. */
function gradientOf<N>(numbers: Numbers<N>, g: Tensor, x: Tensor, axis: number): Tensor {
  const { shape } = x;
  const factors = numbers.of(x);
  let a = shifted(numbers, factors, shape, axis, -1, 0);
  let b = numbers.of(g);
  for (let distance = 1; distance < rowSize(shape, axis); distance *= 2) {
    b = numbers.add(b, numbers.mul(a, shifted(numbers, b, shape, axis, -distance, 0)));
    a = numbers.mul(a, shifted(numbers, a, shape, axis, -distance, 0));
  }
  const before = shifted(numbers, prefixesOf(numbers, factors, shape, axis), shape, axis, 1, 1);
  return numbers.valueOf(numbers.mul(before, b));
}

/** The element `distance` places before each one, and `neutral` where there is none. */
function shifted<N>(numbers: Numbers<N>, a: N, shape: Shape, axis: number, distance: number, neutral: 0 | 1): N {
  const isOut = Math.abs(distance) >= rowSize(shape, axis);
  return numbers.moved(a, neutral, (x, value) => (isOut ? filled(x, value) : shiftedAlong(x, axis, distance, value)));
}

/** Options of `cumSum`, `cumProd`, `cumMax`, `cumMin` and `logCumSumExp`.
 * @category Reductions */
export interface CumulativeOptions {
  /** The axis to run along, counted from the end when negative. */
  readonly axis: number;
}

export const cumulativeOptions: OptionKinds<CumulativeOptions> = { axis: ownCheck };
