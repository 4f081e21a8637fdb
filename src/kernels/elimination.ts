/** Kernels of elimination: each launch is one step, number `step[0]`, over whole matrices, so that nothing has to be read between
 * two steps.
 *
 * A matrix that is eliminated stands in one with a row and a column more, which say where its columns and rows came from. */
import type { Flat, KernelThis } from "./kernel.js";

/** a [Z, rows, columns] with the number of each row and column at its end. */
export function numberedMatrix(this: KernelThis<"rows" | "columns">, a: Flat): number {
  if (this.thread.x >= this.constants.columns) return this.thread.y;
  if (this.thread.y >= this.constants.rows) return this.thread.x;
  return a[(this.thread.z * this.constants.rows + this.thread.y) * this.constants.columns + this.thread.x]!;
}

/** Matrices with 1 on the diagonal and 0 elsewhere. */
export function identityMatrix(this: KernelThis, _like: Flat): number {
  if (this.thread.x === this.thread.y) return 1;
  return 0;
}

/** Partial pivoting: the place row · size + k of the largest number of column k from row k on, the first one in a tie. */
export function pivotOfColumn(this: KernelThis<"size">, a: Flat, step: Flat): number {
  const k = step[0]!;
  let row = step[0]!;
  let largest = -1;
  for (let i = 0; i < this.constants.size; i++) {
    if (i >= k) {
      const size = Math.abs(a[(this.thread.x * (this.constants.size + 1) + i) * (this.constants.size + 1) + k]!);
      if (size > largest) {
        largest = size;
        row = i;
      }
    }
  }
  return row * this.constants.size + k;
}

/** For each column from k on its largest size from row k on, and −1 for the others. */
export function columnSizes(this: KernelThis<"size">, a: Flat, step: Flat): number {
  const k = step[0]!;
  let largest = -1;
  for (let i = 0; i < this.constants.size; i++) {
    if (i >= k && this.thread.x >= k) {
      const size = Math.abs(
        a[(this.thread.y * (this.constants.size + 1) + i) * (this.constants.size + 1) + this.thread.x]!,
      );
      if (size > largest) largest = size;
    }
  }
  return largest;
}

/** Complete pivoting: the place row · size + column of the largest number from row and column k on, by its column's size. */
export function pivotOfAll(this: KernelThis<"size">, a: Flat, sizes: Flat, step: Flat): number {
  const k = step[0]!;
  let column = step[0]!;
  let largest = -1;
  for (let j = 0; j < this.constants.size; j++) {
    const size = sizes[this.thread.x * this.constants.size + j]!;
    if (size > largest) {
      largest = size;
      column = j;
    }
  }
  let row = step[0]!;
  largest = -1;
  for (let i = 0; i < this.constants.size; i++) {
    if (i >= k) {
      const size = Math.abs(a[(this.thread.x * (this.constants.size + 1) + i) * (this.constants.size + 1) + column]!);
      if (size > largest) {
        largest = size;
        row = i;
      }
    }
  }
  return row * this.constants.size + column;
}

/** Step k of elimination: the pivot changes places with row and column k, and each row below loses its multiple of row k, whose
 * factor stays in column k. Where the pivot is 0, so is what it could be subtracted from, and the factors are 0. */
export function eliminate(this: KernelThis<"size">, a: Flat, pivots: Flat, step: Flat): number {
  const k = step[0]!;
  const pivotPlace = pivots[this.thread.z]!;
  const pivotRow = Math.floor((pivotPlace + 0.5) / this.constants.size);
  const pivotColumn = pivotPlace - pivotRow * this.constants.size;
  let row = 0;
  row += this.thread.y;
  if (this.thread.y === k) row = pivotRow;
  else if (this.thread.y === pivotRow) row = k;
  let column = 0;
  column += this.thread.x;
  if (this.thread.x === k) column = pivotColumn;
  else if (this.thread.x === pivotColumn) column = k;
  const start = this.thread.z * (this.constants.size + 1) * (this.constants.size + 1);
  const value = a[start + row * (this.constants.size + 1) + column]!;
  if (this.thread.y <= k || this.thread.y >= this.constants.size) return value;
  if (this.thread.x < k || this.thread.x >= this.constants.size) return value;
  const pivot = a[start + pivotRow * (this.constants.size + 1) + pivotColumn]!;
  let factor = 0;
  if (pivot !== 0) factor = a[start + row * (this.constants.size + 1) + pivotColumn]! / pivot;
  if (this.thread.x === k) return factor;
  return value - factor * a[start + pivotRow * (this.constants.size + 1) + column]!;
}

/** −1 for each element of order [Z, size] that an odd number of smaller ones follow, else 1: their product is the sign of the
 * permutation. */
export function inversionSign(this: KernelThis<"size">, order: Flat): number {
  const own = order[this.thread.y * this.constants.size + this.thread.x]!;
  let sign = 1;
  for (let i = 0; i < this.constants.size; i++) {
    if (i > this.thread.x && order[this.thread.y * this.constants.size + i]! < own) sign = -sign;
  }
  return sign;
}

/** out[z, y, x] = a[z, order[z, y], x]; all matrices share one order where `orderBatch` is 0. */
export function rowsInOrder(this: KernelThis<"rows" | "columns" | "orderBatch">, a: Flat, order: Flat): number {
  const row = order[this.thread.z * this.constants.orderBatch + this.thread.y]!;
  return a[(this.thread.z * this.constants.rows + row) * this.constants.columns + this.thread.x]!;
}

/** Step k of a substitution: row k of x [Z, rows, columns] is divided by the diagonal of a (of 1 where `isUnit`), and the rows that
 * are still to come, below or above it, lose their multiples of it. */
export function substitute(
  this: KernelThis<"rows" | "columns" | "batchA" | "rowA" | "colA" | "isForward" | "isUnit">,
  x: Flat,
  a: Flat,
  step: Flat,
): number {
  const k = step[0]!;
  const value = x[(this.thread.z * this.constants.rows + this.thread.y) * this.constants.columns + this.thread.x]!;
  if (this.constants.isForward === 1 && this.thread.y < k) return value;
  if (this.constants.isForward === 0 && this.thread.y > k) return value;
  let solved = x[(this.thread.z * this.constants.rows + k) * this.constants.columns + this.thread.x]!;
  const start = this.thread.z * this.constants.batchA;
  if (this.constants.isUnit === 0) {
    solved = solved / a[start + k * this.constants.rowA + k * this.constants.colA]!;
  }
  if (this.thread.y === k) return solved;
  return value - a[start + this.thread.y * this.constants.rowA + k * this.constants.colA]! * solved;
}

/** Step k of A = L Lᵀ for symmetric a: column k is divided by the root of its diagonal, row k becomes 0 behind it, and what is below
 * and to the right loses the product of both. */
export function choleskyStep(this: KernelThis<"size">, a: Flat, step: Flat): number {
  const k = step[0]!;
  const start = this.thread.z * this.constants.size * this.constants.size;
  const value = a[start + this.thread.y * this.constants.size + this.thread.x]!;
  if (this.thread.x < k || this.thread.y < k) return value;
  const pivot = a[start + k * this.constants.size + k]!;
  if (this.thread.y === k) {
    if (this.thread.x === k) return Math.sqrt(pivot);
    return 0;
  }
  const head = a[start + this.thread.y * this.constants.size + k]!;
  if (this.thread.x === k) return head / Math.sqrt(pivot);
  return value - (head / pivot) * a[start + k * this.constants.size + this.thread.x]!;
}
