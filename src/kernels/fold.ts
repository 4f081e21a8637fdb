/** Kernels that lay the windows of planes out as columns, and add them up again. */
import type { Flat, KernelThis } from "./kernel.js";

/** How the windows lie: `blocksX` of them in a row of windows. */
type Blocks =
  | "height"
  | "width"
  | "blocksX"
  | "kernelX"
  | "strideY"
  | "strideX"
  | "paddingY"
  | "paddingX"
  | "dilationY"
  | "dilationX";

/** out[plane, (i, j), (by, bx)] = x[plane, by·strideY + i·dilationY − paddingY, bx·strideX + j·dilationX − paddingX], or 0
 * outside. Threads [windows, KY · KX, planes]. */
export function unfold(this: KernelThis<Blocks>, x: Flat): number {
  let i = 0;
  i++;
  i = Math.floor((this.thread.y + 0.5) / this.constants.kernelX) | 0;
  let by = 0;
  by++;
  by = Math.floor((this.thread.x + 0.5) / this.constants.blocksX) | 0;
  // Beyond 2²³ windows a float32 quotient may be the neighbour of the right one; what it leaves over is a small number again.
  by += Math.floor((this.thread.x - by * this.constants.blocksX + 0.5) / this.constants.blocksX) | 0;
  let row = 0;
  row++;
  row = by * this.constants.strideY + i * this.constants.dilationY - this.constants.paddingY;
  let column = 0;
  column++;
  column =
    (this.thread.x - by * this.constants.blocksX) * this.constants.strideX +
    (this.thread.y - i * this.constants.kernelX) * this.constants.dilationX -
    this.constants.paddingX;
  let value = 0;
  if (row >= 0 && row < this.constants.height && column >= 0 && column < this.constants.width) {
    value = x[(this.thread.z * this.constants.height + row) * this.constants.width + column]!;
  }
  return value;
}

/** The transpose of `unfold`: out[plane, y, x] = Σ of the columns' elements that were taken from there.
 * Threads [W, H, planes]. */
export function fold(this: KernelThis<Blocks | "blocksY" | "kernelY">, columns: Flat): number {
  let sum = 0;
  for (let i = 0; i < this.constants.kernelY; i++) {
    for (let j = 0; j < this.constants.kernelX; j++) {
      const top = this.thread.y + this.constants.paddingY - i * this.constants.dilationY;
      const left = this.thread.x + this.constants.paddingX - j * this.constants.dilationX;
      const by = Math.floor((top + 0.5) / this.constants.strideY);
      const bx = Math.floor((left + 0.5) / this.constants.strideX);
      if (
        by >= 0 &&
        bx >= 0 &&
        by < this.constants.blocksY &&
        bx < this.constants.blocksX &&
        by * this.constants.strideY === top &&
        bx * this.constants.strideX === left
      ) {
        sum +=
          columns[
            (((this.thread.z * this.constants.kernelY + i) * this.constants.kernelX + j) * this.constants.blocksY +
              by) *
              this.constants.blocksX +
              bx
          ]!;
      }
    }
  }
  return sum;
}
