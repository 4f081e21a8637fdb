/** Shapes, axes, strides and broadcasting: pure functions on lists of sizes. */
import { describe, ShapeError, ValueError } from "./errors.js";

/** Sizes of a tensor's axes, outermost first; `[]` is a scalar.
 * @category Tensors */
export type Shape = readonly number[];

/** Number of elements of a tensor of this shape. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A shape as errors print it: `[2, 3]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Throws unless `list` is one: what callers without types write instead, such as `x.reshape(2, 3)`, would be ignored in
 * part. */
export function checkList(op: string, name: string, list: unknown): void {
  if (Array.isArray(list)) return;
  throw new ShapeError(op, `${name} must be a list, such as [2, 3], got ${describe(list)}`, { actual: list });
}

/** Throws unless every size is a positive integer: livegrad has no empty tensors. */
export function checkShape(op: string, shape: Shape): void {
  checkList(op, "a shape", shape);
  if (!shape.every((n) => Number.isSafeInteger(n) && n > 0)) {
    throw new ShapeError(op, `every size of a shape must be a positive integer, got ${describe(shape)}`, {
      actual: shape,
    });
  }
  checkSize(op, shape);
}

/** Throws if a shape is larger than any tensor can be, before anything of that size is made. */
export function checkSize(op: string, shape: Shape): void {
  if (sizeOf(shape) <= mostElements) return;
  throw new ShapeError(
    op,
    `a tensor holds at most ${mostElements} elements, ${formatShape(shape)} has ${sizeOf(shape)}`,
    { actual: shape },
  );
}

/** 2²⁸ numbers are 2 GiB of float64, and all that a GPU texture of 16,384² holds. */
const mostElements = 2 ** 28;

/** Row-major strides: how many elements one step along each axis skips. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= at(shape, axis);
  }
  return strides;
}

/** Coordinates of the element that stands at a flat, row-major index. */
export function coordinatesOf(index: number, shape: Shape): number[] {
  return stridesOf(shape).map((stride, axis) => Math.floor(index / stride) % at(shape, axis));
}

/** `list[index]`, counting from the end when negative; throws instead of returning undefined. */
export function at<T>(list: readonly T[], index: number): T {
  const value = list[index < 0 ? list.length + index : index];
  if (value === undefined) throw new RangeError(`index ${index} of a list of ${list.length}`);
  return value;
}

/** The axis counted from 0, for one that may count from the end; a scalar has none. */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  return axisOf(op, axis, rank, rank);
}

/** The same for an op along rows, to which a scalar is a row of one element: axis 0 or −1 of it is 0. The shape has no such
 * axis: see `rowSize` and `middle`. */
export function rowAxis(op: string, axis: number, rank: number): number {
  return axisOf(op, axis, rank, Math.max(1, rank));
}

function axisOf(op: string, axis: number, rank: number, count: number): number {
  if (!Number.isInteger(axis) || axis < -count || axis >= count) {
    const range = count === 0 ? "a scalar has no axis" : `axis must be an integer from ${-count} to ${count - 1}`;
    throw new ShapeError(op, `${range}, got ${describe(axis)} for a tensor of rank ${rank}`, { actual: axis });
  }
  return axis < 0 ? axis + count : axis;
}

/** How many elements a row along an axis has. */
export function rowSize(shape: Shape, axis: number): number {
  return shape.length === 0 ? 1 : at(shape, axis);
}

/** Sorted axes counted from 0; `null` and `undefined` mean all of them. Axis 0 or −1 of a scalar is accepted: none. */
export function normalizeAxes(op: string, axis: number | readonly number[] | null | undefined, rank: number): number[] {
  if (axis === null || axis === undefined) return Array.from({ length: rank }, (_, i) => i);
  if (typeof axis !== "number" && !Array.isArray(axis)) {
    throw new ShapeError(op, `axis must be an integer, a list of them or null, got ${describe(axis)}`, {
      actual: axis,
    });
  }
  const axes = (typeof axis === "number" ? [axis] : (axis as readonly number[])).map((a) => rowAxis(op, a, rank));
  if (new Set(axes).size !== axes.length) {
    throw new ShapeError(op, `an axis stands twice in ${describe(axis)}`, { actual: axis });
  }
  return rank === 0 ? [] : axes.sort((a, b) => a - b);
}

/** The shape that NumPy's broadcasting rules give for several shapes. */
export function broadcastShapes(op: string, ...shapes: readonly Shape[]): number[] {
  let rank = 0;
  for (const shape of shapes) rank = Math.max(rank, shape.length);
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    const offset = rank - shape.length;
    for (let i = 0; i < shape.length; i++) {
      const n = at(shape, i);
      const m = at(result, offset + i);
      if (n !== m && n !== 1 && m !== 1) {
        const list = shapes.map(formatShape).join(" and ");
        throw new ShapeError(op, `shapes ${list} do not broadcast: sizes ${m} and ${n} at axis ${offset + i - rank}`, {
          actual: shapes,
        });
      }
      if (n !== 1) result[offset + i] = n;
    }
  }
  checkSize(op, result);
  return result;
}

/** Strides that read a tensor of `shape` as if it had the broadcast shape `target` (0 on repeated axes). */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const strides = stridesOf(shape);
  const offset = target.length - shape.length;
  return target.map((n, i) => (i < offset || (shape[i - offset] === 1 && n !== 1) ? 0 : at(strides, i - offset)));
}

/** Merges neighbouring axes that every operand walks as one; sizes of 1 vanish. Keeps at least one axis. */
export function collapseAxes(
  shape: Shape,
  operands: readonly (readonly number[])[],
): { shape: number[]; strides: number[][] } {
  const sizes: number[] = [];
  const strides: number[][] = operands.map(() => []);
  for (let axis = 0; axis < shape.length; axis++) {
    const n = at(shape, axis);
    if (n === 1) continue;
    const last = sizes.length - 1;
    let merges = last >= 0;
    for (let k = 0; merges && k < operands.length; k++) {
      merges = at(at(strides, k), last) === at(at(operands, k), axis) * n;
    }
    if (merges) sizes[last] = at(sizes, last) * n;
    else sizes.push(n);
    for (let k = 0; k < operands.length; k++) at(strides, k)[sizes.length - 1] = at(at(operands, k), axis);
  }
  if (sizes.length === 0) {
    sizes.push(1);
    for (const s of strides) s.push(0);
  }
  return { shape: sizes, strides };
}

/** The numbers of an option, one for each of `count` axes, where one number serves them all; each an integer of at least
 * `min`. */
export function perAxis(
  op: string,
  name: string,
  value: number | readonly number[],
  count: number,
  min: number,
): number[] {
  const list: readonly number[] = Array.isArray(value) ? value : new Array<number>(count).fill(value as number);
  if (list.length !== count || list.some((n) => !Number.isSafeInteger(n) || n < min)) {
    const several = count === 1 ? "" : `, or ${count} of them`;
    throw new ValueError(op, `${name} must be an integer of at least ${min}${several}, got ${describe(value)}`, {
      actual: value,
    });
  }
  return [...list];
}

/** `[height, width]` of an option that may be one number; each an integer of at least `min`. */
export function pair(op: string, name: string, value: number | readonly number[], min: number): [number, number] {
  const list = perAxis(op, name, value, 2, min);
  return [at(list, 0), at(list, 1)];
}
