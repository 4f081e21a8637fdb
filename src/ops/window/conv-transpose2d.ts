/** Transposed convolution, over one axis and over two. */

import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds, ownCheck } from "../../options.js";
import { at, checkSize, perAxis } from "../../shape.js";
import {
  type Call,
  checkChannels,
  checkGroups,
  checkRanks,
  onPlanes,
  rowsAndColumns,
  stepsOf,
} from "./conv-operands.js";
import { conv2dInputGradOp } from "./convolution.js";

/** Options of `convTranspose2d`; a single number serves both axes.
 * @category Convolution */
export interface ConvTranspose2dOptions {
  /** Rows and columns of the output from one element of the input to the next, at least 1. Default 1. */
  readonly stride?: number | readonly [number, number] | undefined;
  /** Rows and columns that are cut off on every side of the output, at least 0. Default 0. */
  readonly padding?: number | readonly [number, number] | undefined;
  /** Rows and columns more on the last side of the output; below the stride or the dilation. Default 0. */
  readonly outputPadding?: number | readonly [number, number] | undefined;
  /** Rows and columns from one kernel element to the next, at least 1. Default 1. */
  readonly dilation?: number | readonly [number, number] | undefined;
  /** Groups of channels that are convolved separately; divides both channel counts. Default 1. */
  readonly groups?: number | undefined;
}

export const convTranspose2dOptions: OptionKinds<ConvTranspose2dOptions> = {
  stride: ownCheck,
  padding: ownCheck,
  outputPadding: ownCheck,
  dilation: ownCheck,
  groups: number,
};

/** Options of `convTranspose1d`.
 * @category Convolution */
export interface ConvTranspose1dOptions {
  /** Columns of the output from one element of the input to the next, at least 1. Default 1. */
  readonly stride?: number | readonly [number] | undefined;
  /** Columns that are cut off on both sides of the output, at least 0. Default 0. */
  readonly padding?: number | readonly [number] | undefined;
  /** Columns more on the last side of the output; below the stride or the dilation. Default 0. */
  readonly outputPadding?: number | readonly [number] | undefined;
  /** Columns from one kernel element to the next, at least 1. Default 1. */
  readonly dilation?: number | readonly [number] | undefined;
  /** Groups of channels that are convolved separately; divides both channel counts. Default 1. */
  readonly groups?: number | undefined;
}

const convTranspose1dOptions: OptionKinds<ConvTranspose1dOptions> = {
  stride: ownCheck,
  padding: ownCheck,
  outputPadding: ownCheck,
  dilation: ownCheck,
  groups: number,
};

/** Two-dimensional transposed convolution, the gradient of `conv2d` to its input: every element of the input adds the
 * kernel, times itself, to the output: `x[n, c, y, x]` to `out[n, o, y·stride + i·dilation − padding, …]`, times
 * `weight[c, o, i, j]`.
 * @param x shape `[N, C, H, W]` or `[C, H, W]`
 * @param weight shape `[C, O / groups, KH, KW]`
 * @param bias shape `[O]`, or null
 * @returns shape `[N, O, OH, OW]` (or `[O, OH, OW]`) with
 * `OH = (H − 1)·stride − 2·padding + dilation·(KH − 1) + outputPadding + 1`
 * @throws ShapeError if ranks, channels or bias do not fit or nothing is left of the output; ValueError if an option is
 * out of range
 * @category Convolution */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTranspose2dOptions = {},
): Tensor {
  return transposed(
    { op: "convTranspose2d", axes: 2, weight: "[C, O / groups, KH, KW]" },
    x,
    weight,
    bias,
    checkedOptions("convTranspose2d", options, convTranspose2dOptions),
  );
}

/** One-dimensional transposed convolution, the gradient of `conv1d` to its input; see `convTranspose2d`.
 * @param x shape `[N, C, L]` or `[C, L]`
 * @param weight shape `[C, O / groups, K]`
 * @param bias shape `[O]`, or null
 * @returns shape `[N, O, OL]` (or `[O, OL]`) with
 * `OL = (L − 1)·stride − 2·padding + dilation·(K − 1) + outputPadding + 1`
 * @throws ShapeError if ranks, channels or bias do not fit or nothing is left of the output; ValueError if an option is
 * out of range
 * @category Convolution */
export function convTranspose1d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTranspose1dOptions = {},
): Tensor {
  return transposed(
    { op: "convTranspose1d", axes: 1, weight: "[C, O / groups, K]" },
    x,
    weight,
    bias,
    checkedOptions("convTranspose1d", options, convTranspose1dOptions),
  );
}

function transposed(
  call: Call,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: ConvTranspose1dOptions | ConvTranspose2dOptions,
): Tensor {
  const { op, axes } = call;
  const operands = { x, weight, bias };
  const { channels, size } = checkRanks(call, operands);
  const { stride, dilation, groups } = stepsOf(call, options);
  const padding = perAxis(op, "padding", options.padding ?? 0, axes, 0);
  const extra = perAxis(op, "outputPadding", options.outputPadding ?? 0, axes, 0);
  if (extra.some((n, i) => n >= Math.max(at(stride, i), at(dilation, i)))) {
    throw new ValueError(
      op,
      `outputPadding must be smaller than the stride or the dilation, got ${extra.join("×")} for stride ` +
        `${stride.join("×")} and dilation ${dilation.join("×")}`,
    );
  }
  checkGroups(op, groups, channels, at(weight.shape, 1) * groups);
  checkChannels(op, channels, at(weight.shape, 0), operands, groups);
  const padded = size.map(
    (n, i) => (n - 1) * at(stride, i) + at(dilation, i) * (at(weight.shape, i + 2) - 1) + at(extra, i) + 1,
  );
  const out = padded.map((n, i) => n - 2 * at(padding, i));
  if (out.some((n) => n < 1)) {
    throw new ShapeError(
      op,
      `padding ${padding.join("×")} leaves nothing of an output of ${padded.join("×")}; lower it`,
    );
  }
  const outChannels = at(weight.shape, 1) * groups;
  checkSize(op, [...x.shape.slice(0, -1 - axes), outChannels, ...padded]);
  return onPlanes(call, operands, outChannels, (planes, filters) =>
    // The convolution that this is the transpose of has the output for its input.
    conv2dInputGradOp(planes, filters, {
      input: [at(planes.shape, 0), outChannels, ...rowsAndColumns(out)],
      weight: filters.shape,
      out: rowsAndColumns(size),
      stride: rowsAndColumns(stride),
      padding: rowsAndColumns(padding, 0),
      padded: rowsAndColumns(padded),
      dilation: rowsAndColumns(dilation),
      groups,
    }),
  );
}
