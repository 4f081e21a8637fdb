/** Average pooling: the mean of a window is the mean of its rows' means, so each axis is a linear map of its own. */

import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import { checkedOptions, flag, numberOrNull, type OptionKinds, ownCheck } from "../../options.js";
import { at } from "../../shape.js";
import { checkPlaces } from "../arguments.js";
import type { Axes } from "./axis-letters.js";
import { type MatrixRow, mapAxis } from "./map-axis.js";
import {
  type AdaptiveOptions,
  type AxisWindows,
  adaptiveRanges,
  adaptiveSizes,
  checkPlanes,
  type Range,
  type WindowOptions,
  windowsOf,
} from "./pool-windows.js";

/** Options of `avgPool2d`; a single number serves both axes.
 * @category Pooling */
export interface AvgPool2dOptions {
  /** Rows and columns of a window. */
  readonly kernelSize: number | readonly [number, number];
  /** From one window to the next. Default: kernelSize. */
  readonly stride?: number | readonly [number, number] | undefined;
  /** Cells of 0 around the input; at most half of kernelSize. Default 0. */
  readonly padding?: number | readonly [number, number] | undefined;
  /** Rounds the output size up, so that the last window may reach beyond the padding. Default false. */
  readonly ceilMode?: boolean | undefined;
  /** Whether cells of the padding count in the divisor. Default true. */
  readonly countIncludePad?: boolean | undefined;
  /** Divides the sum of every window, in place of its number of cells; not 0. Default: that number. */
  readonly divisorOverride?: number | null | undefined;
}

export const avgPool2dOptions: OptionKinds<AvgPool2dOptions> = {
  kernelSize: ownCheck,
  stride: ownCheck,
  padding: ownCheck,
  ceilMode: flag,
  countIncludePad: flag,
  divisorOverride: numberOrNull,
};

/** Options of `avgPool1d`.
 * @category Pooling */
export interface AvgPool1dOptions {
  /** Columns of a window. */
  readonly kernelSize: number | readonly [number];
  /** From one window to the next. Default: kernelSize. */
  readonly stride?: number | readonly [number] | undefined;
  /** Cells of 0 on both sides; at most half of kernelSize. Default 0. */
  readonly padding?: number | readonly [number] | undefined;
  /** Rounds the output size up, so that the last window may reach beyond the padding. Default false. */
  readonly ceilMode?: boolean | undefined;
  /** Whether cells of the padding count in the divisor. Default true. */
  readonly countIncludePad?: boolean | undefined;
}

const avgPool1dOptions: OptionKinds<AvgPool1dOptions> = {
  kernelSize: ownCheck,
  stride: ownCheck,
  padding: ownCheck,
  ceilMode: flag,
  countIncludePad: flag,
};

/** Options of `avgPool3d`; a single number serves all three axes.
 * @category Pooling */
export interface AvgPool3dOptions {
  /** Planes, rows and columns of a window. */
  readonly kernelSize: number | readonly [number, number, number];
  /** From one window to the next. Default: kernelSize. */
  readonly stride?: number | readonly [number, number, number] | undefined;
  /** Cells of 0 around the input; at most half of kernelSize. Default 0. */
  readonly padding?: number | readonly [number, number, number] | undefined;
  /** Rounds the output size up, so that the last window may reach beyond the padding. Default false. */
  readonly ceilMode?: boolean | undefined;
  /** Whether cells of the padding count in the divisor. Default true. */
  readonly countIncludePad?: boolean | undefined;
  /** Divides the sum of every window, in place of its number of cells; not 0. Default: that number. */
  readonly divisorOverride?: number | null | undefined;
}

export const avgPool3dOptions: OptionKinds<AvgPool3dOptions> = {
  kernelSize: ownCheck,
  stride: ownCheck,
  padding: ownCheck,
  ceilMode: flag,
  countIncludePad: flag,
  divisorOverride: numberOrNull,
};

/** Mean of each window.
 * @param x shape `[N, C, H, W]` or `[C, H, W]`
 * @returns shape `[…, OH, OW]` with `OH = ⌊(H + 2·padding − kernelSize) / stride⌋ + 1`
 * @throws ShapeError, ValueError if the window does not fit or an option is out of range
 * @category Pooling */
export function avgPool2d(x: Tensor, options: AvgPool2dOptions): Tensor {
  return average("avgPool2d", x, 2, checkedOptions("avgPool2d", options, avgPool2dOptions));
}

/** Mean of each window along one axis.
 * @param x shape `[N, C, L]` or `[C, L]`
 * @returns shape `[…, OL]` with `OL = ⌊(L + 2·padding − kernelSize) / stride⌋ + 1`
 * @throws ShapeError, ValueError if the window does not fit or an option is out of range
 * @category Pooling */
export function avgPool1d(x: Tensor, options: AvgPool1dOptions): Tensor {
  return average("avgPool1d", x, 1, checkedOptions("avgPool1d", options, avgPool1dOptions));
}

/** Mean of each window of a volume.
 * @param x shape `[N, C, D, H, W]` or `[C, D, H, W]`
 * @returns shape `[…, OD, OH, OW]` with `OD = ⌊(D + 2·padding − kernelSize) / stride⌋ + 1`
 * @throws ShapeError, ValueError if the window does not fit or an option is out of range
 * @category Pooling */
