/** Reductions along the middle axis of a [outer, size, inner], chunk by chunk: out [outer, chunks, inner].
 *
 * A long axis is reduced in several passes of short chunks, so that the error of a float32 sum of n terms is of the
 * order of a chunk's, not of n's. `thread.y` counts the chunks and `thread.x` runs over `inner`; where `inner` is 1,
 * `thread.x` counts the chunks. */
import type { Flat, KernelThis } from "./kernel.js";

/** Element i of the cell's chunk stands at z·baseZ + y·baseY + x·baseX + i·step, and at y·placeY + x·placeX + i of the
 * axis, which ends at `size`. */
type Chunks = KernelThis<"baseX" | "baseY" | "baseZ" | "step" | "placeX" | "placeY" | "size" | "chunk">;

export function sumChunk(this: Chunks, a: Flat): number {
  let sum = 0;
  for (let i = 0; i < this.constants.chunk; i++) {
    if (this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX + i < this.constants.size) {
      sum +=
        a[
          this.thread.z * this.constants.baseZ +
            this.thread.y * this.constants.baseY +
            this.thread.x * this.constants.baseX +
            i * this.constants.step
        ]!;
    }
  }
  return sum;
}

/** The largest value; NaN if there is one among them. */
export function maxChunk(this: Chunks, a: Flat): number {
  let best =
    a[
      this.thread.z * this.constants.baseZ +
        this.thread.y * this.constants.baseY +
        this.thread.x * this.constants.baseX
    ]!;
  for (let i = 1; i < this.constants.chunk; i++) {
    if (this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX + i < this.constants.size) {
      const value =
        a[
          this.thread.z * this.constants.baseZ +
            this.thread.y * this.constants.baseY +
            this.thread.x * this.constants.baseX +
            i * this.constants.step
        ]!;
      if (value > best) best = value;
      else if (best >= value) best += 0;
      else best = value + best;
    }
  }
  return best;
}

/** Σ (a / scale)², with `scale` one number for all: the square of a norm that cannot underflow. */
export function sumSquaresChunk(this: Chunks, a: Flat, scale: Flat): number {
  let sum = 0;
  for (let i = 0; i < this.constants.chunk; i++) {
    if (this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX + i < this.constants.size) {
      const value =
        a[
          this.thread.z * this.constants.baseZ +
            this.thread.y * this.constants.baseY +
            this.thread.x * this.constants.baseX +
            i * this.constants.step
        ]! / scale[0]!;
      sum += value * value;
    }
  }
  return sum;
}
