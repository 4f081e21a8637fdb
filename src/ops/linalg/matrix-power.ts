/** Powers of matrices. */
import type { Tensor } from "../../autograd/tensor.js";
import { describe, ValueError } from "../../errors.js";
import { matmulOp } from "./matmul.js";
import { checkSquare, identities } from "./matrices.js";
import { inverseOf } from "./solve.js";

/** A whole power of square matrices, as `torch.linalg.matrix_power`: A⁰ is the identity, without a
 * gradient, A¹ is `a` itself, and a negative power that of the inverse.
 *
 * Squares of squares, ⌊log₂ n⌋ products and one more for each further 1 among the binary digits of n.
 * @param a shape `[...B, N, N]`
 * @param power an integer
 * @returns the shape of `a`
 * @throws ShapeError unless the matrices are square; ValueError unless `power` is an integer, or if it is negative and a matrix
 * singular, as `inverse`
 * @category Linear algebra */
export function matrixPower(a: Tensor, power: number): Tensor {
  checkSquare("matrixPower", "a", a);
  if (!Number.isSafeInteger(power)) {
    throw new ValueError("matrixPower", `power must be an integer, got ${describe(power)}`, { actual: power });
  }
  if (power === 0) return identities(a.shape, a);
  let square = power < 0 ? inverseOf("matrixPower", a) : a;
  let result: Tensor | null = null;
  for (let left = Math.abs(power); ; ) {
    if (left % 2 === 1) result = result === null ? square : product(result, square);
    left = Math.floor(left / 2);
    if (left === 0) return result as Tensor;
    square = product(square, square);
  }
}

function product(a: Tensor, b: Tensor): Tensor {
  return matmulOp(a, b, { transposeA: false, transposeB: false });
}
