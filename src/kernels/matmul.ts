/** The matrix product, with strides in place of transpositions. */
import type { Flat, KernelThis } from "./kernel.js";

/** out[z, y, x] = Σₖ a[z·batchA + y·rowA + k·colA] · b[z·batchB + k·rowB + x·colB], summed in blocks of `block` terms.
 *
 * `size` = whole · block + rest: blocks keep the float32 error at that of short sums. i and j walk along a and b. */
export function matmul(
  this: KernelThis<"whole" | "block" | "rest" | "batchA" | "rowA" | "colA" | "batchB" | "rowB" | "colB">,
  a: Flat,
  b: Flat,
): number {
  let i = 0;
  i++;
  i = this.thread.z * this.constants.batchA + this.thread.y * this.constants.rowA;
  let j = 0;
  j++;
  j = this.thread.z * this.constants.batchB + this.thread.x * this.constants.colB;
  let total = 0;
  for (let block = 0; block < this.constants.whole; block++) {
    let sum = 0;
    for (let k = 0; k < this.constants.block; k++) {
      sum += a[i]! * b[j]!;
      i += this.constants.colA;
      j += this.constants.rowB;
    }
    total += sum;
  }
  let tail = 0;
  for (let k = 0; k < this.constants.rest; k++) {
    tail += a[i]! * b[j]!;
    i += this.constants.colA;
    j += this.constants.rowB;
  }
  return total + tail;
}
