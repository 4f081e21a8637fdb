/** Products along axes, made of ops so that no derivative divides by an input. */

import type { Tensor } from "../../autograd/tensor.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import { at, normalizeAxes, normalizeAxis, sizeOf } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { mul } from "../elementwise/arithmetic.js";
import { permute } from "../shape/reshape.js";
import { pad, partOf } from "../shape/slice.js";
import { keptShape } from "./reduction.js";
import { type ReduceOptions, reduceOptions, reshapeTo } from "./sum.js";

/** Product over axes. Its derivatives, of every order, are products of the other factors, so they are exact where there are
 * zeros: the gradient of `prod([0, 1, 2])` is `[2, 0, 0]`.
 *
 * A tree of ⌈log₂ n⌉ elementwise products.
 * @category Reductions */
export function prod(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axis = null, keepDims = false } = checkedOptions("prod", options, reduceOptions);
  checkFloat("prod", x);
  const axes = normalizeAxes("prod", axis, x.rank);
  const others = x.shape.flatMap((_, i) => (axes.includes(i) ? [] : [i]));
  const kept = keptShape(x.shape, axes);
  let factors = reshapeTo(permute(x, [...axes, ...others]), [x.size / sizeOf(kept), sizeOf(kept)]);
  while (at(factors.shape, 0) > 1) {
    const half = Math.ceil(at(factors.shape, 0) / 2);
    const rest = at(factors.shape, 0) - half;
    const second = partOf(factors, 0, half, rest);
    factors = mul(partOf(factors, 0, 0, half), rest < half ? pad(second, [[0, 1]], { value: 1 }) : second);
  }
  return reshapeTo(factors, keepDims ? kept : others.map((i) => at(x.shape, i)));
}

/** The products of the elements up to and including each one along an axis; derivatives are exact where there are zeros.
 *
 * ⌈log₂ n⌉ passes (Hillis & Steele 1986).
 * @throws ShapeError if the axis is missing or out of range
 * @category Reductions */
export function cumProd(x: Tensor, options: CumulativeOptions): Tensor {
  const { axis } = checkedOptions("cumProd", options, cumulativeOptions);
  checkFloat("cumProd", x);
  const along = normalizeAxis("cumProd", axis, x.rank);
  const size = at(x.shape, along);
  let products = x;
  for (let distance = 1; distance < size; distance *= 2) {
    const widths = x.shape.map((_, i) => [i === along ? distance : 0, 0] as const);
    products = mul(products, pad(partOf(products, along, 0, size - distance), widths, { value: 1 }));
  }
  return products;
}

/** Options of `cumSum` and `cumProd`.
 * @category Reductions */
export interface CumulativeOptions {
  /** The axis to run along, counted from the end when negative. */
  readonly axis: number;
}

export const cumulativeOptions: OptionKinds<CumulativeOptions> = { axis: ownCheck };
