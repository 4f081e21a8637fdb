/** fast-check arbitraries of shapes, of shapes that broadcast, and of axes. */

import fc, { type Arbitrary } from "fast-check";
import { ValueError } from "../../errors.js";
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
  const {
    minRank = 0,
    maxRank = 4,
    minSize = 1,
    maxSize = 4,
    maxElements = 64,
  } = checkedOptions("shapes", bounds, shapeBounds);
  if (
    !(minRank >= 0 && minRank <= maxRank && minSize >= 1 && minSize <= maxSize && minSize ** minRank <= maxElements)
  ) {
    throw new ValueError(
      "shapes",
      `bounds must leave a shape: ranks ${minRank} to ${maxRank}, sizes ${minSize} to ${maxSize}, at most ${maxElements} elements`,
    );
  }
  return fc
    .array(fc.integer({ min: minSize, max: maxSize }), { minLength: minRank, maxLength: maxRank, size: "max" })
    .filter((shape) => sizeOf(shape) <= maxElements);
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
  const { count = 2, ...bounds } = checkedOptions("broadcastable", given, broadcastBounds);
  const { minRank = 0, maxRank = 4 } = bounds;
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
  if (!(rank >= 1)) throw new ValueError("axes", `a tensor of rank ${rank} has no axis`);
  return fc.integer({ min: -rank, max: rank - 1 });
}

/** What a reduction may be told: `null`, one axis, or several different ones in any order, counted from either end.
 * @category Testing */
export function axisLists(rank: number): Arbitrary<number | readonly number[] | null> {
  const several = fc
    .tuple(fc.subarray(Array.from({ length: rank }, (_, i) => i)), fc.boolean(), fc.boolean())
    .map(([list, reversed, fromEnd]) => {
      const order = reversed ? list.toReversed() : list;
      return order.map((axis) => (fromEnd ? axis - rank : axis));
    });
  return rank === 0 ? fc.constantFrom(null, []) : fc.oneof(fc.constant(null), axes(rank), several);
}
