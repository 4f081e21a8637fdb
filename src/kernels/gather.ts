/** Kernels that pick and add up by index along the middle axis of [outer, size, inner].
 *
 * The index, and what is sorted like it, is read through strides of its own: where all rows share one list, two are 0. */
import type { Flat, KernelThis } from "./kernel.js";

type Indexed<C extends string> = KernelThis<"inner" | "i0" | "i1" | "i2" | C>;

/** out[z, y, x] = a[z, index[z, y, x], x]; NaN where the index is out of range, of which a check tells. */
export function gather(this: Indexed<"size">, a: Flat, index: Flat): number {
  const k =
    index[this.thread.z * this.constants.i2 + this.thread.y * this.constants.i1 + this.thread.x * this.constants.i0]!;
  if (k >= 0 && k < this.constants.size) {
    return a[(this.thread.z * this.constants.size + k) * this.constants.inner + this.thread.x]!;
  }
  return Math.sqrt(-1 - Math.abs(k));
}

/** out[z, y, x] = Σⱼ g[z, j, x] where index[z, j, x] = y: the transpose of `gather`, for few j. */
export function gatherTranspose(this: Indexed<"count">, g: Flat, index: Flat): number {
  let sum = 0;
  for (let j = 0; j < this.constants.count; j++) {
    if (
      index[this.thread.z * this.constants.i2 + j * this.constants.i1 + this.thread.x * this.constants.i0]! ===
      this.thread.y
    ) {
      sum += g[(this.thread.z * this.constants.count + j) * this.constants.inner + this.thread.x]!;
    }
  }
  return sum;
}

/** One pass of the running sums of g over each run of equal keys, which are sorted: the elements 0, 1, …, `width` − 1 times
 * `distance` places back, as far as they have the same key. */
export function sumRuns(this: Indexed<"count" | "distance" | "width">, g: Flat, keys: Flat): number {
  const key =
    keys[this.thread.z * this.constants.i2 + this.thread.y * this.constants.i1 + this.thread.x * this.constants.i0]!;
  let sum = 0;
  for (let i = 0; i < this.constants.width; i++) {
    const j = this.thread.y - i * this.constants.distance;
    if (j >= 0) {
      const other =
        keys[this.thread.z * this.constants.i2 + j * this.constants.i1 + this.thread.x * this.constants.i0]!;
      if (other === key) sum += g[(this.thread.z * this.constants.count + j) * this.constants.inner + this.thread.x]!;
    }
  }
  return sum;
}

/** The sum at the end of the run of key y, which bisection finds; 0 where there is none. */
export function lastOfRun(this: Indexed<"count" | "steps">, sums: Flat, keys: Flat): number {
  let low = 0;
  let high = 0;
  high += this.constants.count;
  for (let i = 0; i < this.constants.steps; i++) {
    const middle = Math.min(Math.floor((low + high) / 2), this.constants.count - 1);
    const key =
      keys[this.thread.z * this.constants.i2 + middle * this.constants.i1 + this.thread.x * this.constants.i0]!;
    if (low < high) {
      if (key <= this.thread.y) low = middle + 1;
      else high = middle;
    }
  }
  if (low < 1) return 0;
  const last =
    keys[this.thread.z * this.constants.i2 + (low - 1) * this.constants.i1 + this.thread.x * this.constants.i0]!;
  if (last < this.thread.y) return 0;
  return sums[(this.thread.z * this.constants.count + low - 1) * this.constants.inner + this.thread.x]!;
}

/** out[y, x] = 1 where index[y] = x, else 0. */
export function oneHot(this: KernelThis, index: Flat): number {
  if (index[this.thread.y]! === this.thread.x) return 1;
  return 0;
}
