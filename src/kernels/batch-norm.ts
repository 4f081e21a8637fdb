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

/** x − mean: what the residue of the mean sums. */
export function deviation(this: Channels, x: Flat, mean: Flat): number {
  return (
    x[this.thread.z * this.constants.sliceSize + this.thread.y * this.constants.rowSize + this.thread.x]! -
    mean[this.thread.y * this.constants.channelY + this.thread.x * this.constants.channelX]!
  );
}

/** (x − mean)²: what the variance sums. */
export function squaredDeviation(this: Channels, x: Flat, mean: Flat): number {
  const d =
    x[this.thread.z * this.constants.sliceSize + this.thread.y * this.constants.rowSize + this.thread.x]! -
    mean[this.thread.y * this.constants.channelY + this.thread.x * this.constants.channelX]!;
  return d * d;
}

/** g · (x − mean): what the gradient to the scale sums. */
export function weightedDeviation(this: Channels, g: Flat, x: Flat, mean: Flat): number {
  return (
    g[this.thread.z * this.constants.sliceSize + this.thread.y * this.constants.rowSize + this.thread.x]! *
    (x[this.thread.z * this.constants.sliceSize + this.thread.y * this.constants.rowSize + this.thread.x]! -
      mean[this.thread.y * this.constants.channelY + this.thread.x * this.constants.channelX]!)
  );
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
