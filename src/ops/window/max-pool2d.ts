/** Max pooling. The gradient of a window goes to the place of its largest element. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import type { DType } from "../../autograd/dtype.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import type { KernelFunction } from "../../kernels/kernel.js";
import * as kernels from "../../kernels/max-pool.js";
import { checkedOptions, flag, type OptionKinds, ownCheck } from "../../options.js";
import { at, type Shape, sizeOf } from "../../shape.js";
import { checkPlaces } from "../arguments.js";
import { reshapeTo } from "../reduce/sum.js";
import { hostTensor } from "./map-axis.js";
import {
  type AxisWindows,
  adaptiveRanges,
  adaptiveSizes,
  checkPlanes,
  type Range,
  type WindowOptions,
  windowsOf,
} from "./pool-windows.js";

/** Options of `maxPool2d`; a single number serves both axes.
 * @category Pooling */
export interface MaxPool2dOptions {
  /** Rows and columns of a window. */
  readonly kernelSize: number | readonly [number, number];
  /** From one window to the next. Default: kernelSize. */
  readonly stride?: number | readonly [number, number] | undefined;
  /** Cells around the input that are never the largest; at most half of kernelSize. Default 0. */
  readonly padding?: number | readonly [number, number] | undefined;
  /** From one element of a window to the next. Default 1. */
  readonly dilation?: number | readonly [number, number] | undefined;
  /** Rounds the output size up, so that the last window may reach beyond the padding. Default false. */
  readonly ceilMode?: boolean | undefined;
}

export const maxPool2dOptions: OptionKinds<MaxPool2dOptions> = {
  kernelSize: ownCheck,
  stride: ownCheck,
  padding: ownCheck,
  dilation: ownCheck,
  ceilMode: flag,
};

/** Options of `maxPool1d`.
 * @category Pooling */
export interface MaxPool1dOptions {
  /** Columns of a window. */
  readonly kernelSize: number | readonly [number];
  /** From one window to the next. Default: kernelSize. */
  readonly stride?: number | readonly [number] | undefined;
  /** Cells on both sides that are never the largest; at most half of kernelSize. Default 0. */
  readonly padding?: number | readonly [number] | undefined;
  /** From one element of a window to the next. Default 1. */
  readonly dilation?: number | readonly [number] | undefined;
  /** Rounds the output size up, so that the last window may reach beyond the padding. Default false. */
  readonly ceilMode?: boolean | undefined;
}

const maxPool1dOptions: OptionKinds<MaxPool1dOptions> = {
  kernelSize: ownCheck,
  stride: ownCheck,
  padding: ownCheck,
  dilation: ownCheck,
  ceilMode: flag,
};

/** Largest element of each window. The gradient goes to the first of several; a NaN counts as larger than any number.
 * @param x shape `[N, C, H, W]` or `[C, H, W]`
 * @returns shape `[…, OH, OW]` with `OH = ⌊(H + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1`
 * @throws ShapeError, ValueError if the window does not fit or an option is out of range; DeviceError on a float32 device if a
 * plane has more than 2²⁴ cells
 * @category Pooling */
export function maxPool2d(x: Tensor, options: MaxPool2dOptions): Tensor {
  return largest("maxPool2d", x, 2, checkedOptions("maxPool2d", options, maxPool2dOptions));
}

/** Largest element of each window along one axis. The gradient goes to the first of several; a NaN counts as larger than
 * any number.
 * @param x shape `[N, C, L]` or `[C, L]`
 * @returns shape `[…, OL]` with `OL = ⌊(L + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1`
 * @throws ShapeError, ValueError if the window does not fit or an option is out of range; DeviceError on a float32 device if a
 * row has more than 2²⁴ cells
 * @category Pooling */
export function maxPool1d(x: Tensor, options: MaxPool1dOptions): Tensor {
  return largest("maxPool1d", x, 1, checkedOptions("maxPool1d", options, maxPool1dOptions));
}

/** Largest element of windows that cover the input evenly (and may overlap): output row i sees rows ⌊i·H/OH⌋ to
 * ⌈(i + 1)·H/OH⌉ − 1. The gradient goes to the first of several; a NaN counts as larger than any number.
 * @param x shape `[N, C, H, W]` or `[C, H, W]`
 * @param options `outputSize`: rows and columns of the output, one number for both; null keeps the input's
 * @returns shape `[…, OH, OW]` with `[OH, OW] = outputSize`
 * @throws ShapeError, ValueError if the rank or outputSize do not fit; DeviceError on a float32 device if a plane has more than
 * 2²⁴ cells
 * @category Pooling */
