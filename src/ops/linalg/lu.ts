/** P A = L U: elimination with pivoting, and what is solved with it. */
import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import { scoped } from "../../autograd/scope.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import * as kernels from "../../kernels/elimination.js";
import { at } from "../../shape.js";
import { checkNumbers } from "../arguments.js";
import { mul, neg } from "../elementwise/arithmetic.js";
import { placesInOrder } from "../indexing/places.js";
import { sumTo } from "../reduce/sum.js";
import { sliceOp } from "../shape/slice.js";
import { diagonal } from "../shape/triangle.js";
import { matmulOp } from "./matmul.js";
import { batchOf, batchStride, countOf, stepByStep } from "./matrices.js";

/** Factors of square matrices, unrecorded, as one tensor [...B, N + 1, N + 1]: U on and above the diagonal, L without its
 * diagonal of ones below it, and behind them the numbers that the rows and columns had before they changed places.
 *
 * Gaussian elimination (Golub & Van Loan, Matrix Computations, 3.4) in a step per row, each a launch or two over whole matrices;
 * nothing is read. Partial pivoting leaves the columns where they are; complete pivoting takes the largest of all numbers that are
 * left, so that whatever is 0 up to rounding comes last.  */
export function factorsOf(a: Tensor, pivoting: "partial" | "complete" = "partial"): Tensor {
  const size = at(a.shape, -1);
  const count = countOf(a);
  const threads = [size + 1, size + 1, count] as const;
  const start = run(kernels.numberedMatrix, [a.detach()], {
    shape: [...batchOf(a), size + 1, size + 1],
    threads,
    constants: { rows: size, columns: size },
  });
  const one = { shape: [count], constants: { size } };
  return stepByStep(start, 0, size, (state, step) => {
    const pivots =
      pivoting === "partial"
        ? run(kernels.pivotOfColumn, [state, step], one)
        : run(kernels.pivotOfAll, [state, columnSizes(state, step), step], one);
    return run(kernels.eliminate, [state, pivots, step], { threads, constants: { size } });
  });
}

function columnSizes(state: Tensor, step: Tensor): Tensor {
  const [size, count] = [sizeOfFactors(state), countOf(state)];
  return run(kernels.columnSizes, [state, step], {
    shape: [count, size],
    threads: [size, count, 1],
    constants: { size },
  });
}

function sizeOfFactors(factors: Tensor): number {
  return at(factors.shape, -1) - 1;
}

/** The factors without the numbers behind them, [...B, N, N]. */
export function coreOf(factors: Tensor): Tensor {
  const size = sizeOfFactors(factors);
  const ranges = factors.shape.map((n, i) => ({ from: 0, by: 1, count: i < factors.rank - 2 ? n : size }));
  return sliceOp(factors, { ranges });
}

/** The diagonal of U, [...B, N]. */
export function pivotsOf(factors: Tensor): Tensor {
  return diagonal(coreOf(factors), { axis1: -2, axis2: -1 });
}

/** Numbers [...B, N] whose products are the determinants. */
export function signedPivots(factors: Tensor): Tensor {
  return mul(pivotsOf(factors), signsOf(orderOf(factors, "rows")));
}

/** Which rows (or columns) of A come after each other in its factors, int32 [...B, N]. */
export function orderOf(factors: Tensor, of: "rows" | "columns"): Tensor {
  const size = sizeOfFactors(factors);
  const along = { from: 0, by: 1, count: size };
  const last = { from: size, by: 1, count: 1 };
  const outer = batchOf(factors).map((count) => ({ from: 0, by: 1, count }));
  const ranges = [...outer, ...(of === "rows" ? [along, last] : [last, along])];
  return sliceOp(factors, { ranges }).view([...batchOf(factors), size]);
}

/** The sign of a permutation as factors [...B, N] of 1 and −1. */
export function signsOf(order: Tensor): Tensor {
  const size = at(order.shape, -1);
  return run(kernels.inversionSign, [order], { threads: [size, order.size / size, 1], constants: { size } });
}

