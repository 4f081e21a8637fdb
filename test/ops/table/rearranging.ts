/** Rows of the op table: turning, rolling and repeating tensors. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { elementAt, fill, type Grid } from "../models.js";
import { type ErrorCase, type OpRow, type Sample, uniform } from "../row.js";

/** A sample whose element at a place is that of `from` in the input; `null` stands for 0. */
export function moves(
  title: string,
  shape: Shape,
  call: (x: Tensor) => Tensor,
  out: Shape,
  from: (place: number[]) => number[] | null,
): Sample {
  return {
    title,
    inputs: [uniform(shape)],
    call: (x) => call(x as Tensor),
    expected: (x) =>
      fill(out, (place) => {
        const source = from(place);
        return source === null ? 0 : elementAt(x as Grid, source);
      }),
  };
}

/** What is not written as an object would silently mean something else. */
export const bare = (run: () => unknown): ErrorCase => ({
  title: "refuses options that are no object",
  run,
  type: lg.ValueError,
  says: ["object", "1"],
});
/** An axis out of range. */
export const badAxis = (run: () => unknown): ErrorCase => ({
  title: "refuses axis 2 of rank 2",
  run,
  type: lg.ShapeError,
  says: ["got 2"],
});
/** An axis where options belong. */
export const one = 1 as never;

const flipRow: OpRow = {
  op: "flip",
  samples: [
    moves(
      "two axes",
      [2, 3, 4],
      (x) => lg.flip(x, { axis: [0, -1] }),
      [2, 3, 4],
      ([a = 0, b = 0, c = 0]) => [1 - a, b, 3 - c],
    ),
    moves(
      "one axis",
      [2, 3, 4],
      (x) => lg.flip(x, { axis: 1 }),
      [2, 3, 4],
      ([a = 0, b = 0, c = 0]) => [a, 2 - b, c],
    ),
    moves(
      "all axes",
      [3, 4],
      (x) => lg.flip(x),
      [3, 4],
      ([a = 0, b = 0]) => [2 - a, 3 - b],
    ),
    moves(
      "no axis",
      [3, 2],
      (x) => lg.flip(x, { axis: [] }),
      [3, 2],
      (place) => place,
    ),
  ],
  errors: [badAxis(() => lg.flip(lg.ones([2, 2]), { axis: 2 })), bare(() => lg.flip(lg.ones([2]), one))],
};

const rollRow: OpRow = {
  op: "roll",
  samples: [
    moves(
      "two axes",
      [3, 4],
      (x) => lg.roll(x, { shift: [1, -2], axis: [0, -1] }),
      [3, 4],
      ([a = 0, b = 0]) => [(a + 2) % 3, (b + 2) % 4],
    ),
    moves(
      "beyond the size",
      [3, 2],
      (x) => lg.roll(x, { shift: 7, axis: 0 }),
      [3, 2],
      ([a = 0, b = 0]) => [(a + 2) % 3, b],
    ),
    moves(
      "far back",
      [5, 2],
      (x) => lg.roll(x, { shift: -12, axis: 0 }),
      [5, 2],
      ([a = 0, b = 0]) => [(a + 2) % 5, b],
    ),
    moves(
      "one axis twice",
      [5],
      (x) => lg.roll(x, { shift: [1, 2], axis: [0, 0] }),
      [5],
      ([a = 0]) => [(a + 2) % 5],
    ),
    moves(
      "flattened",
      [2, 3],
      (x) => lg.roll(x, { shift: -1 }),
      [2, 3],
      ([a = 0, b = 0]) => [b < 2 ? a : 1 - a, (b + 1) % 3],
    ),
    moves(
      "by nothing",
      [2, 3],
      (x) => lg.roll(x, { shift: 0 }),
      [2, 3],
      (place) => place,
    ),
  ],
  errors: [
    badAxis(() => lg.roll(lg.ones([2, 2]), { shift: 1, axis: 2 })),
    bare(() => lg.roll(lg.ones([2]), one)),
    {
      title: "refuses two shifts for one axis",
      run: () => lg.roll(lg.ones([2, 2]), { shift: [1, 1], axis: 0 }),
      type: lg.ValueError,
      says: ["[1, 1]", "1 axes"],
    },
    {
      title: "refuses two shifts without an axis",
      run: () => lg.roll(lg.ones([2, 2]), { shift: [1, 1] }),
      type: lg.ValueError,
      says: ["[1, 1]", "one integer"],
    },
    {
      title: "refuses half a place",
      run: () => lg.roll(lg.ones([2]), { shift: 0.5, axis: 0 }),
      type: lg.ValueError,
      says: ["0.5"],
    },
    {
      title: "refuses half a place along one of two axes",
      run: () => lg.roll(lg.ones([2, 2]), { shift: [1, 0.5], axis: [0, 1] }),
      type: lg.ValueError,
      says: ["integers", "[1, 0.5]"],
    },
  ],
};

const tileRow: OpRow = {
  op: "tile",
  samples: [
    moves(
      "two axes",
      [2, 3],
      (x) => lg.tile(x, [2, 3]),
      [4, 9],
      ([a = 0, b = 0]) => [a % 2, b % 3],
    ),
    moves(
      "fewer counts than axes",
      [2, 3],
      (x) => lg.tile(x, [2]),
      [2, 6],
      ([a = 0, b = 0]) => [a, b % 3],
    ),
    moves(
      "more counts than axes",
      [3],
      (x) => lg.tile(x, [2, 1, 2]),
      [2, 1, 6],
      ([, , c = 0]) => [c % 3],
    ),
    moves(
      "four axes",
      [2, 1, 2, 2],
      (x) => lg.tile(x, [2, 3, 2, 2]),
      [4, 3, 4, 4],
      ([a = 0, , c = 0, d = 0]) => [a % 2, 0, c % 2, d % 2],
    ),
    moves(
      "nothing",
      [2, 3],
      (x) => lg.tile(x, []),
      [2, 3],
      (place) => place,
    ),
    moves(
      "nothing, with a new axis",
      [3],
      (x) => lg.tile(x, [1, 1]),
      [1, 3],
      ([, b = 0]) => [b],
    ),
  ],
  errors: [
    {
      title: "refuses one and a half times",
      run: () => lg.tile(lg.ones([2]), [1.5]),
      type: lg.ShapeError,
      says: ["positive integers", "[1.5]"],
    },
    { title: "refuses 0 times", run: () => lg.tile(lg.ones([2]), [0]), type: lg.ShapeError, says: ["[0]"] },
    {
      title: "refuses a number",
      run: () => lg.tile(lg.ones([2]), 2 as unknown as number[]),
      type: lg.ShapeError,
      says: ["list", "2"],
    },
  ],
};

/** What moves. */
export const rearrangingRows: readonly OpRow[] = [flipRow, rollRow, tileRow];
