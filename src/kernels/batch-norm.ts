/** Batch normalisation kernels on [N, C, S]; the channel of a cell is `thread.y` (4-d) or `thread.x` (2-d). */
import type { Flat, KernelThis } from "./kernel.js";

/** A cell's flat index is z·sliceSize + y·rowSize + x; its channel is y·channelY + x·channelX. */
type Channels = KernelThis<"sliceSize" | "rowSize" | "channelX" | "channelY">;

/** (x − mean) · scale + shift, with one mean, scale and shift a channel. */
export function normalize(this: Channels, x: Flat, mean: Flat, scale: Flat, shift: Flat): number {
  return (
    (x[this.thread.z * this.constants.sliceSize + this.thread.y * this.constants.rowSize + this.thread.x]! -
      mean[this.thread.y * this.constants.channelY + this.thread.x * this.constants.channelX]!) *
      scale[this.thread.y * this.constants.channelY + this.thread.x * this.constants.channelX]! +
    shift[this.thread.y * this.constants.channelY + this.thread.x * this.constants.channelX]!
  );
}

/** Sums of parts of rows, as those of `kernels/reduce.ts`, whose channel is found as above. */
type ChannelParts = KernelThis<
  "baseX" | "baseY" | "baseZ" | "step" | "placeX" | "placeY" | "whole" | "rest" | "channelX" | "channelY"
>;

/** Σ (x − mean): the residue of the mean. */
export function sumDeviations(this: ChannelParts, x: Flat, mean: Flat): number {
  let k = 0;
  k++;
  k =
    this.thread.z * this.constants.baseZ + this.thread.y * this.constants.baseY + this.thread.x * this.constants.baseX;
  const centre = mean[this.thread.y * this.constants.channelY + this.thread.x * this.constants.channelX]!;
  let sum = 0;
  for (let i = 0; i < this.constants.whole; i++) {
    sum += x[k]! - centre;
    k += this.constants.step;
  }
  if (this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX < this.constants.rest) {
    sum += x[k]! - centre;
  }
  return sum;
}

/** Σ (x − mean)²: the variance. */
export function sumSquaredDeviations(this: ChannelParts, x: Flat, mean: Flat): number {
  let k = 0;
  k++;
  k =
    this.thread.z * this.constants.baseZ + this.thread.y * this.constants.baseY + this.thread.x * this.constants.baseX;
  const centre = mean[this.thread.y * this.constants.channelY + this.thread.x * this.constants.channelX]!;
  let sum = 0;
  for (let i = 0; i < this.constants.whole; i++) {
    const d = x[k]! - centre;
    sum += d * d;
    k += this.constants.step;
  }
  if (this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX < this.constants.rest) {
    const d = x[k]! - centre;
    sum += d * d;
  }
  return sum;
}

/** 1 / √(variance + eps), one a channel. Where the variance is no number of the device, from the deviations divided by the
 * largest: those are (x − mean) at n·sliceSize + channel·rowSize + i, with `batch` numbers n and `plane` numbers i. */
export function inverseDeviation(
  this: KernelThis<"sliceSize" | "rowSize" | "batch" | "plane" | "eps">,
  variance: Flat,
  x: Flat,
  mean: Flat,
): number {
  const value = variance[this.thread.x]!;
  if (value <= 3e38) return 1 / Math.sqrt(value + this.constants.eps);
  const centre = mean[this.thread.x]!;
  let largest = 0;
  for (let n = 0; n < this.constants.batch; n++) {
    for (let i = 0; i < this.constants.plane; i++) {
      const d = Math.abs(x[n * this.constants.sliceSize + this.thread.x * this.constants.rowSize + i]! - centre);
      if (d > largest) largest = d;
    }
  }
  let sum = 0;
  for (let n = 0; n < this.constants.batch; n++) {
    let chain = 0;
    for (let i = 0; i < this.constants.plane; i++) {
      const ratio = (x[n * this.constants.sliceSize + this.thread.x * this.constants.rowSize + i]! - centre) / largest;
      chain += ratio * ratio;
    }
    sum += chain;
  }
  return 1 / (largest * Math.sqrt(sum / this.constants.batch / this.constants.plane));
}

/** Σ g · (x − mean): the gradient to the scale. */
export function sumWeightedDeviations(this: ChannelParts, g: Flat, x: Flat, mean: Flat): number {
  let k = 0;
  k++;
  k =
    this.thread.z * this.constants.baseZ + this.thread.y * this.constants.baseY + this.thread.x * this.constants.baseX;
  const centre = mean[this.thread.y * this.constants.channelY + this.thread.x * this.constants.channelX]!;
  let sum = 0;
  for (let i = 0; i < this.constants.whole; i++) {
    sum += g[k]! * (x[k]! - centre);
    k += this.constants.step;
  }
  if (this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX < this.constants.rest) {
    sum += g[k]! * (x[k]! - centre);
  }
  return sum;
}

/** scale · (g − meanG − (x − mean) · slope): the gradient to the input. */
export function inputGrad(this: Channels, g: Flat, x: Flat, mean: Flat, scale: Flat, meanG: Flat, slope: Flat): number {
  return (
    scale[this.thread.y * this.constants.channelY + this.thread.x * this.constants.channelX]! *
    (g[this.thread.z * this.constants.sliceSize + this.thread.y * this.constants.rowSize + this.thread.x]! -
      meanG[this.thread.y * this.constants.channelY + this.thread.x * this.constants.channelX]! -
      (x[this.thread.z * this.constants.sliceSize + this.thread.y * this.constants.rowSize + this.thread.x]! -
        mean[this.thread.y * this.constants.channelY + this.thread.x * this.constants.channelX]!) *
        slope[this.thread.y * this.constants.channelY + this.thread.x * this.constants.channelX]!)
  );
}
