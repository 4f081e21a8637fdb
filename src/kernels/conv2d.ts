/** Convolution kernels over padded inputs: the forward pass and both gradients. NCHW, weights OIHW.
 *
 * i and j walk along the two operands. A local variable that starts as a literal and is counted up once (`i++`) stays an
 * exact integer on every device of gpu.js, where any other is a float32: index arithmetic leaves the inner loops. */
import type { Flat, KernelThis } from "./kernel.js";

/** Sizes of the padded input (`plane` = its height · width), and how far i moves on at the end of a window row (`stepY`)
 * and of a window (`stepC`) to stand at the next row and the next channel. */
export type Windows =
  | "channels"
  | "groupSize"
  | "kernelY"
  | "kernelX"
  | "outWidth"
  | "strideX"
  | "dilationX"
  | "image"
  | "plane"
  | "rowStride"
  | "stepY"
  | "stepC";

/** out[n, o, y, x] = Σ_{c, i, j} x̄[n, c, y·strideY + i·dilationY, x·strideX + j·dilationX] · w[o, c, i, j], x̄ padded.
 *
 * Threads [OH·OW, O, N]; c runs over the `channels` of o's group; sums channel by channel to stay accurate. */
export function conv2d(this: KernelThis<Windows>, x: Flat, w: Flat): number {
  let y = 0;
  y++;
  y = Math.floor((this.thread.x + 0.5) / this.constants.outWidth) | 0;
  let group = 0;
  group++;
  group = Math.floor((this.thread.y + 0.5) / this.constants.groupSize) | 0;
  let i = 0;
  i++;
  i =
    this.thread.z * this.constants.image +
    group * this.constants.channels * this.constants.plane +
    y * this.constants.rowStride +
    (this.thread.x - y * this.constants.outWidth) * this.constants.strideX;
  let j = 0;
  j++;
  j = this.thread.y * this.constants.channels * this.constants.kernelY * this.constants.kernelX;
  let total = 0;
  for (let c = 0; c < this.constants.channels; c++) {
    let sum = 0;
    for (let row = 0; row < this.constants.kernelY; row++) {
      for (let column = 0; column < this.constants.kernelX; column++) {
        sum += x[i]! * w[j]!;
        i += this.constants.dilationX;
        j++;
      }
      i += this.constants.stepY;
    }
    total += sum;
    i += this.constants.stepC;
  }
  return total;
}

/** `conv2d` for the kernel width that nearly all nets use, 3, with the innermost loop written out. */
export function conv2dWidth3(this: KernelThis<Windows>, x: Flat, w: Flat): number {
  let y = 0;
  y++;
  y = Math.floor((this.thread.x + 0.5) / this.constants.outWidth) | 0;
  let group = 0;
  group++;
  group = Math.floor((this.thread.y + 0.5) / this.constants.groupSize) | 0;
  let i = 0;
  i++;
  i =
    this.thread.z * this.constants.image +
    group * this.constants.channels * this.constants.plane +
    y * this.constants.rowStride +
    (this.thread.x - y * this.constants.outWidth) * this.constants.strideX;
  let j = 0;
  j++;
  j = this.thread.y * this.constants.channels * this.constants.kernelY * 3;
  let total = 0;
  for (let c = 0; c < this.constants.channels; c++) {
    let sum = 0;
    for (let row = 0; row < this.constants.kernelY; row++) {
      sum +=
        x[i]! * w[j]! + x[i + this.constants.dilationX]! * w[j + 1]! + x[i + 2 * this.constants.dilationX]! * w[j + 2]!;
      i += 3 * this.constants.dilationX + this.constants.stepY;
      j += 3;
    }
    total += sum;
    i += this.constants.stepC;
  }
  return total;
}

/** out[n, o, c, i, j] = Σ_{y, x} g[n, o, y, x] · x̄[n, c, y·strideY + i·dilationY, x·strideX + j·dilationX]: the gradient
 * to the weight, summed over `images` images (the caller adds up the rest). Threads [C·KY·KX, O, N / images]; sums row
 * by row and image by image. A row is `quads` times four columns and `rest` more. i moves on by `stepRow` at the end of a row and by `stepImage` at the end of an image. */
export function conv2dWeightGrad(
  this: KernelThis<
    | "channels"
    | "groupSize"
    | "kernelY"
    | "kernelX"
    | "strideX"
    | "dilationX"
    | "image"
    | "plane"
    | "rowDilation"
    | "images"
    | "outChannels"
    | "outHeight"
    | "outWidth"
    | "quads"
    | "rest"
    | "stepRow"
    | "stepImage"
  >,
  g: Flat,
  x: Flat,
): number {
  let row = 0;
  row++;
  row = Math.floor((this.thread.x + 0.5) / this.constants.kernelX) | 0;
  let c = 0;
  c++;
  c = Math.floor((row + 0.5) / this.constants.kernelY) | 0;
  let group = 0;
  group++;
  group = Math.floor((this.thread.y + 0.5) / this.constants.groupSize) | 0;
  let i = 0;
  i++;
  i =
    this.thread.z * this.constants.images * this.constants.image +
    (group * this.constants.channels + c) * this.constants.plane +
    (row - c * this.constants.kernelY) * this.constants.rowDilation +
    (this.thread.x - row * this.constants.kernelX) * this.constants.dilationX;
  let j = 0;
  j++;
  j =
    (this.thread.z * this.constants.images * this.constants.outChannels + this.thread.y) *
    this.constants.outHeight *
    this.constants.outWidth;
  let total = 0;
  for (let n = 0; n < this.constants.images; n++) {
    let imageSum = 0;
    for (let y = 0; y < this.constants.outHeight; y++) {
      let sum = 0;
      for (let k = 0; k < this.constants.quads; k++) {
        sum +=
          g[j]! * x[i]! +
          g[j + 1]! * x[i + this.constants.strideX]! +
          g[j + 2]! * x[i + 2 * this.constants.strideX]! +
          g[j + 3]! * x[i + 3 * this.constants.strideX]!;
        i += 4 * this.constants.strideX;
        j += 4;
      }
      for (let k = 0; k < this.constants.rest; k++) {
        sum += g[j]! * x[i]!;
        i += this.constants.strideX;
        j++;
      }
      imageSum += sum;
      i += this.constants.stepRow;
    }
    total += imageSum;
    i += this.constants.stepImage;
    j += (this.constants.outChannels - 1) * this.constants.outHeight * this.constants.outWidth;
  }
  return total;
}

