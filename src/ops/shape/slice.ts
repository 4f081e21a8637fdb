/** Taking a part of a tensor, and its transpose: setting one into a larger tensor. */

import { onward } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { describe, ShapeError, ValueError } from "../../errors.js";
import { spread } from "../../kernels/movement.js";
import { checkedOptions, numberOrNaN, type OptionKinds, oneOf, ownCheck } from "../../options.js";
import { at, checkList, checkSize, formatShape, type Shape, sizeOf, stridesOf } from "../../shape.js";
import { checkTensors } from "../arguments.js";
import { runStrided } from "../broadcast.js";
import { type BorderMode, padBorder } from "./border.js";

/** Which elements `slice` takes, one entry per axis from the first; axes beyond the lists are taken whole.
 * @category Shape */
export interface SliceOptions {
  /** First index, counted from the end when negative. Default 0. */
  readonly start?: readonly number[] | undefined;
  /** Index after the last, counted from the end when negative; beyond the size means the size. Default: the size. */
  readonly end?: readonly number[] | undefined;
  /** Distance between two elements, at least 1. Default 1. */
  readonly step?: readonly number[] | undefined;
}

const sliceOptions: OptionKinds<SliceOptions> = { start: ownCheck, end: ownCheck, step: ownCheck };

/** The elements `start, start + step, …` before `end`, along each axis.
 * @throws ShapeError if nothing is left of an axis, or there are more entries than axes
 * @category Shape */
export function slice(x: Tensor, options: SliceOptions): Tensor {
  const { start = [], end = [], step = [] } = checkedOptions("slice", options, sliceOptions);
  checkTensors("slice", x);
  for (const [name, list] of Object.entries({ start, end, step })) checkList("slice", name, list);
  if (Math.max(start.length, end.length, step.length) > x.rank) {
    throw new ShapeError("slice", `at most ${x.rank} entries for a tensor of shape ${formatShape(x.shape)}`);
  }
  const ranges = x.shape.map((n, i) => {
    const from = bound(start[i] ?? 0, n);
    const to = bound(end[i] ?? n, n);
    const by = step[i] ?? 1;
    if (!Number.isInteger(by) || by < 1)
      throw new ValueError("slice", `step must be an integer of at least 1, got ${describe(by)}`);
    if (!(to > from)) {
      throw new ShapeError("slice", `nothing is left of axis ${i} (size ${n}) from ${start[i] ?? 0} to ${end[i] ?? n}`);
    }
    return { from, by, count: Math.ceil((to - from) / by) };
  });
  return sliceOp(x, { ranges });
}

/** Which elements of one axis: `count` of them, `by` apart, from index `from`. */
export interface Range {
  readonly from: number;
  readonly by: number;
  readonly count: number;
}

/** `slice` with the ranges worked out, one per axis. */
export const sliceOp: Op<[x: Tensor], { readonly ranges: readonly Range[] }> = defineOp({
  name: "slice",
  forward: ([x], { ranges }) => {
    const strides = stridesOf(x.shape);
    const offset = ranges.reduce((sum, { from }, i) => sum + from * at(strides, i), 0);
    const steps = ranges.map(({ by }, i) => by * at(strides, i));
    return {
      output: runStrided(
        "slice",
        x,
        ranges.map(({ count }) => count),
        steps,
        offset,
      ),
    };
  },
  backward: (gradOutput, _saved, { inputs: [x], options: { ranges } }) => [
    onward(gradOutput, spreadOp(gradOutput, 0, { shape: x.shape, ranges })),
  ],
});

/** The elements `from` to `from + count` of one axis, and all of the others. */
export function partOf(x: Tensor, axis: number, from: number, count: number): Tensor {
  return sliceOp(x, {
    ranges: x.shape.map((n, i) => (i === axis ? { from, by: 1, count } : { from: 0, by: 1, count: n })),
  });
}

/** The transpose of `slice`: sets `x` into a tensor of `shape` filled with `value`. */
export const spreadOp: Op<[x: Tensor, value: Tensor], { readonly shape: Shape; readonly ranges: readonly Range[] }> =
  defineOp({
    name: "pad",
    forward: ([x, value], { shape, ranges }) => ({ output: spreadInto(x, value, shape, ranges) }),
    backward: (gradOutput, _saved, { options: { ranges } }) => [
      onward(gradOutput, sliceOp(gradOutput, { ranges })),
      null,
    ],
  });

