/** Ops that move numbers without changing them. */
import { defineOp, type Op } from "../autograd/define-op.js";
import { run } from "../autograd/run.js";
import type { Tensor } from "../autograd/tensor.js";
import { DTypeError, ShapeError, ValueError } from "../errors.js";
import { concatPair, spread } from "../kernels/movement.js";
import { at, formatShape, normalizeAxis, type Shape, sameShape, sizeOf, stridesOf } from "../shape.js";
import { runStrided } from "./broadcast.js";
import { reshapeTo } from "./sum.js";

/** The same numbers in another shape of the same size; one size may be −1 and is inferred. Copies nothing.
 * @throws ShapeError if the sizes do not agree
 * @category Shape */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const open = shape.indexOf(-1);
  const known = sizeOf(shape.filter((_, i) => i !== open));
  const inferred = open < 0 ? [...shape] : shape.map((n, i) => (i === open ? x.size / known : n));
  if (sizeOf(inferred) !== x.size || !inferred.every((n) => Number.isInteger(n) && n > 0)) {
    throw new ShapeError(
      "reshape",
      `${x.size} elements of shape ${formatShape(x.shape)} do not fit ${formatShape(shape)}`,
      {
        expected: x.size,
        actual: shape,
      },
    );
  }
  return reshapeTo(x, inferred);
}

/** Which axes `flatten` merges.
 * @category Shape */
export interface FlattenOptions {
  /** The first. Default 0. */
  readonly startAxis?: number;
  /** The last, included. Default −1. */
  readonly endAxis?: number;
}

/** Merges the axes from `startAxis` to `endAxis` (included) into one.
 * @category Shape */
export function flatten(x: Tensor, { startAxis = 0, endAxis = -1 }: FlattenOptions = {}): Tensor {
  if (x.rank === 0) return reshapeTo(x, [1]);
  const start = normalizeAxis("flatten", startAxis, x.rank);
  const end = normalizeAxis("flatten", endAxis, x.rank);
  if (start > end) throw new ShapeError("flatten", `startAxis ${startAxis} comes after endAxis ${endAxis}`);
  return reshapeTo(x, [...x.shape.slice(0, start), sizeOf(x.shape.slice(start, end + 1)), ...x.shape.slice(end + 1)]);
}

/** Drops an axis of size 1, or all of them when `axis` is left out. An axis of another size is left as it is.
 * @category Shape */
export function squeeze(x: Tensor, axis?: number): Tensor {
  const which = axis === undefined ? null : normalizeAxis("squeeze", axis, x.rank);
  return reshapeTo(
    x,
    x.shape.filter((n, i) => n !== 1 || (which !== null && i !== which)),
  );
}

/** Inserts an axis of size 1 before `axis` (−1: at the end).
 * @category Shape */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  const place = normalizeAxis("unsqueeze", axis, x.rank + 1);
  return reshapeTo(x, [...x.shape.slice(0, place), 1, ...x.shape.slice(place)]);
}

/** Reorders the axes: axis i of the result is axis `order[i]` of `x`.
 * @throws ShapeError unless `order` names every axis once
 * @category Shape */
export function permute(x: Tensor, order: readonly number[]): Tensor {
  const axes = order.map((axis) => normalizeAxis("permute", axis, x.rank));
  if (axes.length !== x.rank || new Set(axes).size !== x.rank) {
    throw new ShapeError("permute", `order must name each of the ${x.rank} axes once, got ${formatShape(order)}`);
  }
  return permuteOp(x, { order: axes });
}

const permuteOp: Op<[x: Tensor], { readonly order: readonly number[] }> = defineOp({
  name: "permute",
  forward: ([x], { order }) => {
    const strides = stridesOf(x.shape);
    const shape = order.map((axis) => at(x.shape, axis));
    return {
      output: runStrided(
        "permute",
        x,
        shape,
        order.map((axis) => at(strides, axis)),
        0,
      ),
    };
  },
  backward: (gradOutput, _saved, { options: { order } }) => [
    permuteOp(gradOutput, { order: order.map((_, i) => order.indexOf(i)) }),
  ],
});

/** Swaps two axes.
 * @category Shape */
export function transpose(x: Tensor, axisA = -2, axisB = -1): Tensor {
  const a = normalizeAxis("transpose", axisA, x.rank);
  const b = normalizeAxis("transpose", axisB, x.rank);
  return permute(
    x,
    x.shape.map((_, i) => (i === a ? b : i === b ? a : i)),
  );
}

/** Which elements `slice` takes, one entry per axis from the first; axes beyond the lists are taken whole.
 * @category Shape */
export interface SliceOptions {
  /** First index, counted from the end when negative. Default 0. */
  readonly start?: readonly number[];
  /** Index after the last, counted from the end when negative; beyond the size means the size. Default: the size. */
  readonly end?: readonly number[];
  /** Distance between two elements, at least 1. Default 1. */
  readonly step?: readonly number[];
}

/** The elements `start, start + step, …` before `end`, along each axis.
 * @throws ShapeError if nothing is left of an axis, or there are more entries than axes
 * @category Shape */
export function slice(x: Tensor, { start = [], end = [], step = [] }: SliceOptions): Tensor {
  if (Math.max(start.length, end.length, step.length) > x.rank) {
    throw new ShapeError("slice", `at most ${x.rank} entries for a tensor of shape ${formatShape(x.shape)}`);
  }
  const ranges = x.shape.map((n, i) => {
    const from = bound(start[i] ?? 0, n);
    const to = bound(end[i] ?? n, n);
    const by = step[i] ?? 1;
    if (!Number.isInteger(by) || by < 1)
      throw new ValueError("slice", `step must be an integer of at least 1, got ${by}`);
    if (!(to > from)) {
      throw new ShapeError("slice", `nothing is left of axis ${i} (size ${n}) from ${start[i] ?? 0} to ${end[i] ?? n}`);
    }
    return { from, by, count: Math.ceil((to - from) / by) };
  });
  return sliceOp(x, { ranges });
}