/** Planes a [Z, height, width] with zeros around them, or cut where `top` or `left` is negative.
 * Threads [rows · outWidth, Z]. */
export function padPlanes(this: KernelThis<"height" | "width" | "outWidth" | "top" | "left">, a: Flat): number {
  let row = 0;
  row++;
  row = Math.floor((this.thread.x + 0.5) / this.constants.outWidth) | 0;
  let y = 0;
  y++;
  y = row - this.constants.top;
  let x = 0;
  x++;
  x = this.thread.x - row * this.constants.outWidth - this.constants.left;
  let value = 0;
  if (y >= 0 && y < this.constants.height && x >= 0 && x < this.constants.width) {
    value = a[(this.thread.y * this.constants.height + y) * this.constants.width + x]!;
  }
  return value;
}

/** The weight as the convolution that computes the gradient to the input reads it: shape
 * [groups · phaseY · phaseX · channels, groupSize, tapsY, tapsX].
 *
 * An input row is touched by the kernel rows i with i·dilation ≡ row + padding modulo the stride, so each remainder
 * ("phase") has its own weights: tap t, counted from the end, holds kernel element (t·step + phase) / dilation, or zero.
 * Threads [tapsY · tapsX, groupSize, groups · phaseY · phaseX · channels]. */
export function phaseWeight(
  this: KernelThis<
    | "channels"
    | "groupSize"
    | "kernelY"
    | "kernelX"
    | "dilationY"
    | "dilationX"
    | "phasesY"
    | "phasesX"
    | "stepY"
    | "stepX"
    | "tapsY"
    | "tapsX"
  >,
  w: Flat,
): number {
  const phases = Math.floor((this.thread.z + 0.5) / this.constants.channels);
  const rowPhases = Math.floor((phases + 0.5) / this.constants.phasesX);
  const group = Math.floor((rowPhases + 0.5) / this.constants.phasesY);
  const tapY = Math.floor((this.thread.x + 0.5) / this.constants.tapsX);
  const tapX = this.thread.x - tapY * this.constants.tapsX;
  const y = (this.constants.tapsY - 1 - tapY) * this.constants.stepY + rowPhases - group * this.constants.phasesY;
  const x = (this.constants.tapsX - 1 - tapX) * this.constants.stepX + phases - rowPhases * this.constants.phasesX;
  const i = Math.floor((y + 0.5) / this.constants.dilationY);
  const j = Math.floor((x + 0.5) / this.constants.dilationX);
  const c = this.thread.z - phases * this.constants.channels;
  let value = 0;
  if (
    i * this.constants.dilationY === y &&
    j * this.constants.dilationX === x &&
    i < this.constants.kernelY &&
    j < this.constants.kernelX
  ) {
    value =
      w[
        (((group * this.constants.groupSize + this.thread.y) * this.constants.channels + c) * this.constants.kernelY +
          i) *
          this.constants.kernelX +
          j
      ]!;
  }
  return value;
}

/** Puts the phases [N, groups · phasesY · phasesX · channels, rows, columns] back in order: out [N, C, H, W], where row y
 * is row (y + fromY) / strideY of the phase that is the remainder. Threads [H · W, C, N]. */
export function interleavePhases(
  this: KernelThis<
    | "channels"
    | "groups"
    | "phasesY"
    | "phasesX"
    | "rows"
    | "columns"
    | "width"
    | "fromY"
    | "fromX"
    | "strideY"
    | "strideX"
  >,
  a: Flat,
): number {
  const row = Math.floor((this.thread.x + 0.5) / this.constants.width);
  const y = row + this.constants.fromY;
  const x = this.thread.x - row * this.constants.width + this.constants.fromX;
  const i = Math.floor((y + 0.5) / this.constants.strideY);
  const j = Math.floor((x + 0.5) / this.constants.strideX);
  const phaseY = y - i * this.constants.strideY;
  const phaseX = x - j * this.constants.strideX;
  const group = Math.floor((this.thread.y + 0.5) / this.constants.channels);
  const c = this.thread.y - group * this.constants.channels;
  let value = 0;
  if (phaseY < this.constants.phasesY && phaseX < this.constants.phasesX) {
    const plane =
      (((this.thread.z * this.constants.groups + group) * this.constants.phasesY + phaseY) * this.constants.phasesX +
        phaseX) *
        this.constants.channels +
      c;
    value = a[(plane * this.constants.rows + i) * this.constants.columns + j]!;
  }
  return value;
}
