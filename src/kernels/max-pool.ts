/** Max pooling kernels on planes [H, W] of a [planes, H, W]. */
import type { Flat, KernelThis } from "./kernel.js";

/** How a window moves: shared by the kernels of plain max pooling. */
type Window =
  | "height"
  | "width"
  | "kernelY"
  | "kernelX"
  | "strideY"
  | "strideX"
  | "paddingY"
  | "paddingX"
  | "dilationY"
  | "dilationX";

/** Index within its plane of the largest element of each window, the first of several; a NaN counts as larger, and so
 * the last of several.
 * Threads [OW, OH, planes]. */
export function maxPoolIndex(this: KernelThis<Window>, x: Flat): number {
  let best = 0;
  let index = -1;
  for (let i = 0; i < this.constants.kernelY; i++) {
    for (let j = 0; j < this.constants.kernelX; j++) {
      const row = this.thread.y * this.constants.strideY + i * this.constants.dilationY - this.constants.paddingY;
      const column = this.thread.x * this.constants.strideX + j * this.constants.dilationX - this.constants.paddingX;
      if (row >= 0 && column >= 0 && row < this.constants.height && column < this.constants.width) {
        const value = x[(this.thread.z * this.constants.height + row) * this.constants.width + column]!;
        if (index < 0 || value > best || !(value > 0 || value <= 0)) {
          best = value;
          index = row * this.constants.width + column;
        }
      }
    }
  }
  return index;
}

/** out[plane, k] = x[plane, index[plane, k]]. Threads [count, planes]. */
export function pick(this: KernelThis<"size" | "count">, x: Flat, index: Flat): number {
  const k = index[this.thread.y * this.constants.count + this.thread.x]!;
  return x[this.thread.y * this.constants.size + k]!;
}

/** The transpose of `pick` for the windows of a pooling: out[plane, y, x] = Σ of g over the windows that picked (y, x).
 * Threads [W, H, planes]. */
export function unpick(this: KernelThis<Window | "outHeight" | "outWidth">, g: Flat, index: Flat): number {
  let sum = 0;
  for (let i = 0; i < this.constants.kernelY; i++) {
    for (let j = 0; j < this.constants.kernelX; j++) {
      const top = this.thread.y + this.constants.paddingY - i * this.constants.dilationY;
      const left = this.thread.x + this.constants.paddingX - j * this.constants.dilationX;
      const row = Math.floor((top + 0.5) / this.constants.strideY);
      const column = Math.floor((left + 0.5) / this.constants.strideX);
      if (
        row >= 0 &&
        column >= 0 &&
        row < this.constants.outHeight &&
        column < this.constants.outWidth &&
        row * this.constants.strideY === top &&
        column * this.constants.strideX === left
      ) {
        const k = (this.thread.z * this.constants.outHeight + row) * this.constants.outWidth + column;
        if (index[k]! === this.thread.y * this.constants.width + this.thread.x) sum += g[k]!;
      }
    }
  }
  return sum;
}

/** Of adaptive pooling: a window has at most `kernelY` × `kernelX` cells, a cell is in at most `windowsY` × `windowsX` windows.
 * Where they begin and end is read, in pairs: the quotients that say so have numerators beyond 2²⁴. */
type AdaptiveWindow = "height" | "width" | "outHeight" | "outWidth";

/** `maxPoolIndex` over adaptive windows, of which window i goes from rows[2 i] to rows[2 i + 1] − 1. Threads [OW, OH, planes]. */
export function adaptiveMaxIndex(
  this: KernelThis<AdaptiveWindow | "kernelY" | "kernelX">,
  x: Flat,
  rows: Flat,
  columns: Flat,
): number {
  const top = rows[2 * this.thread.y]!;
  const bottom = rows[2 * this.thread.y + 1]!;
  const left = columns[2 * this.thread.x]!;
  const right = columns[2 * this.thread.x + 1]!;
  let best = 0;
  let index = -1;
  for (let i = 0; i < this.constants.kernelY; i++) {
    for (let j = 0; j < this.constants.kernelX; j++) {
      const row = top + i;
      const column = left + j;
      if (row < bottom && column < right) {
        const value = x[(this.thread.z * this.constants.height + row) * this.constants.width + column]!;
        if (index < 0 || value > best || !(value > 0 || value <= 0)) {
          best = value;
          index = row * this.constants.width + column;
        }
      }
    }
  }
  return index;
}

/** `unpick` over adaptive windows: those that hold row y are from rows[2 y] to rows[2 y + 1] − 1. Threads [W, H, planes]. */
export function adaptiveUnpick(
  this: KernelThis<AdaptiveWindow | "windowsY" | "windowsX">,
  g: Flat,
  index: Flat,
  rows: Flat,
  columns: Flat,
): number {
  const top = rows[2 * this.thread.y]!;
  const bottom = rows[2 * this.thread.y + 1]!;
  const left = columns[2 * this.thread.x]!;
  const right = columns[2 * this.thread.x + 1]!;
  let sum = 0;
  for (let i = 0; i < this.constants.windowsY; i++) {
    for (let j = 0; j < this.constants.windowsX; j++) {
      if (top + i < bottom && left + j < right) {
        const k = (this.thread.z * this.constants.outHeight + top + i) * this.constants.outWidth + left + j;
        if (index[k]! === this.thread.y * this.constants.width + this.thread.x) sum += g[k]!;
      }
    }
  }
  return sum;
}