/** Throws if a pivot is exactly 0. Where nothing can be read at once, the next read of any tensor on the device rejects instead. */
export function checkRegular(op: string, factors: Tensor): void {
  scoped(
    () => checkNumbers(pivotsOf(factors), (pivots) => singular(op, pivots, sizeOfFactors(factors))),
    () => [],
  );
}

function singular(op: string, pivots: ArrayLike<number>, size: number): ValueError | undefined {
  const zero = Array.from(pivots).indexOf(0);
  if (zero < 0) return undefined;
  const which = pivots.length === size ? "the matrix" : `matrix ${Math.floor(zero / size)} of the batch`;
  return new ValueError(
    op,
    `${which} is singular: pivot ${(zero % size) + 1} of its ${size} is 0; to solve it all the same, add a small multiple of the ` +
      "identity",
    { actual: zero },
  );
}

/** Which triangle of a matrix counts, how it is read, and whether its diagonal is all ones. */
export interface Substitution {
  readonly upper: boolean;
  readonly transposed: boolean;
  readonly unit: boolean;
}

/** T⁻¹ x or T⁻ᵀ x for a triangle T of a, whose matrices may stand in the corner of larger ones; unrecorded.
 * @param a as many matrices as x has, or one for all */
export function substituted(x: Tensor, a: Tensor, { upper, transposed, unit }: Substitution): Tensor {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const rowStride = at(a.shape, -1);
  const isForward = upper === transposed;
  const constants = {
    rows,
    columns,
    batchA: batchStride(a),
    rowA: transposed ? 1 : rowStride,
    colA: transposed ? rowStride : 1,
    isForward: isForward ? 1 : 0,
    isUnit: unit ? 1 : 0,
  };
  const threads = [columns, rows, countOf(x)] as const;
  const [from, to] = isForward ? [0, rows] : [rows - 1, -1];
  return stepByStep(x, from, to, (state, step) => run(kernels.substitute, [state, a, step], { threads, constants }));
}

/** The rows of x [...B, N, K] in an order [...B, N], or [N] for all; unrecorded. */
export function rowsInOrder(x: Tensor, order: Tensor): Tensor {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  return run(kernels.rowsInOrder, [x, order], {
    threads: [columns, rows, countOf(x)],
    constants: { rows, columns, orderBatch: order.size === rows ? 0 : rows },
  });
}

/** The order that undoes one. */
export function inverseOrder(order: Tensor): Tensor {
  return placesInOrder("inverse", order, order.rank - 1, false);
}

/** A⁻¹ B, or A⁻ᵀ B, from the factors of A: what gradients of A reach through it alone.
 * @param a [...B, N, N] or [N, N]
 * @param b [...B, N, K] */
export const luSolveOp: Op<[a: Tensor, factors: Tensor, b: Tensor], { readonly transposed: boolean }> = defineOp({
  name: "solve",
  forward: ([a, factors, b], { transposed }) => {
    const x = transposed ? solvedTransposed(factors, b) : solved(factors, b);
    return { output: x, saved: { a, factors, x } };
  },
  // With A X = B: ∂B = A⁻ᵀ G and ∂A = −∂B Xᵀ; with Aᵀ X = B: ∂B = A⁻¹ G and ∂A = −X ∂Bᵀ (Giles 2008, 2.2.3).
  backward: (g, { a, factors, x }, { options: { transposed }, needsGrad }) => {
    const gradB = luSolveOp(a, factors, g, { transposed: !transposed });
    const [left, right] = transposed ? [x, gradB] : [gradB, x];
    const gradA = needsGrad[0]
      ? neg(sumTo(matmulOp(left, right, { transposeA: false, transposeB: true }), a.shape))
      : null;
    return [gradA, null, gradB];
  },
});

const lower = { upper: false, transposed: false, unit: true };
const upper = { upper: true, transposed: false, unit: false };

function solved(factors: Tensor, b: Tensor): Tensor {
  const y = substituted(rowsInOrder(b, orderOf(factors, "rows")), factors, lower);
  return substituted(y, factors, upper);
}

function solvedTransposed(factors: Tensor, b: Tensor): Tensor {
  const y = substituted(b, factors, { ...upper, transposed: true });
  const x = substituted(y, factors, { ...lower, transposed: true });
  return rowsInOrder(x, inverseOrder(orderOf(factors, "rows")));
}
