/** Rows of the op table: decompositions into matrices with columns at right angles. */
import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { type Matrix, matricesOf, times } from "../matrix-models.js";
import type { Grid } from "../models.js";
import { type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers } from "./elementwise.js";
import { square } from "./matrices.js";

const identity = (size: number): Matrix =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)));

/** Q and R by whole matrices 1 − 2 v vᵀ/(vᵀv), one for each column that has something below the diagonal. */
function reflected(a: Matrix): { q: Matrix; r: Matrix } {
  const [rows, columns] = [a.length, (a[0] as readonly number[]).length];
  let [q, r] = [identity(rows), a];
  for (let k = 0; k < Math.min(rows - 1, columns); k++) {
    const column = r.map((row, i) => (i < k ? 0 : (row[k] as number)));
    if (column.every((v, i) => i <= k || v === 0)) continue;
    const length = Math.hypot(...column);
    const v = column.with(k, (column[k] as number) + ((column[k] as number) < 0 ? -length : length));
    const squared = v.reduce((sum, n) => sum + n * n, 0);
    const h = identity(rows).map((row, i) =>
      row.map((n, j) => n - (2 * (v[i] as number) * (v[j] as number)) / squared),
    );
    [q, r] = [times(q, h), times(h, r).map((row, i) => row.map((n, j) => (i > k && j === k ? 0 : n)))];
  }
  const count = Math.min(rows, columns);
  return { q: q.map((row) => row.slice(0, count)), r: r.slice(0, count) };
}

/** Both factors in one tensor: above each other where the matrices are not wide, else side by side. */
function decomposed(title: string, input: SampleInput): Sample {
  const [rows, columns] = input.shape.slice(-2) as [number, number];
  const isWide = rows < columns;
  const batch = input.shape.slice(0, -2);
  return {
    title,
    inputs: [input],
    call: (a) => {
      const { q, r } = lg.qr(a as Tensor);
      return lg.concat([q, r], { axis: isWide ? -1 : -2 });
    },
    expected: (a) => ({
      shape: isWide ? [...batch, rows, rows + columns] : [...batch, rows + columns, columns],
      values: matricesOf(a as Grid)
        .map(reflected)
        .flatMap(({ q, r }) => (isWide ? q.map((row, i) => [...row, ...(r[i] as readonly number[])]) : [...q, ...r]))
        .flat(),
    }),
  };
}

const first = (part: "q" | "r", title: string, input: SampleInput): Required<Sample> => ({
  title,
  inputs: [input],
  call: (a) => lg.qr(a as Tensor)[part],
  expected: (a) => reflected(matricesOf(a as Grid)[0] as Matrix)[part].flat(),
});

const qrRow: OpRow = {
  op: "qr",
  samples: [
    decomposed("a square matrix", uniform([3, 3])),
    decomposed("a batch", uniform([2, 2, 2])),
    decomposed("tall ones", uniform([2, 4, 2])),
    decomposed("a column", uniform([3, 1])),
    decomposed("a wide one", uniform([2, 4])),
    decomposed("a number", uniform([1, 1])),
  ],
  specials: [
    first("q", "columns of huge and tiny numbers", square([1e30, 1e-30, 2e30, 3e-30])),
    first("r", "a column of huge numbers", { shape: [2, 1], values: [3e30, -4e30] }),
    first("r", "a triangle, which stays", square([1, 2, 3, 0, -2, 1, 0, 0, 3])),
    first("r", "zeros", square([0, 0, 0, 0])),
    first("q", "zeros, which leave the identity", square([0, 0, 0, 0])),
    first("r", "columns that depend on each other", square([3, 3, 4, 4])),
  ],
  errors: [
    refusesIntegers((x) => lg.qr(x), [2, 2]),
    ...[[3], []].map((shape) => ({
      title: `refuses [${shape}]`,
      run: () => lg.qr(lg.ones(shape)),
      type: lg.ShapeError,
      says: ["a matrix", `got shape [${shape.join(", ")}]`],
    })),
  ],
};

/** Reflections and rotations. */
export const orthogonalRows: readonly OpRow[] = [qrRow];
