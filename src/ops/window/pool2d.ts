/** Pooling over windows of [N, C, H, W] (or [C, H, W]). */
import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import type { KernelFunction } from "../../kernels/kernel.js";
import * as kernels from "../../kernels/pool2d.js";
import { at, formatShape, pair, type Shape, sizeOf } from "../../shape.js";
import { checkFloat } from "../broadcast.js";
import { mul } from "../elementwise/arithmetic.js";
import { matmul } from "../linalg/matmul.js";

/** Rows and columns.
 * @category Pooling */
export type Pair = readonly [y: number, x: number];

/** Options of `maxPool2d`; a single number serves both axes.
 * @category Pooling */
export interface MaxPool2dOptions {
  /** Rows and columns of a window. */
  readonly kernelSize: number | Pair;
  /** From one window to the next. Default: kernelSize. */
  readonly stride?: number | Pair;
  /** Cells around the input that are never the largest; at most half of kernelSize. Default 0. */
  readonly padding?: number | Pair;
  /** From one element of a window to the next. Default 1. */
  readonly dilation?: number | Pair;
  /** Rounds the output size up, so that the last window may reach beyond the padding. Default false. */
  readonly ceilMode?: boolean;
}

/** Options of `avgPool2d`; a single number serves both axes.
 * @category Pooling */
export interface AvgPool2dOptions extends Omit<MaxPool2dOptions, "dilation"> {
  /** Whether cells of the padding count in the divisor. Default true. */
  readonly countIncludePad?: boolean;
}

/** Largest element of each window. The gradient goes to the first of several; a NaN counts as larger than any number.
 * @param x shape `[N, C, H, W]` or `[C, H, W]`
 * @returns shape `[…, OH, OW]` with `OH = ⌊(H + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1`
 * @throws ShapeError, ValueError if the window does not fit or an option is out of range
 * @category Pooling */
export function maxPool2d(x: Tensor, options: MaxPool2dOptions): Tensor {
  return maxPoolOp(x, windowsOf("maxPool2d", x, options));
}

/** Mean of each window.
 * @param x shape `[N, C, H, W]` or `[C, H, W]`
 * @returns shape `[…, OH, OW]` with `OH = ⌊(H + 2·padding − kernelSize) / stride⌋ + 1`
 * @throws ShapeError, ValueError if the window does not fit or an option is out of range
 * @category Pooling */
export function avgPool2d(x: Tensor, options: AvgPool2dOptions): Tensor {
  const windows = windowsOf("avgPool2d", x, options);
  const sums = sumPoolOp(x, windows);
  const down = divisors(windows, 0, options.countIncludePad ?? true);
  const across = divisors(windows, 1, options.countIncludePad ?? true);
  const values = down.flatMap((rows) => across.map((columns) => 1 / (rows * columns)));
  const [first = 1] = values;
  if (values.every((value) => value === first)) return mul(sums, first);
  return mul(sums, hostMatrix(x, windows.out, values));
}

/** Mean of windows that cover the input evenly: output row i averages rows ⌊i·H/OH⌋ to ⌈(i + 1)·H/OH⌉ − 1.
 * @param x shape `[N, C, H, W]` or `[C, H, W]`
 * @returns shape `[…, OH, OW]` with `[OH, OW] = outputSize`
 * @category Pooling */
export function adaptiveAvgPool2d(x: Tensor, { outputSize }: { readonly outputSize: number | Pair }): Tensor {
  checkPlanes("adaptiveAvgPool2d", x);
  const out = pair("adaptiveAvgPool2d", "outputSize", outputSize, 1);
  const [height, width] = [at(x.shape, -2), at(x.shape, -1)];
  if (height % out[0] === 0 && width % out[1] === 0) {
    return avgPool2d(x, { kernelSize: [height / out[0], width / out[1]] });
  }
  // Each axis is averaged by a matrix: y = A x Bᵀ.
  const rows = hostMatrix(x, [out[0], height], averagingMatrix(out[0], height));
  const columns = hostMatrix(x, [width, out[1]], transposed(averagingMatrix(out[1], width), out[1], width));
  return matmul(matmul(rows, x), columns);
}

