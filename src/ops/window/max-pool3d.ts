/** Max pooling of volumes: the largest of a window is that of its planes' largest. */

import type { Tensor } from "../../autograd/tensor.js";
import { checkedOptions, flag, type OptionKinds, ownCheck } from "../../options.js";
import { checkPlaces } from "../arguments.js";
import { reshapeTo } from "../reduce/sum.js";
import { adaptiveLargest, maxPoolOp, poolingOf } from "./max-pool2d.js";
import { type AxisWindows, adaptiveSizes, checkPlanes, windowsOf } from "./pool-windows.js";

/** Options of `maxPool3d`; a single number serves all three axes.
 * @category Pooling */
export interface MaxPool3dOptions {
  /** Planes, rows and columns of a window. */
  readonly kernelSize: number | readonly [number, number, number];
  /** From one window to the next. Default: kernelSize. */
  readonly stride?: number | readonly [number, number, number] | undefined;
  /** Cells around the input that are never the largest; at most half of kernelSize. Default 0. */
  readonly padding?: number | readonly [number, number, number] | undefined;
  /** From one element of a window to the next. Default 1. */
  readonly dilation?: number | readonly [number, number, number] | undefined;
  /** Rounds the output size up, so that the last window may reach beyond the padding. Default false. */
  readonly ceilMode?: boolean | undefined;
}

export const maxPool3dOptions: OptionKinds<MaxPool3dOptions> = {
  kernelSize: ownCheck,
  stride: ownCheck,
  padding: ownCheck,
  dilation: ownCheck,
  ceilMode: flag,
};

/** Largest element of each window of a volume. The gradient goes to the first of several, plane by plane and row by row; a NaN
 * counts as larger than any number.
 * @param x shape `[N, C, D, H, W]` or `[C, D, H, W]`
 * @returns shape `[…, OD, OH, OW]` with `OD = ⌊(D + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1`
 * @throws ShapeError, ValueError if the window does not fit or an option is out of range; DeviceError on a float32 device if a
 * plane, or the column of all pooled planes, has more than 2²⁴ cells
 * @category Pooling */
export function maxPool3d(x: Tensor, options: MaxPool3dOptions): Tensor {
  const windows = windowsOf("maxPool3d", x, 3, checkedOptions("maxPool3d", options, maxPool3dOptions));
  const [planes, rows, columns] = windows as [AxisWindows, AxisWindows, AxisWindows];
  const cells = rows.out * columns.out;
  checkPlaces("maxPool3d", x.device, rows.size * columns.size, "a plane");
  checkPlaces("maxPool3d", x.device, planes.size * cells, "the column of pooled planes");
  const lead = x.shape.slice(0, -3);
  const byPlane = maxPoolOp(x, poolingOf(rows, columns));
  const column = reshapeTo(byPlane, [...lead, planes.size, cells]);
  const pooled = maxPoolOp(column, poolingOf(planes, { ...oneColumn, size: cells, out: cells }));
  return reshapeTo(pooled, [...lead, ...windows.map(({ out }) => out)]);
}

/** Largest element of windows that cover a volume evenly (and may overlap): output plane i sees planes ⌊i·D/OD⌋ to
 * ⌈(i + 1)·D/OD⌉ − 1. The gradient goes to the first of several, plane by plane and row by row; a NaN counts as larger than any
 * number.
 * @param x shape `[N, C, D, H, W]` or `[C, D, H, W]`
 * @param options `outputSize`: planes, rows and columns of the output, one number for all; null keeps the input's
 * @returns shape `[…, OD, OH, OW]` with `[OD, OH, OW] = outputSize`
 * @throws ShapeError, ValueError if the rank or outputSize do not fit; DeviceError on a float32 device if a plane, or the column
 * of all pooled planes, has more than 2²⁴ cells
 * @category Pooling */
export function adaptiveMaxPool3d(
  x: Tensor,
  options: { readonly outputSize: number | null | readonly [number | null, number | null, number | null] },
): Tensor {
  const op = "adaptiveMaxPool3d";
  const size = checkPlanes(op, x, 3) as [number, number, number];
  const out = adaptiveSizes(op, x, size, options) as [number, number, number];
  const cells = out[1] * out[2];
  checkPlaces(op, x.device, size[1] * size[2], "a plane");
  checkPlaces(op, x.device, size[0] * cells, "the column of pooled planes");
  const lead = x.shape.slice(0, -3);
  const byPlane = adaptiveLargest(x, size.slice(1), out.slice(1));
  const column = reshapeTo(byPlane, [...lead, size[0], cells]);
  return reshapeTo(adaptiveLargest(column, [size[0], cells], [out[0], cells]), [...lead, ...out]);
}

/** A cell that is pooled along with none of its row. */
const oneColumn: Omit<AxisWindows, "size" | "out"> = { kernel: 1, stride: 1, padding: 0, dilation: 1 };
