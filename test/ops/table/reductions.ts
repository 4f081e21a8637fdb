/** Rows of the op table: reductions, softmax, and losses. */

import type { ReduceOptions, Tensor, VarianceOptions } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { reduceModel } from "../models.js";
import { distinct, type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers } from "./elementwise.js";

type Reduce = (x: Tensor, options?: ReduceOptions) => Tensor;

const cases: readonly ReduceOptions[] = [
  {},
  { axis: 0 },
  { axis: -1, keepDims: true },
  { axis: [0, 2] },
  { axis: [2, 1], keepDims: true },
];

const shape = [2, 3, 4];

function axesOf(axis: ReduceOptions["axis"]): number[] {
  if (axis === undefined || axis === null) return [0, 1, 2];
  return [axis].flat().map((a) => (a + 3) % 3);
}

function samplesOf(call: Reduce, f: (list: number[]) => number, make: () => SampleInput): Sample[] {
  return cases.map((options) => ({
    title: JSON.stringify(options),
    inputs: [make()],
    call: (x) => call(x, options),
    expected: (x) => reduceModel(x, axesOf(options.axis), options.keepDims ?? false, f).values,
  }));
}

/** NaN where there is one, and only there. */
function nanOf(call: Reduce, f: (list: number[]) => number): Required<Sample> {
  return {
    title: "NaN propagates",
    inputs: [{ shape: [2, 3], values: [1, Number.NaN, 2, 3, 1, 2] }],
    call: (x) => call(x as Tensor, { axis: 1 }),
    expected: () => [Number.NaN, f([3, 1, 2])],
  };
}

function row(op: string, call: Reduce, f: (list: number[]) => number, make = () => uniform(shape)): OpRow {
  return {
    op,
    samples: samplesOf(call, f, make),
    specials: [nanOf(call, f)],
    errors: [
      refusesIntegers((x) => call(x)),
      {
        title: "refuses axis 3 of rank 3",
        run: () => call(lg.ones(shape), { axis: 3 }),
        type: lg.ShapeError,
        says: ["3", "-3", "2"],
      },
      {
        title: "refuses an axis twice",
        run: () => call(lg.ones(shape), { axis: [1, -2] }),
        type: lg.ShapeError,
        says: ["twice", "1"],
      },
    ],
  };
}

const total = (list: readonly number[]) => list.reduce((s, v) => s + v, 0);
const average = (list: readonly number[]) => total(list) / list.length;
const spread = (list: readonly number[], correction: number) => {
  const centre = average(list);
  return total(list.map((v) => (v - centre) ** 2)) / (list.length - correction);
};

function spreadRow(
  op: string,
  call: (x: Tensor, options?: VarianceOptions) => Tensor,
  finish: (v: number) => number,
): OpRow {
  const plain = row(op, call, (list) => finish(spread(list, 1)));
  return {
    ...plain,
    samples: [
      ...plain.samples,
      {
        title: "correction 0 along axis 1",
        inputs: [uniform(shape)],
        call: (x) => call(x, { axis: 1, correction: 0 }),
        expected: (x) => reduceModel(x, [1], false, (list) => finish(spread(list, 0))).values,
      },
    ],
    errors: [
      ...plain.errors,
      {
        title: "refuses a correction of the whole count",
        run: () => call(lg.ones([2, 3]), { axis: 0, correction: 2 }),
        type: lg.ValueError,
        says: ["correction", "2"],
      },
      {
        title: "refuses a negative correction",
        run: () => call(lg.ones([2, 3]), { correction: -1 }),
        type: lg.ValueError,
        says: ["correction", "-1"],
      },
    ],
  };
}

function softmaxRow(op: "softmax" | "logSoftmax", finish: (p: number) => number): OpRow {
  const call = op === "softmax" ? lg.softmax : lg.logSoftmax;
  return {
    op,
    samples: [0, 1, -1].map((axis) => ({
      title: `along axis ${axis}`,
      inputs: [uniform(shape, { low: -3, high: 3 })],
      call: (x: Tensor) => call(x, { axis }),
      ...(axis === 0 && {
        expected: ({ values }: { values: readonly number[] }) =>
          values.map((v, i) => finish(1 / (1 + Math.exp((values[(i + 12) % 24] as number) - v)))),
      }),
    })),
    specials: [
      {
        title: "NaN propagates along the axis",
        inputs: [{ shape: [2, 2], values: [1, Number.NaN, 3, 3] }],
        call: (x) => call(x as Tensor, { axis: 1 }),
        expected: () => [Number.NaN, Number.NaN, finish(0.5), finish(0.5)],
      },
    ],
    errors: [
      refusesIntegers((x) => call(x)),
      {
        title: "refuses options that are no object",
        run: () => call(lg.ones([2, 2]), 1 as never),
        type: lg.ValueError,
        says: ["object", "1"],
      },
      {
        title: "refuses axis 2 of rank 2",
        run: () => call(lg.ones([2, 2]), { axis: 2 }),
        type: lg.ShapeError,
        says: ["2", "-2", "1"],
      },
    ],
  };
}

const labels = (values: readonly number[], ...rest: number[]) =>
  lg.tensor(Int32Array.from(values), {
    shape: [values.length / rest.reduce((p, n) => p * n, 1), ...rest],
    dtype: "int32",
  });
const weightValues = [0.5, 2, 1, 0.25];
const classWeights = () => lg.tensor(weightValues);
const logits = () => uniform([3, 4], { low: -3, high: 3 });

