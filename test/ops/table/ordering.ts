/** Rows of the op table: which elements are true, the largest, the first in order. */

import type { ReduceOptions, Sorted, SortOptions, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { elementAt, fill, type Grid, reduceModel } from "../models.js";
import { distinct, type OpRow, type Sample, type SampleInput } from "../row.js";

const shape = [2, 3, 4];
const nan = Number.NaN;
const list = (...values: number[]): SampleInput => ({ shape: [values.length], values });
const grid = (...values: number[]): SampleInput => ({ shape: [2, 3], values });

function reduced(
  call: (x: Tensor, options: ReduceOptions) => Tensor,
  options: ReduceOptions,
  f: (values: number[]) => number,
  input: SampleInput,
): Required<Sample> {
  const rank = input.shape.length;
  const axes =
    options.axis == null ? input.shape.map((_, i) => i) : [options.axis].flat().map((a) => (a + rank) % rank);
  return {
    title: `${JSON.stringify(options)} of ${input.values.slice(0, 6)}`,
    inputs: [input],
    call: (x) => call(x as Tensor, options),
    expected: (x) => reduceModel(x as Grid, axes, options.keepDims ?? false, f).values,
  };
}

const badAxis = (run: (axis: number) => unknown) => ({
  title: "refuses axis 2 of rank 2",
  run: () => run(2),
  type: lg.ShapeError,
  says: ["axis", "-2", "1", "got 2"],
});
const bareOptions = (run: () => unknown) => ({
  title: "refuses options that are no object",
  run,
  type: lg.ValueError,
  says: ["object", "1"],
});

function logicalRow(op: string, call: typeof lg.any, f: (values: number[]) => number): OpRow {
  const samples = [grid(0, 0, 0, 1, 0, -2), grid(1, 2, 3, 4, 0, 6)];
  const options = [{}, { axis: 0 }, { axis: -1, keepDims: true }, { axis: [0, 1] }];
  return {
    op,
    order: 0,
    samples: samples.flatMap((input) => options.map((o) => reduced(call, o, f, input))),
    specials: [list(nan, 0), list(nan, 1), list(Number.POSITIVE_INFINITY), list(-0, 0)].map((x) =>
      reduced(call, {}, f, x),
    ),
    errors: [
      badAxis((axis) => call(lg.ones([2, 2]), { axis })),
      bareOptions(() => call(lg.ones([2, 2]), 1 as ReduceOptions)),
    ],
  };
}

function argRow(op: string, argOf: typeof lg.argMax, f: (values: number[]) => number): OpRow {
  const call = argOf as (x: Tensor, options?: object) => Tensor;
  const inputs = [distinct(shape), { shape, values: Array.from({ length: 24 }, (_, i) => (i * 5) % 4) }];
  return {
    op,
    order: 0,
    samples: [
      ...inputs.flatMap((x) =>
        [{}, { axis: 0 }, { axis: 1, keepDims: true }, { axis: -1 }].map((o) => reduced(call, o, f, x)),
      ),
      reduced(call, {}, f, { shape: [400], values: Array.from({ length: 400 }, (_, i) => ((i * 37) % 101) - 50) }),
      reduced(call, { axis: 0 }, f, list(2)),
    ],
    specials: [list(1, nan, 3, nan), list(nan), list(-1e30, 1e30), list(Number.POSITIVE_INFINITY, 1, -1)].map((x) =>
      reduced(call, { axis: 0 }, f, x),
    ),
    errors: [badAxis((axis) => call(lg.ones([2, 2]), { axis })), bareOptions(() => call(lg.ones([2, 2]), 1 as never))],
  };
}

/** Index of the first element that no other is before; NaN is before all. */
function firstOf(values: readonly number[], before: (a: number, b: number) => boolean): number {
  const gap = values.findIndex(Number.isNaN);
  return gap >= 0 ? gap : values.findIndex((v) => !values.some((other) => before(other, v)));
}

/** Places of a row in order, by the definition: repeatedly the first that no other precedes. */
function orderOf(values: readonly number[], descending: boolean): number[] {
  const rank = (v: number) => (Number.isNaN(v) ? Number.MAX_VALUE : Math.max(-1e300, Math.min(1e300, v)));
  const sign = descending ? -1 : 1;
  return values
    .map((_, i) => i)
    .sort((i, j) => sign * (rank(values[i] as number) - rank(values[j] as number)) || i - j);
}

/** What a row of the input becomes: the places `pick` names, or the values there. */
function along(
  x: Grid,
  axis: number,
  count: number,
  pick: (row: number[]) => number[],
  what: "values" | "indices",
): readonly number[] {
  const place = (axis + x.shape.length) % x.shape.length;
  const out = x.shape.map((n, i) => (i === place ? count : n));
  return fill(out, (at) => {
    const row = Array.from({ length: x.shape[place] as number }, (_, k) =>
      elementAt(
        x,
        at.map((c, i) => (i === place ? k : c)),
      ),
    );
    const k = pick(row)[at[place] as number] as number;
    return what === "indices" ? k : (row[k] as number);
  }).values;
}

function ordered(
  call: (x: Tensor) => Tensor,
  axis: number,
  descending: boolean,
  input: SampleInput,
  what: "values" | "indices",
  count = input.shape.at(axis) as number,
): Required<Sample> {
  return {
    title: `${what}, ${descending ? "descending" : "ascending"}, along axis ${axis} of [${input.shape}]: ${input.values.slice(0, 3)}`,
    inputs: [input],
    call: (x) => call(x as Tensor),
    expected: (x) => along(x as Grid, axis, count, (row) => orderOf(row, descending), what),
  };
}

const ties = (...tiedShape: number[]): SampleInput => ({
  shape: tiedShape,
  values: Array.from({ length: tiedShape.reduce((p, n) => p * n, 1) }, (_, i) => ((i * 7) % 5) - 2),
});
const specialRow = list(1, nan, Number.NEGATIVE_INFINITY, 0, nan, Number.POSITIVE_INFINITY, 1);

function sortRow(op: string, sorted: (x: Tensor, options: SortOptions) => Tensor, what: "values" | "indices"): OpRow {
  const call = (axis: number, descending: boolean) => (x: Tensor) => sorted(x, { axis, descending });
  const of = (axis: number, descending: boolean, input: SampleInput) =>
    ordered(call(axis, descending), axis, descending, input, what);
  const pairs = [-1, 0, 1].flatMap((axis) => [false, true].map((descending) => ({ axis, descending })));
  return {
    op,
    ...(what === "indices" && { order: 0 as const }),
    samples: [
      ...pairs.map(({ axis, descending }) => of(axis, descending, distinct(shape))),
      ordered((x) => sorted(x, {}), -1, false, distinct([2, 5, 3]), what),
      ...[1, 2, 3, 5, 17, 70].map((n) => of(0, n % 2 === 0, distinct([n]))),
      ...(what === "indices" ? pairs.map(({ axis, descending }) => of(axis, descending, ties(7, 9))) : []),
    ],
    specials: [false, true].map((descending) => of(0, descending, specialRow)),
    errors: [
      badAxis((axis) => sorted(lg.ones([2, 2]), { axis })),
      bareOptions(() => sorted(lg.ones([2, 2]), 1 as never)),
    ],
  };
}

const topKRow: OpRow = {
  op: "topK",
  samples: [
    ordered((x) => lg.topK(x, 2).values, -1, true, distinct(shape), "values", 2),
    ordered((x) => lg.topK(x, 1).values, -1, true, distinct(shape), "values", 1),
    ordered((x) => lg.topK(x, 2, { axis: 1, largest: false }).values, 1, false, distinct(shape), "values", 2),
    ordered((x) => lg.topK(x, 5, { axis: 0 }).values, 0, true, distinct([5, 2]), "values", 5),
  ],
  specials: [
    ordered((x) => lg.topK(x, 3).values, 0, true, specialRow, "values", 3),
    ordered((x) => lg.topK(x, 3, { largest: false }).values, 0, false, specialRow, "values", 3),
  ],
  errors: [
    badAxis((axis) => lg.topK(lg.ones([2, 2]), 1, { axis })),
    bareOptions(() => lg.topK(lg.ones([2, 2]), 1, 1 as never)),
    ...[0, 4, 1.5].map((k) => ({
      title: `refuses k = ${k} of 3`,
      run: (): Sorted => lg.topK(lg.ones([2, 3]), k),
      type: lg.ValueError,
      says: ["k", "1 to 3", String(k)],
    })),
  ],
};

/** Truth, extremes and order. */
export const orderingRows: readonly OpRow[] = [
  logicalRow("any", lg.any, (values) => Number(values.some((v) => v !== 0))),
  logicalRow("all", lg.all, (values) => Number(values.every((v) => v !== 0))),
  argRow("argMax", lg.argMax, (values) => firstOf(values, (a, b) => a > b)),
  argRow("argMin", lg.argMin, (values) => firstOf(values, (a, b) => a < b)),
  sortRow("sort", (x, options) => lg.sort(x, options).values, "values"),
  sortRow("argSort", lg.argSort, "indices"),
  topKRow,
];
