/** Convolution kernels over padded inputs: the forward pass and the gradient to the weight. NCHW, weights OIHW. */
import type { Flat, KernelThis } from "./kernel.js";

/** out[n, o, y, x] = Σ_{c, i, j} x̄[n, c, y·strideY + i·dilationY, x·strideX + j·dilationX] · w[o, c, i, j], x̄ padded.
 *
 * Threads [OW, OH, N·O]; c runs over the `channels` of o's group; sums channel by channel to stay accurate. */
export function conv2d(
  this: KernelThis<
    | "channels"
    | "groups"
    | "outChannels"
    | "groupSize"
    | "kernelY"
    | "kernelX"
    | "strideY"
    | "strideX"
    | "dilationY"
    | "dilationX"
    | "height"
    | "width"
  >,
  x: Flat,
  w: Flat,
): number {
  const n = Math.floor((this.thread.z + 0.5) / this.constants.outChannels);
  const o = this.thread.z - n * this.constants.outChannels;
  const group = Math.floor((o + 0.5) / this.constants.groupSize);
  const plane = (n * this.constants.groups + group) * this.constants.channels;
  let total = 0;
  for (let c = 0; c < this.constants.channels; c++) {
    let sum = 0;
    for (let i = 0; i < this.constants.kernelY; i++) {
      for (let j = 0; j < this.constants.kernelX; j++) {
        sum +=
          x[
            ((plane + c) * this.constants.height +
              this.thread.y * this.constants.strideY +
              i * this.constants.dilationY) *
              this.constants.width +
              this.thread.x * this.constants.strideX +
              j * this.constants.dilationX
          ]! * w[((o * this.constants.channels + c) * this.constants.kernelY + i) * this.constants.kernelX + j]!;
      }
    }
    total += sum;
  }
  return total;
}

/** The weight as the convolution that computes the gradient to the input reads it: groups kept, channels swapped inside
 * each, both spatial axes reversed. Threads [KX, KY, C·O/groups]. */
export function flipWeight(
  this: KernelThis<"channels" | "groupSize" | "kernelY" | "kernelX">,
  w: Flat,
): number {
  const c = Math.floor((this.thread.z + 0.5) / this.constants.groupSize);
  const o = this.thread.z - c * this.constants.groupSize;
  const group = Math.floor((c + 0.5) / this.constants.channels);
  const inner = c - group * this.constants.channels;
  return w[
    (((group * this.constants.groupSize + o) * this.constants.channels + inner) * this.constants.kernelY +
      this.constants.kernelY -
      1 -
      this.thread.y) *
      this.constants.kernelX +
      this.constants.kernelX -
      1 -
      this.thread.x
  ]!;
}

/** out[n, o, c, i, j] = Σ_{y, x} g[n, o, y, x] · x̄[n, c, y·strideY + i·dilationY, x·strideX + j·dilationX]: the gradient
 * to the weight, image by image (the caller sums over n). Threads [C·KY·KX, O, N]. */
export function conv2dWeightGrad(
  this: KernelThis<
    | "channels"
    | "groups"
    | "outChannels"
    | "groupSize"
    | "kernelY"
    | "kernelX"
    | "strideY"
    | "strideX"
    | "dilationY"
    | "dilationX"
    | "height"
    | "width"
    | "outHeight"
    | "outWidth"
  >,
  g: Flat,
  x: Flat,
): number {
  const row = Math.floor((this.thread.x + 0.5) / this.constants.kernelX);
  const j = this.thread.x - row * this.constants.kernelX;
  const c = Math.floor((row + 0.5) / this.constants.kernelY);
  const i = row - c * this.constants.kernelY;
  const group = Math.floor((this.thread.y + 0.5) / this.constants.groupSize);
  const plane = (this.thread.z * this.constants.groups + group) * this.constants.channels + c;
  const corner =
    (plane * this.constants.height + i * this.constants.dilationY) * this.constants.width +
    j * this.constants.dilationX;
  let total = 0;
  for (let y = 0; y < this.constants.outHeight; y++) {
    let sum = 0;
    for (let k = 0; k < this.constants.outWidth; k++) {
      sum +=
        g[
          ((this.thread.z * this.constants.outChannels + this.thread.y) * this.constants.outHeight + y) *
            this.constants.outWidth +
            k
        ]! * x[corner + y * this.constants.strideY * this.constants.width + k * this.constants.strideX]!;
    }
    total += sum;
  }
  return total;
}
