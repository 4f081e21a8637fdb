/** Channels exchanged for pixels. */

import type { Tensor } from "../../autograd/tensor.js";
import { describe, ShapeError, ValueError } from "../../errors.js";
import { formatShape, type Shape, sizeOf } from "../../shape.js";
import { checkTensors } from "../arguments.js";
import { reshapeTo } from "../reduce/sum.js";
import { permute } from "./reshape.js";

/** Lays r² channels out as r × r pixels: out[…, c, h r + i, w r + j] = x[…, c r² + i r + j, h, w] (Shi et al. 2016).
 * @param x shape `[...N, C r², H, W]`
 * @param upscaleFactor r, a positive integer
 * @returns shape `[...N, C, H r, W r]`
 * @throws ShapeError for fewer than three axes or channels that r² does not divide; ValueError for another factor
 * @category Shape */
export function pixelShuffle(x: Tensor, upscaleFactor: number): Tensor {
  const [lead, channels, height, width] = imagesOf("pixelShuffle", x, "upscaleFactor", upscaleFactor);
  const r = upscaleFactor;
  const out = channels / (r * r);
  if (!Number.isInteger(out)) {
    throw new ShapeError("pixelShuffle", `${r}² must divide the channels, got ${channels} of ${formatShape(x.shape)}`, {
      actual: x.shape,
    });
  }
  const parts = reshapeTo(x, [sizeOf(lead) * out, r, r, height, width]);
  return reshapeTo(permute(parts, [0, 3, 1, 4, 2]), [...lead, out, height * r, width * r]);
}

/** Lays r × r pixels out as r² channels: what `pixelShuffle` takes back.
 * @param x shape `[...N, C, H r, W r]`
 * @param downscaleFactor r, a positive integer
 * @returns shape `[...N, C r², H, W]`
 * @throws ShapeError for fewer than three axes or an image that r does not divide; ValueError for another factor
 * @category Shape */
export function pixelUnshuffle(x: Tensor, downscaleFactor: number): Tensor {
  const [lead, channels, height, width] = imagesOf("pixelUnshuffle", x, "downscaleFactor", downscaleFactor);
  const r = downscaleFactor;
  if (height % r !== 0 || width % r !== 0) {
    throw new ShapeError(
      "pixelUnshuffle",
      `${r} must divide height and width, got ${height} and ${width} of ${formatShape(x.shape)}`,
      { actual: x.shape },
    );
  }
  const parts = reshapeTo(x, [sizeOf(lead) * channels, height / r, r, width / r, r]);
  return reshapeTo(permute(parts, [0, 2, 4, 1, 3]), [...lead, channels * r * r, height / r, width / r]);
}

function imagesOf(op: string, x: Tensor, name: string, factor: number): [lead: Shape, c: number, h: number, w: number] {
  checkTensors(op, x);
  if (!Number.isSafeInteger(factor) || factor < 1) {
    throw new ValueError(op, `${name} must be a positive integer, got ${describe(factor)}`, { actual: factor });
  }
  if (x.rank < 3) throw new ShapeError(op, `x must be [...N, C, H, W], got ${formatShape(x.shape)}`);
  const [channels, height, width] = x.shape.slice(-3) as [number, number, number];
  return [x.shape.slice(0, -3), channels, height, width];
}
