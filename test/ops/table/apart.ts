/** Rows of the op table: axes taken apart and moved, elements repeated and picked by indices that broadcast. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { elementAt, fill, type Grid } from "../models.js";
import { type OpRow, type Sample, uniform } from "../row.js";
import { refusesPlainOptions } from "./elementwise.js";
import { badAxis, moves } from "./rearranging.js";

const index = (values: readonly number[], shape: Shape = [values.length]) =>
  lg.tensor(Int32Array.from(values), { shape, dtype: "int32" });

const selectRow: OpRow = {
  op: "select",
  samples: [
    moves(
      "a row",
      [3, 4],
      (x) => lg.select(x, 2),
      [4],
      ([a = 0]) => [2, a],
    ),
    moves(
      "the last but one of a middle axis",
      [2, 3, 2],
      (x) => lg.select(x, -2, { axis: 1 }),
      [2, 2],
      ([a = 0, b = 0]) => [a, 1, b],
    ),
    moves(
      "an element of a vector",
      [3],
      (x) => lg.select(x, 1, { axis: -1 }),
      [],
      () => [1],
    ),
  ],
  errors: [
    badAxis(() => lg.select(lg.ones([2, 2]), 0, { axis: 2 })),
    refusesPlainOptions((options) => lg.select(lg.ones([2]), 0, options)),
    ...[3, -4, 0.5].map((k) => ({
      title: `refuses the index ${k}`,
      run: () => lg.select(lg.ones([2, 3]), k, { axis: 1 }),
      type: lg.ValueError,
      says: ["-3 to 2", "axis 1", "[2, 3]", String(k)],
    })),
  ],
};

const unbindRow: OpRow = {
  op: "unbind",
  samples: [0, 1, 2].map((part) =>
    moves(
      `part ${part} of three`,
      [2, 3],
      (x) => lg.unbind(x, { axis: -1 })[part] as Tensor,
      [2],
      ([a = 0]) => [a, part],
    ),
  ),
  specials: [
    {
      title: "stack puts the parts together again",
      inputs: [uniform([3, 2])],
      call: (x) => lg.stack(lg.unbind(x as Tensor)),
      expected: (x) => (x as Grid).values,
    },
  ],
  errors: [
    badAxis(() => lg.unbind(lg.ones([2, 2]), { axis: 2 })),
    refusesPlainOptions((options) => lg.unbind(lg.ones([2]), options)),
  ],
};

const movedimRow: OpRow = {
  op: "movedim",
  samples: [
    moves(
      "the first axis to the end",
      [2, 3, 4],
      (x) => lg.movedim(x, 0, -1),
      [3, 4, 2],
      ([b = 0, c = 0, a = 0]) => [a, b, c],
    ),
    moves(
      "the last axis to the front",
      [2, 3, 4],
      (x) => lg.movedim(x, -1, 0),
      [4, 2, 3],
      ([c = 0, a = 0, b = 0]) => [a, b, c],
    ),
    moves(
      "two axes of four",
      [2, 3, 4, 1],
      (x) => lg.movedim(x, [0, 2], [3, 0]),
      [4, 3, 1, 2],
      ([c = 0, b = 0, d = 0, a = 0]) => [a, b, c, d],
    ),
  ],
  errors: [
    badAxis(() => lg.movedim(lg.ones([2, 2]), 0, 2)),
    ...(
      [
        [
          [0, 0],
          [0, 1],
        ],
        [
          [0, 1],
          [1, -1],
        ],
        [[0, 1], 0],
      ] as const
    ).map(([source, destination]) => ({
      title: `refuses to move ${JSON.stringify(source)} to ${JSON.stringify(destination)}`,
      run: () => lg.movedim(lg.ones([2, 2]), source, destination),
      type: lg.ShapeError,
      says: ["as many axes", "twice", "[0, "],
    })),
  ],
};

const places = [0, 0, 2, 2, 2]; // of the counts 2, 0, 3

const repeatRow: OpRow = {
  op: "repeatInterleave",
  samples: [
    moves(
      "each of all elements twice",
      [2, 3],
      (x) => lg.repeatInterleave(x, 2),
      [12],
      ([a = 0]) => [Math.floor(a / 6), Math.floor(a / 2) % 3],
    ),
    moves(
      "each column three times",
      [2, 3],
      (x) => lg.repeatInterleave(x, 3, { axis: -1 }),
      [2, 9],
      ([a = 0, b = 0]) => [a, Math.floor(b / 3)],
    ),
    moves(
      "rows as often as a list says, one of them never",
      [3, 2],
      (x) => lg.repeatInterleave(x, [2, 0, 3], { axis: 0 }),
      [5, 2],
      ([a = 0, b = 0]) => [places[a] as number, b],
    ),
    moves(
      "a scalar",
      [],
      (x) => lg.repeatInterleave(x, 3),
      [3],
      () => [],
    ),
  ],
  errors: [
    badAxis(() => lg.repeatInterleave(lg.ones([2, 2]), 2, { axis: 2 })),
    refusesPlainOptions((options) => lg.repeatInterleave(lg.ones([2]), 2, options)),
    ...[0, 1.5, -1, [1], [0, 0], [1, -1]].map((repeats) => ({
      title: `refuses to repeat two elements ${JSON.stringify(repeats)} times`,
      run: () => lg.repeatInterleave(lg.ones([2]), repeats),
      type: lg.ValueError,
      says: ["repeats", "positive integer", JSON.stringify(repeats).replace(",", ", ")],
    })),
    {
      title: "refuses more elements than a tensor holds",
      run: () => lg.repeatInterleave(lg.ones([2]), [1, 1e9], { axis: 0 }),
      type: lg.ShapeError,
      says: ["at most", "1000000001"],
    },
  ],
};

/** What index picks along an axis, where the sizes of 1 of both repeat on the others. */
function takes(
  title: string,
  shape: Shape,
  values: readonly number[],
  indexShape: Shape,
  axis: number,
  out: Shape,
): Sample {
  const picked: Grid = { shape: indexShape, values };
  const within = (place: readonly number[], sizes: Shape) => place.map((c, i) => (sizes[i] === 1 ? 0 : c));
  return moves(
    title,
    shape,
    (x) => lg.takeAlongDim(x, index(values, indexShape), { axis }),
    out,
    (place) => within(place, shape).with(axis, elementAt(picked, within(place, indexShape))),
  );
}

