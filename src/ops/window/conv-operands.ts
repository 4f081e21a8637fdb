/** What all convolutions share: their checks, and the way of those of one and two axes to planes and back. */

import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import { at, formatShape, perAxis } from "../../shape.js";
import { checkFloat, checkOptional } from "../arguments.js";
import { add } from "../elementwise/arithmetic.js";
import { reshapeTo } from "../reduce/sum.js";
import { type Axes, inputForms } from "./axis-letters.js";
import type { Pair } from "./convolution.js";

/** Which convolution is called. */
export interface Call {
  readonly op: string;
  /** Axes that windows move along. */
  readonly axes: Axes;
  /** The weight's shape, in words. */
  readonly weight: string;
}

/** The tensors of a call; `x` and `weight` as they were given. */
export interface Operands {
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor | null;
}

/** Options that convolutions and transposed ones share. */
export interface StepOptions {
  readonly stride?: number | readonly number[] | undefined;
  readonly dilation?: number | readonly number[] | undefined;
  readonly groups?: number | undefined;
}

/** The same, complete: one number an axis. */
export interface Steps {
  readonly stride: number[];
  readonly dilation: number[];
  readonly groups: number;
}

/** Throws unless both are floats of the right ranks; gives the input's channels and sizes along the axes. */
export function checkRanks(
  { op, axes, weight: form }: Call,
  { x, weight }: Operands,
): { channels: number; size: number[] } {
  checkFloat(op, x, weight);
  if ((x.rank !== axes + 1 && x.rank !== axes + 2) || weight.rank !== axes + 2) {
    throw new ShapeError(
      op,
      `input must be ${inputForms(axes)} and weight ${form}, got ${formatShape(x.shape)} and ${formatShape(weight.shape)}`,
    );
  }
  return { channels: at(x.shape, -1 - axes), size: x.shape.slice(-axes) };
}

/** The numbers of options that were checked; whether `groups` divides the channels is not. */
export function stepsOf({ op, axes }: Call, options: StepOptions): Steps {
  const { stride = 1, dilation = 1, groups = 1 } = options;
  return {
    stride: perAxis(op, "stride", stride, axes, 1),
    dilation: perAxis(op, "dilation", dilation, axes, 1),
    groups,
  };
}

/** Throws unless `groups` divides both numbers of channels. */
export function checkGroups(op: string, groups: number, inChannels: number, outChannels: number): void {
  if (Number.isInteger(groups) && groups >= 1 && inChannels % groups === 0 && outChannels % groups === 0) return;
  throw new ValueError(op, `groups must divide ${inChannels} input and ${outChannels} output channels, got ${groups}`, {
    actual: groups,
  });
}

/** Throws unless `expected`, which the weight asks for, is the number of the input's channels. */
export function checkChannels(
  op: string,
  channels: number,
  expected: number,
  { weight }: Operands,
  groups: number,
): void {
  if (channels === expected) return;
  throw new ShapeError(
    op,
    `input has ${channels} channels but weight expects ${expected} (weight ${formatShape(weight.shape)}, groups ${groups})`,
    { expected, actual: channels },
  );
}

/** Convolves planes: a single axis becomes the columns of a single row, a single image a batch of one. The result, of
 * shape [N, O, …], loses the axes again that the input lacks, and gets the bias. */
export function onPlanes(
  call: Call,
  operands: Operands,
  outChannels: number,
  convolve: (x: Tensor, weight: Tensor) => Tensor,
): Tensor {
  const { axes } = call;
  const { x, weight } = operands;
  checkBias(call, operands, outChannels);
  const y = convolve(
    reshapeTo(x, [batchOf(call, operands), at(x.shape, -1 - axes), ...rowsAndColumns(x.shape.slice(-axes))]),
    reshapeTo(weight, [...weight.shape.slice(0, 2), ...rowsAndColumns(weight.shape.slice(2))]),
  );
  return biased(call, operands, y, outChannels);
}

/** Throws unless the bias is null or has one number for each output channel. */
export function checkBias({ op }: Call, { x, bias }: Operands, outChannels: number): void {
  checkOptional(op, x, { bias }, [outChannels]);
}

/** How many inputs there are; a single one is a batch of one. */
export function batchOf({ axes }: Call, { x }: Operands): number {
  return x.rank === axes + 1 ? 1 : at(x.shape, 0);
}

/** A convolved batch without the axes that the input lacks, and with the bias. */
export function biased({ axes }: Call, { x, bias }: Operands, y: Tensor, outChannels: number): Tensor {
  const shaped = reshapeTo(y, [...x.shape.slice(0, -1 - axes), outChannels, ...y.shape.slice(-axes)]);
  return bias === null ? shaped : add(shaped, reshapeTo(bias, [outChannels, ...new Array<number>(axes).fill(1)]));
}

/** Numbers of one or two axes as those of rows and columns. */
export function rowsAndColumns(list: readonly number[], ofOneRow = 1): Pair {
  return list.length === 1 ? [ofOneRow, at(list, 0)] : [at(list, 0), at(list, 1)];
}
