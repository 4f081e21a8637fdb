/** Systems of equations with triangular matrices. */
import { defineOp, type Op } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import { checkedOptions, flag, type OptionKinds } from "../../options.js";
import { checkFloat } from "../arguments.js";
import { neg } from "../elementwise/arithmetic.js";
import { sumTo } from "../reduce/sum.js";
import { transpose } from "../shape/reshape.js";
import { tril, triu } from "../shape/triangle.js";
import { type Substitution, substituted } from "./lu.js";
import { matmulOp } from "./matmul.js";
import { checkSquare } from "./matrices.js";
import { together } from "./solve.js";

/** Options of `solveTriangular`.
 * @category Linear algebra */
export interface SolveTriangularOptions {
  /** Whether the upper triangle counts, or the lower one; the other is not looked at. */
  readonly upper: boolean;
  /** Whether the diagonal counts as all ones, whatever stands there. Default false. */
  readonly unitriangular?: boolean | undefined;
  /** Whether A X = B is solved, or X A = B. Default true. */
  readonly left?: boolean | undefined;
}

const solveTriangularOptions: OptionKinds<SolveTriangularOptions> = { upper: flag, unitriangular: flag, left: flag };

/** The solution X of A X = B (or X A = B) with a triangular A, as `torch.linalg.solve_triangular`.
 *
 * Forward or back substitution, a launch over all right-hand sides for each row; nothing is read. A zero on the diagonal makes
 * infinities and NaN. The gradients are ∂B = A⁻ᵀ G and the triangle of ∂A = −∂B Xᵀ.
 * @param a shape `[...B, N, N]`
 * @param b shape `[...B, N, K]`, or `[...B, K, N]` where A stands on the right; leading axes broadcast with those of `a`
 * @returns shape `[...B, N, K]`, or `[...B, K, N]`
 * @throws ShapeError unless the matrices are square and `b` fits them
 * @category Linear algebra */
export function solveTriangular(a: Tensor, b: Tensor, options: SolveTriangularOptions): Tensor {
  const {
    upper,
    unitriangular = false,
    left = true,
  } = checkedOptions("solveTriangular", options, solveTriangularOptions);
  checkFloat("solveTriangular", a, b);
  checkSquare("solveTriangular", "a", a);
  if (upper === undefined) {
    throw new ValueError(
      "solveTriangular",
      "it must be told which triangle of a counts; pass { upper: true } or { upper: false }",
    );
  }
  const turned = left || b.rank < 2 ? b : transpose(b); // X A = B is Aᵀ Xᵀ = Bᵀ
  const [matrices, sides] = together("solveTriangular", a, turned, { shape: b.shape, axis: left ? "rows" : "columns" });
  const x = solveTriangularOp(matrices, sides, { upper, transposed: !left, unit: unitriangular });
  return left ? x : transpose(x);
}

/** T⁻¹ B or T⁻ᵀ B for a triangle T of `a`.
 * @param a [...B, N, N] or [N, N]
 * @param b [...B, N, K] */
export const solveTriangularOp: Op<[a: Tensor, b: Tensor], Substitution> = defineOp({
  name: "solveTriangular",
  forward: ([a, b], substitution) => {
    const x = substituted(b, a, substitution);
    return { output: x, saved: { a, x } };
  },
  // With T X = B: ∂B = T⁻ᵀ G and ∂T = −∂B Xᵀ; with Tᵀ X = B: ∂B = T⁻¹ G and ∂T = −X ∂Bᵀ, as far as T counts.
  backward: (g, { a, x }, { options: { upper, transposed, unit }, needsGrad }) => {
    const gradB = solveTriangularOp(a, g, { upper, transposed: !transposed, unit });
    if (!needsGrad[0]) return [null, gradB];
    const [left, right] = transposed ? [x, gradB] : [gradB, x];
    const product = sumTo(matmulOp(left, right, { transposeA: false, transposeB: true }), a.shape);
    const triangle = upper ? triu(product, { diagonal: unit ? 1 : 0 }) : tril(product, { diagonal: unit ? -1 : 0 });
    return [neg(triangle), gradB];
  },
});
