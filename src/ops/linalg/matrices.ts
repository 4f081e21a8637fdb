/** What the ops on square matrices share: the checks of their shapes, batches of matrices, and kernels that run step by step. */
import type { DType } from "../../autograd/dtype.js";
import { run } from "../../autograd/run.js";
import { scalarLike } from "../../autograd/scalar.js";
import { scoped } from "../../autograd/scope.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError } from "../../errors.js";
import { identityMatrix } from "../../kernels/elimination.js";
import { at, formatShape, type Shape, sizeOf } from "../../shape.js";
import { checkFloat, checkPlaces } from "../arguments.js";
import { add, mul } from "../elementwise/arithmetic.js";
import { reshapeTo } from "../reduce/sum.js";
import { transpose } from "../shape/reshape.js";

/** Throws unless x has floats in two axes at least.
 * @param name what the caller calls it */
export function checkMatrices(op: string, name: string, x: Tensor): void {
  checkFloat(op, x);
  if (x.rank >= 2) return;
  throw new ShapeError(
    op,
    `${name} must be a matrix [M, N], or a batch [..., M, N], got shape ${formatShape(x.shape)}`,
    {
      actual: x.shape,
    },
  );
}

/** Throws unless the last two axes of x, a float tensor, have one size, whose square the device can count. */
export function checkSquare(op: string, name: string, x: Tensor): void {
  checkFloat(op, x);
  const [rows, columns] = x.shape.slice(-2);
  if (x.rank < 2 || rows !== columns) {
    throw new ShapeError(
      op,
      `${name} must be a square matrix [N, N], or a batch [..., N, N], got shape ${formatShape(x.shape)}`,
      { actual: x.shape },
    );
  }
  checkPlaces(op, x.device, at(x.shape, -1) ** 2, "a matrix");
}

/** The axes before the last two. */
export function batchOf(x: { readonly shape: Shape }): Shape {
  return x.shape.slice(0, -2);
}

/** How many matrices x has. */
export function countOf(x: { readonly shape: Shape }): number {
  return sizeOf(batchOf(x));
}

/** Elements from a matrix of x to the next; 0 where a single one serves all. */
export function batchStride(x: Tensor): number {
  const size = sizeOf(x.shape.slice(-2));
  return x.size === size ? 0 : size;
}

/** Identity matrices of a shape, on the device of another tensor; unrecorded. */
export function identities(shape: Shape, like: Tensor, dtype: DType = like.dtype): Tensor {
  const threads = [at(shape, -1), at(shape, -2), countOf({ shape })] as const;
  return run(identityMatrix, [like], { shape, threads, dtype });
}

/** Numbers that each stand for a matrix, as matrices that broadcast. */
export function asMatrices(x: Tensor): Tensor {
  return reshapeTo(x, [...x.shape, 1, 1]);
}

/** (A + Aᵀ)/2, without a sum that could leave the range. */
export function symmetricPart(a: Tensor): Tensor {
  const half = mul(0.5, a);
  return add(half, transpose(half));
}

/** What comes of `start` when `next` is applied for each number from `from` to before `to`, downwards if it is less. What a step
 * makes on its way is released with it, for there are as many steps as a matrix has rows.
 * @param next the state after a step, unrecorded; `step` is its number as a tensor, as kernels read it
 * @returns a new tensor */
export function stepByStep(
  start: Tensor,
  from: number,
  to: number,
  next: (state: Tensor, step: Tensor) => Tensor,
): Tensor {
  const direction = Math.sign(to - from);
  let state = start.view(start.shape);
  for (let k = from; k !== to; k += direction) {
    const before = state;
    state = scoped(
      () => next(before, scalarLike(before, k)),
      (after) => [after],
    );
    before.dispose();
  }
  return state;
}
