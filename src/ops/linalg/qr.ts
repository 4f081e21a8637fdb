/** The QR decomposition. */
import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { columnDots, reflect, reflectBack } from "../../kernels/reflection.js";
import { checkSize } from "../../shape.js";
import { add, div, mul, sub } from "../elementwise/arithmetic.js";
import { sign } from "../elementwise/unary.js";
import { squareScale } from "../reduce/square-scale.js";
import { concat } from "../shape/join.js";
import { transpose } from "../shape/reshape.js";
import { partOf } from "../shape/slice.js";
import { diagonal, tril, triu } from "../shape/triangle.js";
import { matmulOp } from "./matmul.js";
import { batchOf, checkMatrices, countOf, identities, stepByStep } from "./matrices.js";
import { solveTriangularOp } from "./solve-triangular.js";

/** A QR decomposition.
 * @category Linear algebra */
export interface QR {
  /** Columns of length 1 at right angles, [...B, M, K]. */
  readonly q: Tensor;
  /** An upper triangle, [...B, K, N]. */
  readonly r: Tensor;
}

/** The reduced QR decomposition A = Q R, as `torch.linalg.qr`: K = min(M, N) columns of Q, signs as LAPACK's.
 *
 * Householder's reflections (Golub & Van Loan, Matrix Computations, 5.2), four launches over whole matrices for each column;
 * nothing is read. The gradient is that of Walter & Lehmann (2018), "Algorithmic differentiation of linear algebra functions", which
 * needs R⁻¹: it is infinite or NaN where the first K columns of A are linearly dependent. A column that is 0 below the diagonal stays
 * as it is, where one beside it would change its sign: at triangles there is no derivative. NaN spreads.
 * @param a shape `[...B, M, N]`
 * @throws ShapeError for fewer than two axes
 * @category Linear algebra */
export function qr(a: Tensor): QR {
  checkMatrices("qr", "a", a);
  const [rows, columns] = a.shape.slice(-2) as [number, number];
  checkSize("qr", [...batchOf(a), rows + columns, columns]);
  if (rows >= columns) return parts(qrOp(a), rows, columns);
  const last = a.rank - 1;
  const { q, r } = parts(qrOp(partOf(a, last, 0, rows)), rows, rows);
  const others = product(q, partOf(a, last, rows, columns - rows), { transposeA: true });
  return { q, r: concat([r, others], { axis: last }) };
}

/** Q and R of matrices that are not wide, one above the other. */
const qrOp: Op<[a: Tensor]> = defineOp({
  name: "qr",
  forward: ([a]) => {
    const both = reflected(a);
    return { output: both, saved: { both } };
  },
  // ∂A = (∂Q + Q (T + Tᵀ − diag T)) R⁻ᵀ with T the lower triangle of R ∂Rᵀ − ∂Qᵀ Q.
  backward: (g, { both }, { inputs: [a] }) => {
    const [rows, columns] = a.shape.slice(-2) as [number, number];
    const { q, r } = parts(both, rows, columns);
    const { q: gradQ, r: gradR } = parts(g, rows, columns);
    const m = sub(product(r, gradR, { transposeB: true }), product(gradQ, q, { transposeA: true }));
    const symmetric = add(tril(m), transpose(tril(m, { diagonal: -1 })));
    const left = add(gradQ, product(q, symmetric));
    return [transpose(solveTriangularOp(r, transpose(left), { upper: true, transposed: false, unit: false }))];
  },
  region: ({ both }, { inputs: [a] }) => {
    const [rows, columns] = a.shape.slice(-2) as [number, number];
    return sign(diagonal(parts(both, rows, columns).r, { axis1: -2, axis2: -1 }));
  },
});

/** What is below the diagonal counts as 0 where its square is at most this part of that of the diagonal: far below a rounding,
 * but so large that the reflection's vector does not vanish, either. */
const negligible = { float32: 2 ** -60, float64: 2 ** -120 };

function reflected(a: Tensor): Tensor {
  const [rows, columns] = a.shape.slice(-2) as [number, number];
  const threads = [columns, rows, countOf(a)] as const;
  const constants = { rows, columns };
  const floats = { negligible: negligible[a.device.floatType] };
  const ofColumns = { shape: [countOf(a), columns + 1], threads: [columns + 1, countOf(a), 1] as const, constants };
  const scale = squareScale(a, [a.rank - 2], "both");
  const packed = stepByStep(mul(a, scale), 0, columns, (state, step) => {
    const dots = run(columnDots, [state, state, step], ofColumns);
    return run(reflect, [state, dots, step], { threads, constants, floats });
  });
  const q = stepByStep(identities(a.shape, a), columns - 1, -1, (state, step) => {
    const dots = run(columnDots, [packed, state, step], ofColumns);
    return run(reflectBack, [state, packed, dots, step], { threads, constants });
  });
  const r = div(triu(partOf(packed, a.rank - 2, 0, columns)), scale);
  return concat([q, r], { axis: a.rank - 2 });
}

function parts(both: Tensor, rows: number, columns: number): QR {
  const axis = both.rank - 2;
  return { q: partOf(both, axis, 0, rows), r: partOf(both, axis, rows, columns) };
}

function product(a: Tensor, b: Tensor, { transposeA = false, transposeB = false } = {}): Tensor {
  return matmulOp(a, b, { transposeA, transposeB });
}
