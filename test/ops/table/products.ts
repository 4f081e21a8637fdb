/** Rows of the op table: added products, products over chosen axes, Kronecker and cross products. */
import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { broadcastModel, coordinates, elementAt, fill, type Grid, sizeOf } from "../models.js";
import { type ErrorCase, type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers, refusesPlainOptions } from "./elementwise.js";
import { refusesPairs } from "./exponentials.js";

type AddedOp = (input: Tensor, a: Tensor, b: Tensor, options?: lg.AddedProductOptions) => Tensor;

/** Σ over all places of one more axis. */
const total = (count: number, term: (k: number) => number) =>
  Array.from({ length: count }, (_, k) => term(k)).reduce((sum, v) => sum + v, 0);

/** The products by their definitions. */
const products = {
  addmm: (a: Grid, b: Grid) =>
    fill([a.shape[0] as number, b.shape[1] as number], ([i = 0, j = 0]) =>
      total(a.shape[1] as number, (k) => elementAt(a, [i, k]) * elementAt(b, [k, j])),
    ),
  addmv: (a: Grid, v: Grid) =>
    fill([a.shape[0] as number], ([i = 0]) =>
      total(a.shape[1] as number, (k) => elementAt(a, [i, k]) * elementAt(v, [k])),
    ),
  addr: (a: Grid, b: Grid) => fill([...a.shape, ...b.shape], ([i = 0, j = 0]) => elementAt(a, [i]) * elementAt(b, [j])),
  baddbmm: (a: Grid, b: Grid) =>
    fill([a.shape[0] as number, a.shape[1] as number, b.shape[2] as number], ([n = 0, i = 0, j = 0]) =>
      total(a.shape[2] as number, (k) => elementAt(a, [n, i, k]) * elementAt(b, [n, k, j])),
    ),
  addbmm: (a: Grid, b: Grid) =>
    fill([a.shape[1] as number, b.shape[2] as number], ([i = 0, j = 0]) =>
      total(a.shape[0] as number, (n) =>
        total(a.shape[2] as number, (k) => elementAt(a, [n, i, k]) * elementAt(b, [n, k, j])),
      ),
    ),
};

type Name = keyof typeof products;

const addedOps: Readonly<Record<Name, AddedOp>> = {
  addmm: lg.addmm,
  addmv: lg.addmv,
  addr: lg.addr,
  baddbmm: lg.baddbmm,
  addbmm: lg.addbmm,
};

function addedSample(
  name: Name,
  title: string,
  inputs: readonly SampleInput[],
  options?: lg.AddedProductOptions,
): Required<Sample> {
  const { beta = 1, alpha = 1 } = options ?? {};
  return {
    title,
    inputs,
    call: (input, a, b) => addedOps[name](input as Tensor, a as Tensor, b as Tensor, options),
    expected: (input, a, b) =>
      broadcastModel(input as Grid, products[name](a as Grid, b as Grid), (p, q) =>
        beta === 0 ? alpha * q : beta * p + alpha * q,
      ),
  };
}

function addedRow(name: Name, output: Shape, a: Shape, b: Shape, wrong: readonly [Shape, Shape]): OpRow {
  const op = addedOps[name];
  const factors = () => [uniform(a), uniform(b)];
  const ones = () => [lg.ones(a), lg.ones(b)] as const;
  return {
    op: name,
    samples: [
      addedSample(name, "everything once", [uniform(output), ...factors()]),
      addedSample(name, "with factors", [uniform(output), ...factors()], { beta: 0.5, alpha: -2 }),
      addedSample(name, "a row", [uniform(output.slice(-1)), ...factors()], { alpha: 3 }),
      addedSample(name, "a scalar", [uniform([]), ...factors()]),
    ],
    specials: [
      addedSample(name, "NaN that beta 0 leaves out", [{ shape: [], values: [Number.NaN] }, ...factors()], { beta: 0 }),
    ],
    errors: [
      refusesIntegers((x) => op(x, ...ones())),
      refusesPlainOptions((options) => op(lg.ones(output), ...ones(), options)),
      {
        title: "refuses factors that do not fit",
        run: () => op(lg.ones(output), lg.ones(wrong[0]), lg.ones(wrong[1])),
        type: lg.ShapeError,
        says: ["multiplies", `[${wrong[0].join(", ")}]`, `[${wrong[1].join(", ")}]`],
      },
      {
        title: "refuses an input larger than the product",
        run: () => op(lg.ones([7, ...output]), ...ones()),
        type: lg.ShapeError,
        says: ["broadcast", `[7, ${output.join(", ")}]`],
      },
    ],
  };
}

