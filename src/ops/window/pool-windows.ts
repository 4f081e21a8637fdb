/** How the windows of a pooling lie along each axis, and the checks of their options. */

import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import { at, checkSize, formatShape, perAxis } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { type Axes, inputForms } from "./axis-letters.js";

/** Options of every pooling, one number for all axes or one an axis. */
export interface WindowOptions {
  readonly kernelSize: number | readonly number[];
  readonly stride?: number | readonly number[] | undefined;
  readonly padding?: number | readonly number[] | undefined;
  readonly dilation?: number | readonly number[] | undefined;
  readonly ceilMode?: boolean | undefined;
}

/** Options of every adaptive pooling, one size for all axes or one an axis. */
export interface AdaptiveOptions {
  readonly outputSize: number | null | readonly (number | null)[];
}

const adaptiveOptions: OptionKinds<AdaptiveOptions> = { outputSize: ownCheck };

/** The windows along one axis: window i starts at cell i · stride − padding. */
export interface AxisWindows {
  /** Cells of the input. */
  readonly size: number;
  /** Windows. */
  readonly out: number;
  /** Elements of a window. */
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
}

/** Throws unless x is a float tensor [N, C, …] or [C, …] with this many further axes; gives their sizes. */
export function checkPlanes(op: string, x: Tensor, axes: Axes): number[] {
  checkFloat(op, x);
  if (x.rank !== axes + 1 && x.rank !== axes + 2) {
    throw new ShapeError(op, `input must be ${inputForms(axes)}, got ${formatShape(x.shape)}`);
  }
  return x.shape.slice(-axes);
}

/** The windows along each of the last axes, by options that were checked. */
export function windowsOf(op: string, x: Tensor, axes: Axes, options: WindowOptions): AxisWindows[] {
  const sizes = checkPlanes(op, x, axes);
  const { kernelSize, stride, padding, dilation, ceilMode = false } = options;
  const kernel = perAxis(op, "kernelSize", kernelSize, axes, 1);
  const steps = perAxis(op, "stride", stride ?? kernel, axes, 1);
  const pads = perAxis(op, "padding", padding ?? 0, axes, 0);
  const gaps = perAxis(op, "dilation", dilation ?? 1, axes, 1);
  const windows = sizes.map((size, i) => {
    const window = { size, kernel: at(kernel, i), stride: at(steps, i), padding: at(pads, i), dilation: at(gaps, i) };
    return { ...window, out: windowCount(window, ceilMode) };
  });
  checkWindows(op, windows);
  checkSize(
    op,
    windows.map(({ size, padding }) => size + 2 * padding),
  );
  return windows;
}

function checkWindows(op: string, windows: readonly AxisWindows[]): void {
  const list = (name: keyof AxisWindows) => windows.map((axis) => axis[name]).join("×");
  if (windows.some(({ padding, kernel }) => padding > kernel / 2)) {
    throw new ValueError(
      op,
      `padding must be at most half of kernelSize, got ${list("padding")} for ${list("kernel")}`,
    );
  }
  if (windows.some(({ out }) => out < 1)) {
    throw new ShapeError(
      op,
      `the window ${list("kernel")} (dilation ${list("dilation")}) is larger than the input ${list("size")} with padding ` +
        list("padding"),
    );
  }
  if (!windows.every(reachesInput)) {
    throw new ShapeError(
      op,
      `a window ${list("kernel")} (dilation ${list("dilation")}) meets nothing but padding ${list("padding")} of the ` +
        `input ${list("size")}; lower the dilation or the padding`,
    );
  }
}

/** Cells from the first element of a window to its last. */
function reachOf(kernel: number, dilation: number): number {
  return dilation * (kernel - 1) + 1;
}

/** In ceil mode the last window still starts inside the input or its left padding. */
function windowCount({ size, kernel, stride, padding, dilation }: Omit<AxisWindows, "out">, ceilMode: boolean): number {
  const steps = (size + 2 * padding - reachOf(kernel, dilation)) / stride;
  if (!ceilMode) return Math.floor(steps) + 1;
  const count = Math.ceil(steps) + 1;
  return (count - 1) * stride >= size + padding ? count - 1 : count;
}

/** Whether the first window has a cell inside the input; a dilated one can step over a short input. Where it has one, every
 * window has, for `padding` is at most half of `kernel`, and a window that is not the first starts inside or near it. */
function reachesInput({ size, padding, dilation }: AxisWindows): boolean {
  return Math.ceil(padding / dilation) * dilation - padding < size;
}

/** The first of some neighbours, and the one after the last. */
export type Range = readonly [start: number, end: number];

/** The cells of each window of an adaptive pooling: window i goes from ⌊i·size/out⌋ to ⌈(i + 1)·size/out⌉. */
export function adaptiveRanges(size: number, out: number): Range[] {
  return Array.from(
    { length: out },
    (_, i) => [Math.floor((i * size) / out), Math.ceil(((i + 1) * size) / out)] as const,
  );
}

/** The output sizes of an adaptive pooling; null keeps the input's. */
export function adaptiveSizes(op: string, x: Tensor, sizes: readonly number[], options: AdaptiveOptions): number[] {
  const { outputSize } = checkedOptions(op, options, adaptiveOptions);
  if (outputSize === null) return [...sizes];
  const list: readonly (number | null)[] | null = Array.isArray(outputSize) ? outputSize : null;
  const wanted = list?.map((n, i) => (n === null ? (sizes[i] as number) : n)) ?? (outputSize as number);
  const out = perAxis(op, "outputSize", wanted, sizes.length, 1);
  checkSize(op, [...x.shape.slice(0, -sizes.length), ...out]);
  return out;
}
