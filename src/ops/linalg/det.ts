/** The determinant, and its first two derivatives, of singular matrices as well. */
import { defineOp, type Op } from "../../autograd/define-op.js";
import { isRecording } from "../../autograd/modes.js";
import type { Tensor } from "../../autograd/tensor.js";
import { at } from "../../shape.js";
import { div, mul, sub } from "../elementwise/arithmetic.js";
import { equal, where } from "../elementwise/compare.js";
import { logicalOr } from "../elementwise/logic.js";
import { prod } from "../reduce/product.js";
import { reshapeTo, sum } from "../reduce/sum.js";
import { diagEmbed } from "../shape/diag-embed.js";
import { transpose } from "../shape/reshape.js";
import { diagonal } from "../shape/triangle.js";
import {
  coreOf,
  factorsOf,
  inverseOrder,
  orderOf,
  pivotsOf,
  rowsInOrder,
  signedPivots,
  signsOf,
  substituted,
} from "./lu.js";
import { matmulOp } from "./matmul.js";
import { asMatrices, checkSquare, identities } from "./matrices.js";
import { inverseOf } from "./solve.js";

/** The determinant of square matrices, as `torch.linalg.det`.
 *
 * The product of the pivots of elimination, with exponents of its own: see `prod`. The gradient is the matrix of cofactors, which
 * is right for singular matrices, too, and so is its own derivative: both by elimination with complete pivoting, without a
 * division by what may be 0. From the third derivative on the matrices must not be singular.
 * @param a shape `[...B, N, N]`
 * @returns shape `[...B]`; 0 where a pivot is exactly 0
 * @throws ShapeError unless the matrices are square
 * @category Linear algebra */
export function det(a: Tensor): Tensor {
  checkSquare("det", "a", a);
  return detOp(a);
}

const detOp: Op<[a: Tensor]> = defineOp({
  name: "det",
  forward: ([a]) => ({ output: prod(signedPivots(factorsOf(a)), { axis: -1 }), saved: { a } }),
  backward: (gradOutput, { a }) => [mul(asMatrices(gradOutput), cofactorsOp(a))],
});

/** The cofactors C(A) = ∂ det A/∂A.
 *
 * With complete pivoting P A Q = L D W, where L and W have ones on their diagonals and nothing larger beside them, and D is the
 * diagonal of the pivots, those last that are 0. As C(X Y) = C(X) C(Y), and C(X) = X⁻ᵀ where det X = 1, C(A) = ± Pᵀ L⁻ᵀ C(D) W⁻ᵀ Qᵀ,
 * and C(D) are the products of the other pivots. */
const cofactorsOp: Op<[a: Tensor]> = defineOp({
  name: "det",
  forward: ([a]) => {
    const factors = completeFactorsOf(a);
    return { output: cofactorsFrom(factors, diagEmbed(productsOfOthers(factors.pivots))), saved: { a } };
  },
  backward: (gradOutput, { a }) => [isRecording() ? recordedDerivative(a, gradOutput) : cofactorsAlong(a, gradOutput)],
});

/** L, D and W of a matrix: `packed` has L below its diagonal, `w` has W above it. */
interface CompleteFactors {
  readonly packed: Tensor;
  readonly w: Tensor;
  /** The diagonal of D. */
  readonly pivots: Tensor;
  /** P and Q. */
  readonly rows: Tensor;
  readonly columns: Tensor;
  /** det P · det Q. */
  readonly sign: Tensor;
}

function completeFactorsOf(a: Tensor): CompleteFactors {
  const packed = factorsOf(a, "complete");
  const pivots = pivotsOf(packed);
  const divisor = reshapeTo(pivots, [...pivots.shape, 1]);
  const w = where(equal(divisor, 0), 0, div(coreOf(packed), divisor)); // what stands beside a pivot of 0 is 0
  const [rows, columns] = [orderOf(packed, "rows"), orderOf(packed, "columns")];
  const sign = prod(mul(signsOf(rows), signsOf(columns)), { axis: -1 });
  return { packed, w, pivots, rows, columns, sign };
}

const lower = { upper: false, transposed: false, unit: true };
const upper = { upper: true, transposed: false, unit: true };

/** ± Pᵀ L⁻ᵀ K W⁻ᵀ Qᵀ */
function cofactorsFrom({ packed, w, rows, columns, sign }: CompleteFactors, k: Tensor): Tensor {
  const left = rowsInOrder(substituted(k, packed, { ...lower, transposed: true }), inverseOrder(rows));
  const both = rowsInOrder(substituted(transpose(left), w, upper), inverseOrder(columns));
  return mul(asMatrices(sign), transpose(both));
}

/** The derivative of the cofactors along a direction H: ± Pᵀ L⁻ᵀ K W⁻ᵀ Qᵀ, where K is the derivative of those of D along
 * E = L⁻¹ P H Q W⁻¹: Kᵢⱼ = −Eⱼᵢ Πᵢⱼ and Kᵢᵢ = Σⱼ Eⱼⱼ Πᵢⱼ, with Πᵢⱼ the product of all pivots but two. */
function cofactorsAlong(a: Tensor, direction: Tensor): Tensor {
  const factors = completeFactorsOf(a);
  const { packed, w, rows, columns, pivots } = factors;
  const left = substituted(rowsInOrder(direction, rows), packed, lower);
  const e = substituted(rowsInOrder(transpose(left), columns), w, { ...upper, transposed: true }); // Eᵀ
  const products = productsOfOthersButOne(pivots);
  const ofDiagonal = reshapeTo(diagonal(e, { axis1: -2, axis2: -1 }), [...pivots.shape, 1]);
  const sums = reshapeTo(matmulOp(products, ofDiagonal, { transposeA: false, transposeB: false }), pivots.shape);
  return cofactorsFrom(factors, sub(diagEmbed(sums), mul(e, products)));
}

/** [...B, N]: for each pivot the product of the others. */
function productsOfOthers(pivots: Tensor): Tensor {
  const size = at(pivots.shape, -1);
  const own = identities([size, size], pivots, "bool");
  const factors = where(own, 1, reshapeTo(pivots, [...pivots.shape.slice(0, -1), 1, size]));
  return prod(factors, { axis: -1 });
}

/** [...B, N, N]: for each two pivots the product of the others; 0 on the diagonal. */
function productsOfOthersButOne(pivots: Tensor): Tensor {
  const size = at(pivots.shape, -1);
  const own = identities([size, size], pivots, "bool");
  const either = logicalOr(reshapeTo(own, [size, 1, size]), own);
  const factors = where(either, 1, reshapeTo(pivots, [...pivots.shape.slice(0, -1), 1, 1, size]));
  return where(own, 0, prod(factors, { axis: -1 }));
}

/** The same derivative, made of ops: det A (tr(A⁻¹H) A⁻ᵀ − A⁻ᵀ Hᵀ A⁻ᵀ). */
function recordedDerivative(a: Tensor, direction: Tensor): Tensor {
  const x = inverseOf("det", a);
  const along = matmulOp(x, direction, { transposeA: false, transposeB: false });
  const trace = asMatrices(sum(diagonal(along, { axis1: -2, axis2: -1 }), { axis: -1 }));
  const turned = matmulOp(along, x, { transposeA: false, transposeB: false });
  return mul(asMatrices(detOp(a)), transpose(sub(mul(trace, x), turned)));
}
