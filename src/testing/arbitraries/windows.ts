/** fast-check arbitraries of convolutions and poolings: valid by construction, or broken in one known way. */

import fc, { type Arbitrary } from "fast-check";
import { describe, ValueError } from "../../errors.js";
import { checkedOptions, flag, type OptionKinds } from "../../options.js";
import { at, type Shape } from "../../shape.js";

/** Number of spatial axes: sequences `[N, C, L]` or images `[N, C, H, W]`.
 * @category Testing */
export type SpatialRank = 1 | 2;

/** A number for sequences, rows and columns for images.
 * @category Testing */
export type PerAxis = number | readonly [y: number, x: number];

/** All options of a convolution.
 * @category Testing */
export interface ConvCaseOptions {
  /** From 1 to 3. */
  readonly stride: PerAxis;
  /** From 0 to 2. */
  readonly padding: PerAxis;
  /** 1 or 2. */
  readonly dilation: PerAxis;
  /** From 1 to 3. */
  readonly groups: number;
}

/** All options of a pooling.
 * @category Testing */
export interface PoolCaseOptions {
  /** From 1 to 3. */
  readonly kernelSize: PerAxis;
  /** From 1 to 3. */
  readonly stride: PerAxis;
  /** At most half of the kernel. */
  readonly padding: PerAxis;
  /** 1 or 2; absent where none was asked for. */
  readonly dilation?: PerAxis | undefined;
  /** Whether the output size is rounded up. */
  readonly ceilMode: boolean;
}

/** A convolution that fits.
 * @category Testing */
export interface ConvCase {
  /** `[N, C, ...spatial]` */
  readonly input: Shape;
  /** `[O, C / groups, ...kernel]` */
  readonly weight: Shape;
  /** `[O]`, or null for none. */
  readonly bias: Shape | null;
  /** Options of `conv1d` or `conv2d`, all of them. */
  readonly options: ConvCaseOptions;
  /** The shape that must come out. */
  readonly output: Shape;
}

/** A pooling that fits.
 * @category Testing */
export interface PoolCase {
  /** `[N, C, ...spatial]` */
  readonly input: Shape;
  /** Options of the pooling. */
  readonly options: PoolCaseOptions;
  /** The shape that must come out. */
  readonly output: Shape;
}

/** A case that must be refused.
 * @category Testing */
export interface Broken<Case> {
  /** The case; its `output` means nothing. */
  readonly case: Case;
  /** The rule that it breaks. */
  readonly rule: string;
}

interface Axis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
}

/** Convolutions that fit, with stride, padding, dilation, groups and bias. They shrink towards a 1×1 kernel over one cell.
 * @category Testing */
export function convCases(spatial: SpatialRank = 2): Arbitrary<ConvCase> {
  const few = fc.integer({ min: 1, max: 2 });
  const axis = fc
    .record({
      kernel: fc.integer({ min: 1, max: 3 }),
      stride: fc.integer({ min: 1, max: 3 }),
      padding: fc.nat(2),
      dilation: fc.integer({ min: 1, max: 2 }),
      extra: fc.nat(3),
    })
    .map(({ extra, ...axis }) => ({ ...axis, size: Math.max(1, reach(axis) - 2 * axis.padding) + extra }));
  return fc
    .record({
      batch: few,
      groups: fc.integer({ min: 1, max: 3 }),
      inputs: few,
      outputs: few,
      hasBias: fc.boolean(),
      axes: axesOf("convCases", axis, spatial),
    })
    .map(({ batch, groups, inputs, outputs, hasBias, axes }) => ({
      input: [batch, groups * inputs, ...axes.map(({ size }) => size)],
      weight: [groups * outputs, inputs, ...axes.map(({ kernel }) => kernel)],
      bias: hasBias ? [groups * outputs] : null,
      options: { ...stepsOf(axes), dilation: perAxis(axes, "dilation"), groups },
      output: [batch, groups * outputs, ...axes.map((axis) => outputSize(axis, false))],
    }));
}

/** Which poolings `poolCases` draws.
 * @category Testing */
export interface PoolOptions {
  /** Whether windows may be dilated, as those of max pooling may. Default false. */
  readonly dilation?: boolean | undefined;
}

const poolOptions: OptionKinds<PoolOptions> = { dilation: flag };

/** Poolings that fit: padding of at most half the kernel, and no window that meets nothing but padding. They shrink towards a 1×1 window over one cell.
 * @category Testing */
export function poolCases(spatial: SpatialRank = 2, options: PoolOptions = {}): Arbitrary<PoolCase> {
  const { dilation = false } = checkedOptions("poolCases", options, poolOptions);
  const axis = fc
    .record({
      kernel: fc.integer({ min: 1, max: 3 }),
      stride: fc.integer({ min: 1, max: 3 }),
      padding: fc.nat(1),
      dilation: fc.integer({ min: 1, max: dilation ? 2 : 1 }),
      extra: fc.nat(3),
    })
    .map(({ extra, ...given }) => {
      const axis = { ...given, padding: Math.min(given.padding, Math.floor(given.kernel / 2)) };
      // A window that begins in the padding reaches the input if the input is no shorter than one step of it.
      const least = Math.max(1, reach(axis) - 2 * axis.padding, axis.padding > 0 ? axis.dilation : 1);
      return { ...axis, size: least + extra };
    });
  const few = fc.integer({ min: 1, max: 2 });
  return fc
    .record({ batch: few, channels: few, ceilMode: fc.boolean(), axes: axesOf("poolCases", axis, spatial) })
    .map(({ batch, channels, ceilMode, axes }) => ({
      input: [batch, channels, ...axes.map(({ size }) => size)],
      options: {
        kernelSize: perAxis(axes, "kernel"),
        ...stepsOf(axes),
        ...(dilation && { dilation: perAxis(axes, "dilation") }),
        ceilMode,
      },
      output: [batch, channels, ...axes.map((axis) => outputSize(axis, ceilMode))],
    }));
}

