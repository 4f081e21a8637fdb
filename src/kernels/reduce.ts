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
