/** The kernel of linear maps along one axis. */
import type { Flat, KernelThis } from "./kernel.js";

/** out[z, k, x] = Σ_t weight[k, t] · a[z, first[k] + t, x] / divisor[k], over `taps` weights a row; a weight of 0 reads
 * nothing, so that NaN and infinities stay in the windows that hold them. Where the sum leaves the range of numbers, each
 * term is divided.
 *
 * `thread.y` counts the rows k, or `thread.x` where they are the contiguous axis (`placeY`, `placeX`); element t of a
 * cell stands `step` · t after its first. i and j walk along the two operands. */
export function mapBand(
  this: KernelThis<"taps" | "step" | "placeX" | "placeY" | "baseX" | "baseY" | "baseZ">,
  a: Flat,
  first: Flat,
  weight: Flat,
  divisor: Flat,
): number {
  let i = 0;
  i++;
  i = Math.floor(first[this.thread.x * this.constants.placeX + this.thread.y * this.constants.placeY]! + 0.5) | 0;
  i =
    i * this.constants.step +
    this.thread.z * this.constants.baseZ +
    this.thread.y * this.constants.baseY +
    this.thread.x * this.constants.baseX;
  let j = 0;
  j++;
  j = (this.thread.x * this.constants.placeX + this.thread.y * this.constants.placeY) * this.constants.taps;
  let sum = 0;
  for (let t = 0; t < this.constants.taps; t++) {
    if (weight[j]! !== 0) sum += weight[j]! * a[i]!;
    i += this.constants.step;
    j++;
  }
  const over = divisor[this.thread.x * this.constants.placeX + this.thread.y * this.constants.placeY]!;
  if (Math.abs(sum) <= 3e38) return sum / over;
  sum = 0;
  for (let t = 0; t < this.constants.taps; t++) {
    i -= this.constants.step;
    j--;
    if (weight[j]! !== 0) sum += (weight[j]! / over) * a[i]!;
  }
  return sum;
}
