/** fast-check arbitraries of shapes, of shapes that broadcast, and of axes. */

import fc, { type Arbitrary } from "fast-check";
import { describe, ValueError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import { type Shape, sizeOf } from "../../shape.js";

/** Bounds of `shapes`.
 * @category Testing */
export interface ShapeBounds {
  /** Fewest axes. Default 0. */
  readonly minRank?: number | undefined;
  /** Most axes. Default 4. */
  readonly maxRank?: number | undefined;
  /** Smallest axis. Default 1. */
  readonly minSize?: number | undefined;
  /** Largest axis. Default 4. */
  readonly maxSize?: number | undefined;
  /** Most elements. Default 64. */
  readonly maxElements?: number | undefined;
}

const shapeBounds: OptionKinds<ShapeBounds> = {
  minRank: number,
  maxRank: number,
  minSize: number,
  maxSize: number,
  maxElements: number,
};

/** Shapes within bounds; they shrink towards few and small axes.
 * @category Testing */
export function shapes(bounds: ShapeBounds = {}): Arbitrary<Shape> {
  const { minRank, maxRank, minSize, maxSize, maxElements } = checkedBounds("shapes", bounds, shapeBounds);
  return fc
    .array(fc.integer({ min: minSize, max: maxSize }), { minLength: minRank, maxLength: maxRank, size: "max" })
    .filter((shape) => sizeOf(shape) <= maxElements);
}

/** Bounds with their defaults.
 * @throws ValueError unless they are whole numbers that leave a shape */
function checkedBounds<B extends ShapeBounds>(op: string, bounds: B, kinds: OptionKinds<B>) {
  const defaults = { minRank: 0, maxRank: 4, minSize: 1, maxSize: 4, maxElements: 64 };
  const all = { ...defaults, ...checkedOptions(op, bounds, kinds) };
  const { minRank, maxRank, minSize, maxSize, maxElements } = all;
  const leavesShape =
    minRank >= 0 && minRank <= maxRank && minSize >= 1 && minSize <= maxSize && minSize ** minRank <= maxElements;
  if (![minRank, maxRank, minSize, maxSize].every(Number.isSafeInteger) || !leavesShape) {
    throw new ValueError(
      op,
      `bounds must leave a shape, in whole numbers: ranks ${minRank} to ${maxRank}, sizes ${minSize} to ${maxSize}, ` +
        `at most ${maxElements} elements`,
    );
  }
  return all;
}

/** Bounds of `broadcastable`.
 * @category Testing */
export interface BroadcastBounds extends ShapeBounds {
  /** How many shapes. Default 2. */
  readonly count?: number | undefined;
}

const broadcastBounds: OptionKinds<BroadcastBounds> = { ...shapeBounds, count: number };

/** Shapes that broadcast against each other: each is a common shape with some axes set to 1 and some leading ones left out.
 * They shrink towards equal shapes.
 * @category Testing */
export function broadcastable(given: BroadcastBounds = {}): Arbitrary<readonly Shape[]> {
  const { count = 2, ...bounds } = checkedBounds("broadcastable", given, broadcastBounds);
  const { minRank, maxRank } = bounds;
  if (!(Number.isSafeInteger(count) && count >= 0)) {
    throw new ValueError("broadcastable", `count must be a whole number, got ${count}`, { actual: count });
  }
  const ones = fc.array(fc.boolean(), { minLength: maxRank, maxLength: maxRank });
  const cuts = fc.array(fc.tuple(fc.nat(maxRank), ones), { minLength: count, maxLength: count });
  return fc.tuple(shapes(bounds), cuts).map(([shape, list]) =>
    list.map(([dropped, isOne]) => {
      return shape.map((n, axis) => (isOne[axis] ? 1 : n)).slice(dropped % (shape.length - minRank + 1));
    }),
  );
}

/** Axes of a rank, counted from either end; 0 is the smallest.
 * @category Testing */
export function axes(rank: number): Arbitrary<number> {
  if (!(checkedRank("axes", rank) >= 1)) throw new ValueError("axes", "a tensor of rank 0 has no axis");
  return fc.integer({ min: -rank, max: rank - 1 });
}

/** What a reduction may be told: `null`, one axis, or several different ones in any order, counted from either end.
 * @category Testing */
export function axisLists(rank: number): Arbitrary<number | readonly number[] | null> {
  checkedRank("axisLists", rank);
  const several = fc
    .tuple(fc.subarray(Array.from({ length: rank }, (_, i) => i)), fc.boolean(), fc.boolean())
    .map(([list, reversed, fromEnd]) => {
      const order = reversed ? list.toReversed() : list;
      return order.map((axis) => (fromEnd ? axis - rank : axis));
    });
  return rank === 0 ? fc.constantFrom(null, []) : fc.oneof(fc.constant(null), axes(rank), several);
}

/** As many as NumPy's arrays have. */
const mostAxes = 64;

function checkedRank(op: string, rank: number): number {
  if (Number.isInteger(rank) && rank >= 0 && rank <= mostAxes) return rank;
  throw new ValueError(op, `a rank is a whole number from 0 to ${mostAxes}, got ${describe(rank)}`, { actual: rank });
}
