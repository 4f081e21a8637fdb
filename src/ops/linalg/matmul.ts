/** Matrix products. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError } from "../../errors.js";
import { matmul as matmulKernel } from "../../kernels/matmul.js";
import { at, broadcastShapes, checkSize, formatShape, type Shape, sizeOf } from "../../shape.js";
import { checkFloat, checkOptional } from "../arguments.js";
import { repeatTo } from "../broadcast.js";
import { add } from "../elementwise/arithmetic.js";
import { reshapeTo, sumTo } from "../reduce/sum.js";

/** Matrix product of the last two axes, as `numpy.matmul` defines it: leading axes broadcast; a vector on the left is a
 * row, on the right a column, and its axis is dropped from the result.
 * @param a shape `[...B, M, K]` or `[K]`
 * @param b shape `[...B, K, N]` or `[K]`
 * @returns shape `[...B, M, N]`
 * @throws ShapeError if the inner sizes K differ, the leading axes do not broadcast, or one is a scalar; DTypeError unless both
 * are floats
 * @category Linear algebra */
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkFloat("matmul", a, b);
  if (a.rank === 0 || b.rank === 0) throw new ShapeError("matmul", "a scalar has no matrix product; use mul");
  const left = a.rank === 1 ? reshapeTo(a, [1, ...a.shape]) : a;
  const right = b.rank === 1 ? reshapeTo(b, [...b.shape, 1]) : b;
  if (at(left.shape, -1) !== at(right.shape, -2)) {
    throw new ShapeError(
      "matmul",
      `inner sizes differ: ${formatShape(a.shape)} by ${formatShape(b.shape)} (${at(left.shape, -1)} and ${at(right.shape, -2)})`,
      { expected: at(left.shape, -1), actual: at(right.shape, -2) },
    );
  }
  const batches = [left.shape.slice(0, -2), right.shape.slice(0, -2)] as const;
  if (!broadcasts(...batches)) {
    throw new ShapeError(
      "matmul",
      `the axes before the last two must broadcast, got ${formatShape(a.shape)} by ${formatShape(b.shape)} ` +
        `(${batches.map(formatShape).join(" and ")})`,
      { expected: batches[0], actual: batches[1] },
    );
  }
  const product = matmulOp(left, right, { transposeA: false, transposeB: false });
  const rows = a.shape.slice(-2, -1); // none of a vector
  const columns = b.rank === 1 ? [] : b.shape.slice(-1);
  return reshapeTo(product, [...product.shape.slice(0, -2), ...rows, ...columns]);
}

function broadcasts(a: Shape, b: Shape): boolean {
  return a.every((n, i) => {
    const m = b[i - a.length + b.length] ?? 1;
    return n === m || n === 1 || m === 1;
  });
}

interface Transpositions {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** op(a) · op(b), where op swaps the last two axes or not: the gradients need no copy. */
export const matmulOp: Op<[a: Tensor, b: Tensor], Transpositions> = defineOp({
  name: "matmul",
  forward: ([a, b], transpositions) => ({ output: multiply(a, b, transpositions), saved: { a, b } }),
  // With C = AB: ∂A = G Bᵀ, ∂B = Aᵀ G; with A transposed ∂A = B Gᵀ, and so on.
  backward: (g, { a, b }, { options: { transposeA, transposeB }, needsGrad }) => [
    needsGrad[0]
      ? sumTo(
          transposeA
            ? matmulOp(b, g, { transposeA: transposeB, transposeB: true })
            : matmulOp(g, b, { transposeA: false, transposeB: !transposeB }),
          a.shape,
        )
      : null,
    needsGrad[1]
      ? sumTo(
          transposeB
            ? matmulOp(g, a, { transposeA: true, transposeB: transposeA })
            : matmulOp(a, g, { transposeA: !transposeA, transposeB: false }),
          b.shape,
        )
      : null,
  ],
});

/** Terms that are summed before they join the total. */
const blockSize = 64;

function multiply(a: Tensor, b: Tensor, { transposeA, transposeB }: Transpositions): Tensor {
  const [m, k] = matrixSizes(a.shape, transposeA);
  const [, n] = matrixSizes(b.shape, transposeB);
  const batch = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  const left = repeatBatch(a, batch);
  const right = repeatBatch(b, batch);
  const whole = Math.floor(k / blockSize);
  return run(matmulKernel, [left, right], {
    shape: [...batch, m, n],
    threads: [n, m, sizeOf(batch)],
    constants: {
      whole,
      block: blockSize,
      rest: k - whole * blockSize,
      batchA: left.size === m * k ? 0 : m * k,
      rowA: transposeA ? 1 : k,
      colA: transposeA ? m : 1,
      batchB: right.size === k * n ? 0 : k * n,
      rowB: transposeB ? 1 : n,
      colB: transposeB ? k : 1,
    },
  });
}

function matrixSizes(shape: Shape, transposed: boolean): [rows: number, columns: number] {
  const [rows, columns] = [at(shape, -2), at(shape, -1)];
  return transposed ? [columns, rows] : [rows, columns];
}

/** A single matrix serves every member of the batch as it is; anything between is repeated. */
function repeatBatch(x: Tensor, batch: Shape): Tensor {
  const matrix = x.shape.slice(-2);
  return x.size === sizeOf(matrix) ? x : repeatTo(x, [...batch, ...matrix]);
}

/** Affine map `y = x Wᵀ + b`.
 * @param x shape `[...N, inFeatures]`
 * @param weight shape `[outFeatures, inFeatures]`
 * @param bias shape `[outFeatures]`, or null
 * @returns shape `[...N, outFeatures]`
 * @throws ShapeError if the last axis of `x` is not `inFeatures`, or the bias does not fit
 * @category Linear algebra */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  checkFloat("linear", x, weight);
  if (weight.rank !== 2 || x.rank === 0 || at(x.shape, -1) !== at(weight.shape, 1)) {
    throw new ShapeError(
      "linear",
      `the last axis of x must be inFeatures of weight [outFeatures, inFeatures], got x ${formatShape(x.shape)} and ` +
        `weight ${formatShape(weight.shape)}`,
      { expected: weight.shape[1], actual: x.shape.at(-1) },
    );
  }
  const outFeatures = at(weight.shape, 0);
  checkOptional("linear", x, { bias }, [outFeatures]);
  const rows = reshapeTo(x, [x.size / at(x.shape, -1), at(x.shape, -1)]);
  checkSize("linear", [at(rows.shape, 0), outFeatures]);
  const product = matmulOp(rows, weight, { transposeA: false, transposeB: true });
  const y = reshapeTo(product, [...x.shape.slice(0, -1), outFeatures]);
  return bias === null ? y : add(y, bias);
}
