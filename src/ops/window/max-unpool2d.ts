/** Setting the values of a max pooling back where they stood. */

import type { Tensor } from "../../autograd/tensor.js";
import { DTypeError, ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import { at, checkSize, formatShape, pair, sameShape } from "../../shape.js";
import { checkPlaces, checkTensors } from "../arguments.js";
import { checkIndices } from "../indexing/gather.js";
import { lastWritten } from "../indexing/scatter.js";
import { reshapeTo } from "../reduce/sum.js";
import { checkPlanes } from "./pool-windows.js";

/** Options of `maxUnpool2d`; a single number serves both axes.
 * @category Pooling */
export interface MaxUnpool2dOptions {
  /** Rows and columns of a window of the pooling. */
  readonly kernelSize: number | readonly [number, number];
  /** From one window to the next. Default: kernelSize. */
  readonly stride?: number | readonly [number, number] | undefined;
  /** Cells around the pooled input. Default 0. */
  readonly padding?: number | readonly [number, number] | undefined;
  /** Rows and columns of the output, where several sizes are pooled to that of x: less than a stride away from the default,
   * `(H − 1)·stride − 2·padding + kernelSize`. */
  readonly outputSize?: number | readonly [number, number] | undefined;
}

export const maxUnpool2dOptions: OptionKinds<MaxUnpool2dOptions> = {
  kernelSize: ownCheck,
  stride: ownCheck,
  padding: ownCheck,
  outputSize: ownCheck,
};

/** Undoes a max pooling as far as it can: the values at the indices of `maxPool2dWithIndices`, 0 elsewhere, as
 * `torch.nn.functional.max_unpool2d`. Of several values for one cell, which windows that overlap can give, the last is written, and
 * it alone gets a gradient, on every device; PyTorch leaves open which is written, and gives all of them the gradient.
 * @param x shape `[N, C, H, W]` or `[C, H, W]`
 * @param indices int32, shape of `x`: cells of the output's planes, `row · OW + column`
 * @returns shape `[…, OH, OW]`
 * @throws ShapeError, DTypeError, ValueError if the indices do not fit, an option is out of range, or an index is outside the
 * plane (on webgpu: the next read does); DeviceError on a float32 device if a plane has more than 2²⁴ cells
 * @category Pooling */
export function maxUnpool2d(x: Tensor, indices: Tensor, options: MaxUnpool2dOptions): Tensor {
  const given = checkedOptions(op, options, maxUnpool2dOptions);
  const size = checkPlanes(op, x, 2);
  checkTensors(op, x, indices);
  if (indices.dtype !== "int32" || !sameShape(indices.shape, x.shape)) {
    const Kind = indices.dtype === "int32" ? ShapeError : DTypeError;
    throw new Kind(
      op,
      `indices must be int32 of the shape of x ${formatShape(x.shape)}, got ${indices.dtype} ${formatShape(indices.shape)}`,
      { expected: x.shape, actual: indices.shape },
    );
  }
  const out = outputSizeOf(size, given);
  const lead = x.shape.slice(0, -2);
  checkSize(op, [...lead, ...out]);
  const [from, to] = [at(size, 0) * at(size, 1), out[0] * out[1]];
  checkPlaces(op, x.device, from, "a plane");
  checkPlaces(op, x.device, to, "a plane");
  checkIndices(op, indices, to);
  const rows = lastWritten(op, reshapeTo(x, [...lead, from]), reshapeTo(indices, [...lead, from]), lead.length, to);
  return reshapeTo(rows, [...lead, ...out]);
}

const op = "maxUnpool2d";

function outputSizeOf(size: readonly number[], options: MaxUnpool2dOptions): readonly [number, number] {
  const { kernelSize, stride: step, padding: pads = 0, outputSize } = options;
  const kernel = pair(op, "kernelSize", kernelSize, 1);
  const stride = pair(op, "stride", step ?? kernel, 1);
  const padding = pair(op, "padding", pads, 0);
  const along = (axis: 0 | 1) => (at(size, axis) - 1) * stride[axis] - 2 * padding[axis] + kernel[axis];
  const usual = [along(0), along(1)] as const;
  if (outputSize === undefined) {
    if (usual[0] > 0 && usual[1] > 0) return usual;
    throw new ShapeError(
      op,
      `padding ${padding.join("×")} leaves nothing of the output: it would be ${usual.join("×")}`,
    );
  }
  const wanted = pair(op, "outputSize", outputSize, 1);
  if (wanted.every((n, axis) => Math.abs(n - at(usual, axis)) < at(stride, axis))) return wanted;
  throw new ValueError(
    op,
    `outputSize must be less than a stride ${stride.join("×")} away from ${usual.join("×")}, got ${wanted.join("×")}`,
    { expected: usual, actual: wanted },
  );
}
