/** Rows of the op table: decompositions into matrices with columns at right angles. */
import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { type Matrix, matricesOf, symmetric, times, transposed } from "../matrix-models.js";
import type { Grid } from "../models.js";
import { type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers } from "./elementwise.js";
import { refusesOthers, square } from "./matrices.js";

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
    decomposed("a wide one whose Q is not its transpose", uniform([3, 5])),
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

/** Eigenvalues, from the smallest to the largest, and their vectors as columns: each rotation makes the largest number beside the
 * diagonal 0. */
function eigen(given: Matrix): { values: number[]; vectors: Matrix } {
  let a = symmetric(given);
  let v = identity(a.length);
  for (let turns = 0; turns < 200; turns++) {
    const places = a.flatMap((row, i) => row.map((n, j) => ({ i, j, size: i < j ? Math.abs(n) : 0 })));
    const { i, j, size } = places.reduce((largest, place) => (place.size > largest.size ? place : largest));
    if (size === 0) break;
    const entry = (y: number, x: number) => a[y]?.[x] as number;
    const angle = Math.atan2(2 * entry(i, j), entry(j, j) - entry(i, i)) / 2;
    const turn = identity(a.length).map((row, y) =>
      row.map((n, x) => {
        if (y === x) return y === i || y === j ? Math.cos(angle) : n;
        return y === i && x === j ? Math.sin(angle) : y === j && x === i ? -Math.sin(angle) : n;
      }),
    );
    a = times(transposed(turn), times(a, turn));
    v = times(v, turn);
  }
  const order = a.map((row, i) => [row[i] as number, i] as const).sort(([p], [q]) => p - q);
  return { values: order.map(([value]) => value), vectors: v.map((row) => order.map(([, i]) => row[i] as number)) };
}

/** Of eigenvectors what does not depend on their signs: V diag(1, 2, …) Vᵀ, below the eigenvalues. */
const withoutSigns = (a: Tensor) => {
  const { eigenvalues, eigenvectors } = lg.eigh(a);
  const weights = lg.arange(1, (a.shape.at(-1) as number) + 1);
  const sums = lg.matmul(lg.mul(eigenvectors, weights), lg.transpose(eigenvectors));
  return lg.concat([lg.unsqueeze(eigenvalues, -2), sums], { axis: -2 });
};

function withoutSignsOf(a: Matrix): Matrix {
  const { values, vectors } = eigen(a);
  return [
    values,
    ...times(
      vectors.map((row) => row.map((v, i) => v * (i + 1))),
      transposed(vectors),
    ),
  ];
}

function ofSymmetric(
  title: string,
  input: SampleInput,
  call: (a: Tensor) => Tensor,
  f: (a: Matrix) => Matrix,
): Required<Sample> {
  return {
    title,
    inputs: [input],
    call: (a) => call(a as Tensor),
    expected: (a) =>
      matricesOf(a as Grid)
        .flatMap(f)
        .flat(),
  };
}

const matrices = [
  { title: "a matrix", input: uniform([3, 3]) },
  { title: "a batch of an odd size", input: uniform([2, 5, 5]) },
  { title: "a batch of an even size", input: uniform([2, 2, 2]) },
  { title: "a number", input: uniform([1, 1]) },
];
const huge = square([3e30, 4e30, 4e30, -3e30]);
const tiny = square([3e-30, 4e-30, 4e-30, -3e-30]);
const onlyValues = (a: Matrix): Matrix => [eigen(a).values];

const eighRow: OpRow = {
  op: "eigh",
  samples: matrices.map(({ title, input }) => ofSymmetric(title, input, withoutSigns, withoutSignsOf)),
  specials: [
    ofSymmetric("a diagonal", square([3, 0, 0, 0, 1, 0, 0, 0, 2]), withoutSigns, withoutSignsOf),
    ofSymmetric(
      "huge numbers",
      huge,
      (a) => lg.square(lg.eigh(a).eigenvectors),
      (a) => eigen(a).vectors.map((row) => row.map((v) => v * v)),
    ),
    ofSymmetric(
      "NaN",
      square([Number.NaN, 1, 1, 2]),
      (a) => lg.eigh(a).eigenvalues,
      () => [[Number.NaN, Number.NaN]],
    ),
  ],
  errors: refusesOthers(lg.eigh),
};

const eigvalshRow: OpRow = {
  op: "eigvalsh",
  samples: matrices.map(({ title, input }) => ofSymmetric(title, input, lg.eigvalsh, onlyValues)),
  specials: [
    ofSymmetric("huge numbers", huge, lg.eigvalsh, onlyValues),
    ofSymmetric(
      "tiny numbers",
      tiny,
      (a) => lg.mul(lg.eigvalsh(a), 1e30),
      (a) => onlyValues(a.map((row) => row.map((v) => v * 1e30))),
    ),
    ofSymmetric("equal ones", square([2, 1, 1, 1, 2, 1, 1, 1, 2]), lg.eigvalsh, () => [[1, 1, 4]]),
  ],
  errors: refusesOthers(lg.eigvalsh),
};

/** Reflections and rotations. */
export const orthogonalRows: readonly OpRow[] = [qrRow, eighRow, eigvalshRow];