/** Two axes at a time, innermost first: each pass sees [outer, height, width] and leaves the other axes alone. */
function spreadInto(x: Tensor, value: Tensor, shape: Shape, ranges: readonly Range[]): Tensor {
  const whole = (i: number) => at(ranges, i).count === at(shape, i);
  const sizes = [...x.shape];
  let result = x;
  for (let last = x.rank - 1; last >= 0; ) {
    if (whole(last)) {
      last--;
      continue;
    }
    const pairs = last > 0 && last === x.rank - 1;
    const rows = pairs ? last - 1 : last;
    const inner = sizeOf(sizes.slice(last + 1));
    const across = pairs ? at(ranges, last) : { from: 0, by: 1, count: inner };
    const width = pairs ? at(shape, last) : inner;
    const down = at(ranges, rows);
    const outer = sizeOf(sizes.slice(0, rows));
    sizes[rows] = at(shape, rows);
    sizes[last] = at(shape, last);
    result = spreadPlanes(result, value, outer, down, across, [at(shape, rows), width], [...sizes]);
    last = rows - 1;
  }
  return result === x ? x.view(shape) : result;
}

function spreadPlanes(
  x: Tensor,
  value: Tensor,
  outer: number,
  down: Range,
  across: Range,
  [height, width]: readonly [number, number],
  shape: Shape,
): Tensor {
  return run(spread, [x, value], {
    shape,
    threads: [width, height, outer],
    constants: {
      height: down.count,
      width: across.count,
      top: down.from,
      left: across.from,
      stepY: down.by,
      stepX: across.by,
    },
  });
}

/** Options of `pad`.
 * @category Shape */
export interface PadOptions {
  /** What the new cells hold: `value` (`constant`), the cells mirrored at the edge, which is not repeated (`reflect`), the
   * edge itself (`replicate`), or the cells of the other end (`circular`). Default constant. */
  readonly mode?: "constant" | BorderMode | undefined;
  /** What the new cells hold in mode constant. Default 0. */
  readonly value?: number | undefined;
}

const padOptions: OptionKinds<PadOptions> = {
  mode: oneOf("constant", "reflect", "replicate", "circular"),
  value: numberOrNaN,
};

/** Adds cells around a tensor: `padding[i]` is `[before, after]` of axis i; axes beyond the list get none.
 * @throws ValueError unless every width is an integer of at least 0, and for `reflect` and `circular` no wider than the
 * cells there are
 * @category Shape */
export function pad(x: Tensor, padding: readonly (readonly [number, number])[], options: PadOptions = {}): Tensor {
  const { mode = "constant", value = 0 } = checkedOptions("pad", options, padOptions);
  checkTensors("pad", x);
  checkList("pad", "padding", padding);
  if (padding.length > x.rank) {
    throw new ShapeError(
      "pad",
      `at most ${x.rank} pairs for a tensor of shape ${formatShape(x.shape)}, got ${padding.length}`,
    );
  }
  const isPair = (widths: unknown) =>
    Array.isArray(widths) && widths.length === 2 && widths.every((n) => Number.isInteger(n) && n >= 0);
  if (!padding.every(isPair)) {
    throw new ValueError("pad", `widths are pairs [before, after] of integers of at least 0, got ${describe(padding)}`);
  }
  const shape = x.shape.map((n, i) => n + (padding[i]?.[0] ?? 0) + (padding[i]?.[1] ?? 0));
  checkSize("pad", shape);
  if (mode !== "constant") return padBorder(x, padding, mode);
  const ranges = x.shape.map((count, i) => ({ from: padding[i]?.[0] ?? 0, by: 1, count }));
  return spreadOp(x, value, { shape, ranges });
}

/** The element `distance` places before each one (behind it where negative), and `value` where there is none.
 * @param distance less than the size of the axis */
export function shiftedAlong(x: Tensor, axis: number, distance: number, value: number): Tensor {
  const by = Math.abs(distance);
  const part = partOf(x, axis, distance > 0 ? 0 : by, at(x.shape, axis) - by);
  const widths = x.shape.map((_, i): [number, number] => (i !== axis ? [0, 0] : distance > 0 ? [by, 0] : [0, by]));
  return pad(part, widths, { value });
}

/** A bound of `slice` as an index from 0 to n. */
function bound(index: number, n: number): number {
  if (!Number.isInteger(index)) throw new ValueError("slice", `an index must be an integer, got ${describe(index)}`);
  return Math.min(n, Math.max(0, index < 0 ? index + n : index));
}
