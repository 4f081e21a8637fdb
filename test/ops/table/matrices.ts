/** Rows of the op table: determinants, inverses, systems of equations. */
import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { determinant, inverted, type Matrix, matricesOf, perMatrix, regular, times } from "../matrix-models.js";
import type { Grid } from "../models.js";
import { type ErrorCase, type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers } from "./elementwise.js";

const infinity = Number.POSITIVE_INFINITY;

/** The error cases of every op of square matrices. */
export function refusesOthers(call: (a: Tensor) => unknown): ErrorCase[] {
  return [
    refusesIntegers(call, [2, 2]),
    ...[[2, 3], [3], []].map((shape) => ({
      title: `refuses [${shape}]`,
      run: () => call(lg.ones(shape)),
      type: lg.ShapeError,
      says: ["square", `got shape [${shape.join(", ")}]`],
    })),
  ];
}

/** Those of every op that needs an inverse. */
function refusesSingular(call: (a: Tensor) => unknown): ErrorCase[] {
  return [
    {
      title: "refuses zeros",
      run: () => call(lg.zeros([1, 1])),
      type: lg.ValueError,
      says: ["the matrix", "pivot 1 of"],
    },
    {
      title: "refuses a singular matrix of a batch",
      run: () =>
        call(
          lg.tensor([
            [
              [2, 1],
              [1, 1],
            ],
            [
              [1, 2],
              [2, 4],
            ],
          ]),
        ),
      type: lg.ValueError,
      says: ["matrix 1 of the batch is singular", "pivot 2 of its 2"],
    },
  ];
}

/** A sample whose result is one number or one matrix for each matrix. */
export function sample(
  title: string,
  input: SampleInput,
  call: (a: Tensor) => Tensor,
  f: (a: Matrix) => number | Matrix,
): Required<Sample> {
  return {
    title,
    inputs: [input],
    call: (a) => call(a as Tensor),
    expected: (a) => {
      const values = perMatrix(a as Grid, f);
      const batch = input.shape.slice(0, -2);
      return { shape: values.length === input.values.length && input.shape.at(-1) !== 1 ? input.shape : batch, values };
    },
  };
}

const ofShapes = (call: (a: Tensor) => Tensor, f: (a: Matrix) => number | Matrix, shapes: readonly Shape[]) =>
  shapes.map((shape) => sample(`matrices [${shape}]`, regular(shape), call, f));

export const square = (values: readonly number[]): SampleInput => ({
  shape: [Math.sqrt(values.length), Math.sqrt(values.length)],
  values: values.map(Math.fround),
});

const shapes = [
  [2, 2],
  [3, 3],
  [2, 4, 4],
  [2, 1, 2, 2],
];

const inverseRow: OpRow = {
  op: "inverse",
  samples: [
    ...ofShapes(lg.inverse, inverted, shapes),
    sample("rows that change places", square([0, 2, 1, 1, 0, 1, 3, 1, 0]), lg.inverse, inverted),
  ],
  specials: [
    sample("huge and tiny", square([0, 1e30, 1e-30, 0]), lg.inverse, inverted),
    sample("NaN", square([Number.NaN, 1, 1, 2]), lg.inverse, () =>
      [
        [1, 1],
        [1, 1],
      ].map((row) => row.map(() => Number.NaN)),
    ),
  ],
  errors: [...refusesOthers(lg.inverse), ...refusesSingular(lg.inverse)],
};

const singular = square([8, 2, 1, 4, 3, 5, 4, -1, -4]);
const singularButForRounding = square([1, 2, 3, 4, 5, 6, 7, 8, 9]);

const detRow: OpRow = {
  op: "det",
  samples: [
    ...ofShapes(lg.det, determinant, [[1, 1], ...shapes, [5, 5]]),
    sample("a singular matrix", singular, lg.det, determinant),
    { title: "singular but for rounding", inputs: [singularButForRounding], call: (a) => lg.det(a as Tensor) },
    sample("a matrix of rank 1", square([1, 2, 3, 2, 4, 6, 3, 6, 9]), lg.det, determinant),
    sample("zeros", square([0, 0, 0, 0]), lg.det, determinant),
    sample("a zero where a pivot was", square([0, 2, 0, 3, 0, 0, 0, 0, 4]), lg.det, determinant),
  ],
  specials: [
    sample("huge and tiny pivots", square([3e30, 0, 0, 0, 2e30, 0, 0, 0, 1e-30]), lg.det, determinant),
    sample("NaN", square([Number.NaN, 1, 1, 2]), lg.det, () => Number.NaN),
  ],
  errors: refusesOthers(lg.det),
};

const signAndLog = (a: Tensor) => {
  const { sign, logabsdet } = lg.slogdet(a);
  return lg.add(lg.mul(100, sign), logabsdet);
};
const signAndLogOf = (a: Matrix) => 100 * Math.sign(determinant(a)) + Math.log(Math.abs(determinant(a)));
const huge = square([-1e30, 0, 0, 0, 1e30, 0, 0, 0, 1e30]);