export function adaptiveMaxPool2d(
  x: Tensor,
  options: { readonly outputSize: number | null | readonly [number | null, number | null] },
): Tensor {
  const size = checkPlanes("adaptiveMaxPool2d", x, 2);
  const out = adaptiveSizes("adaptiveMaxPool2d", x, size, options);
  checkPlaces("adaptiveMaxPool2d", x.device, sizeOf(size), "a plane");
  return adaptiveLargest(x, size, out);
}

/** Largest element of windows that cover one axis evenly (and may overlap): output i sees the cells ⌊i·L/OL⌋ to
 * ⌈(i + 1)·L/OL⌉ − 1. The gradient goes to the first of several; a NaN counts as larger than any number.
 * @param x shape `[N, C, L]` or `[C, L]`
 * @param options `outputSize`: columns OL of the output
 * @returns shape `[…, OL]`
 * @throws ShapeError, ValueError if the rank or outputSize do not fit; DeviceError on a float32 device if a row has more than
 * 2²⁴ cells
 * @category Pooling */
export function adaptiveMaxPool1d(x: Tensor, options: { readonly outputSize: number | readonly [number] }): Tensor {
  const [length = 1] = checkPlanes("adaptiveMaxPool1d", x, 1);
  const [out = 1] = adaptiveSizes("adaptiveMaxPool1d", x, [length], options);
  checkPlaces("adaptiveMaxPool1d", x.device, length, "a row");
  const lead = x.shape.slice(0, -1);
  return reshapeTo(adaptiveLargest(reshapeTo(x, [...lead, 1, length]), [1, length], [1, out]), [...lead, out]);
}

/** Largest element of windows that cover the last two axes of x evenly. */
export function adaptiveLargest(x: Tensor, size: Shape, out: Shape): Tensor {
  const [height, width, outHeight, outWidth] = [at(size, 0), at(size, 1), at(out, 0), at(out, 1)];
  const windows = [adaptiveRanges(height, outHeight), adaptiveRanges(width, outWidth)] as const;
  // The windows that hold a cell are found as the cells of a window are, with the sizes exchanged.
  const holders = [adaptiveRanges(outHeight, height), adaptiveRanges(outWidth, width)] as const;
  return maxPoolOp(x, {
    ...{ size: [height, width], out: [outHeight, outWidth] },
    ...{ indexKernel: kernels.adaptiveMaxIndex, unpickKernel: kernels.adaptiveUnpick, windows, holders },
    constants: {
      ...{ height, width, outHeight, outWidth, kernelY: longest(windows[0]), kernelX: longest(windows[1]) },
      ...{ windowsY: longest(holders[0]), windowsX: longest(holders[1]) },
    },
  });
}

function longest(ranges: readonly Range[]): number {
  return ranges.reduce((most, [start, end]) => Math.max(most, end - start), 0);
}

/** Values of a max pooling, and where they stood.
 * @category Pooling */
export interface MaxPooled {
  /** What `maxPool2d` gives. */
  readonly values: Tensor;
  /** Their indices in the rows of their plane one after another, int32; no gradient. */
  readonly indices: Tensor;
}

/** Largest element of each window and its index within its plane, `row · W + column`, which `maxUnpool2d` takes, as
 * `torch.nn.functional.max_pool2d_with_indices`. Ties, NaN, options and errors as those of `maxPool2d`.
 * @param x shape `[N, C, H, W]` or `[C, H, W]`
 * @returns values and indices, shape `[…, OH, OW]`
 * @category Pooling */
export function maxPool2dWithIndices(x: Tensor, options: MaxPool2dOptions): MaxPooled {
  const op = "maxPool2dWithIndices";
  const [rows, columns] = windowsOf(op, x, 2, checkedOptions(op, options, maxPool2dOptions)) as [
    AxisWindows,
    AxisWindows,
  ];
  checkPlaces(op, x.device, rows.size * columns.size, "a plane");
  const pooling = poolingOf(rows, columns);
  const indices = maxIndexOp(x, pooling);
  return { values: pickOp(x, indices, pooling), indices };
}

function largest(op: string, x: Tensor, axes: 1 | 2, options: WindowOptions): Tensor {
  const windows = windowsOf(op, x, axes, options);
  const columns = at(windows, -1);
  const rows = axes === 2 ? at(windows, 0) : oneRow;
  checkPlaces(op, x.device, rows.size * columns.size, axes === 2 ? "a plane" : "a row");
  const lead = x.shape.slice(0, -axes);
  const planes = reshapeTo(x, [...lead, rows.size, columns.size]);
  return reshapeTo(maxPoolOp(planes, poolingOf(rows, columns)), [...lead, ...windows.map(({ out }) => out)]);
}

