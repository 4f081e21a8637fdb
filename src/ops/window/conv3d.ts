/** Convolution over the planes, rows and columns of a volume. */

import type { Tensor } from "../../autograd/tensor.js";
import { checkedOptions, number, type OptionKinds, ownCheck } from "../../options.js";
import { at, checkSize } from "../../shape.js";
import { reshapeTo } from "../reduce/sum.js";
import { permute } from "../shape/reshape.js";
import { batchOf, biased, type Call, checkBias, rowsAndColumns } from "./conv-operands.js";
import { type ConvolutionWindows, convolutionWindows } from "./conv-windows.js";
import { conv2dOp } from "./convolution.js";
import { unfoldOp } from "./fold.js";

/** Options of `conv3d`; a single number serves all three axes.
 * @category Convolution */
export interface Conv3dOptions {
  /** Planes, rows and columns from one window to the next, at least 1. Default 1. */
  readonly stride?: number | readonly [number, number, number] | undefined;
  /** Planes, rows and columns of zeros on both sides, at least 0; `"valid"` and `"same"` as in `conv2d`. Default 0. */
  readonly padding?: number | readonly [number, number, number] | "same" | "valid" | undefined;
  /** Planes, rows and columns from one kernel element to the next, at least 1. Default 1. */
  readonly dilation?: number | readonly [number, number, number] | undefined;
  /** Groups of channels that are convolved separately; divides both channel counts. Default 1. */
  readonly groups?: number | undefined;
}

export const conv3dOptions: OptionKinds<Conv3dOptions> = {
  stride: ownCheck,
  padding: ownCheck,
  dilation: ownCheck,
  groups: number,
};

const call: Call = { op: "conv3d", axes: 3, weight: "[O, C / groups, KD, KH, KW]" };

/** Three-dimensional convolution:
 * `out[n, o, z, y, x] = bias[o] + Σ_{c, h, i, j} x[n, c, z·stride + h·dilation − padding, …] · weight[o, c, h, i, j]`.
 *
 * The planes that a window reaches into are laid out as channels, `OD·KD / D` times the input in memory, and convolved by `conv2d`.
 * @param x shape `[N, C, D, H, W]` or `[C, D, H, W]`
 * @param weight shape `[O, C / groups, KD, KH, KW]`
 * @param bias shape `[O]`, or null
 * @returns shape `[N, O, OD, OH, OW]` (or `[O, OD, OH, OW]`) with
 * `OD = ⌊(D + 2·padding − dilation·(KD − 1) − 1) / stride⌋ + 1`
 * @throws ShapeError if ranks, channels or bias do not fit, the window is larger than the padded input, or the planes laid out
 * are more than a tensor holds; ValueError if an option is out of range
 * @category Convolution */
export function conv3d(x: Tensor, weight: Tensor, bias: Tensor | null = null, options: Conv3dOptions = {}): Tensor {
  const operands = { x, weight, bias };
  const windows = convolutionWindows(call, operands, checkedOptions(call.op, options, conv3dOptions));
  const { channels, outChannels, kernel, before, padded, out, stride, dilation, groups } = windows;
  checkBias(call, operands, outChannels);
  const batch = batchOf(call, operands);
  checkSize(call.op, [batch, at(out, 0), channels, at(kernel, 0), ...padded.slice(1)]);
  const planes = planesOf(x, batch, windows);
  const filters = reshapeTo(weight, [outChannels, at(weight.shape, 1) * at(kernel, 0), ...kernel.slice(1)]);
  const convolved = conv2dOp(planes, filters, {
    input: planes.shape,
    weight: filters.shape,
    out: rowsAndColumns(out.slice(1)),
    stride: rowsAndColumns(stride.slice(1)),
    padding: rowsAndColumns(before.slice(1)),
    padded: rowsAndColumns(padded.slice(1)),
    dilation: rowsAndColumns(dilation.slice(1)),
    groups,
  });
  const volumes = reshapeTo(convolved, [batch, at(out, 0), outChannels, ...out.slice(1)]);
  return biased(call, operands, permute(volumes, [0, 2, 1, 3, 4]), outChannels);
}

/** For every plane of the output those of the input that its windows reach into, `[N·OD, C·KD, H, W]`; 0 where they reach beyond. */
function planesOf(x: Tensor, batch: number, windows: ConvolutionWindows): Tensor {
  const { channels, size, kernel, before, out, stride, dilation } = windows;
  const [depth, cells] = [at(size, 0), at(size, 1) * at(size, 2)];
  const columns = unfoldOp(reshapeTo(x, [batch, channels, depth, cells]), {
    lead: [batch, channels],
    size: [depth, cells],
    count: [at(out, 0), cells],
    kernel: [at(kernel, 0), 1],
    stride: [at(stride, 0), 1],
    padding: [at(before, 0), 0],
    dilation: [at(dilation, 0), 1],
  });
  const taps = channels * at(kernel, 0);
  const byPlane = permute(reshapeTo(columns, [batch, taps, at(out, 0), cells]), [0, 2, 1, 3]);
  return reshapeTo(byPlane, [batch * at(out, 0), taps, at(size, 1), at(size, 2)]);
}