interface Range {
  readonly from: number;
  readonly by: number;
  readonly count: number;
}

const sliceOp: Op<[x: Tensor], { readonly ranges: readonly Range[] }> = defineOp({
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
    spreadOp(gradOutput, 0, { shape: x.shape, ranges }),
  ],
});

/** The transpose of `slice`: sets `x` into a tensor of `shape` filled with `value`. */
const spreadOp: Op<[x: Tensor, value: Tensor], { readonly shape: Shape; readonly ranges: readonly Range[] }> = defineOp(
  {
    name: "pad",
    forward: ([x, value], { shape, ranges }) => ({ output: spreadInto(x, value, shape, ranges) }),
    backward: (gradOutput, _saved, { options: { ranges } }) => [sliceOp(gradOutput, { ranges }), null],
  },
);

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
  /** What the new cells hold. Default 0. */
  readonly value?: number;
}

/** Adds cells around a tensor: `padding[i]` is `[before, after]` of axis i; axes beyond the list get none.
 * @throws ValueError unless every width is an integer of at least 0
 * @category Shape */
export function pad(
  x: Tensor,
  padding: readonly (readonly [number, number])[],
  { value = 0 }: PadOptions = {},
): Tensor {
  if (padding.length > x.rank) {
    throw new ShapeError(
      "pad",
      `at most ${x.rank} pairs for a tensor of shape ${formatShape(x.shape)}, got ${padding.length}`,
    );
  }
  if (padding.some((widths) => widths.length !== 2 || widths.some((n) => !Number.isInteger(n) || n < 0))) {
    throw new ValueError(
      "pad",
      `widths are pairs [before, after] of integers of at least 0, got ${JSON.stringify(padding)}`,
    );
  }
  const shape = x.shape.map((n, i) => n + (padding[i]?.[0] ?? 0) + (padding[i]?.[1] ?? 0));
  const ranges = x.shape.map((count, i) => ({ from: padding[i]?.[0] ?? 0, by: 1, count }));
  return spreadOp(x, value, { shape, ranges });
}

/** Joins tensors along an axis; all other sizes agree.
 * @category Shape */
export function concat(tensors: readonly Tensor[], { axis = 0 }: { axis?: number } = {}): Tensor {
  const [first, ...rest] = tensors;
  if (first === undefined) throw new ShapeError("concat", "there must be at least one tensor");
  const along = normalizeAxis("concat", axis, first.rank);
  for (const next of rest) {
    const fits = next.rank === first.rank && next.shape.every((n, i) => i === along || n === first.shape[i]);
    if (!fits) {
      const shapes = tensors.map((t) => formatShape(t.shape)).join(", ");
      throw new ShapeError("concat", `shapes must agree but along axis ${along}, got ${shapes}`);
    }
  }
  let parts = [...tensors];
  while (parts.length > 1) {
    // In pairs, so that many small tensors are not copied once for each.
    parts = Array.from({ length: Math.ceil(parts.length / 2) }, (_, i) => {
      const [a, b] = [at(parts, 2 * i), parts[2 * i + 1]];
      return b === undefined ? a : concatOp(a, b, { axis: along });
    });
  }
  return at(parts, 0);
}

const concatOp: Op<[a: Tensor, b: Tensor], { readonly axis: number }> = defineOp({
  name: "concat",
  forward: ([a, b], { axis }) => {
    if (a.dtype !== b.dtype) throw new DTypeError("concat", `dtypes differ: ${a.dtype} and ${b.dtype}`);
    const [sizeA, sizeB] = [at(a.shape, axis), at(b.shape, axis)];
    const inner = sizeOf(a.shape.slice(axis + 1));
    const shape = a.shape.map((n, i) => (i === axis ? sizeA + sizeB : n));
    const threads = [inner, sizeA + sizeB, sizeOf(a.shape.slice(0, axis))] as const;
    return { output: run(concatPair, [a, b], { shape, threads, constants: { sizeA, sizeB, inner } }) };
  },
  backward: (gradOutput, _saved, { inputs: [a, b], options: { axis } }) => {
    const part = (x: Tensor, from: number) =>
      sliceOp(gradOutput, { ranges: x.shape.map((count, i) => ({ from: i === axis ? from : 0, by: 1, count })) });
    return [part(a, 0), part(b, at(a.shape, axis))];
  },
});

/** Joins tensors of one shape along a new axis.
 * @category Shape */
export function stack(tensors: readonly Tensor[], { axis = 0 }: { axis?: number } = {}): Tensor {
  const [first] = tensors;
  if (first === undefined) throw new ShapeError("stack", "there must be at least one tensor");
  const along = normalizeAxis("stack", axis, first.rank + 1);
  if (!tensors.every((t) => sameShape(t.shape, first.shape))) {
    throw new ShapeError("stack", `shapes must agree, got ${tensors.map((t) => formatShape(t.shape)).join(", ")}`);
  }
  return concat(
    tensors.map((t) => unsqueeze(t, along)),
    { axis: along },
  );
}

/** A bound of `slice` as an index from 0 to n. */
function bound(index: number, n: number): number {
  if (!Number.isInteger(index)) throw new ValueError("slice", `an index must be an integer, got ${index}`);
  return Math.min(n, Math.max(0, index < 0 ? index + n : index));
}
