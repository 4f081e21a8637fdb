/** Products of two vectors. */

import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError } from "../../errors.js";
import { checkSize, formatShape } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { mul } from "../elementwise/arithmetic.js";
import { reshapeTo } from "../reduce/sum.js";
import { matmul } from "./matmul.js";

/** Inner product Σ aᵢ bᵢ of two vectors.
 * @param a shape `[K]`
 * @param b shape `[K]`
 * @returns a scalar
 * @throws ShapeError unless both are vectors of one size
 * @category Linear algebra */
export function dot(a: Tensor, b: Tensor): Tensor {
  checkFloat("dot", a, b);
  if (a.rank !== 1 || b.rank !== 1 || a.size !== b.size) {
    throw new ShapeError(
      "dot",
      `a and b must be vectors of one size, got ${formatShape(a.shape)} and ${formatShape(b.shape)}; for matrices use matmul`,
      { expected: a.shape, actual: b.shape },
    );
  }
  return matmul(a, b);
}

/** Outer product of two vectors, aᵢ bⱼ.
 * @param a shape `[M]`
 * @param b shape `[N]`
 * @returns shape `[M, N]`
 * @throws ShapeError unless both are vectors
 * @category Linear algebra */
export function outer(a: Tensor, b: Tensor): Tensor {
  checkFloat("outer", a, b);
  if (a.rank !== 1 || b.rank !== 1) {
    throw new ShapeError(
      "outer",
      `a and b must be vectors, got ${formatShape(a.shape)} and ${formatShape(b.shape)}; flatten them first`,
      { actual: [a.shape, b.shape] },
    );
  }
  checkSize("outer", [a.size, b.size]);
  return mul(reshapeTo(a, [a.size, 1]), b);
}
