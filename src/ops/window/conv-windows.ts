/** Where the windows of a convolution lie on its input, and the checks of its operands and options. */

import { ShapeError, ValueError } from "../../errors.js";
import { at, checkSize, perAxis } from "../../shape.js";
import {
  type Call,
  checkChannels,
  checkGroups,
  checkRanks,
  type Operands,
  type StepOptions,
  type Steps,
  stepsOf,
} from "./conv-operands.js";

/** Options of a convolution of any number of axes. */
export interface ConvolutionOptions extends StepOptions {
  readonly padding?: number | readonly number[] | "same" | "valid" | undefined;
}

/** Sizes and windows, in lists of one number an axis. */
export interface ConvolutionWindows extends Steps {
  readonly channels: number;
  readonly outChannels: number;
  /** Of the input. */
  readonly size: readonly number[];
  readonly kernel: readonly number[];
  /** Zeros before the input. */
  readonly before: readonly number[];
  /** Sizes of the input with the zeros on both sides. */
  readonly padded: readonly number[];
  /** Of the output. */
  readonly out: readonly number[];
}

/** The windows of a convolution by options that were checked. */
export function convolutionWindows(call: Call, operands: Operands, options: ConvolutionOptions): ConvolutionWindows {
  const { op } = call;
  const { x, weight } = operands;
  const { channels, size } = checkRanks(call, operands);
  const steps = stepsOf(call, options);
  const [outChannels, kernel] = [at(weight.shape, 0), weight.shape.slice(2)];
  checkGroups(op, steps.groups, channels, outChannels);
  checkChannels(op, channels, at(weight.shape, 1) * steps.groups, operands, steps.groups);
  const [before, after] = paddingOf(call, options.padding ?? 0, kernel, steps);
  const padded = size.map((n, i) => n + at(before, i) + at(after, i));
  const out = padded.map(
    (n, i) => Math.floor((n - at(steps.dilation, i) * (at(kernel, i) - 1) - 1) / at(steps.stride, i)) + 1,
  );
  if (out.some((n) => n < 1)) {
    throw new ShapeError(
      op,
      `the kernel ${kernel.join("×")} (dilation ${steps.dilation.join("×")}) is larger than the input ${size.join("×")} ` +
        `with padding ${before.join("×")}`,
    );
  }
  checkSize(op, [...x.shape.slice(0, -size.length), ...padded]);
  checkSize(op, [...x.shape.slice(0, -1 - size.length), outChannels, ...out]);
  const { stride, dilation, groups } = steps; // a spread of so many takes longer than the rest of this
  return { stride, dilation, groups, channels, outChannels, size, kernel, before, padded, out };
}

/** Zeros before and after the input, one number an axis. */
function paddingOf(
  { op, axes }: Call,
  padding: number | readonly number[] | string,
  kernel: readonly number[],
  { stride, dilation }: Steps,
): [before: number[], after: number[]] {
  if (typeof padding !== "string") {
    const list = perAxis(op, "padding", padding, axes, 0);
    return [list, list];
  }
  if (padding === "valid") return [kernel.map(() => 0), kernel.map(() => 0)];
  if (padding !== "same") {
    throw new ValueError(op, `padding must be a number, a list, "same" or "valid", got "${padding}"`, {
      actual: padding,
    });
  }
  if (stride.some((n) => n !== 1)) {
    throw new ValueError(op, `padding "same" keeps the size only with stride 1, got stride ${stride.join("×")}`);
  }
  const total = kernel.map((n, i) => at(dilation, i) * (n - 1));
  return [total.map((n) => Math.floor(n / 2)), total.map((n) => Math.ceil(n / 2))];
}
