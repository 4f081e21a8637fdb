/** Rows of the op table: lengths set to 1, distances and angles. */
import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { elementAt, fill, type Grid } from "../models.js";
import { type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers, refusesPlainOptions } from "./elementwise.js";
import { refusesPairs } from "./exponentials.js";

const infinity = Number.POSITIVE_INFINITY;

/** (Σ |x|ᵖ)^(1/p), scaled by the largest. */
function length(values: readonly number[], p: number): number {
  const sizes = values.map(Math.abs);
  const largest = Math.max(...sizes);
  if (p === infinity || largest === 0) return largest;
  return largest * sizes.reduce((total, v) => total + (v / largest) ** p, 0) ** (1 / p);
}

/** The elements of a grid along an axis, through a place. */
const lineOf = (x: Grid, place: readonly number[], axis: number) =>
  Array.from({ length: x.shape[axis] as number }, (_, k) => elementAt(x, place.with(axis, k)));

function units(title: string, options: lg.NormalizeOptions, input: SampleInput): Required<Sample> {
  const axis = ((options.axis ?? 1) + input.shape.length) % input.shape.length;
  return {
    title,
    inputs: [input],
    call: (x) => lg.normalize(x as Tensor, options),
    expected: (x) =>
      fill(input.shape, (place) => {
        const norm = length(lineOf(x as Grid, place, axis), options.p ?? 2);
        return elementAt(x as Grid, place) / Math.max(norm, options.eps ?? 1e-12);
      }),
  };
}

const rows = (...values: readonly number[]): SampleInput => ({
  shape: [1, values.length],
  values: values.map(Math.fround),
});
const away = (shape: Shape) => uniform(shape, { kinks: [0] });

const normalizeRow: OpRow = {
  op: "normalize",
  samples: [
    units("rows", {}, uniform([3, 4])),
    units("columns, p = 1", { p: 1, axis: 0 }, away([3, 4])),
    units("p = 3 along the last of three axes", { p: 3, axis: -1 }, away([2, 3, 2])),
    units("shorter than eps", { eps: 100 }, uniform([2, 3])),
  ],
  specials: [
    units("huge", {}, rows(3e30, -4e30)),
    units("tiny", { eps: 1e-37 }, rows(3e-30, 4e-30)),
    units("zeros", {}, rows(0, 0)),
  ],
  errors: [
    refusesIntegers((x) => lg.normalize(x, { axis: 0 })),
    refusesPlainOptions((options) => lg.normalize(lg.ones([2, 2]), options)),
    { title: "has no axis 1 of a vector", run: () => lg.normalize(lg.ones([2])), type: lg.ShapeError, says: ["got 1"] },
  ],
};

function cosines(title: string, a: SampleInput, b: SampleInput, axis = 1): Required<Sample> {
  const out = a.shape.filter((_, i) => i !== axis);
  return {
    title,
    inputs: [a, b],
    call: (x, y) => lg.cosineSimilarity(x as Tensor, y as Tensor, { axis }),
    expected: (x, y) =>
      fill(out, (place) => {
        const full = place.toSpliced(axis, 0, 0);
        const p = lineOf(x as Grid, full, axis);
        const q = lineOf(
          y as Grid,
          (y as Grid).shape.length === 1 ? [0] : full,
          (y as Grid).shape.length === 1 ? 0 : axis,
        );
        const [one, other] = [p, q].map((line) => Math.max(length(line, 2), 1e-8)) as [number, number];
        return p.reduce((sum, v, i) => sum + (v / one) * ((q[i] as number) / other), 0);
      }),
  };
}

const cosineRow: OpRow = {
  op: "cosineSimilarity",
  samples: [
    cosines("rows", uniform([3, 4]), uniform([3, 4])),
    cosines("columns", uniform([3, 4]), uniform([3, 4]), 0),
    cosines("rows and one vector", uniform([3, 4]), uniform([4])),
  ],
  specials: [
    cosines("vectors of length 5e30 and 5e-6", rows(3e30, 4e30), rows(4e-6, 3e-6)),
    cosines("zeros", rows(0, 0), rows(1, 2)),
  ],
  errors: refusesPairs((a, b) => lg.cosineSimilarity(a, b, { axis: 0 })),
};

