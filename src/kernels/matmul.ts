/** The matrix product, with strides in place of transpositions. */
import type { Flat, KernelThis } from "./kernel.js";

/** out[z, y, x] = Σₖ a[z·batchA + y·rowA + k·colA] · b[z·batchB + k·rowB + x·colB], summed in blocks of `block` terms.
 *
 * `size` = whole · block + rest: blocks keep the float32 error at that of short sums. */
export function matmul(
  this: KernelThis<"whole" | "block" | "rest" | "batchA" | "rowA" | "colA" | "batchB" | "rowB" | "colB">,
  a: Flat,
  b: Flat,
): number {
  let total = 0;
  for (let block = 0; block < this.constants.whole; block++) {
    let sum = 0;
    for (let k = 0; k < this.constants.block; k++) {
      sum +=
        a[
          this.thread.z * this.constants.batchA +
            this.thread.y * this.constants.rowA +
            (block * this.constants.block + k) * this.constants.colA
        ]! *
        b[
          this.thread.z * this.constants.batchB +
            (block * this.constants.block + k) * this.constants.rowB +
            this.thread.x * this.constants.colB
        ]!;
    }
    total += sum;
  }
  let tail = 0;
  for (let k = 0; k < this.constants.rest; k++) {
    tail +=
      a[
        this.thread.z * this.constants.batchA +
          this.thread.y * this.constants.rowA +
          (this.constants.whole * this.constants.block + k) * this.constants.colA
      ]! *
      b[
        this.thread.z * this.constants.batchB +
          (this.constants.whole * this.constants.block + k) * this.constants.rowB +
          this.thread.x * this.constants.colB
      ]!;
  }
  return total + tail;
}