const slogdetRow: OpRow = {
  op: "slogdet",
  samples: [
    ...ofShapes(signAndLog, signAndLogOf, [[1, 1], ...shapes]),
    sample("a negative determinant", square([1, 3, 2, 1]), signAndLog, signAndLogOf),
  ],
  specials: [
    sample(
      "a determinant that is no number",
      huge,
      signAndLog,
      (a) => -100 + a.reduce((sum, row, i) => sum + Math.log(Math.abs(row[i] as number)), 0),
    ),
    sample(
      "a singular matrix",
      square([1, 2, 2, 4]),
      (a) => lg.slogdet(a).logabsdet,
      () => -infinity,
    ),
    sample(
      "its sign",
      square([1, 2, 2, 4]),
      (a) => lg.slogdet(a).sign,
      () => 0,
    ),
  ],
  errors: refusesOthers(lg.slogdet),
};

const logdetRow: OpRow = {
  op: "logdet",
  samples: ofShapes(lg.logdet, (a) => Math.log(determinant(a)), [
    [2, 2],
    [2, 3, 3],
  ]),
  specials: [
    sample("a negative determinant", square([1, 3, 2, 1]), lg.logdet, () => Number.NaN),
    sample("a singular matrix", square([1, 2, 2, 4]), lg.logdet, () => -infinity),
  ],
  errors: refusesOthers(lg.logdet),
};

/** A sample of A X = B. */
function solution(
  title: string,
  a: SampleInput,
  b: SampleInput,
  shape: Shape,
  fits: (a: Matrix[], b: Grid) => Matrix[],
): Sample {
  return {
    title,
    inputs: [a, b],
    call: (x, y) => lg.solve(x as Tensor, y as Tensor),
    expected: (x, y) => ({ shape, values: fits(matricesOf(x as Grid), y as Grid).flat(2) }),
  };
}

const each = (a: Matrix[], b: Matrix[]) =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, i) =>
    times(inverted(a[i % a.length] as Matrix), b[i % b.length] as Matrix),
  );
const matrices = (a: Matrix[], b: Grid) => each(a, matricesOf(b));
const vectors = (a: Matrix[], b: Grid) => each(a, matricesOf({ shape: [...b.shape, 1], values: b.values }));

const solveRow: OpRow = {
  op: "solve",
  samples: [
    solution("a matrix", regular([3, 3]), uniform([3, 2]), [3, 2], matrices),
    solution("a vector", regular([3, 3]), uniform([3]), [3], vectors),
    solution("a batch of each", regular([2, 3, 3]), uniform([2, 3, 2]), [2, 3, 2], matrices),
    solution("vectors of a batch", regular([2, 3, 3]), uniform([2, 3]), [2, 3], vectors),
    solution("one matrix for a batch", regular([2, 2]), uniform([3, 2, 1]), [3, 2, 1], matrices),
    solution("one right-hand side for a batch", regular([2, 2, 2]), uniform([2, 1]), [2, 2, 1], matrices),
    solution("a batch of one", regular([1, 2, 2]), uniform([3, 2, 2]), [3, 2, 2], matrices),
    solution("rows that change places", square([0, 2, 1, 1, 0, 1, 3, 1, 0]), uniform([3, 2]), [3, 2], matrices),
  ],
  errors: [
    ...refusesOthers((a) => lg.solve(a, lg.ones([3]))),
    ...refusesSingular((a) => lg.solve(a, lg.ones([a.shape.at(-1) as number, 1]))),
    ...[[2, 1], [2], [2, 3]].map((shape) => ({
      title: `refuses [${shape}] with [3, 3]`,
      run: () => lg.solve(lg.eye(3), lg.ones(shape)),
      type: lg.ShapeError,
      says: ["3 rows", `got b [${shape.join(", ")}]`],
    })),
    {
      title: "refuses batches that do not broadcast",
      run: () => lg.solve(lg.ones([2, 3, 3]), lg.ones([4, 3, 1])),
      type: lg.ShapeError,
      says: ["broadcast", "[2]", "[4]"],
    },
  ],
};

const powers =
  (power: number) =>
  (a: Matrix): Matrix => {
    const base = power < 0 ? inverted(a) : a;
    return Array.from({ length: Math.abs(power) - 1 }).reduce((product: Matrix) => times(product, base), base);
  };

const matrixPowerRow: OpRow = {
  op: "matrixPower",
  samples: [
    ...[1, 2, 3, 6, -1, -3].map((power) =>
      sample(
        `power ${power}`,
        regular([2, 2, 2]),
        (a) => lg.matrixPower(lg.mul(a, 0.25), power),
        (a) => powers(power)(a.map((row) => row.map((v) => v / 4))),
      ),
    ),
  ],
  specials: [
    sample(
      "power 0",
      square([Number.NaN, 1, 1, 2]),
      (a) => lg.matrixPower(a, 0),
      () => [
        [1, 0],
        [0, 1],
      ],
    ),
  ],
  errors: [
    ...refusesOthers((a) => lg.matrixPower(a, 2)),
    ...refusesSingular((a) => lg.matrixPower(a, -1)),
    ...[0.5, Number.NaN, "2"].map((power) => ({
      title: `refuses the power ${power}`,
      run: () => lg.matrixPower(lg.eye(2), power as number),
      type: lg.ValueError,
      says: ["an integer", JSON.stringify(power).replace("null", "NaN")],
    })),
  ],
};

/** Determinants, inverses, solutions and powers. */
export const matrixRows: readonly OpRow[] = [inverseRow, solveRow, detRow, slogdetRow, logdetRow, matrixPowerRow];