function distances(
  title: string,
  a: SampleInput,
  b: SampleInput,
  options: lg.PairwiseDistanceOptions,
): Required<Sample> {
  const kept = a.shape.with(-1, 1);
  return {
    title,
    inputs: [a, b],
    call: (x, y) => lg.pairwiseDistance(x as Tensor, y as Tensor, options),
    expected: (x, y) =>
      fill(options.keepDims === true ? kept : a.shape.slice(0, -1), (place) => {
        const at = [...place.slice(0, a.shape.length - 1), 0];
        const [p, q] = [x as Grid, y as Grid].map((g) => lineOf(g, at.slice(-g.shape.length), g.shape.length - 1));
        return length(
          (p as number[]).map((v, i) => v - (q?.[i] as number) + (options.eps ?? 1e-6)),
          options.p ?? 2,
        );
      }),
  };
}

const pairwiseRow: OpRow = {
  op: "pairwiseDistance",
  samples: [
    distances("rows", uniform([3, 4]), uniform([3, 4]), {}),
    distances("p = 1, kept", away([3, 4]), uniform([3, 4], { low: 3, high: 4 }), { p: 1, keepDims: true }),
    distances("p = 3 to one vector", uniform([2, 3]), uniform([3], { low: 3, high: 4 }), { p: 3, eps: 0.25 }),
  ],
  specials: [
    distances("far apart", rows(3e30, 0), rows(0, 4e30), {}),
    distances("the same", rows(1, 2), rows(1, 2), { eps: 0 }),
  ],
  errors: [
    ...refusesPairs((a, b) => lg.pairwiseDistance(a, b)),
    {
      title: "refuses two scalars",
      run: () => lg.pairwiseDistance(lg.ones([]), lg.ones([])),
      type: lg.ShapeError,
      says: ["scalars"],
    },
  ],
};

function allPairs(title: string, a: SampleInput, b: SampleInput, p = 2): Required<Sample> {
  const [count, other] = [a.shape.at(-2) as number, b.shape.at(-2) as number];
  const lead = (a.shape.length > b.shape.length ? a : b).shape.slice(0, -2);
  return {
    title: `${title}, p = ${p}`,
    inputs: [a, b],
    call: (x, y) => lg.cdist(x as Tensor, y as Tensor, { p }),
    expected: (x, y) =>
      fill([...lead, count, other], (place) => {
        const [i, j] = place.slice(-2) as [number, number];
        const batch = place.slice(0, -2);
        const [s, t] = [
          { grid: x as Grid, row: i },
          { grid: y as Grid, row: j },
        ].map(({ grid, row }) =>
          lineOf(grid, [...batch.slice(batch.length - grid.shape.length + 2), row, 0], grid.shape.length - 1),
        );
        return length(
          (s as number[]).map((v, k) => v - (t?.[k] as number)),
          p,
        );
      }),
  };
}

const cdistRow: OpRow = {
  op: "cdist",
  samples: [
    allPairs("two matrices", uniform([3, 4]), uniform([2, 4])),
    ...[1, infinity, 3, 0.5].map((p) =>
      allPairs("far matrices", uniform([3, 2]), uniform([2, 2], { low: 3, high: 5 }), p),
    ),
    allPairs("a batch and a matrix", uniform([2, 3, 2]), uniform([2, 2])),
  ],
  specials: [
    allPairs(
      "huge",
      { shape: [1, 2], values: [3e30, 0].map(Math.fround) },
      { shape: [1, 2], values: [0, 4e30].map(Math.fround) },
    ),
    allPairs("close, and far from 0", { shape: [1, 1], values: [1e6] }, { shape: [2, 1], values: [1000000.0625, 1e6] }),
  ],
  errors: [
    refusesIntegers((x) => lg.cdist(x, x), [2, 2]),
    refusesPlainOptions((options) => lg.cdist(lg.ones([2, 2]), lg.ones([2, 2]), options)),
    {
      title: "refuses rows of two sizes",
      run: () => lg.cdist(lg.ones([2, 3]), lg.ones([2, 4])),
      type: lg.ShapeError,
      says: ["[2, 3]", "[2, 4]"],
    },
    {
      title: "refuses p = −1",
      run: () => lg.cdist(lg.ones([2, 3]), lg.ones([2, 3]), { p: -1 }),
      type: lg.ValueError,
      says: ["p", "-1"],
    },
  ],
};

/** Lengths, distances, angles. */
export const distanceRows: readonly OpRow[] = [normalizeRow, cosineRow, pairwiseRow, cdistRow];