/** −Σ_c q_c w_c log p_c of each example of logits [3, 4]; q is (1 − ε) at the label (or the given row) and ε/4 all over. */
function lossesOf(
  { values }: SampleInput,
  targets: readonly (number | readonly number[])[],
  smoothing: number,
  weights: readonly number[] = [1, 1, 1, 1],
): number[] {
  return targets.map((target, n) => {
    const example = values.slice(4 * n, 4 * n + 4);
    const logSum = Math.log(total(example.map(Math.exp)));
    const certain = (c: number) => (typeof target === "number" ? Number(c === target) : (target[c] as number));
    return total(
      example.map((v, c) => ((1 - smoothing) * certain(c) + smoothing / 4) * (weights[c] as number) * (logSum - v)),
    );
  });
}

const rows = [
  [0.1, 0.2, 0.3, 0.4],
  [0, 1, 0, 0],
  [0.25, 0.25, 0.25, 0.25],
];

const crossEntropySamples: readonly Sample[] = [
  {
    title: "the mean over classes",
    inputs: [logits()],
    call: (x) => lg.crossEntropy(x as Tensor, labels([1, 3, 0])),
    expected: (x) => [average(lossesOf(x as SampleInput, [1, 3, 0], 0))],
  },
  {
    title: "one value an example, smoothed",
    inputs: [logits()],
    call: (x) => lg.crossEntropy(x as Tensor, labels([1, 3, 0]), { reduction: "none", labelSmoothing: 0.3 }),
    expected: (x) => lossesOf(x as SampleInput, [1, 3, 0], 0.3),
  },
  {
    title: "an ignored target",
    inputs: [logits()],
    call: (x) => lg.crossEntropy(x as Tensor, labels([1, -100, 0])),
    expected: (x) => {
      const [first = 0, , last = 0] = lossesOf(x as SampleInput, [1, 0, 0], 0);
      return [(first + last) / 2];
    },
  },
  {
    title: "class weights, label smoothing and an ignored target",
    inputs: [logits()],
    call: (x) =>
      lg.crossEntropy(x as Tensor, labels([1, 7, 0]), { weight: classWeights(), labelSmoothing: 0.2, ignoreIndex: 7 }),
    expected: (x) => {
      const [first = 0, , last = 0] = lossesOf(x as SampleInput, [1, 0, 0], 0.2, weightValues);
      return [(first + last) / (2 + 0.5)]; // the mean is weighted by the weights of the targets' classes
    },
  },
  {
    title: "pixels of an image, summed",
    inputs: [uniform([2, 4, 3])],
    call: (x) => lg.crossEntropy(x as Tensor, labels([1, 2, 0, 3, 0, 1], 3), { reduction: "sum" }),
  },
  {
    title: "probabilities, smoothed and weighted",
    inputs: [logits()],
    call: (x) => lg.crossEntropy(x as Tensor, lg.tensor(rows), { labelSmoothing: 0.1, weight: classWeights() }),
    expected: (x) => [average(lossesOf(x as SampleInput, rows, 0.1, weightValues))],
  },
  {
    title: "a single example",
    inputs: [uniform([4])],
    call: (x) => lg.crossEntropy(x as Tensor, lg.tensor(2, { dtype: "int32" })),
    expected: (x) => lossesOf(x as SampleInput, [2], 0),
  },
];

const crossEntropyRow: OpRow = {
  op: "crossEntropy",
  samples: crossEntropySamples,
  errors: [
    refusesIntegers((x) => lg.crossEntropy(x, labels([0, 1])), [2, 2]),
    {
      title: "refuses a label that is no class",
      run: () => lg.crossEntropy(lg.ones([2, 3]), labels([0, 3])),
      type: lg.ValueError,
      says: ["3", "2"],
    },
    {
      title: "refuses a target of another shape",
      run: () => lg.crossEntropy(lg.ones([2, 3]), labels([0, 1, 2])),
      type: lg.ShapeError,
      says: ["[2]", "[3]"],
    },
    {
      title: "refuses probabilities of another shape",
      run: () => lg.crossEntropy(lg.ones([2, 3]), lg.ones([2, 2])),
      type: lg.ShapeError,
      says: ["[2, 3]", "[2, 2]"],
    },
    {
      title: "refuses class weights of another size",
      run: () => lg.crossEntropy(lg.ones([2, 3]), labels([0, 1]), { weight: lg.ones([2]) }),
      type: lg.ShapeError,
      says: ["[3]", "[2]"],
    },
    {
      title: "refuses a smoothing of 1.5",
      run: () => lg.crossEntropy(lg.ones([2, 3]), labels([0, 1]), { labelSmoothing: 1.5 }),
      type: lg.ValueError,
      says: ["labelSmoothing", "1.5"],
    },
    {
      title: "refuses a negative smoothing",
      run: () => lg.crossEntropy(lg.ones([2, 3]), labels([0, 1]), { labelSmoothing: -0.5 }),
      type: lg.ValueError,
      says: ["labelSmoothing", "-0.5"],
    },
    {
      title: "refuses an unknown reduction",
      run: () => lg.crossEntropy(lg.ones([2, 3]), labels([0, 1]), { reduction: "max" as "mean" }),
      type: lg.ValueError,
      says: ["reduction", "max"],
    },
  ],
};

export const reductionRows: readonly OpRow[] = [
  row("sum", lg.sum, total),
  row("mean", lg.mean, average),
  row(
    "max",
    lg.max,
    (list) => Math.max(...list),
    () => distinct(shape),
  ),
  row(
    "min",
    lg.min,
    (list) => Math.min(...list),
    () => distinct(shape),
  ),
  row("logSumExp", lg.logSumExp, (list) => Math.log(total(list.map(Math.exp)))),
  spreadRow("variance", lg.variance, (v) => v),
  spreadRow("std", lg.std, Math.sqrt),
  softmaxRow("softmax", (p) => p),
  softmaxRow("logSoftmax", Math.log),
  crossEntropyRow,
];
