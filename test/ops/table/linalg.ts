/** Rows of the op table: products of vectors, and einsum. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { coordinates, elementAt, fill, type Grid, sizeOf } from "../models.js";
import { type ErrorCase, type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers } from "./elementwise.js";

const vectorRows: readonly OpRow[] = [
  {
    op: "outer",
    samples: [
      {
        title: "two vectors",
        inputs: [uniform([3]), uniform([2])],
        call: (a, b) => lg.outer(a as Tensor, b as Tensor),
        expected: (a, b) =>
          fill([3, 2], ([i = 0, j = 0]) => elementAt(a as SampleInput, [i]) * elementAt(b as SampleInput, [j])),
      },
    ],
    errors: [
      refusesIntegers((x) => lg.outer(x, x)),
      ...[
        [[2, 3], [3]],
        [[3], [2, 3]],
      ].map(([a = [], b = []]) => ({
        title: `refuses [${a}] with [${b}]`,
        run: () => lg.outer(lg.ones(a), lg.ones(b)),
        type: lg.ShapeError,
        says: ["vectors", `got [${a.join(", ")}] and [${b.join(", ")}]`],
      })),
    ],
  },
  {
    op: "dot",
    samples: [
      {
        title: "two vectors",
        inputs: [uniform([5]), uniform([5])],
        call: (a, b) => lg.dot(a as Tensor, b as Tensor),
        expected: (a, b) => ({
          shape: [],
          values: [
            (a as SampleInput).values.reduce((sum, p, i) => sum + p * ((b as SampleInput).values[i] as number), 0),
          ],
        }),
      },
    ],
    errors: [
      refusesIntegers((x) => lg.dot(x, x)),
      ...[
        [[2, 3], [3]],
        [[1, 3], [3]],
        [[3], [3, 1]],
        [[4], [3]],
        [[1], [3]],
        [[], [3]],
      ].map(([a = [], b = []]) => ({
        title: `refuses [${a}] with [${b}]`,
        run: () => lg.dot(lg.ones(a), lg.ones(b)),
        type: lg.ShapeError,
        says: ["vectors", `got [${a.join(", ")}] and [${b.join(", ")}]`],
      })),
    ],
  },
];

/** Einstein summation by its definition: a loop over all values of all letters. Axes of size 1 repeat. */
function einsumModel(equation: string, operands: readonly Grid[]): Grid {
  const [left = "", right = ""] = equation.split("->");
  const terms = left.split(",");
  const letters = [...new Set(left.replaceAll(",", ""))];
  const sizes = letters.map((letter) =>
    Math.max(...terms.flatMap((term, k) => [...term].map((l, i) => (l === letter ? (operands[k]?.shape[i] ?? 1) : 1)))),
  );
  const out = [...right].map((letter) => sizes[letters.indexOf(letter)] as number);
  const totals = new Map<string, number>();
  for (let i = 0; i < sizeOf(sizes); i++) {
    const place = coordinates(i, sizes);
    const of = (letter: string) => place[letters.indexOf(letter)] as number;
    const product = operands.reduce((p, x, k) => {
      const at = [...(terms[k] as string)].map((letter, axis) => (x.shape[axis] === 1 ? 0 : of(letter)));
      return p * elementAt(x, at);
    }, 1);
    const key = [...right].map(of).join();
    totals.set(key, (totals.get(key) ?? 0) + product);
  }
  return fill(out, (place) => totals.get(place.join()) ?? 0);
}

/** `plain` is the same with all axes named, where the equation itself leaves something out. */
function einsums(equation: string, shapes: readonly Shape[], plain = equation): Sample {
  return {
    title: `${equation} of ${shapes.map((shape) => `[${shape}]`).join(", ")}`,
    inputs: shapes.map((shape) => uniform(shape)),
    call: (...tensors) => lg.einsum(equation, tensors),
    expected: (...grids) => einsumModel(plain, grids),
  };
}

function einsumError(
  title: string,
  run: () => unknown,
  says: readonly string[],
  type: ErrorCase["type"] = lg.ValueError,
) {
  return { title, run, type, says };
}

const square = () => lg.ones([2, 2]);
const wide = () => lg.ones([2, 3]);

