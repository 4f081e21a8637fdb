/** Rows of the op table: triangular systems, and the Cholesky factor. */
import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import {
  choleskyFactor,
  inverted,
  type Matrix,
  matricesOf,
  positive,
  regular,
  times,
  transposed,
  triangle,
} from "../matrix-models.js";
import type { Grid } from "../models.js";
import { type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesPlainOptions } from "./elementwise.js";
import { refusesOthers, sample, square } from "./matrices.js";

function triangular(title: string, a: SampleInput, b: SampleInput, options: lg.SolveTriangularOptions): Sample {
  const { upper, unitriangular = false, left = true } = options;
  return {
    title,
    inputs: [a, b],
    call: (x, y) => lg.solveTriangular(x as Tensor, y as Tensor, options),
    expected: (x, y) => {
      const [matrices, sides] = [matricesOf(x as Grid), matricesOf(y as Grid)];
      const count = Math.max(matrices.length, sides.length);
      const solutions = Array.from({ length: count }, (_, i): Matrix => {
        const inverse = inverted(triangle(matrices[i % matrices.length] as Matrix, upper, unitriangular));
        const side = sides[i % sides.length] as Matrix;
        return left ? times(inverse, side) : times(side, inverse);
      });
      const batch = (a.shape.length > b.shape.length ? a : b).shape.slice(0, -2);
      return { shape: [...batch, ...b.shape.slice(-2)], values: solutions.flat(2) };
    },
  };
}

const lower = { upper: false };
const upper = { upper: true };

const solveTriangularRow: OpRow = {
  op: "solveTriangular",
  samples: [
    triangular("a lower triangle", regular([3, 3]), uniform([3, 2]), lower),
    triangular("an upper triangle", regular([3, 3]), uniform([3, 2]), upper),
    triangular("a lower one with ones", regular([3, 3]), uniform([3, 2]), { ...lower, unitriangular: true }),
    triangular("an upper one with ones", regular([3, 3]), uniform([3, 2]), { ...upper, unitriangular: true }),
    triangular("a lower one on the right", regular([3, 3]), uniform([2, 3]), { ...lower, left: false }),
    triangular("an upper one on the right", regular([2, 3, 3]), uniform([2, 2, 3]), { ...upper, left: false }),
    triangular("a batch of each", regular([2, 2, 2]), uniform([2, 2, 3]), lower),
    triangular("one triangle for a batch", regular([2, 2]), uniform([3, 2, 1]), upper),
    triangular("one right-hand side for a batch", regular([2, 2, 2]), uniform([2, 1]), lower),
    triangular("a number", regular([1, 1]), uniform([1, 2]), lower),
  ],
  specials: [
    {
      title: "a zero on the diagonal",
      inputs: [square([0, 1, 0, 2]), { shape: [2, 1], values: [3, 4] }],
      call: (a, b) => lg.solveTriangular(a as Tensor, b as Tensor, lower),
      expected: () => [Number.POSITIVE_INFINITY, Number.NaN],
    },
    {
      title: "NaN in the other triangle",
      inputs: [square([1, Number.NaN, 3, 2]), { shape: [2, 1], values: [3, 4] }],
      call: (a, b) => lg.solveTriangular(a as Tensor, b as Tensor, lower),
      expected: () => [3, -2.5],
    },
  ],
  errors: [
    ...refusesOthers((a) => lg.solveTriangular(a, lg.ones([2, 1]), lower)),
    refusesPlainOptions((options) =>
      lg.solveTriangular(lg.eye(2), lg.ones([2, 1]), options as lg.SolveTriangularOptions),
    ),
    {
      title: "wants to be told which triangle",
      run: () => lg.solveTriangular(lg.eye(2), lg.ones([2, 1]), { left: true } as lg.SolveTriangularOptions),
      type: lg.ValueError,
      says: ["which triangle", "{ upper: true }"],
    },
    {
      title: "refuses a vector",
      run: () => lg.solveTriangular(lg.eye(2), lg.ones([2]), lower),
      type: lg.ShapeError,
      says: ["2 rows", "got b [2]"],
    },
    {
      title: "refuses other columns on the left",
      run: () => lg.solveTriangular(lg.eye(2), lg.ones([2, 3]), { ...lower, left: false }),
      type: lg.ShapeError,
      says: ["2 columns", "got b [2, 3]"],
    },
  ],
};

const shapes: readonly Shape[] = [
  [1, 1],
  [3, 3],
  [2, 4, 4],
];

const upperFactor = (a: Tensor) => lg.cholesky(a, { upper: true });

const choleskyRow: OpRow = {
  op: "cholesky",
  samples: [
    ...shapes.map((shape) => ({
      ...sample(`matrices [${shape}]`, positive(shape), lg.cholesky, choleskyFactor),
      expected: (a: SampleInput) => ({ shape, values: matricesOf(a).flatMap(choleskyFactor).flat() }),
    })),
    sample("the upper factor", positive([2, 3, 3]), upperFactor, (a) => transposed(choleskyFactor(a))),
  ],
  specials: [sample("huge and tiny", square([1e30, 0, 0, 1e-30]), lg.cholesky, choleskyFactor)],
  errors: [
    ...refusesOthers(lg.cholesky),
    refusesPlainOptions((options) => lg.cholesky(lg.eye(2), options)),
    ...[
      [1, 2, 2, 1],
      [1, 1, 1, 1],
      [1, 0, 0, Number.NaN],
    ].map((values) => ({
      title: `refuses ${values}`,
      run: () => lg.cholesky(lg.tensor(values, { shape: [2, 2] })),
      type: lg.ValueError,
      says: ["the matrix is not positive-definite", "order 2"],
    })),
    {
      title: "refuses one of a batch",
      run: () => lg.cholesky(lg.tensor([1, -1, 1], { shape: [3, 1, 1] })),
      type: lg.ValueError,
      says: ["matrix 1 of the batch", "order 1"],
    },
  ],
};

/** Triangular systems and factors. */
export const triangleRows: readonly OpRow[] = [solveTriangularRow, choleskyRow];
