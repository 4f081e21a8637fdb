/** Linear systems of equations, and inverses. */
import { defineOp, type Op } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError } from "../../errors.js";
import { at, broadcastShapes, checkSize, formatShape, type Shape, sameShape } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { neg } from "../elementwise/arithmetic.js";
import { broadcastTo, reshapeTo } from "../reduce/sum.js";
import { checkRegular, factorsOf, luSolveOp } from "./lu.js";
import { matmulOp } from "./matmul.js";
import { batchOf, checkSquare, identities } from "./matrices.js";

/** The inverse A⁻¹ of square matrices, as `torch.linalg.inv`; to solve with it, `solve` is faster and more exact.
 *
 * From L U factors with partial pivoting, in 3 N launches over whole matrices, on every device; nothing is read but the pivots,
 * at the end. NaN spreads. Its gradient is −A⁻ᵀ G A⁻ᵀ (Giles 2008, 2.2.3).
 * @param a shape `[...B, N, N]`
 * @returns the same shape
 * @throws ShapeError unless the matrices are square; ValueError if one has a pivot that is exactly 0, so that it is singular (where
 * nothing can be read at once, on webgpu, the error comes with the next read of any tensor there, and there are infinities and NaN
 * meanwhile); a matrix that is singular but for rounding has a huge inverse
 * @category Linear algebra */
export function inverse(a: Tensor): Tensor {
  return inverseOf("inverse", a);
}

/** The inverse for an op in whose name singular matrices are refused. */
export function inverseOf(op: string, a: Tensor): Tensor {
  checkSquare(op, "a", a);
  const factors = factorsOf(a);
  checkRegular(op, factors);
  return inverseOp(a, factors);
}

const inverseOp: Op<[a: Tensor, factors: Tensor]> = defineOp({
  name: "inverse",
  forward: ([a, factors]) => {
    const y = luSolveOp(a, factors, identities(a.shape, a), { transposed: false });
    return { output: y, saved: { y } };
  },
  backward: (g, { y }) => {
    const left = matmulOp(y, g, { transposeA: true, transposeB: false });
    return [neg(matmulOp(left, y, { transposeA: false, transposeB: true })), null];
  },
});

/** The solution X of A X = B, as `torch.linalg.solve`.
 *
 * From L U factors with partial pivoting, as `inverse`. The gradients are ∂B = A⁻ᵀ G and ∂A = −∂B Xᵀ (Giles 2008, 2.2.3), with the
 * same factors.
 * @param a shape `[...B, N, N]`
 * @param b shape `[...B, N, K]`, whose leading axes broadcast with those of `a`; or vectors: `[N]`, or `[...B, N]` where that is the
 * shape of `a` without its last axis
 * @returns shape `[...B, N, K]`, or that of the vectors
 * @throws ShapeError unless the matrices are square and `b` fits them; ValueError if one is singular, as `inverse`
 * @category Linear algebra */
export function solve(a: Tensor, b: Tensor): Tensor {
  checkFloat("solve", a, b);
  checkSquare("solve", "a", a);
  const isVector = b.rank === 1 || sameShape(b.shape, a.shape.slice(0, -1));
  const [left, right] = together("solve", a, isVector ? reshapeTo(b, [...b.shape, 1]) : b, {
    shape: b.shape,
    axis: "rows",
  });
  const factors = factorsOf(left);
  checkRegular("solve", factors);
  const x = luSolveOp(left, factors, right, { transposed: false });
  return isVector ? reshapeTo(x, x.shape.slice(0, -1)) : x;
}

/** Square matrices a and right-hand sides b with the same leading axes, but that a single matrix stays one.
 * @param shown the shape of b that an error shows, and which of its axes must fit
 * @throws ShapeError unless b has as many rows as a, and the leading axes broadcast */
export function together(
  op: string,
  a: Tensor,
  b: Tensor,
  shown: { readonly shape: Shape; readonly axis: "rows" | "columns" },
): readonly [a: Tensor, b: Tensor] {
  const size = at(a.shape, -1);
  if (b.rank < 2 || at(b.shape, -2) !== size) {
    throw new ShapeError(
      op,
      `a ${formatShape(a.shape)} needs a right-hand side of ${size} ${shown.axis}, got b ${formatShape(shown.shape)}`,
      { expected: size, actual: shown.shape },
    );
  }
  const batch = broadcastShapes(op, batchOf(a), batchOf(b));
  const [ofA, ofB] = [
    [...batch, size, size],
    [...batch, size, at(b.shape, -1)],
  ];
  checkSize(op, ofB);
  if (a.size === size * size) return [reshapeTo(a, [size, size]), broadcastTo(b, ofB)];
  checkSize(op, ofA);
  return [broadcastTo(a, ofA), broadcastTo(b, ofB)];
}