const einsumRow: OpRow = {
  op: "einsum",
  samples: [
    einsums("ij,jk->ik", [
      [2, 3],
      [3, 4],
    ]),
    einsums("ji,jk->ki", [
      [3, 2],
      [3, 4],
    ]),
    einsums("ij,kj->ik", [
      [2, 3],
      [4, 3],
    ]),
    einsums("bij,bjk->bik", [
      [2, 3, 4],
      [2, 4, 2],
    ]),
    einsums("ibj,jkb->kbi", [
      [3, 2, 4],
      [4, 2, 2],
    ]),
    einsums("ijk,jl->il", [
      [3, 4, 2],
      [4, 5],
    ]),
    einsums("i,i->", [[4], [4]]),
    einsums("i,i->i", [[4], [4]]),
    einsums("i,j->ji", [[3], [2]]),
    einsums("ij->ji", [[2, 3]]),
    einsums("ij->ij", [[2, 3]]),
    einsums("ij->", [[2, 3]]),
    einsums("ijk->j", [[2, 3, 2]]),
    einsums("ii->i", [[3, 3]]),
    einsums("ii", [[3, 3]], "ii->"),
    einsums("iij,i->j", [[3, 3, 2], [3]]),
    einsums("iii->i", [[2, 2, 2]]),
    einsums("iji->j", [[3, 2, 3]]),
    einsums("ba", [[2, 3]], "ba->ab"),
    einsums(
      "jB,Bk",
      [
        [2, 3],
        [3, 2],
      ],
      "jB,Bk->jk",
    ),
    einsums("bA,b", [[2, 3], [2]], "bA,b->A"),
    einsums("ab,ac,ad->bcd", [
      [2, 3],
      [2, 2],
      [2, 3],
    ]),
    einsums("ij,jk,kl->il", [
      [2, 3],
      [3, 2],
      [2, 4],
    ]),
    einsums("ij,j,i->", [[2, 3], [3], [2]]),
    einsums(
      " i j , j k -> i k ",
      [
        [2, 3],
        [3, 2],
      ],
      "ij,jk->ik",
    ),
    einsums(
      "...ij,...jk->...ik",
      [
        [2, 2, 3],
        [2, 3, 2],
      ],
      "aij,ajk->aik",
    ),
    einsums(
      "...ij,...jk->...ik",
      [
        [3, 1, 2, 3],
        [2, 3, 2],
      ],
      "abij,bjk->abik",
    ),
    einsums(
      "i...,i...->...",
      [
        [3, 2],
        [3, 2],
      ],
      "ia,ia->a",
    ),
    einsums("...i,...i", [[2, 3], [3]], "ai,i->a"),
    einsums("...a", [[2, 3, 2]], "bca->bca"),
    einsums("i...->i", [[2, 3, 2]], "iab->i"),
    einsums("...->...", [[2, 3]], "ab->ab"),
    einsums("b...a->a...b", [[2, 3, 2, 2]], "bcda->acdb"),
    einsums("ij,ij->ij", [
      [1, 3],
      [2, 3],
    ]),
    einsums("ij,jk->ik", [
      [2, 1],
      [3, 2],
    ]),
    einsums("ij,ij->ij", [
      [2, 3],
      [1, 3],
    ]),
    einsums("ij,ij->j", [
      [3, 2],
      [1, 2],
    ]),
    einsums("ij,ij->j", [
      [1, 2],
      [3, 2],
    ]),
    einsums("ij->ij", [[1, 3]]),
    einsums("ij->j...i", [[2, 3]], "ij->ji"),
    einsums(",ij->ji", [[], [2, 3]]),
  ],
  errors: [
    refusesIntegers((x) => lg.einsum("i->i", [x])),
    einsumError("refuses too few tensors", () => lg.einsum("ij,jk->ik", [wide()]), ["2 tensors", "got 1"]),
    einsumError("refuses a tensor without a list", () => lg.einsum("ij->ji", wide() as unknown as Tensor[]), ["array"]),
    einsumError("refuses no tensors", () => lg.einsum("", []), ["at least one"]),
    einsumError("refuses a letter from nowhere", () => lg.einsum("ij->ik", [wide()]), ['"k"', "no tensor"]),
    einsumError("refuses a letter twice in the result", () => lg.einsum("ij->ii", [square()]), ['"i"', "twice"]),
    einsumError("refuses a digit", () => lg.einsum("i1->i", [wide()]), ["letters", "i1->i"]),
    einsumError("refuses two dots", () => lg.einsum("i..->i", [wide()]), ["letters", "i..->i"]),
    einsumError("refuses two ellipses", () => lg.einsum("...i...->i", [wide()]), ["at most one", "...i..."]),
    einsumError("refuses two arrows", () => lg.einsum("ij->j->i", [wide()]), ["ij->j->i"]),
    einsumError("refuses a digit in the result", () => lg.einsum("ij->i1", [wide()]), ["letters", "i1"]),
    einsumError("refuses two results", () => lg.einsum("ij->i,j", [wide()]), ["letters", "i,j"]),
    einsumError("refuses no text", () => lg.einsum(3 as unknown as string, [wide()]), ["equation", "3"]),
    einsumError("refuses a list of terms", () => lg.einsum(["ij", "jk"] as unknown as string, [wide(), wide()]), [
      "equation",
      '["ij", "jk"]',
    ]),
    einsumError("refuses another rank", () => lg.einsum("ijk->i", [wide()]), ["3 axes", "[2, 3]"], lg.ShapeError),
    einsumError("refuses axes without a name", () => lg.einsum("i->i", [wide()]), ["1 axes", "[2, 3]"], lg.ShapeError),
    einsumError(
      "refuses fewer axes than named",
      () => lg.einsum("ijk...", [wide()]),
      ["3 axes", "[2, 3]"],
      lg.ShapeError,
    ),
    einsumError(
      "refuses other sizes",
      () => lg.einsum("ij,jk", [wide(), square()]),
      ['"j"', "3", "2", "[2, 2]"],
      lg.ShapeError,
    ),
    einsumError("refuses the diagonal of no square", () => lg.einsum("ii", [wide()]), ['"i"', "2", "3"], lg.ShapeError),
    einsumError(
      "refuses the diagonal of a row",
      () => lg.einsum("ii", [lg.ones([1, 3])]),
      ['"i"', "1", "3"],
      lg.ShapeError,
    ),
    einsumError(
      "refuses ellipses that do not broadcast",
      () => lg.einsum("...i,...i->...", [lg.ones([2, 3]), lg.ones([4, 3])]),
      ["size 2", "size 4"],
      lg.ShapeError,
    ),
  ],
};

/** Products of vectors, sums of products. */
export const linalgRows: readonly OpRow[] = [...vectorRows, einsumRow];
