/** Rows of the op table: medians, quantiles, moments, and what leaves NaN out. */

import type { ArgOptions, QuantileOptions, ReduceOptions, Tensor, VarianceOptions } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { type Grid, reduceModel } from "../models.js";
import { distinct, type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { list, reduced, refusesAxis, refusesBareOptions } from "./accumulations.js";
import { refusesIntegers } from "./elementwise.js";

const shape = [2, 3, 4];
const nan = Number.NaN;
const infinity = Number.POSITIVE_INFINITY;
const total = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0);
const numbersOf = (values: readonly number[]) => values.filter((v) => !Number.isNaN(v));
const meanOf = (values: readonly number[]) => values.reduce((sum, v) => sum + v / values.length, 0);
const nanMeanOf = (values: readonly number[]) => (numbersOf(values).length === 0 ? nan : meanOf(numbersOf(values)));
const over = [{}, { axis: 1 }, { axis: -1, keepDims: true }, { axis: [0, 2] }, { axis: [2, 1], keepDims: true }];
const wholes = uniform(shape);

function nanRow(op: string, call: typeof lg.sum, f: (values: number[]) => number): OpRow {
  return {
    op,
    samples: over.map((options) => reduced(call, options, f)),
    specials: [
      reduced(call, { axis: 1 }, f, { shape: [2, 3], values: [1, nan, 3, nan, nan, nan] }),
      reduced(call, { axis: 0, keepDims: true }, f, { shape: [2, 3], values: [1, nan, 3, nan, -5, nan] }),
      reduced(call, {}, f, list(1, nan, infinity)),
      reduced(call, {}, f, list(1, nan, infinity, -infinity)),
      reduced(call, {}, f, list(1e30, nan, -3e30)),
      reduced(call, {}, f, { shape: [300], values: Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? nan : 1)) }),
    ],
    errors: [
      refusesIntegers((x) => call(x)),
      refusesAxis((axis) => call(lg.ones(shape), { axis })),
      refusesBareOptions(() => call(lg.ones(shape), 1 as never)),
    ],
  };
}

const largest = reduced(lg.nanMean, {}, nanMeanOf, list(3e38, nan, 3e38, 2e38));
const nanMeanRow = nanRow("nanMean", lg.nanMean, nanMeanOf);

const isTrue = (values: readonly number[]) => values.filter((v) => v !== 0).length;
const countRow: OpRow = {
  op: "countNonzero",
  order: 0,
  samples: [wholes, { shape, values: Array.from({ length: 24 }, (_, i) => (i * 5) % 3) }].flatMap((input) =>
    over.map((options) => reduced(lg.countNonzero, options, isTrue, input)),
  ),
  specials: [
    reduced(lg.countNonzero, {}, isTrue, list(nan, 0, -0, infinity, 1e-30)),
    {
      title: "bools",
      inputs: [list(1, 0, 3)],
      call: (x) => lg.countNonzero(lg.cast(x as Tensor, "bool")),
      expected: () => ({ shape: [], values: [2] }),
    },
  ],
  errors: [
    refusesAxis((axis) => lg.countNonzero(lg.ones(shape), { axis })),
    refusesBareOptions(() => lg.countNonzero(lg.ones(shape), 1 as never)),
  ],
};

const inOrder = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const medianOf = (values: readonly number[]) =>
  values.some(Number.isNaN) ? nan : (inOrder(values)[Math.floor((values.length - 1) / 2)] as number);
const medianBy = (options: ArgOptions, input: SampleInput = distinct(shape)) =>
  reduced(lg.median as (x: Tensor, o: ReduceOptions) => Tensor, options as ReduceOptions, medianOf, input);

const medianRow: OpRow = {
  op: "median",
  samples: [
    ...[{}, { keepDims: true }, { axis: 0 }, { axis: 1 }, { axis: -1, keepDims: true }].map((o) => medianBy(o)),
    medianBy({}, distinct([301])),
    medianBy({ axis: 0 }, distinct([70, 2])),
    medianBy({}, { shape: [], values: [3] }),
  ],
  specials: [
    medianBy({}, list(1, nan, 3)),
    medianBy({ axis: 1 }, { shape: [2, 3], values: [1, nan, 3, 5, 4, -1e30] }),
    medianBy({}, list(infinity, -infinity, 1e30, 2)),
    medianBy({ axis: 0 }, list(2, 2, 1, 2)),
  ],
  errors: [
    refusesIntegers((x) => lg.median(x)),
    refusesAxis((axis) => lg.median(lg.ones(shape), { axis })),
    refusesBareOptions(() => lg.median(lg.ones(shape), 1 as never)),
  ],
};

type Between = NonNullable<QuantileOptions["interpolation"]>;

function quantileOf(values: readonly number[], q: number, interpolation: Between): number {
  if (values.some(Number.isNaN)) return nan;
  const rank = q * (values.length - 1);
  const [low, high] = [Math.floor(rank), Math.ceil(rank)].map((i) => inOrder(values)[i] as number) as [number, number];
  const weight = rank - Math.floor(rank);
  if (low === high) return low;
  const nearer = weight === 0.5 ? Math.floor(rank) % 2 === 0 : weight < 0.5;
  const between = {
    linear: (1 - weight) * low + weight * high,
    lower: low,
    higher: high,
    midpoint: low / 2 + high / 2,
    nearest: nearer ? low : high,
  };
  return between[interpolation];
}