export function avgPool3d(x: Tensor, options: AvgPool3dOptions): Tensor {
  return average("avgPool3d", x, 3, checkedOptions("avgPool3d", options, avgPool3dOptions));
}

type AverageOptions = Omit<WindowOptions, "dilation"> & Pick<AvgPool2dOptions, "countIncludePad" | "divisorOverride">;

function average(op: string, x: Tensor, axes: Axes, options: AverageOptions): Tensor {
  const windows = windowsOf(op, x, axes, { ...options, dilation: 1 });
  for (const { size } of windows) checkPlaces(op, x.device, size, "an axis");
  const { countIncludePad = true, divisorOverride = null } = options;
  if (divisorOverride !== null && (!Number.isFinite(divisorOverride) || divisorOverride === 0)) {
    throw new ValueError(op, `divisorOverride must be a number that is not 0, got ${divisorOverride}`, {
      actual: divisorOverride,
    });
  }
  return windows.reduce((y, window, i) => {
    const divisor = divisorOverride === null ? null : i === 0 ? divisorOverride : 1;
    return averageAxis(y, i - axes, averagedRanges(window, countIncludePad, divisor));
  }, x);
}

/** The cells of a window that are added up, and what their sum is divided by. */
type Averaged = readonly [...range: Range, divisor: number];

/** For each window its cells inside the input. Without a divisor given, it is the number of those cells, or of those inside
 * the padded input. */
function averagedRanges(
  { size, out, kernel, stride, padding }: AxisWindows,
  includePad: boolean,
  divisor: number | null,
): Averaged[] {
  return Array.from({ length: out }, (_, i) => {
    const start = i * stride - padding;
    const end = Math.min(start + kernel, size + padding);
    const [from, to] = [Math.max(start, 0), Math.min(end, size)];
    return [from, to, divisor ?? (includePad ? end - start : to - from)] as const;
  });
}

/** Mean of windows that cover the input evenly: output row i averages rows ⌊i·H/OH⌋ to ⌈(i + 1)·H/OH⌉ − 1.
 * @param x shape `[N, C, H, W]` or `[C, H, W]`
 * @param options `outputSize`: rows and columns of the output, one number for both; null keeps the input's
 * @returns shape `[…, OH, OW]` with `[OH, OW] = outputSize`
 * @throws ShapeError, ValueError if the rank or outputSize do not fit
 * @category Pooling */
export function adaptiveAvgPool2d(
  x: Tensor,
  options: { readonly outputSize: number | null | readonly [number | null, number | null] },
): Tensor {
  return adaptiveAverage("adaptiveAvgPool2d", x, 2, options);
}

/** Mean of windows that cover one axis evenly: output i averages the cells ⌊i·L/OL⌋ to ⌈(i + 1)·L/OL⌉ − 1.
 * @param x shape `[N, C, L]` or `[C, L]`
 * @param options `outputSize`: columns OL of the output
 * @returns shape `[…, OL]`
 * @throws ShapeError, ValueError if the rank or outputSize do not fit
 * @category Pooling */
export function adaptiveAvgPool1d(x: Tensor, options: { readonly outputSize: number | readonly [number] }): Tensor {
  return adaptiveAverage("adaptiveAvgPool1d", x, 1, options);
}

/** Mean of windows that cover a volume evenly: output plane i averages planes ⌊i·D/OD⌋ to ⌈(i + 1)·D/OD⌉ − 1.
 * @param x shape `[N, C, D, H, W]` or `[C, D, H, W]`
 * @param options `outputSize`: planes, rows and columns of the output, one number for all; null keeps the input's
 * @returns shape `[…, OD, OH, OW]` with `[OD, OH, OW] = outputSize`
 * @throws ShapeError, ValueError if the rank or outputSize do not fit
 * @category Pooling */
export function adaptiveAvgPool3d(
  x: Tensor,
  options: { readonly outputSize: number | null | readonly [number | null, number | null, number | null] },
): Tensor {
  return adaptiveAverage("adaptiveAvgPool3d", x, 3, options);
}

function adaptiveAverage(op: string, x: Tensor, axes: Axes, options: AdaptiveOptions): Tensor {
  const sizes = checkPlanes(op, x, axes);
  for (const size of sizes) checkPlaces(op, x.device, size, "an axis");
  return averageTo(x, adaptiveSizes(op, x, sizes, options));
}

/** Averages the last axes of x, as many as there are sizes, down (or up) to these sizes. */
export function averageTo(x: Tensor, sizes: readonly number[]): Tensor {
  return sizes.reduce((y, out, i) => {
    const axis = i - sizes.length;
    const ranges = adaptiveRanges(at(x.shape, axis), out);
    return averageAxis(
      y,
      axis,
      ranges.map(([start, end]) => [start, end, end - start] as const),
    );
  }, x);
}

function averageAxis(x: Tensor, axis: number, windows: readonly Averaged[]): Tensor {
  const rows = windows.map(([start, end]): MatrixRow => {
    return new Map(Array.from({ length: end - start }, (_, j) => [start + j, 1]));
  });
  return mapAxis(
    x,
    axis,
    rows,
    windows.map(([, , divisor]) => divisor),
  );
}