const addedRows: readonly OpRow[] = [
  addedRow(
    "addmm",
    [2, 4],
    [2, 3],
    [3, 4],
    [
      [2, 3],
      [4, 3],
    ],
  ),
  addedRow("addmv", [2], [2, 3], [3], [[2, 3], [2]]),
  addedRow("addr", [2, 3], [2], [3], [[2, 1], [3]]),
  addedRow(
    "baddbmm",
    [2, 3, 2],
    [2, 3, 4],
    [2, 4, 2],
    [
      [1, 3, 4],
      [2, 4, 2],
    ],
  ),
  addedRow(
    "addbmm",
    [3, 2],
    [2, 3, 4],
    [2, 4, 2],
    [
      [2, 3, 4],
      [2, 3, 2],
    ],
  ),
];

/** The sum over pairs of axes, place by place. */
function tensordotModel(a: Grid, b: Grid, ofA: readonly number[], ofB: readonly number[]): Grid {
  const rest = (shape: Shape, axes: readonly number[]) => shape.flatMap((_, i) => (axes.includes(i) ? [] : [i]));
  const [restA, restB] = [rest(a.shape, ofA), rest(b.shape, ofB)];
  const inner = ofA.map((i) => a.shape[i] as number);
  const shape = [...restA.map((i) => a.shape[i] as number), ...restB.map((i) => b.shape[i] as number)];
  return fill(shape, (place) =>
    total(sizeOf(inner), (k) => {
      const met = coordinates(k, inner);
      const at = (x: Grid, axes: readonly number[], others: readonly number[], from: number) =>
        x.shape.map((_, i) => (axes.includes(i) ? met[axes.indexOf(i)] : place[from + others.indexOf(i)]) as number);
      return elementAt(a, at(a, ofA, restA, 0)) * elementAt(b, at(b, ofB, restB, restA.length));
    }),
  );
}

type Axes = NonNullable<lg.TensordotOptions["axes"]>;

function contraction(a: Shape, b: Shape, ofA: readonly number[], ofB: readonly number[], axes?: Axes): Sample {
  return {
    title: `[${a}] and [${b}] over ${axes === undefined ? "two axes" : lg.describe(axes)}`,
    inputs: [uniform(a), uniform(b)],
    call: (x, y) => lg.tensordot(x as Tensor, y as Tensor, axes === undefined ? {} : { axes }),
    expected: (x, y) => tensordotModel(x as Grid, y as Grid, ofA, ofB),
  };
}

function tensordotError(axes: unknown, says: string, type: ErrorCase["type"] = lg.ValueError): ErrorCase {
  return {
    title: `refuses axes ${lg.describe(axes)}`,
    run: () => lg.tensordot(lg.ones([2, 3]), lg.ones([2, 3]), { axes: axes as number }),
    type,
    says: [says],
  };
}

const tensordotRow: OpRow = {
  op: "tensordot",
  samples: [
    contraction([2, 3, 4], [3, 4, 2], [1, 2], [0, 1]),
    contraction([2, 3], [3, 2], [1], [0], 1),
    contraction([2], [3], [], [], 0),
    contraction(
      [2, 3, 4],
      [4, 3],
      [1, 2],
      [1, 0],
      [
        [1, 2],
        [-1, 0],
      ],
    ),
    contraction(
      [2, 3],
      [2, 3],
      [1, 0],
      [1, 0],
      [
        [1, 0],
        [1, 0],
      ],
    ),
  ],
  errors: [
    refusesIntegers((x) => lg.tensordot(x, x, { axes: 1 })),
    refusesPlainOptions((options) => lg.tensordot(lg.ones([2, 2]), lg.ones([2, 2]), options)),
    ...[-1, 0.5, null, "1", [[0], [0], [0]], [0, 0], [[0, 1], [0]]].map((axes) => tensordotError(axes, "axes must be")),
    tensordotError(
      [
        [0, -2],
        [0, 1],
      ],
      "twice",
    ),
    tensordotError(1, "[2, 3]", lg.ShapeError),
    tensordotError(3, "3 axes", lg.ShapeError),
    tensordotError([[2], [0]], "axis", lg.ShapeError),
  ],
};

const inners = (a: Shape, b: Shape): Sample => ({
  title: `[${a}] and [${b}]`,
  inputs: [uniform(a), uniform(b)],
  call: (x, y) => lg.inner(x as Tensor, y as Tensor),
  expected: (x, y) =>
    a.length * b.length === 0
      ? broadcastModel(x as Grid, y as Grid, (p, q) => p * q)
      : tensordotModel(x as Grid, y as Grid, [a.length - 1], [b.length - 1]),
});