const takeRow: OpRow = {
  op: "takeAlongDim",
  samples: [
    takes("one index for all columns", [3, 2], [2, 0, 2, 1], [4, 1], 0, [4, 2]),
    takes("one row of x for all rows of indices", [1, 3], [2, 0, 1, 1, 2, 2], [3, 2], 1, [3, 2]),
    takes("both, along a middle axis", [2, 3, 1], [0, 2, 1, 1], [1, 2, 2], 1, [2, 2, 2]),
    moves(
      "flattened",
      [2, 3],
      (x) => lg.takeAlongDim(x, index([5, 0, 5, 4], [2, 2])),
      [4],
      ([a = 0]) =>
        [
          [1, 2],
          [0, 0],
          [1, 2],
          [1, 1],
        ][a] as number[],
    ),
  ],
  specials: [
    {
      title: "the elements that argMax found",
      inputs: [uniform([3, 4])],
      call: (x) => lg.takeAlongDim(x as Tensor, lg.argMax(x as Tensor, { axis: 1, keepDims: true }), { axis: 1 }),
      expected: (x) => fill([3, 1], ([a = 0]) => Math.max(...[0, 1, 2, 3].map((b) => elementAt(x as Grid, [a, b])))),
    },
  ],
  errors: [
    ...[-1, 3].map((k) => ({
      title: `refuses the index ${k}`,
      run: () => lg.takeAlongDim(lg.ones([3, 2]), index([0, k], [2, 1]), { axis: 0 }),
      type: lg.ValueError,
      says: ["0 to 2", `got ${k} at element 1`],
    })),
    {
      title: "refuses float indices",
      run: () => lg.takeAlongDim(lg.ones([3]), lg.ones([2])),
      type: lg.DTypeError,
      says: ["int32", "float"],
    },
    {
      title: "refuses an index of another rank",
      run: () => lg.takeAlongDim(lg.ones([3, 2]), index([0]), { axis: 0 }),
      type: lg.ShapeError,
      says: ["rank of x [3, 2]", "[1]"],
    },
    {
      title: "refuses sizes that do not broadcast",
      run: () => lg.takeAlongDim(lg.ones([3, 2]), index([0, 0, 0], [1, 3]), { axis: 0 }),
      type: lg.ShapeError,
      says: ["do not broadcast", "2 and 3"],
    },
    badAxis(() => lg.takeAlongDim(lg.ones([2, 2]), index([0], [1, 1]), { axis: 2 })),
    refusesPlainOptions((options) => lg.takeAlongDim(lg.ones([2]), index([0]), options)),
  ],
};

/** Axes taken apart, moved, repeated; indices that broadcast. */
export const apartRows: readonly OpRow[] = [selectRow, unbindRow, movedimRow, repeatRow, takeRow];