/** Convolutions that must be refused, each a valid one broken in one way.
 * @category Testing */
export function brokenConvCases(spatial: SpatialRank = 2): Arbitrary<Broken<ConvCase>> {
  const breaks: readonly Break<ConvCase>[] = [
    ["input channels = groups · weight channels", (c) => ({ ...c, input: replaced(c.input, 1, at(c.input, 1) + 1) })],
    ["groups divide the output channels", (c) => ({ ...c, ...withGroups(c, at(c.weight, 0) + 1) })],
    ["groups ≥ 1", (c) => ({ ...c, options: { ...c.options, groups: 0 } })],
    ["stride ≥ 1", (c) => ({ ...c, options: { ...c.options, stride: lowered(c.options.stride, 0) } })],
    ["dilation ≥ 1", (c) => ({ ...c, options: { ...c.options, dilation: lowered(c.options.dilation, 0) } })],
    ["padding ≥ 0", (c) => ({ ...c, options: { ...c.options, padding: lowered(c.options.padding, -1) } })],
    ["stride is whole", (c) => ({ ...c, options: { ...c.options, stride: lowered(c.options.stride, 1.5) } })],
    ["the kernel fits the padded input", (c) => ({ ...c, weight: [...c.weight.slice(0, -1), at(c.input, -1) + 5] })],
    ["bias has one number a channel", (c) => ({ ...c, bias: [at(c.weight, 0) + 1] })],
    ["input and weight have the same rank", (c) => ({ ...c, weight: [...c.weight, 1] })],
    ["weight has a channel axis", (c) => ({ ...c, weight: c.weight.slice(1) })],
  ];
  return broken(convCases(spatial), breaks);
}

/** Poolings that must be refused, each a valid one broken in one way.
 * @category Testing */
export function brokenPoolCases(spatial: SpatialRank = 2): Arbitrary<Broken<PoolCase>> {
  const breaks: readonly Break<PoolCase>[] = [
    ["kernelSize ≥ 1", (c) => ({ ...c, options: { ...c.options, kernelSize: lowered(c.options.kernelSize, 0) } })],
    ["stride ≥ 1", (c) => ({ ...c, options: { ...c.options, stride: lowered(c.options.stride, 0) } })],
    ["padding ≥ 0", (c) => ({ ...c, options: { ...c.options, padding: lowered(c.options.padding, -1) } })],
    [
      "padding ≤ kernelSize / 2",
      (c) => ({ ...c, options: { ...c.options, padding: lowered(c.options.padding, lastOf(c.options.kernelSize)) } }),
    ],
    [
      "kernelSize is whole",
      (c) => ({ ...c, options: { ...c.options, kernelSize: lowered(c.options.kernelSize, 1.5) } }),
    ],
    [
      "the window fits the padded input",
      (c) => ({ ...c, options: { ...c.options, kernelSize: lowered(c.options.kernelSize, at(c.input, -1) + 5) } }),
    ],
    ["input has a channel axis", (c) => ({ ...c, input: c.input.slice(2) })],
  ];
  return broken(poolCases(spatial), breaks);
}

type Break<Case> = readonly [rule: string, change: (valid: Case) => Case];

function broken<Case>(valid: Arbitrary<Case>, breaks: readonly Break<Case>[]): Arbitrary<Broken<Case>> {
  return fc.tuple(valid, fc.nat(breaks.length - 1)).map(([one, i]) => {
    const [rule, change] = at(breaks, i);
    return { case: change(one), rule };
  });
}

/** More groups than output channels, with as many input channels as they ask for. */
function withGroups(c: ConvCase, groups: number): Pick<ConvCase, "input" | "options"> {
  return { input: replaced(c.input, 1, groups * at(c.weight, 1)), options: { ...c.options, groups } };
}

function axesOf(op: string, axis: Arbitrary<Axis>, spatial: SpatialRank): Arbitrary<readonly Axis[]> {
  if (spatial !== 1 && spatial !== 2) {
    throw new ValueError(op, `it makes windows over 1 or 2 axes, got ${describe(spatial)}`, { actual: spatial });
  }
  return spatial === 1 ? fc.tuple(axis) : fc.tuple(axis, axis);
}

function stepsOf(axes: readonly Axis[]): { stride: PerAxis; padding: PerAxis } {
  return { stride: perAxis(axes, "stride"), padding: perAxis(axes, "padding") };
}

function perAxis([y, x]: readonly Axis[], name: keyof Axis): PerAxis {
  if (y === undefined) throw new RangeError("a window has an axis");
  return x === undefined ? y[name] : [y[name], x[name]];
}

/** Cells from the first to the last that a window reads, both included. */
function reach({ kernel, dilation }: Pick<Axis, "kernel" | "dilation">): number {
  return dilation * (kernel - 1) + 1;
}

/** As PyTorch defines it: in ceil mode the last window starts inside the input or its left padding. */
function outputSize(axis: Axis, ceilMode: boolean): number {
  const steps = (axis.size + 2 * axis.padding - reach(axis)) / axis.stride;
  if (!ceilMode) return Math.floor(steps) + 1;
  const last = Math.ceil(steps);
  return last * axis.stride >= axis.size + axis.padding ? last : last + 1;
}

function lowered(value: PerAxis, last: number): PerAxis {
  return typeof value === "number" ? last : [value[0], last];
}

function lastOf(value: PerAxis): number {
  return typeof value === "number" ? value : value[1];
}

function replaced(shape: Shape, axis: number, size: number): Shape {
  return shape.map((n, i) => (i === axis ? size : n));
}
