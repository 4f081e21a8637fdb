/** Rows of the op table: products, norms, and what runs along an axis. */

import type { NormOptions, ReduceOptions, Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { elementAt, fill, type Grid, reduceModel } from "../models.js";
import { distinct, type ErrorCase, type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers } from "./elementwise.js";

const shape = [2, 3, 4];
const product = (list: readonly number[]) => list.reduce((p, v) => p * v, 1);
const total = (list: readonly number[]) => list.reduce((s, v) => s + v, 0);

function axesOf(axis: ReduceOptions["axis"], rank: number): number[] {
  if (axis === undefined || axis === null) return Array.from({ length: rank }, (_, i) => i);
  return [axis].flat().map((a) => (a + rank) % rank);
}

/** What is reduced over axes, by what comes of the elements. */
export function reduced<O extends ReduceOptions>(
  call: (x: Tensor, options: O) => Tensor,
  options: O,
  f: (list: number[]) => number,
  input: SampleInput = uniform(shape),
): Required<Sample> {
  return {
    title: `${JSON.stringify({ ...options, p: String((options as NormOptions).p) })} of [${input.shape}]: ${input.values.slice(0, 4)}`,
    inputs: [input],
    call: (x) => call(x as Tensor, options),
    expected: (x) =>
      reduceModel(x as Grid, axesOf(options.axis, input.shape.length), options.keepDims ?? false, f).values,
  };
}

/** Numbers in a row. */
export const list = (...values: number[]): SampleInput => ({ shape: [values.length], values });

/** An axis out of range. */
export function refusesAxis(call: (axis: number) => unknown, says: readonly string[] = ["3", "-3", "2"]): ErrorCase {
  return { title: "refuses axis 3 of rank 3", run: () => call(3), type: lg.ShapeError, says };
}

/** What is not written as an object would silently mean something else. */
export function refusesBareOptions(run: () => unknown): ErrorCase {
  return { title: "refuses options that are no object", run, type: lg.ValueError, says: ["object", "1"] };
}

const prodRow: OpRow = {
  op: "prod",
  samples: [
    ...[{}, { axis: 1 }, { axis: -1, keepDims: true }, { axis: [0, 2] }, { axis: [2, 1], keepDims: true }].map((o) =>
      reduced(lg.prod, o, product),
    ),
    reduced(lg.prod, {}, product, list(0, 1.5, -2)),
    reduced(lg.prod, {}, product, list(0, 1.5, 0, 2)),
    reduced(lg.prod, { axis: 0 }, product, { shape: [3, 2], values: [0, 1, 0, 3, 0, 2] }),
    reduced(lg.prod, {}, product, list(3)),
    reduced(lg.prod, {}, product, { shape: [], values: [3] }),
  ],
  specials: [
    reduced(lg.prod, {}, product, list(1, Number.NaN, 0)),
    reduced(lg.prod, {}, product, list(2, Number.POSITIVE_INFINITY, -1)),
    reduced(lg.prod, {}, product, list(0, Number.POSITIVE_INFINITY)),
  ],
  errors: [
    refusesIntegers((x) => lg.prod(x)),
    refusesAxis((axis) => lg.prod(lg.ones(shape), { axis })),
    refusesBareOptions(() => lg.prod(lg.ones(shape), 1 as never)),
  ],
};

const normOf = (p: number) => (values: readonly number[]) => {
  const sizes = values.map(Math.abs);
  if (values.some(Number.isNaN)) return Number.NaN;
  if (p === Number.POSITIVE_INFINITY) return Math.max(...sizes);
  if (p === Number.NEGATIVE_INFINITY) return Math.min(...sizes);
  if (p === 0) return sizes.filter((v) => v !== 0).length;
  return total(sizes.map((v) => v ** p)) ** (1 / p);
};

function normSample(options: NormOptions, input?: SampleInput): Required<Sample> {
  return reduced(lg.norm, options, normOf(options.p ?? 2), input);
}

const away = () => uniform(shape, { kinks: [0] });
const infinity = Number.POSITIVE_INFINITY;

const normRow: OpRow = {
  op: "norm",
  samples: [
    normSample({}),
    normSample({ axis: 1, keepDims: true }),
    normSample({ axis: [0, -1] }),
    ...[1, 3, 1.5, 0.5, -1, -2.5].map((p) => normSample({ p, axis: [0, 1] }, away())),
    normSample({ p: 0, axis: 2 }, away()),
    normSample({ p: infinity, axis: 1 }, distinct(shape)),
    normSample({ p: -infinity, axis: 1 }, distinct(shape)),
    normSample({ p: 4 }, list(0, 2, -1)), // |x|⁴ is smooth at 0
    normSample({}, list(0, 2, -1)),
    normSample({}, { shape: [], values: [-3] }),
  ],
  specials: [
    ...[2, 3, 0.5].map((p) => normSample({ p }, list(1e30, -2e30, 0))),
    ...[2, 3, 0.75].map((p) => normSample({ p }, list(1e-30, -2e-30, 0))),
    ...[2, 3, 0.5, -1, 0, infinity, -infinity].map((p) => normSample({ p }, list(0, 0))),
    ...[2, 1, 3, -1].map((p) => normSample({ p }, list(infinity, -1, 2))),
    normSample({ p: -1 }, list(0, 1)),
    normSample({ p: -2 }, list(1e-30, 3)),
    ...[2, 1, 3, -1, infinity, -infinity].map((p) => normSample({ p }, list(1, Number.NaN, 0))),
  ],
  errors: [
    refusesIntegers((x) => lg.norm(x)),
    refusesAxis((axis) => lg.norm(lg.ones(shape), { axis })),
    refusesBareOptions(() => lg.norm(lg.ones(shape), 1 as never)),
    {
      title: "refuses NaN",
      run: () => lg.norm(lg.ones([2]), { p: Number.NaN }),
      type: lg.ValueError,
      says: ["p", "NaN"],
    },
    {
      title: "refuses a name",
      run: () => lg.norm(lg.ones([2]), { p: "fro" } as unknown as NormOptions),
      type: lg.ValueError,
      says: ["p must be a number", "fro"],
    },
  ],
};

/** What runs along an axis, by what comes of all elements up to each one. */
export function running(
  call: (x: Tensor, options: { axis: number }) => Tensor,
  f: (values: number[]) => number,
  axis: number,
  input: SampleInput = uniform(shape),
): Required<Sample> {
  const along = (axis + input.shape.length) % input.shape.length;
  return {
    title: `axis ${axis} of [${input.shape}]: ${input.values.slice(0, 3)}`,
    inputs: [input],
    call: (x) => call(x as Tensor, { axis }),
    expected: (x) =>
      fill(input.shape, (place) =>
        f(
          Array.from({ length: (place[along] as number) + 1 }, (_, k) =>
            elementAt(
              x as Grid,
              place.map((c, i) => (i === along ? k : c)),
            ),
          ),
        ),
      ).values,
  };
}

/** The row of such an op. */
export function runningRow(
  op: string,
  call: typeof lg.cumSum,
  f: (values: number[]) => number,
  more: readonly Sample[],
  {
    specials = [],
    make = uniform,
  }: { specials?: readonly Required<Sample>[]; make?: (shape: Shape) => SampleInput } = {},
): OpRow {
  return {
    op,
    samples: [
      ...[0, 1, -1].map((axis) => running(call, f, axis, make(shape))),
      ...more,
      running(call, f, 0, uniform([1])),
    ],
    specials: [
      ...specials,
      running(call, f, 0, list(1, infinity, -infinity, 2)),
      running(call, f, 0, list(3, Number.NaN, 0)),
      running(call, f, 0, { shape: [2, 2], values: [infinity, 1, 2, Number.NaN] }),
    ],
    errors: [
      refusesIntegers((x) => call(x, { axis: 0 })),
      refusesAxis((axis) => call(lg.ones(shape), { axis })),
      {
        title: "refuses a missing axis",
        run: () => call(lg.ones(shape), {} as { axis: number }),
        type: lg.ShapeError,
        says: ["axis", "undefined"],
      },
      refusesBareOptions(() => call(lg.ones(shape), 1 as never)),
    ],
  };
}

/** Products, norms, running sums and products. */
export const accumulationRows: readonly OpRow[] = [
  prodRow,
  normRow,
  runningRow("cumSum", lg.cumSum, total, [
    running(lg.cumSum, total, 0, uniform([17])),
    running(lg.cumSum, total, 0, uniform([300, 2])),
    running(lg.cumSum, total, 1, uniform([2, 257])),
  ]),
  runningRow("cumProd", lg.cumProd, product, [
    running(lg.cumProd, product, 0, list(2, 0, 1.5, -1, 3)),
    running(lg.cumProd, product, 1, { shape: [2, 4], values: [0, 2, 0, 3, 1, 2, 0, 4] }),
  ]),
];
