/** Logarithms of determinants. */
import { defineOp, type Op } from "../../autograd/define-op.js";
import { noGrad } from "../../autograd/modes.js";
import type { Tensor } from "../../autograd/tensor.js";
import { add, mul } from "../elementwise/arithmetic.js";
import { abs, log, sign } from "../elementwise/unary.js";
import { prod } from "../reduce/product.js";
import { sum } from "../reduce/sum.js";
import { factorsOf, luSolveOp, pivotsOf, signedPivots } from "./lu.js";
import { asMatrices, checkSquare, identities } from "./matrices.js";

/** The sign of a determinant and the logarithm of its size.
 * @category Linear algebra */
export interface SignedLogDeterminant {
  /** −1, 0 or 1; NaN where the matrix has one. No gradient, for its derivative is 0. */
  readonly sign: Tensor;
  /** log |det A|. */
  readonly logabsdet: Tensor;
}

/** The determinant of square matrices as its sign and the logarithm of its size, as `torch.linalg.slogdet`: for determinants that
 * are no numbers of the device.
 *
 * The gradient of the logarithm is A⁻ᵀ (Giles 2008, 2.2.4). A matrix with a pivot of exactly 0 has the sign 0 and the logarithm
 * −Infinity, whose derivative is infinite or NaN.
 * @param a shape `[...B, N, N]`
 * @returns two tensors of shape `[...B]`
 * @throws ShapeError unless the matrices are square
 * @category Linear algebra */
export function slogdet(a: Tensor): SignedLogDeterminant {
  return slogdetOf("slogdet", a);
}

/** The logarithm of the determinant of square matrices, as `torch.logdet`: NaN where that is negative, −Infinity where it is 0.
 *
 * The gradient is A⁻ᵀ: see `slogdet`.
 * @param a shape `[...B, N, N]`
 * @returns shape `[...B]`
 * @throws ShapeError unless the matrices are square
 * @category Linear algebra */
export function logdet(a: Tensor): Tensor {
  const { sign, logabsdet } = slogdetOf("logdet", a);
  return add(logabsdet, log(sign)); // log 1 = 0, log −1 = NaN
}

function slogdetOf(op: string, a: Tensor): SignedLogDeterminant {
  checkSquare(op, "a", a);
  const factors = factorsOf(a);
  const signOf = () => prod(sign(signedPivots(factors)), { axis: -1 });
  return { sign: noGrad(signOf), logabsdet: logabsdetOp(a, factors) };
}

const logabsdetOp: Op<[a: Tensor, factors: Tensor]> = defineOp({
  name: "slogdet",
  forward: ([a, factors]) => ({ output: sum(log(abs(pivotsOf(factors))), { axis: -1 }), saved: { a, factors } }),
  backward: (gradOutput, { a, factors }) => [
    mul(asMatrices(gradOutput), luSolveOp(a, factors, identities(a.shape, a), { transposed: true })),
    null,
  ],
});
