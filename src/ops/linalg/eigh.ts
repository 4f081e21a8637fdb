/** Eigenvalues and eigenvectors of symmetric matrices. */
import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import { scoped } from "../../autograd/scope.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import { rotate, rotations, sizesOfRows } from "../../kernels/rotation.js";
import { at } from "../../shape.js";
import { div, mul, sub } from "../elementwise/arithmetic.js";
import { where } from "../elementwise/compare.js";
import { placesInOrder } from "../indexing/places.js";
import { squareScale } from "../reduce/square-scale.js";
import { reshapeTo } from "../reduce/sum.js";
import { concat } from "../shape/join.js";
import { transpose } from "../shape/reshape.js";
import { partOf } from "../shape/slice.js";
import { diagonal } from "../shape/triangle.js";
import { rowsInOrder } from "./lu.js";
import { matmulOp } from "./matmul.js";
import { batchOf, checkSquare, countOf, identities, stepByStep, symmetricPart } from "./matrices.js";

/** The eigenvalues and eigenvectors of symmetric matrices.
 * @category Linear algebra */
export interface SymmetricEigen {
  /** From the smallest to the largest, [...B, N]. */
  readonly eigenvalues: Tensor;
  /** The columns of matrices [...B, N, N], of length 1 and at right angles. */
  readonly eigenvectors: Tensor;
}

/** The eigenvalues and eigenvectors of symmetric matrices, A = V diag(λ) Vᵀ, as `torch.linalg.eigh`; but of the symmetric part
 * (A + Aᵀ)/2, where PyTorch reads one triangle. So the gradient is symmetric.
 *
 * Jacobi's method with N/2 rotations at a time (Golub & Van Loan, Matrix Computations, 8.5), sweep after sweep until what is left
 * beside the diagonal is rounding: the size of that is read after each. Where nothing can be read at once, on webgpu, a fixed number
 * of sweeps is made that is enough for the device's numbers. NaN and infinities give NaN.
 *
 * The gradient (Giles 2008, 3.1) is V (diag(∂λ) + F ∘ VᵀV̄) Vᵀ with Fᵢⱼ = 1/(λⱼ − λᵢ). Eigenvectors are determined up to their
 * signs, so that only a function that does not depend on those has a derivative; and where eigenvalues are equal, their eigenvectors
 * have none: the gradient that comes through `eigenvectors` is infinite or NaN there. Through `eigenvalues` alone it is right: see
 * `eigvalsh`.
 * @param a shape `[...B, N, N]`
 * @throws ShapeError unless the matrices are square; ValueError if the sweeps do not end, which has not been seen
 * @category Linear algebra */
export function eigh(a: Tensor): SymmetricEigen {
  checkSquare("eigh", "a", a);
  const symmetric = symmetricPart(a);
  const { values, vectors } = rotated("eigh", symmetric);
  return {
    eigenvalues: eigenvaluesOp(symmetric, values, vectors),
    eigenvectors: eigenvectorsOp(symmetric, values, vectors),
  };
}

/** The eigenvalues of symmetric matrices, from the smallest to the largest, as `torch.linalg.eigvalsh`; see `eigh`.
 *
 * The gradient V diag(∂λ) Vᵀ is right where eigenvalues are equal, too, for every function in which these count alike, as a sum;
 * for others there is none, and this is that of one basis of their eigenvectors. The second derivative is infinite or NaN there.
 * @param a shape `[...B, N, N]`
 * @returns shape `[...B, N]`
 * @throws as `eigh`
 * @category Linear algebra */
export function eigvalsh(a: Tensor): Tensor {
  checkSquare("eigvalsh", "a", a);
  const symmetric = symmetricPart(a);
  const { values, vectors } = rotated("eigvalsh", symmetric);
  return eigenvaluesOp(symmetric, values, vectors);
}

/** What the rotations came to, unrecorded. */
interface Eigen {
  readonly values: Tensor;
  readonly vectors: Tensor;
}

/** The eigenvalues as a function of A; `values` and `vectors` are what it has. */
const eigenvaluesOp: Op<[a: Tensor, values: Tensor, vectors: Tensor]> = defineOp({
  name: "eigvalsh",
  forward: ([a, values, vectors]) => ({ output: values.view(values.shape), saved: { a, values, vectors } }),
  backward: (gradOutput, saved) => {
    const vectors = eigenvectorsOp(saved.a, saved.values, saved.vectors);
    const scaled = mul(vectors, reshapeTo(gradOutput, [...batchOf(vectors), 1, at(gradOutput.shape, -1)]));
    return [product(scaled, vectors, { transposeB: true }), null, null];
  },
});

