/** Rows of the op table: triangles, diagonals, and tensors cut into parts. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import type { OpRow } from "../row.js";
import { badAxis, bare, moves, one } from "./rearranging.js";

function triangleRow(op: string, call: typeof lg.tril, keeps: (below: number) => boolean): OpRow {
  const of = (shape: Shape, diagonal: number) =>
    moves(
      `diagonal ${diagonal} of [${shape}]`,
      shape,
      (x) => call(x, { diagonal }),
      shape,
      (place) => {
        const [row = 0, column = 0] = place.slice(-2);
        return keeps(column - row - diagonal) ? place : null;
      },
    );
  const square = [0, 1, -1, 3, -3, 9, -9, 1e15, -1e15].map((diagonal) => of([3, 3], diagonal));
  const plain = moves(
    "the main diagonal by default",
    [3, 3],
    (x) => call(x),
    [3, 3],
    (place) => (keeps((place[1] as number) - (place[0] as number)) ? place : null),
  );
  const whole = op === "tril" ? -5 : 5; // a diagonal that leaves nothing
  return {
    op,
    samples: [plain, ...square, of([2, 3, 4], 1), of([2, 2, 4, 2], -1)],
    specials: [
      {
        title: "leaves nothing of NaN and infinities outside",
        inputs: [
          { shape: [2, 2], values: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN] },
        ],
        call: (x) => call(x as Tensor, { diagonal: whole }),
        expected: () => [0, 0, 0, 0],
      },
    ],
    errors: [
      { title: "refuses a vector", run: () => call(lg.ones([3])), type: lg.ShapeError, says: ["two axes", "[3]"] },
      {
        title: "refuses a half",
        run: () => call(lg.ones([3, 3]), { diagonal: 0.5 }),
        type: lg.ValueError,
        says: ["diagonal", "0.5"],
      },
      bare(() => call(lg.ones([3, 3]), one)),
    ],
  };
}

const diagonalRow: OpRow = {
  op: "diagonal",
  samples: [
    moves(
      "the main one",
      [3, 3],
      (x) => lg.diagonal(x),
      [3],
      ([i = 0]) => [i, i],
    ),
    moves(
      "above, of a wide matrix",
      [2, 4],
      (x) => lg.diagonal(x, { offset: 2 }),
      [2],
      ([i = 0]) => [i, i + 2],
    ),
    moves(
      "below, of a high matrix",
      [4, 2],
      (x) => lg.diagonal(x, { offset: -1 }),
      [2],
      ([i = 0]) => [i + 1, i],
    ),
    moves(
      "below, of a wide matrix",
      [3, 4],
      (x) => lg.diagonal(x, { offset: -1 }),
      [2],
      ([i = 0]) => [i + 1, i],
    ),
    moves(
      "above, of a wider matrix",
      [2, 5],
      (x) => lg.diagonal(x, { offset: 2 }),
      [2],
      ([i = 0]) => [i, i + 2],
    ),
    ...[2, -2].map((offset) =>
      moves(
        `the corner at offset ${offset}`,
        [3, 3],
        (x) => lg.diagonal(x, { offset }),
        [1],
        () => [Math.max(0, -offset), Math.max(0, offset)],
      ),
    ),
    moves(
      "of outer axes",
      [3, 2, 4],
      (x) => lg.diagonal(x, { axis1: -1, axis2: 0, offset: -1 }),
      [2, 3],
      ([b = 0, i = 0]) => [i, b, i + 1],
    ),
  ],
  errors: [
    {
      title: "refuses one axis twice",
      run: () => lg.diagonal(lg.ones([2, 3]), { axis1: 1 }),
      type: lg.ShapeError,
      says: ["axes 1 and 1", "[2, 3]"],
    },
    { title: "refuses a vector", run: () => lg.diagonal(lg.ones([2])), type: lg.ShapeError, says: ["axis", "got 1"] },
    {
      title: "refuses what lies outside",
      run: () => lg.diagonal(lg.ones([2, 3]), { offset: 3 }),
      type: lg.ShapeError,
      says: ["-1 to 2", "offset 3"],
    },
    {
      title: "refuses a half",
      run: () => lg.diagonal(lg.ones([2, 3]), { offset: 0.5 }),
      type: lg.ShapeError,
      says: ["offset 0.5"],
    },
    bare(() => lg.diagonal(lg.ones([3, 3]), one)),
  ],
};

const splitRow: OpRow = {
  op: "split",
  samples: [0, 1, 2]
    .map((k) =>
      moves(
        `part ${k} of a list`,
        [2, 6],
        (x) => lg.split(x, [1, 3, 2], { axis: -1 })[k] as Tensor,
        [2, [1, 3, 2][k] as number],
        ([a = 0, b = 0]) => [a, b + ([0, 1, 4][k] as number)],
      ),
    )
    .concat(
      moves(
        "the smaller last part",
        [5, 2],
        (x) => lg.split(x, 2)[2] as Tensor,
        [1, 2],
        ([, b = 0]) => [4, b],
      ),
      moves(
        "one of parts of size 1",
        [3, 2],
        (x) => lg.split(x, 1)[1] as Tensor,
        [1, 2],
        ([, b = 0]) => [1, b],
      ),
      moves(
        "one part larger than the axis",
        [3, 2],
        (x) => lg.split(x, 9)[0] as Tensor,
        [3, 2],
        (place) => place,
      ),
      moves(
        "all parts together",
        [5, 2],
        (x) => lg.concat(lg.split(x, 2)),
        [5, 2],
        (place) => place,
      ),
    ),
  errors: [
    ...[[2, 2], [3, 3, -1], [0, 5], [], [2.5, 2.5], 0, 1.5, -1, Number.NaN, null].map((sizes) => ({
      title: `refuses ${lg.describe(sizes)}`,
      run: () => lg.split(lg.ones([5]), sizes as number),
      type: lg.ValueError,
      says: ["sizes", "5", lg.describe(sizes)],
    })),
    badAxis(() => lg.split(lg.ones([2, 2]), 1, { axis: 2 })),
    bare(() => lg.split(lg.ones([2]), 1, one)),
  ],
};

const chunkRow: OpRow = {
  op: "chunk",
  samples: [
    moves(
      "the second of three",
      [7, 2],
      (x) => lg.chunk(x, 3)[1] as Tensor,
      [3, 2],
      ([a = 0, b = 0]) => [a + 3, b],
    ),
    moves(
      "the last, smaller one",
      [2, 7],
      (x) => lg.chunk(x, 3, { axis: 1 })[2] as Tensor,
      [2, 1],
      ([a = 0]) => [a, 6],
    ),
    moves(
      "a single one",
      [3, 2],
      (x) => lg.chunk(x, 1)[0] as Tensor,
      [3, 2],
      (place) => place,
    ),
    moves(
      "fewer than asked for",
      [5],
      (x) => lg.chunk(x, 4).at(-1) as Tensor,
      [1],
      () => [4],
    ),
  ],
  errors: [
    ...[0, 1.5].map((count) => ({
      title: `refuses ${count} parts`,
      run: () => lg.chunk(lg.ones([5]), count),
      type: lg.ValueError,
      says: ["count", String(count)],
    })),
    badAxis(() => lg.chunk(lg.ones([2, 2]), 1, { axis: 2 })),
    bare(() => lg.chunk(lg.ones([2]), 1, one)),
  ],
};

/** What is cut. */
export const cuttingRows: readonly OpRow[] = [
  triangleRow("tril", lg.tril, (above) => above <= 0),
  triangleRow("triu", lg.triu, (above) => above >= 0),
  diagonalRow,
  splitRow,
  chunkRow,
];
