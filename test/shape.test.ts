/** Tests of shapes, axes, strides and broadcasting. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShapeError, ValueError } from "../src/errors.js";
import {
  at,
  broadcastShapes,
  broadcastStrides,
  checkShape,
  collapseAxes,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  pair,
  rowAxis,
  sameShape,
  sizeOf,
  stridesOf,
} from "../src/shape.js";
import { coordinates } from "./ops/models.js";

describe("sizeOf, sameShape, formatShape and at", () => {
  it("count, compare and print", () => {
    expect([sizeOf([]), sizeOf([2, 3, 4])]).toEqual([1, 24]);
    expect([sameShape([2, 3], [2, 3]), sameShape([2], [2, 1]), sameShape([2, 3], [3, 2])]).toEqual([
      true,
      false,
      false,
    ]);
    expect([formatShape([]), formatShape([2, 3])]).toEqual(["[]", "[2, 3]"]);
  });

  it("at counts from either end and throws beyond", () => {
    expect([at([5, 6], 0), at([5, 6], -1)]).toEqual([5, 6]);
    expect(() => at([5, 6], 2)).toThrow(RangeError);
  });
});

describe("checkShape", () => {
  it.each([[[0]], [[2, -1]], [[1.5]], [[Number.NaN]], [[2 ** 60]]])("refuses %j", (shape) => {
    expect(() => checkShape("op", shape)).toThrow(ShapeError);
    expect(() => checkShape("op", shape)).toThrow(
      `op: every size of a shape must be a positive integer, got ${formatShape(shape)}`,
    );
  });
});

describe("normalizeAxis and normalizeAxes", () => {
  it("count from the end, sort, and take null for all", () => {
    expect([normalizeAxis("op", -1, 3), normalizeAxis("op", 0, 3)]).toEqual([2, 0]);
    expect(normalizeAxes("op", [-1, 0], 3)).toEqual([0, 2]);
    expect(normalizeAxes("op", null, 2)).toEqual([0, 1]);
    expect(normalizeAxes("op", undefined, 0)).toEqual([]);
    expect(normalizeAxes("op", [], 2)).toEqual([]);
    expect(normalizeAxes("op", 1, 2)).toEqual([1]);
  });

  it.each([3, -4, 0.5, Number.NaN])("refuse axis %s of rank 3", (axis) => {
    expect(() => normalizeAxis("op", axis, 3)).toThrow(
      `op: axis must be an integer from -3 to 2, got ${axis} for a tensor of rank 3`,
    );
  });

  it("refuse any axis of a scalar, and an axis twice", () => {
    expect(() => normalizeAxis("op", 0, 0)).toThrow("op: a scalar has no axis, got 0");
    expect(() => rowAxis("op", 1, 0)).toThrow("op: axis must be an integer from -1 to 0, got 1 for a tensor of rank 0");
    expect(() => normalizeAxes("op", [0, -2], 2)).toThrow("op: an axis stands twice in [0, -2]");
  });
});

describe("broadcastShapes", () => {
  it("aligns at the last axis and repeats sizes of 1", () => {
    expect(broadcastShapes("op", [3, 1], [2, 1, 4])).toEqual([2, 3, 4]);
    expect(broadcastShapes("op", [], [2])).toEqual([2]);
    expect(broadcastShapes("op", [1], [1, 1])).toEqual([1, 1]);
    expect(broadcastShapes("op", [2, 1], [1, 3], [1])).toEqual([2, 3]);
  });

  it("names the sizes that do not agree, and their axis", () => {
    expect(() => broadcastShapes("op", [2, 3], [4, 3])).toThrow(ShapeError);
    expect(() => broadcastShapes("op", [2, 3], [4, 3])).toThrow(
      "op: shapes [2, 3] and [4, 3] do not broadcast: sizes 2 and 4 at axis -2",
    );
  });
});

describe("stridesOf, broadcastStrides and collapseAxes", () => {
  it("have 0 where an axis repeats", () => {
    expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
    expect(broadcastStrides([3, 1], [2, 3, 4])).toEqual([0, 1, 0]);
    expect(broadcastStrides([1, 3], [1, 3])).toEqual([3, 1]);
  });

  it("merge what is walked as one", () => {
    expect(collapseAxes([2, 3, 4], [[12, 4, 1]])).toEqual({ shape: [24], strides: [[1]] });
    expect(
      collapseAxes(
        [2, 3, 4],
        [
          [12, 4, 1],
          [0, 0, 1],
        ],
      ),
    ).toEqual({
      shape: [6, 4],
      strides: [
        [4, 1],
        [0, 1],
      ],
    });
    expect(collapseAxes([1, 1], [[1, 1]])).toEqual({ shape: [1], strides: [[0]] });
  });

  it("never change which elements are read, in which order", () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 5 });
    const places = (shape: readonly number[], strides: readonly number[]) =>
      Array.from({ length: sizeOf(shape) }, (_, i) =>
        coordinates(i, shape).reduce((sum, c, axis) => sum + c * (strides[axis] as number), 0),
      );
    fc.assert(
      fc.property(shapes, fc.infiniteStream(fc.integer({ min: 0, max: 4 })), (shape, random) => {
        const strides = [0, 1].map(() => shape.map(() => random.next().value as number));
        const natural = [...strides, stridesOf(shape)];
        const collapsed = collapseAxes(shape, natural);
        natural.forEach((own, k) => {
          expect(places(collapsed.shape, collapsed.strides[k] ?? [])).toEqual(places(shape, own));
        });
      }),
      { seed: 21, numRuns: 100 },
    );
  });
});

describe("pair", () => {
  it("takes one number for both", () => {
    expect([pair("op", "stride", 2, 1), pair("op", "stride", [1, 2], 1)]).toEqual([
      [2, 2],
      [1, 2],
    ]);
  });

  it.each([0, 1.5, Number.NaN])("refuses %s", (value) => {
    expect(() => pair("op", "stride", value, 1)).toThrow(ValueError);
    expect(() => pair("op", "stride", value, 1)).toThrow(
      `op: stride must be an integer of at least 1, or 2 of them, got ${value}`,
    );
  });

  it("refuses lists of another length", () => {
    expect(() => pair("op", "padding", [1, 2, 3], 0)).toThrow(
      "op: padding must be an integer of at least 0, or 2 of them, got [1, 2, 3]",
    );
  });
});