const oneRow: AxisWindows = { size: 1, out: 1, kernel: 1, stride: 1, padding: 0, dilation: 1 };

/** How planes are pooled: the kernel that finds the largest elements and the one that sends gradients back to them. */
export interface Pooling {
  readonly size: Shape;
  readonly out: Shape;
  readonly indexKernel: KernelFunction;
  readonly unpickKernel: KernelFunction;
  readonly constants: Readonly<Record<string, number>>;
  /** Of adaptive pooling, along both axes: the cells of each window, and the windows that hold each cell. */
  readonly windows?: readonly (readonly Range[])[];
  readonly holders?: readonly (readonly Range[])[];
}

/** The pooling of planes by the windows along their rows and columns. */
export function poolingOf(rows: AxisWindows, columns: AxisWindows): Pooling {
  return {
    ...{ size: [rows.size, columns.size], out: [rows.out, columns.out] },
    ...{ indexKernel: kernels.maxPoolIndex, unpickKernel: kernels.unpick },
    constants: {
      ...{ height: rows.size, width: columns.size, outHeight: rows.out, outWidth: columns.out },
      ...{ kernelY: rows.kernel, kernelX: columns.kernel, strideY: rows.stride, strideX: columns.stride },
      ...{ paddingY: rows.padding, paddingX: columns.padding, dilationY: rows.dilation, dilationX: columns.dilation },
    },
  };
}

/** Pools the planes of the last two axes. */
export const maxPoolOp: Op<[x: Tensor], Pooling> = defineOp({
  name: "maxPool2d",
  forward: ([x], pooling) => {
    const inputs = [x, ...uploaded(x, pooling.windows)] as const;
    const index = runPlanes(pooling.indexKernel, inputs, pooling.out, pooling);
    return { output: pickAt(x, index), saved: { index } };
  },
  backward: (gradOutput, { index }, { options: pooling }) => [unpickOp(gradOutput, index, pooling)],
  region: ({ index }) => index,
});

/** Where the largest elements stand; a region by itself, for it has no float result. */
const maxIndexOp: Op<[x: Tensor], Pooling> = defineOp({
  name: "maxPool2dIndices",
  forward: ([x], pooling) => ({ output: runPlanes(pooling.indexKernel, [x], pooling.out, pooling, "int32") }),
  backward: () => [null],
});

/** Adds gradients up where max pooling picked; its own derivative picks there again. */
const unpickOp: Op<[g: Tensor, index: Tensor], Pooling> = defineOp({
  name: "maxPool2dGrad",
  forward: ([g, index], pooling) => {
    const inputs = [g, index, ...uploaded(g, pooling.holders)] as const;
    return { output: runPlanes(pooling.unpickKernel, inputs, pooling.size, pooling), saved: { index } };
  },
  backward: (gradOutput, { index }, { options: pooling }) => [pickOp(gradOutput, index, pooling), null],
});

const pickOp: Op<[x: Tensor, index: Tensor], Pooling> = defineOp({
  name: "maxPool2dPick",
  forward: ([x, index]) => ({ output: pickAt(x, index), saved: { index } }),
  backward: (gradOutput, { index }, { options: pooling }) => [unpickOp(gradOutput, index, pooling), null],
});

function uploaded(like: Tensor, lists: readonly (readonly Range[])[] = []): Tensor[] {
  return lists.map((ranges) => hostTensor(like, ranges.flat()));
}

function pickAt(x: Tensor, index: Tensor): Tensor {
  const [size, count] = [sizeOf(x.shape.slice(-2)), sizeOf(index.shape.slice(-2))];
  return run(kernels.pick, [x, index], {
    shape: index.shape,
    threads: [count, index.size / count, 1],
    constants: { size, count },
  });
}

function runPlanes(
  kernel: KernelFunction,
  inputs: readonly [Tensor, ...Tensor[]],
  plane: Shape,
  { constants }: Pooling,
  dtype: DType = inputs[0].dtype,
): Tensor {
  const lead = inputs[0].shape.slice(0, -2);
  return run(kernel, inputs, {
    shape: [...lead, ...plane],
    threads: [at(plane, 1), at(plane, 0), sizeOf(lead)],
    constants,
    dtype,
  });
}