/** One q, or several along a first axis. */
function quantileBy(
  q: number | readonly number[],
  options: QuantileOptions,
  input: SampleInput = distinct(shape),
): Required<Sample> {
  const { axis = null, keepDims = false, interpolation = "linear" } = options;
  const axes = axis === null ? input.shape.map((_, i) => i) : [(axis + input.shape.length) % input.shape.length];
  return {
    title: `${JSON.stringify([q, options])} of [${input.shape}]: ${input.values.slice(0, 4)}`,
    inputs: [input],
    call: (x) => lg.quantile(x as Tensor, q, options),
    expected: (x) => {
      const each = [q]
        .flat()
        .map((one) => reduceModel(x as Grid, axes, keepDims, (v) => quantileOf(v, one, interpolation)));
      const one = each[0] as Grid;
      return typeof q === "number"
        ? one
        : { shape: [q.length, ...one.shape], values: each.flatMap(({ values }) => values) };
    },
  };
}

const kinds: readonly Between[] = ["linear", "lower", "higher", "midpoint", "nearest"];

const quantileRow: OpRow = {
  op: "quantile",
  samples: [
    ...kinds.flatMap((interpolation) => [
      quantileBy(0.3, { interpolation }),
      quantileBy([0, 0.5, 0.7, 1], { axis: 1, interpolation }, distinct([3, 6])),
    ]),
    quantileBy(0.25, { axis: 0, keepDims: true }),
    quantileBy([0.1, 0.9], { axis: -1, keepDims: true }),
    quantileBy([0.1], {}),
    quantileBy(0.5, { interpolation: "nearest" }, distinct([6])),
    quantileBy(0.9, {}, { shape: [], values: [3] }),
  ],
  specials: [
    quantileBy([0, 0.75], { axis: 1 }, { shape: [2, 3], values: [1, nan, 3, 5, 4, -1e30] }),
    quantileBy([0.25, 0.5, 1], {}, list(infinity, 1, infinity, infinity)),
    quantileBy(0.5, {}, list(-3e38, 3e38)),
    quantileBy(0.9, {}, list(infinity, infinity)),
    quantileBy(0.5, {}, list(-infinity, 2, infinity)),
  ],
  errors: [
    refusesIntegers((x) => lg.quantile(x, 0.5)),
    refusesAxis((axis) => lg.quantile(lg.ones(shape), 0.5, { axis })),
    refusesBareOptions(() => lg.quantile(lg.ones(shape), 0.5, 1 as never)),
    ...[-0.1, 1.5, nan, [], [0.5, 2], "0.5"].map((q) => ({
      title: `refuses the quantile ${JSON.stringify(q)}`,
      run: () => lg.quantile(lg.ones([3]), q as number),
      type: lg.ValueError,
      says: ["q must be a number from 0 to 1", "list"],
    })),
    {
      title: "refuses an interpolation that is none",
      run: () => lg.quantile(lg.ones([3]), 0.5, { interpolation: "cubic" as "linear" }),
      type: lg.ValueError,
      says: ["interpolation must be", "cubic"],
    },
  ],
};

const varianceOf = (correction: number) => (values: readonly number[]) =>
  total(values.map((v) => (v - meanOf(values)) ** 2)) / (values.length - correction);

function momentsRow(
  op: string,
  spread: (x: Tensor, options: VarianceOptions) => Tensor,
  mean: (x: Tensor, options: VarianceOptions) => Tensor,
  f: (variance: number) => number,
): OpRow {
  const by = (options: VarianceOptions, input?: SampleInput) => [
    reduced(spread, options, (values) => f(varianceOf(options.correction ?? 1)(values)), input),
    { ...reduced(mean, options, meanOf, input), title: `mean ${JSON.stringify(options)}` },
  ];
  return {
    op,
    samples: [{}, { axis: 1 }, { axis: [0, -1], keepDims: true }, { axis: 0, correction: 0 }].flatMap((o) => by(o)),
    specials: by({}, list(1, nan, 2)),
    errors: [
      refusesIntegers((x) => spread(x, {})),
      refusesAxis((axis) => spread(lg.ones(shape), { axis })),
      refusesBareOptions(() => spread(lg.ones(shape), 1 as never)),
      {
        title: "refuses a single value",
        run: () => spread(lg.ones([1]), {}),
        type: lg.ValueError,
        says: ["correction", "1 values"],
      },
    ],
  };
}

/** Medians, quantiles, moments, and what leaves NaN out. */
export const statisticsRows: readonly OpRow[] = [
  nanRow("nanSum", lg.nanSum, (values) => total(numbersOf(values))),
  { ...nanMeanRow, specials: [...(nanMeanRow.specials ?? []), largest] },
  countRow,
  medianRow,
  quantileRow,
  momentsRow(
    "varMean",
    (x, options) => lg.varMean(x, options).variance,
    (x, options) => lg.varMean(x, options).mean,
    (v) => v,
  ),
  momentsRow(
    "stdMean",
    (x, options) => lg.stdMean(x, options).std,
    (x, options) => lg.stdMean(x, options).mean,
    Math.sqrt,
  ),
];