/** How windows lie over the planes of one input. */
interface Windows {
  readonly size: Pair;
  readonly out: Pair;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
}

const maxPoolOp: Op<[x: Tensor], Windows> = defineOp({
  name: "maxPool2d",
  forward: ([x], windows) => {
    checkFloat("maxPool2d", x);
    const index = runPool(kernels.maxPoolIndex, [x], windows, windows.out);
    return { output: pickAt(x, index), saved: { index } };
  },
  backward: (gradOutput, { index }, { options: windows }) => [unpickOp(gradOutput, index, windows)],
  region: ({ index }) => index,
});

/** Adds gradients up where max pooling picked; its own derivative picks there again. */
const unpickOp: Op<[g: Tensor, index: Tensor], Windows> = defineOp({
  name: "maxPool2dGrad",
  forward: ([g, index], windows) => ({
    output: runPool(kernels.unpick, [g, index], windows, windows.size),
    saved: { index },
  }),
  backward: (gradOutput, { index }, { options: windows }) => [pickOp(gradOutput, index, windows), null],
});

const pickOp: Op<[x: Tensor, index: Tensor], Windows> = defineOp({
  name: "maxPool2dPick",
  forward: ([x, index]) => ({ output: pickAt(x, index), saved: { index } }),
  backward: (gradOutput, { index }, { options: windows }) => [unpickOp(gradOutput, index, windows), null],
});

function pickAt(x: Tensor, index: Tensor): Tensor {
  const [size, count] = [planeSize(x.shape), planeSize(index.shape)];
  return run(kernels.pick, [x, index], {
    shape: index.shape,
    threads: [count, index.size / count, 1],
    constants: { size, count },
  });
}

const sumPoolOp: Op<[x: Tensor], Windows> = defineOp({
  name: "avgPool2d",
  forward: ([x], windows) => {
    checkFloat("avgPool2d", x);
    return { output: runPool(kernels.sumPool, [x], windows, windows.out) };
  },
  backward: (gradOutput, _saved, { options: windows }) => [sumPoolTransposeOp(gradOutput, windows)],
});

const sumPoolTransposeOp: Op<[g: Tensor], Windows> = defineOp({
  name: "avgPool2dGrad",
  forward: ([g], windows) => ({ output: runPool(kernels.sumPoolTranspose, [g], windows, windows.size) }),
  backward: (gradOutput, _saved, { options: windows }) => [sumPoolOp(gradOutput, windows)],
});

function runPool(
  kernel: KernelFunction,
  inputs: readonly [Tensor, ...Tensor[]],
  { size, out, kernel: window, stride, padding, dilation }: Windows,
  target: Pair,
): Tensor {
  const lead = inputs[0].shape.slice(0, -2);
  return run(kernel, inputs, {
    shape: [...lead, ...target],
    threads: [target[1], target[0], sizeOf(lead)],
    constants: {
      height: size[0],
      width: size[1],
      outHeight: out[0],
      outWidth: out[1],
      kernelY: window[0],
      kernelX: window[1],
      strideY: stride[0],
      strideX: stride[1],
      paddingY: padding[0],
      paddingX: padding[1],
      dilationY: dilation[0],
      dilationX: dilation[1],
    },
  });
}

