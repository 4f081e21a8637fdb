/** The Cholesky factor. */
import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import { scoped } from "../../autograd/scope.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import { choleskyStep } from "../../kernels/elimination.js";
import { checkedOptions, flag, type OptionKinds } from "../../options.js";
import { at } from "../../shape.js";
import { checkNumbers } from "../arguments.js";
import { mul, sub } from "../elementwise/arithmetic.js";
import { transpose } from "../shape/reshape.js";
import { diagonal, tril } from "../shape/triangle.js";
import { matmulOp } from "./matmul.js";
import { checkSquare, countOf, identities, stepByStep, symmetricPart } from "./matrices.js";
import { solveTriangularOp } from "./solve-triangular.js";

/** Options of `cholesky`.
 * @category Linear algebra */
export interface CholeskyOptions {
  /** Whether the factor is U of A = Uᵀ U, the transpose of L. Default false. */
  readonly upper?: boolean | undefined;
}

const choleskyOptions: OptionKinds<CholeskyOptions> = { upper: flag };

/** The Cholesky factor of symmetric positive-definite matrices: the lower triangle L with a positive diagonal and A = L Lᵀ, as
 * `torch.linalg.cholesky`; but of the symmetric part (A + Aᵀ)/2, where PyTorch reads one triangle. So the gradient is symmetric.
 *
 * A launch over whole matrices for each row; nothing is read but the diagonal, at the end. The gradient is that of Murray (2016),
 * "Differentiation of the Cholesky decomposition", (10).
 * @param a shape `[...B, N, N]`
 * @returns the same shape, 0 in the other triangle
 * @throws ShapeError unless the matrices are square; ValueError if one is not positive-definite, or has NaN (where nothing can be
 * read at once, on webgpu, the error comes with the next read of any tensor there, and there are infinities and NaN meanwhile)
 * @category Linear algebra */
export function cholesky(a: Tensor, options: CholeskyOptions = {}): Tensor {
  const { upper = false } = checkedOptions("cholesky", options, choleskyOptions);
  checkSquare("cholesky", "a", a);
  const factor = choleskyOp(symmetricPart(a));
  checkPositive(factor);
  return upper ? transpose(factor) : factor;
}

const choleskyOp: Op<[a: Tensor]> = defineOp({
  name: "cholesky",
  forward: ([a]) => {
    const size = at(a.shape, -1);
    const launch = { threads: [size, size, countOf(a)] as const, constants: { size } };
    const factor = stepByStep(a, 0, size, (state, step) => run(choleskyStep, [state, step], launch));
    return { output: factor, saved: { factor } };
  },
  // ∂A = L⁻ᵀ Φ(Lᵀ ∂L) L⁻¹, where Φ takes the lower triangle with half of the diagonal.
  backward: (g, { factor }) => {
    const product = matmulOp(factor, g, { transposeA: true, transposeB: false });
    const half = mul(0.5, identities(product.shape, product));
    const phi = sub(tril(product), mul(product, half));
    return [timesInverse(factor, transpose(timesInverse(factor, phi)))];
  },
});

/** L⁻ᵀ x */
function timesInverse(factor: Tensor, x: Tensor): Tensor {
  return solveTriangularOp(factor, x, { upper: false, transposed: true, unit: false });
}

/** Throws unless every number on the diagonal is positive. Where nothing can be read at once, the next read rejects instead. */
function checkPositive(factor: Tensor): void {
  const size = at(factor.shape, -1);
  scoped(
    () => checkNumbers(diagonal(factor.detach(), { axis1: -2, axis2: -1 }), (numbers) => notPositive(numbers, size)),
    () => [],
  );
}

function notPositive(numbers: ArrayLike<number>, size: number): ValueError | undefined {
  const place = Array.from(numbers).findIndex((v) => !(v > 0));
  if (place < 0) return undefined;
  const which = numbers.length === size ? "the matrix" : `matrix ${Math.floor(place / size)} of the batch`;
  const order = (place % size) + 1;
  return new ValueError(
    "cholesky",
    `${which} is not positive-definite: its leading minor of order ${order} is not positive; to take the factor all the same, add ` +
      "a small multiple of the identity",
    { actual: numbers[place] },
  );
}