/** The eigenvectors as a function of A. */
const eigenvectorsOp: Op<[a: Tensor, values: Tensor, vectors: Tensor]> = defineOp({
  name: "eigh",
  forward: ([a, values, vectors]) => {
    const v = vectors.view(vectors.shape);
    return { output: v, saved: { a, values, vectors, v } };
  },
  backward: (gradOutput, { a, values, vectors, v }) => {
    const eigenvalues = eigenvaluesOp(a, values, vectors);
    const [batch, size] = [batchOf(v), at(v.shape, -1)];
    const differences = sub(reshapeTo(eigenvalues, [...batch, 1, size]), reshapeTo(eigenvalues, [...batch, size, 1]));
    const own = identities([size, size], v, "bool");
    const turned = where(own, 0, product(v, gradOutput, { transposeA: true }));
    const scaled = div(turned, where(own, 1, differences));
    return [product(product(v, scaled), v, { transposeB: true }), null, null];
  },
});

function product(a: Tensor, b: Tensor, { transposeA = false, transposeB = false } = {}): Tensor {
  return matmulOp(a, b, { transposeA, transposeB });
}

/** The part of the largest number that is nothing but rounding. */
const rounding = { float32: 2 ** -26, float64: 2 ** -55 };

/** Sweeps that are made where none can be looked at, and beyond which something is wrong where they can. */
const blindSweeps = 12;
const mostSweeps = 40;

/** A = V diag(λ) Vᵀ by rotations; unrecorded. */
function rotated(op: string, symmetric: Tensor): Eigen {
  const a = symmetric.detach();
  const kept: Tensor[] = [];
  return scoped(
    () => {
      const scale = squareScale(a, [a.rank - 2, a.rank - 1], "both");
      const start = concat([mul(a, scale), identities(a.shape, a)], { axis: a.rank - 2 });
      const eigen = inOrder(op, swept(op, start), scale);
      kept.push(eigen.values, eigen.vectors);
      return eigen;
    },
    () => kept,
  );
}

/** The state [...B, 2 N, N], a matrix above its vectors, after as many sweeps as make it diagonal. */
function swept(op: string, start: Tensor): Tensor {
  const size = at(start.shape, -1);
  const players = size + (size % 2);
  const [count, constants] = [countOf(start), { size, matrix: 2 * size * size }];
  const turning = { shape: [count, 3, size], threads: [size, 3, count] as const, constants: { ...constants, players } };
  const turned = { threads: [size, 2 * size, count] as const, constants };
  let state = start;
  for (let sweeps = 1; ; sweeps++) {
    const before = state;
    state = stepByStep(before, 0, players - 1, (s, step) =>
      run(rotate, [s, run(rotations, [s, step], turning)], turned),
    );
    before.dispose();
    if (start.device.synchronous ? isDiagonal(state) : sweeps === blindSweeps) return state;
    if (sweeps === mostSweeps) {
      throw new ValueError(op, `the rotations did not end after ${sweeps} sweeps over matrices of size ${size}`);
    }
  }
}

/** Whether all that is left beside the diagonals is rounding; NaN is left alone. */
function isDiagonal(state: Tensor): boolean {
  const size = at(state.shape, -1);
  const count = countOf(state);
  const constants = { size, matrix: 2 * size * size };
  const sizes = run(sizesOfRows, [state], { shape: [count, 2, size], threads: [size, 2, count], constants }).dataSync();
  return Array.from({ length: count }).every((_, i) => {
    const beside = Math.max(...sizes.subarray(2 * i * size, (2 * i + 1) * size));
    const on = Math.max(...sizes.subarray((2 * i + 1) * size, (2 * i + 2) * size));
    return !(beside > rounding[state.device.floatType] * Math.max(beside, on));
  });
}

function inOrder(op: string, state: Tensor, scale: Tensor): Eigen {
  const size = at(state.shape, -1);
  const axis = state.rank - 2;
  const values = div(
    diagonal(partOf(state, axis, 0, size), { axis1: -2, axis2: -1 }),
    reshapeTo(scale, [...batchOf(state), 1]),
  );
  const order = placesInOrder(op, values, axis, false);
  const vectors = rowsInOrder(transpose(partOf(state, axis, size, size)), order);
  const column = reshapeTo(values, [...values.shape, 1]);
  return { values: rowsInOrder(column, order).view(values.shape), vectors: transpose(vectors) };
}
