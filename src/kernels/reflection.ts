/** Kernels of Householder's reflections H = 1 − τ v vᵀ, which make the numbers of column k below the diagonal 0: each launch is a
 * part of step number `step[0]`, over whole matrices [Z, rows, columns]. The vectors v, whose first number is 1, take the place
 * of those zeros. */
import type { Flat, KernelThis } from "./kernel.js";

/** Σ aᵢₖ bᵢₓ over the rows below k, for each column x of b, and Σ aᵢₖ² behind them. */
export function columnDots(this: KernelThis<"rows" | "columns">, a: Flat, b: Flat, step: Flat): number {
  const k = step[0]!;
  let sum = 0;
  for (let i = 0; i < this.constants.rows; i++) {
    if (i > k) {
      const row = (this.thread.y * this.constants.rows + i) * this.constants.columns;
      const factor = a[row + k]!;
      if (this.thread.x < this.constants.columns) sum += factor * b[row + this.thread.x]!;
      else sum += factor * factor;
    }
  }
  return sum;
}

/** Reflects the columns from k on, column k to the diagonal alone; as LAPACK does (`larfg`), to a number of the other sign than it
 * had, and not at all where what is below is `negligible` (0 but for rounding), as a part of the square of the diagonal. */
export function reflect(this: KernelThis<"rows" | "columns" | "negligible">, a: Flat, dots: Flat, step: Flat): number {
  const k = step[0]!;
  const start = this.thread.z * this.constants.rows * this.constants.columns;
  const value = a[start + this.thread.y * this.constants.columns + this.thread.x]!;
  if (this.thread.y < k || this.thread.x < k) return value;
  const head = a[start + k * this.constants.columns + k]!;
  const below = dots[this.thread.z * (this.constants.columns + 1) + this.constants.columns]!;
  if (below <= this.constants.negligible * head * head) {
    if (this.thread.x === k && this.thread.y > k) return 0;
    return value;
  }
  let diagonal = -Math.sqrt(head * head + below);
  if (head < 0) diagonal = Math.sqrt(head * head + below);
  if (this.thread.x === k) {
    if (this.thread.y === k) return diagonal;
    return value / (head - diagonal);
  }
  const upper = a[start + k * this.constants.columns + this.thread.x]!;
  const dot = dots[this.thread.z * (this.constants.columns + 1) + this.thread.x]!;
  const along = ((head - diagonal) * upper + dot) / diagonal;
  if (this.thread.y === k) return value + along;
  return value + (a[start + this.thread.y * this.constants.columns + k]! / (head - diagonal)) * along;
}

/** Reflects q by the vector in column k of `vectors`. */
export function reflectBack(
  this: KernelThis<"rows" | "columns">,
  q: Flat,
  vectors: Flat,
  dots: Flat,
  step: Flat,
): number {
  const k = step[0]!;
  const start = this.thread.z * this.constants.rows * this.constants.columns;
  const value = q[start + this.thread.y * this.constants.columns + this.thread.x]!;
  const square = dots[this.thread.z * (this.constants.columns + 1) + this.constants.columns]!;
  if (this.thread.y < k || square === 0) return value;
  const dot = dots[this.thread.z * (this.constants.columns + 1) + this.thread.x]!;
  const along = (2 / (1 + square)) * (q[start + k * this.constants.columns + this.thread.x]! + dot);
  if (this.thread.y === k) return value - along;
  return value - vectors[start + this.thread.y * this.constants.columns + k]! * along;
}
