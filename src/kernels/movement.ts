/** Kernels that move numbers without changing them: strided copies, padding, concatenation, triangles. */
import type { Flat, KernelThis } from "./kernel.js";

/** out[z, y, x] = a[offset + z·s2 + y·s1 + x·s0]; strides may be 0 (broadcast) or negative (flip). */
export function stridedCopy(this: KernelThis<"offset" | "s0" | "s1" | "s2">, a: Flat): number {
  return a[
    this.constants.offset +
      this.thread.z * this.constants.s2 +
      this.thread.y * this.constants.s1 +
      this.thread.x * this.constants.s0
  ]!;
}

/** The same for up to six axes: `thread.z` counts the four outer ones, of sizes n2 (innermost) to n4 and the rest. */
export function stridedCopy6(
  this: KernelThis<"offset" | "s0" | "s1" | "s2" | "s3" | "s4" | "s5" | "n2" | "n3" | "n4">,
  a: Flat,
): number {
  const q3 = Math.floor((this.thread.z + 0.5) / this.constants.n2);
  const q4 = Math.floor((q3 + 0.5) / this.constants.n3);
  const q5 = Math.floor((q4 + 0.5) / this.constants.n4);
  const outer =
    (this.thread.z - q3 * this.constants.n2) * this.constants.s2 +
    (q3 - q4 * this.constants.n3) * this.constants.s3 +
    (q4 - q5 * this.constants.n4) * this.constants.s4 +
    q5 * this.constants.s5;
  const inner = this.thread.y * this.constants.s1 + this.thread.x * this.constants.s0;
  return a[this.constants.offset + outer + inner]!;
}

/** a [Z, height, width] set into a larger plane of `value`: element (y, x) lands at (y·stepY + top, x·stepX + left). */
export function spread(
  this: KernelThis<"height" | "width" | "top" | "left" | "stepY" | "stepX">,
  a: Flat,
  value: Flat,
): number {
  const dy = this.thread.y - this.constants.top;
  const dx = this.thread.x - this.constants.left;
  const y = Math.floor((dy + 0.5) / this.constants.stepY);
  const x = Math.floor((dx + 0.5) / this.constants.stepX);
  let result = value[0]!;
  if (
    y >= 0 &&
    x >= 0 &&
    y < this.constants.height &&
    x < this.constants.width &&
    y * this.constants.stepY === dy &&
    x * this.constants.stepX === dx
  ) {
    result = a[(this.thread.z * this.constants.height + y) * this.constants.width + x]!;
  }
  return result;
}

/** a [outer, sizeA, inner] and b [outer, sizeB, inner] one after the other along the middle axis (`thread.y`). */
export function concatPair(this: KernelThis<"sizeA" | "sizeB" | "inner">, a: Flat, b: Flat): number {
  let result = 0;
  if (this.thread.y < this.constants.sizeA) {
    result = a[(this.thread.z * this.constants.sizeA + this.thread.y) * this.constants.inner + this.thread.x]!;
  } else {
    result =
      b[
        (this.thread.z * this.constants.sizeB + this.thread.y - this.constants.sizeA) * this.constants.inner +
          this.thread.x
      ]!;
  }
  return result;
}

/** condition ? a : b, all of one shape. */
export function select(this: KernelThis, condition: Flat, a: Flat, b: Flat): number {
  let result = b[this.thread.x]!;
  if (condition[this.thread.x]! !== 0) result = a[this.thread.x]!;
  return result;
}

/** a [Z, Y, X] where `low` ≤ x − y ≤ `high`, else 0. */
export function band(this: KernelThis<"height" | "width" | "low" | "high">, a: Flat): number {
  if (this.thread.x >= this.thread.y + this.constants.low && this.thread.x <= this.thread.y + this.constants.high) {
    return a[(this.thread.z * this.constants.height + this.thread.y) * this.constants.width + this.thread.x]!;
  }
  return 0;
}
