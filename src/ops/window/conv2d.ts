/** Convolution over the columns of a sequence and over the rows and columns of an image. */

import type { Tensor } from "../../autograd/tensor.js";
import { checkedOptions, number, type OptionKinds, ownCheck } from "../../options.js";
import { type Call, onPlanes, rowsAndColumns } from "./conv-operands.js";
import { convolutionWindows } from "./conv-windows.js";
import { conv2dOp } from "./convolution.js";

/** Options of `conv2d`; a single number serves both axes.
 * @category Convolution */
export interface Conv2dOptions {
  /** Rows and columns from one window to the next, at least 1. Default 1. */
  readonly stride?: number | readonly [number, number] | undefined;
  /** Rows and columns of zeros on every side, at least 0; `"valid"` is none, `"same"` as many as keep the input's size
   * (with stride 1; where their number is odd, the last row or column gets one more). Default 0. */
  readonly padding?: number | readonly [number, number] | "same" | "valid" | undefined;
  /** Rows and columns from one kernel element to the next, at least 1. Default 1. */
  readonly dilation?: number | readonly [number, number] | undefined;
  /** Groups of channels that are convolved separately; divides both channel counts. Default 1. */
  readonly groups?: number | undefined;
}

export const conv2dOptions: OptionKinds<Conv2dOptions> = {
  stride: ownCheck,
  padding: ownCheck,
  dilation: ownCheck,
  groups: number,
};

/** Options of `conv1d`.
 * @category Convolution */
export interface Conv1dOptions {
  /** Columns from one window to the next, at least 1. Default 1. */
  readonly stride?: number | readonly [number] | undefined;
  /** Zeros on both sides, at least 0; `"valid"` and `"same"` as in `conv2d`. Default 0. */
  readonly padding?: number | readonly [number] | "same" | "valid" | undefined;
  /** Columns from one kernel element to the next, at least 1. Default 1. */
  readonly dilation?: number | readonly [number] | undefined;
  /** Groups of channels that are convolved separately; divides both channel counts. Default 1. */
  readonly groups?: number | undefined;
}

export const conv1dOptions: OptionKinds<Conv1dOptions> = {
  stride: ownCheck,
  padding: ownCheck,
  dilation: ownCheck,
  groups: number,
};

/** Two-dimensional convolution (cross-correlation, as in every framework):
 * `out[n, o, y, x] = bias[o] + Σ_{c, i, j} x[n, c, y·stride + i·dilation − padding, …] · weight[o, c, i, j]`.
 * @param x shape `[N, C, H, W]` or `[C, H, W]`
 * @param weight shape `[O, C / groups, KH, KW]`
 * @param bias shape `[O]`, or null
 * @returns shape `[N, O, OH, OW]` (or `[O, OH, OW]`) with `OH = ⌊(H + 2·padding − dilation·(KH − 1) − 1) / stride⌋ + 1`
 * @throws ShapeError if ranks, channels or bias do not fit or the window is larger than the padded input;
 * ValueError if an option is out of range
 * @category Convolution */
export function conv2d(x: Tensor, weight: Tensor, bias: Tensor | null = null, options: Conv2dOptions = {}): Tensor {
  return convolution(
    { op: "conv2d", axes: 2, weight: "[O, C / groups, KH, KW]" },
    x,
    weight,
    bias,
    checkedOptions("conv2d", options, conv2dOptions),
  );
}

/** One-dimensional convolution:
 * `out[n, o, x] = bias[o] + Σ_{c, j} x[n, c, x·stride + j·dilation − padding] · weight[o, c, j]`.
 * @param x shape `[N, C, L]` or `[C, L]`
 * @param weight shape `[O, C / groups, K]`
 * @param bias shape `[O]`, or null
 * @returns shape `[N, O, OL]` (or `[O, OL]`) with `OL = ⌊(L + 2·padding − dilation·(K − 1) − 1) / stride⌋ + 1`
 * @throws ShapeError if ranks, channels or bias do not fit or the window is larger than the padded input;
 * ValueError if an option is out of range
 * @category Convolution */
export function conv1d(x: Tensor, weight: Tensor, bias: Tensor | null = null, options: Conv1dOptions = {}): Tensor {
  return convolution(
    { op: "conv1d", axes: 1, weight: "[O, C / groups, K]" },
    x,
    weight,
    bias,
    checkedOptions("conv1d", options, conv1dOptions),
  );
}

function convolution(
  call: Call,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: Conv1dOptions | Conv2dOptions,
): Tensor {
  const operands = { x, weight, bias };
  const { before, padded, out, outChannels, stride, dilation, groups } = convolutionWindows(call, operands, options);
  return onPlanes(call, operands, outChannels, (planes, filters) =>
    conv2dOp(planes, filters, {
      input: planes.shape,
      weight: filters.shape,
      out: rowsAndColumns(out),
      stride: rowsAndColumns(stride),
      padding: rowsAndColumns(before, 0),
      padded: rowsAndColumns(padded),
      dilation: rowsAndColumns(dilation),
      groups,
    }),
  );
}
