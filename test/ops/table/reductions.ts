/** Rows of the op table: reductions, softmax, and losses. */

import type { ReduceOptions, Tensor, VarianceOptions } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { reduceModel } from "../models.js";
import { distinct, type OpRow, type Sample, uniform } from "../row.js";
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

function samplesOf(call: Reduce, f: (list: number[]) => number, make = () => uniform(shape)): Sample[] {
  return cases.map((options) => ({
    title: JSON.stringify(options),
    inputs: [make()],
    call: (x) => call(x, options),
    expected: (x) => reduceModel(x, axesOf(options.axis), options.keepDims ?? false, f).values,
  }));
}

function row(op: string, call: Reduce, samples: readonly Sample[]): OpRow {
  return {
    op,
    samples,
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
  const plain = row(
    op,
    call,
    samplesOf(call, (list) => finish(spread(list, 1))),
  );
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
    errors: [
      refusesIntegers((x) => call(x)),
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
const classWeights = () => lg.tensor([0.5, 2, 1, 0.25]);
const logits = () => uniform([3, 4], { low: -3, high: 3 });

const crossEntropyRow: OpRow = {
  op: "crossEntropy",
  samples: [
    {
      title: "the mean over classes",
      inputs: [logits()],
      call: (x) => lg.crossEntropy(x, labels([1, 3, 0])),
      expected: ({ values }) => [
        average(
          [1, 3, 0].map((label, n) => {
            const example = values.slice(4 * n, 4 * n + 4);
            return Math.log(total(example.map(Math.exp))) - (example[label] as number);
          }),
        ),
      ],
    },
    {
      title: "one value an example",
      inputs: [logits()],
      call: (x) => lg.crossEntropy(x, labels([1, 3, 0]), { reduction: "none" }),
    },
    { title: "an ignored target", inputs: [logits()], call: (x) => lg.crossEntropy(x, labels([1, -100, 0])) },
    {
      title: "class weights, label smoothing and an ignored target",
      inputs: [logits()],
      call: (x) =>
        lg.crossEntropy(x, labels([1, 7, 0]), { weight: classWeights(), labelSmoothing: 0.2, ignoreIndex: 7 }),
    },
    {
      title: "pixels of an image, summed",
      inputs: [uniform([2, 4, 3])],
      call: (x) => lg.crossEntropy(x, labels([1, 2, 0, 3, 0, 1], 3), { reduction: "sum" }),
    },
    {
      title: "probabilities",
      inputs: [logits()],
      call: (x) =>
        lg.crossEntropy(x, lg.softmax(lg.arange(12).reshape([3, 4]).mul(0.3)), {
          labelSmoothing: 0.1,
          weight: classWeights(),
        }),
    },
    {
      title: "a single example",
      inputs: [uniform([4])],
      call: (x) => lg.crossEntropy(x, lg.tensor(2, { dtype: "int32" })),
    },
  ],
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
      title: "refuses an unknown reduction",
      run: () => lg.crossEntropy(lg.ones([2, 3]), labels([0, 1]), { reduction: "max" as "mean" }),
      type: lg.ValueError,
      says: ["reduction", "max"],
    },
  ],
};

export const reductionRows: readonly OpRow[] = [
  row("sum", lg.sum, samplesOf(lg.sum, total)),
  row("mean", lg.mean, samplesOf(lg.mean, average)),
  row(
    "max",
    lg.max,
    samplesOf(
      lg.max,
      (list) => Math.max(...list),
      () => distinct(shape),
    ),
  ),
  row(
    "min",
    lg.min,
    samplesOf(
      lg.min,
      (list) => Math.min(...list),
      () => distinct(shape),
    ),
  ),
  row(
    "logSumExp",
    lg.logSumExp,
    samplesOf(lg.logSumExp, (list) => Math.log(total(list.map(Math.exp)))),
  ),
  spreadRow("variance", lg.variance, (v) => v),
  spreadRow("std", lg.std, Math.sqrt),
  softmaxRow("softmax", (p) => p),
  softmaxRow("logSoftmax", Math.log),
  crossEntropyRow,
];
