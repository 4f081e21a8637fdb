/** Reductions along the middle axis of a [outer, size, inner], part by part: out [outer, parts, inner].
 *
 * A long axis is reduced in several passes of short parts, so that the error of a float32 sum of n terms is of the order
 * of a part's, not of n's. A part takes every `parts`-th element, so that neighbouring cells read neighbours. */
import type { Flat, KernelThis } from "./kernel.js";

/** Element i of the cell's part stands at z·baseZ + y·baseY + x·baseX + i·step. There are `whole` of them in every part,
 * and one more in the first `rest` parts; the cell's part is number y·placeY + x·placeX. */
type Parts = KernelThis<"baseX" | "baseY" | "baseZ" | "step" | "placeX" | "placeY" | "whole" | "rest">;

export function sumChunk(this: Parts, a: Flat): number {
  let k = 0;
  k++;
  k =
    this.thread.z * this.constants.baseZ + this.thread.y * this.constants.baseY + this.thread.x * this.constants.baseX;
  let sum = 0;
  for (let i = 0; i < this.constants.whole; i++) {
    sum += a[k]!;
    k += this.constants.step;
  }
  if (this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX < this.constants.rest) {
    sum += a[k]!;
  }
  return sum;
}

/** The last pass of a sum or mean: each cell has a single part, whose `whole` sums of earlier parts (or elements) stand at
 * z·baseZ + x·baseX + i·step. They come of the row x[z·rowZ + x·rowX + i·step] of `size` elements. */
type LastPass = KernelThis<"baseX" | "baseZ" | "step" | "whole" | "rowX" | "rowZ" | "size">;

/** Σ. Where the parts leave the range of numbers, the row is added up from first to last: what no prefix leaves, it keeps. */
export function sumLast(this: LastPass, parts: Flat, x: Flat): number {
  let k = 0;
  k++;
  k = this.thread.z * this.constants.baseZ + this.thread.x * this.constants.baseX;
  let sum = 0;
  for (let i = 0; i < this.constants.whole; i++) {
    sum += parts[k]!;
    k += this.constants.step;
  }
  if (Math.abs(sum) <= 3e38) return sum;
  k = this.thread.z * this.constants.rowZ + this.thread.x * this.constants.rowX;
  sum = 0;
  for (let i = 0; i < this.constants.size; i++) {
    sum += x[k]!;
    k += this.constants.step;
  }
  return sum;
}

/** Σ / size. Where the sum leaves the range of numbers, that of the elements times 2⁻²⁸ does not, in chains of 64. */
export function meanLast(this: LastPass, parts: Flat, x: Flat): number {
  let k = 0;
  k++;
  k = this.thread.z * this.constants.baseZ + this.thread.x * this.constants.baseX;
  let sum = 0;
  for (let i = 0; i < this.constants.whole; i++) {
    sum += parts[k]!;
    k += this.constants.step;
  }
  if (Math.abs(sum) <= 3e38) return sum / this.constants.size;
  k = this.thread.z * this.constants.rowZ + this.thread.x * this.constants.rowX;
  sum = 0;
  let chain = 0;
  let links = 0;
  for (let i = 0; i < this.constants.size; i++) {
    chain += x[k]! * 3.725290298461914e-9;
    links += 1;
    if (links > 63) {
      sum += chain;
      chain = 0;
      links = 0;
    }
    k += this.constants.step;
  }
  return ((sum + chain) / this.constants.size) * 268435456;
}

/** The largest value; NaN if there is one among them. */
export function maxChunk(this: Parts, a: Flat): number {
  let k = 0;
  k++;
  k =
    this.thread.z * this.constants.baseZ + this.thread.y * this.constants.baseY + this.thread.x * this.constants.baseX;
  let best = a[k]!;
  for (let i = 1; i < this.constants.whole; i++) {
    k += this.constants.step;
    const value = a[k]!;
    if (value > best) best = value;
    else if (best >= value) best += 0;
    else best = value + best;
  }
  if (this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX < this.constants.rest) {
    k += this.constants.step;
    const value = a[k]!;
    if (value > best) best = value;
    else if (best >= value) best += 0;
    else best = value + best;
  }
  return best;
}

/** What brings a largest number from above `high` or below `low` back to where its square is a number: 1 between them. */
export function squareScale(this: KernelThis<"low" | "up" | "high" | "down">, largest: Flat): number {
  const value = largest[this.thread.x]!;
  if (value > this.constants.high) return this.constants.down;
  if (value > 0 && value < this.constants.low) return this.constants.up;
  return 1;
}

/** Σ (a / scale)² over all elements, with `scale` one number: the square of a norm that cannot underflow. Part x takes every
 * `step`-th element from number x on. */
export function sumSquaresChunk(this: KernelThis<"step" | "whole" | "rest">, a: Flat, scale: Flat): number {
  let k = 0;
  k++;
  k = this.thread.x;
  let sum = 0;
  for (let i = 0; i < this.constants.whole; i++) {
    const value = a[k]! / scale[0]!;
    sum += value * value;
    k += this.constants.step;
  }
  if (this.thread.x < this.constants.rest) {
    const value = a[k]! / scale[0]!;
    sum += value * value;
  }
  return sum;
}