function windowsOf(op: string, x: Tensor, options: MaxPool2dOptions): Windows {
  checkPlanes(op, x);
  const kernel = pair(op, "kernelSize", options.kernelSize, 1);
  const stride = pair(op, "stride", options.stride ?? kernel, 1);
  const padding = pair(op, "padding", options.padding ?? 0, 0);
  const dilation = pair(op, "dilation", options.dilation ?? 1, 1);
  if (padding[0] > kernel[0] / 2 || padding[1] > kernel[1] / 2) {
    throw new ValueError(
      op,
      `padding must be at most half of kernelSize, got ${padding.join("×")} for ${kernel.join("×")}`,
    );
  }
  const size = [at(x.shape, -2), at(x.shape, -1)] as const;
  const out = [0, 1].map((k) =>
    outputSize(at(size, k), at(kernel, k), at(stride, k), at(padding, k), at(dilation, k), options),
  );
  const [rows = 0, columns = 0] = out;
  if (rows < 1 || columns < 1) {
    throw new ShapeError(
      op,
      `the window ${kernel.join("×")} is larger than the input ${size.join("×")} with padding ${padding.join("×")}`,
    );
  }
  const windows: Windows = { size, out: [rows, columns], kernel, stride, padding, dilation };
  if (!reachesInput(windows, 0) || !reachesInput(windows, 1)) {
    throw new ShapeError(
      op,
      `a window ${kernel.join("×")} (dilation ${dilation.join("×")}) meets nothing but padding ${padding.join("×")} of the ` +
        `input ${size.join("×")}; lower the dilation or the padding`,
    );
  }
  return windows;
}

/** Whether every window has a cell inside the input along an axis; a dilated one can step over a short input. */
function reachesInput({ size, out, kernel, stride, padding, dilation }: Windows, axis: 0 | 1): boolean {
  return Array.from({ length: out[axis] }, (_, i) => i * stride[axis] - padding[axis]).every((start) => {
    const steps = Math.max(0, Math.ceil(-start / dilation[axis])); // to the first cell that is not left of the input
    return steps < kernel[axis] && start + steps * dilation[axis] < size[axis];
  });
}

/** In ceil mode the last window still starts inside the input or its left padding. */
function outputSize(
  size: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
  { ceilMode = false }: MaxPool2dOptions,
): number {
  const steps = (size + 2 * padding - dilation * (kernel - 1) - 1) / stride;
  if (!ceilMode) return Math.floor(steps) + 1;
  const count = Math.ceil(steps) + 1;
  return (count - 1) * stride >= size + padding ? count - 1 : count;
}

/** Cells that each window of an axis averages over: clipped to the padded input, or to the input itself. */
function divisors({ size, out, kernel, stride, padding }: Windows, axis: 0 | 1, includePad: boolean): number[] {
  return Array.from({ length: out[axis] }, (_, i) => {
    const start = i * stride[axis] - padding[axis];
    const end = Math.min(start + kernel[axis], size[axis] + padding[axis]);
    return includePad ? end - start : Math.min(end, size[axis]) - Math.max(start, 0);
  });
}

/** Row i averages the cells ⌊i·size/out⌋ to ⌈(i + 1)·size/out⌉ − 1. */
function averagingMatrix(out: number, size: number): number[] {
  return Array.from({ length: out * size }, (_, k) => {
    const [i, cell] = [Math.floor(k / size), k % size];
    const [start, end] = [Math.floor((i * size) / out), Math.ceil(((i + 1) * size) / out)];
    return cell >= start && cell < end ? 1 / (end - start) : 0;
  });
}

function transposed(matrix: readonly number[], rows: number, columns: number): number[] {
  return Array.from({ length: rows * columns }, (_, k) => at(matrix, (k % rows) * columns + Math.floor(k / rows)));
}

function hostMatrix(like: Tensor, shape: Shape, values: readonly number[]): Tensor {
  return new Tensor(like.device, like.device.upload(values), shape, like.dtype);
}

function planeSize(shape: Shape): number {
  return at(shape, -2) * at(shape, -1);
}

function checkPlanes(op: string, x: Tensor): void {
  if (x.rank !== 3 && x.rank !== 4) {
    throw new ShapeError(op, `input must be [N, C, H, W] or [C, H, W], got ${formatShape(x.shape)}`);
  }
}