const innerRow: OpRow = {
  op: "inner",
  samples: [inners([3], [3]), inners([2, 3], [4, 3]), inners([2, 2, 3], [3]), inners([], [2, 3]), inners([2], [])],
  errors: [
    refusesIntegers((x) => lg.inner(x, x)),
    {
      title: "refuses last axes that differ",
      run: () => lg.inner(lg.ones([2, 3]), lg.ones([3, 2])),
      type: lg.ShapeError,
      says: ["[2, 3]", "[3, 2]"],
    },
  ],
};

/** Each element of `a` times the whole of `b`. */
function kronModel(a: Grid, b: Grid): Grid {
  const rank = Math.max(a.shape.length, b.shape.length);
  const padded = ({ shape, values }: Grid): Grid => ({
    shape: [...new Array<number>(rank - shape.length).fill(1), ...shape],
    values,
  });
  const [first, second] = [padded(a), padded(b)];
  const sizes = second.shape;
  return fill(
    first.shape.map((n, i) => n * (sizes[i] as number)),
    (place) =>
      elementAt(
        first,
        place.map((c, i) => Math.floor(c / (sizes[i] as number))),
      ) *
      elementAt(
        second,
        place.map((c, i) => c % (sizes[i] as number)),
      ),
  );
}

const krons = (a: Shape, b: Shape): Sample => ({
  title: `[${a}] and [${b}]`,
  inputs: [uniform(a), uniform(b)],
  call: (x, y) => lg.kron(x as Tensor, y as Tensor),
  expected: (x, y) => kronModel(x as Grid, y as Grid),
});

const kronRow: OpRow = {
  op: "kron",
  samples: [krons([2, 3], [3, 2]), krons([2], [3]), krons([2, 3], [2]), krons([], [3]), krons([2, 2, 2], [2, 1, 3])],
  errors: [
    refusesIntegers((x) => lg.kron(x, x)),
    {
      title: "refuses four axes",
      run: () => lg.kron(lg.ones([1, 2, 1, 2]), lg.ones([2])),
      type: lg.ShapeError,
      says: ["3 axes", "[1, 2, 1, 2]"],
    },
  ],
};

const crosses = (title: string, a: Shape, b: Shape, out: Shape, axis?: number): Sample => ({
  title,
  inputs: [uniform(a), uniform(b)],
  call: (x, y) => lg.cross(x as Tensor, y as Tensor, axis === undefined ? {} : { axis }),
  expected: (x, y) =>
    fill(out, (place) => {
      const along = ((axis ?? -1) + out.length) % out.length;
      const of = (grid: Grid, shift: number) => {
        const full = place.with(along, ((place[along] as number) + shift) % 3).slice(out.length - grid.shape.length);
        return elementAt(
          grid,
          full.map((c, i) => (grid.shape[i] === 1 ? 0 : c)),
        );
      };
      const [p, q] = [x as Grid, y as Grid];
      return of(p, 1) * of(q, 2) - of(p, 2) * of(q, 1);
    }),
});

const crossRow: OpRow = {
  op: "cross",
  samples: [
    crosses("two vectors", [3], [3], [3]),
    crosses("columns", [3, 2], [3, 2], [3, 2], 0),
    crosses("rows and one vector", [2, 3], [3], [2, 3]),
    crosses("a row for each of a batch", [1, 3, 2], [2, 3, 1], [2, 3, 2], 1),
  ],
  errors: [
    ...refusesPairs((a, b) => lg.cross(a, b)),
    refusesPlainOptions((options) => lg.cross(lg.ones([3]), lg.ones([3]), options)),
    ...[
      [[2], [2]],
      [[1], [3]],
      [[2, 3], [1]],
    ].map(([a = [], b = []]) => ({
      title: `refuses [${a}] with [${b}]`,
      run: () => lg.cross(lg.ones(a), lg.ones(b)),
      type: lg.ShapeError,
      says: ["size 3", `[${a.join(", ")}] and [${b.join(", ")}]`],
    })),
    {
      title: "has no axis 1 of vectors",
      run: () => lg.cross(lg.ones([3]), lg.ones([3]), { axis: 1 }),
      type: lg.ShapeError,
      says: ["got 1"],
    },
  ],
};

/** Products. */
export const productRows: readonly OpRow[] = [...addedRows, tensordotRow, innerRow, kronRow, crossRow];
