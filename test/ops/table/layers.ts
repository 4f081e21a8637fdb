/** Rows of the op table: matrix products and batch normalisation. */

import type { BatchNormOptions, Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { elementAt, fill } from "../models.js";
import { type OpRow, type Sample, uniform } from "../row.js";
import { refusesIntegers } from "./elementwise.js";

function matmulSample(a: Shape, b: Shape): Sample {
  return { title: `[${a.join(", ")}] by [${b.join(", ")}]`, inputs: [uniform(a), uniform(b)], call: lg.matmul };
}

const matrixRows: readonly OpRow[] = [
  {
    op: "matmul",
    samples: [
      {
        ...matmulSample([2, 3], [3, 4]),
        expected: (a, b) =>
          fill([2, 4], ([i = 0, j = 0]) =>
            [0, 1, 2].reduce((s, k) => s + elementAt(a, [i, k]) * elementAt(b, [k, j]), 0),
          ).values,
      },
      matmulSample([2, 70], [70, 3]),
      matmulSample([3], [3]),
      matmulSample([3], [2, 3, 2]),
      matmulSample([2, 2, 3], [3]),
      matmulSample([2, 2, 3], [3, 2]),
      matmulSample([2, 1, 2, 3], [4, 3, 2]),
    ],
    errors: [
      refusesIntegers((x) => lg.matmul(x, x), [2, 2]),
      {
        title: "refuses inner sizes that differ",
        run: () => lg.matmul(lg.ones([2, 3]), lg.ones([4, 2])),
        type: lg.ShapeError,
        says: ["[2, 3]", "[4, 2]"],
      },
      {
        title: "refuses a scalar",
        run: () => lg.matmul(lg.tensor(1), lg.ones([2])),
        type: lg.ShapeError,
        says: ["scalar", "mul"],
      },
      {
        title: "refuses leading axes that do not broadcast",
        run: () => lg.matmul(lg.ones([2, 2, 2]), lg.ones([3, 2, 2])),
        type: lg.ShapeError,
        says: ["[2, 2, 2]", "[3, 2, 2]", "[2] and [3]"],
      },
    ],
  },
  {
    op: "linear",
    samples: [
      {
        title: "with bias",
        inputs: [uniform([2, 3]), uniform([4, 3]), uniform([4])],
        call: (x, w, b) => lg.linear(x as Tensor, w as Tensor, b as Tensor),
      },
      {
        title: "over leading axes, without bias",
        inputs: [uniform([2, 2, 3]), uniform([4, 3])],
        call: (x, w) => lg.linear(x as Tensor, w as Tensor),
      },
      {
        title: "one example",
        inputs: [uniform([3]), uniform([2, 3]), uniform([2])],
        call: (x, w, b) => lg.linear(x as Tensor, w as Tensor, b as Tensor),
      },
    ],
    errors: [
      {
        title: "refuses other features",
        run: () => lg.linear(lg.ones([2, 3]), lg.ones([4, 2])),
        type: lg.ShapeError,
        says: ["[2, 3]", "[4, 2]"],
      },
      {
        title: "refuses another bias",
        run: () => lg.linear(lg.ones([2, 3]), lg.ones([4, 3]), lg.ones([3])),
        type: lg.ShapeError,
        says: ["[4]", "[3]"],
      },
    ],
  },
];

function batchNormSample(title: string, shape: Shape, affine: boolean, options: () => BatchNormOptions): Sample {
  const channels = shape[1] as number;
  return {
    title,
    inputs: [uniform(shape), ...(affine ? [uniform([channels]), uniform([channels])] : [])],
    call: (x, weight, bias) => lg.batchNorm(x as Tensor, weight ?? null, bias ?? null, options()),
  };
}

const training = (): BatchNormOptions => ({ training: true });
const statistics = (): BatchNormOptions => ({
  runningMean: lg.tensor([0.5, -0.25, 1]),
  runningVar: lg.tensor([0.5, 2, 1]),
});

const batchNormRow: OpRow = {
  op: "batchNorm",
  samples: [
    batchNormSample("training, images", [3, 2, 2, 3], true, training),
    batchNormSample("training, features", [5, 3], true, training),
    batchNormSample("training, sequences without weight", [3, 2, 4], false, () => ({ training: true, eps: 0.1 })),
    batchNormSample("evaluation, images", [2, 3, 2, 2], true, statistics),
    batchNormSample("evaluation, features without weight", [4, 3], false, statistics),
    batchNormSample("evaluation, a single example", [1, 3], true, statistics),
  ],
  errors: [
    refusesIntegers((x) => lg.batchNorm(x, null, null, { training: true }), [2, 2]),
    { title: "refuses a vector", run: () => lg.batchNorm(lg.ones([3])), type: lg.ShapeError, says: ["[3]"] },
    {
      title: "refuses another weight",
      run: () => lg.batchNorm(lg.ones([2, 3]), lg.ones([2]), null, { training: true }),
      type: lg.ShapeError,
      says: ["weight", "[3]", "[2]"],
    },
    {
      title: "asks for running statistics",
      run: () => lg.batchNorm(lg.ones([2, 3])),
      type: lg.ValueError,
      says: ["runningMean", "training"],
    },
    ...(["runningMean", "runningVar"] as const).map((name) => ({
      title: `asks for both running statistics, given ${name} alone`,
      run: () => lg.batchNorm(lg.ones([2, 3]), null, null, { [name]: lg.ones([3]) }),
      type: lg.ValueError,
      says: ["needs runningMean and runningVar"],
    })),
    {
      title: "refuses one value a channel",
      run: () => lg.batchNorm(lg.ones([1, 3]), null, null, { training: true }),
      type: lg.ValueError,
      says: ["[1, 3]"],
    },
    ...[0, Number.POSITIVE_INFINITY].map((eps) => ({
      title: `refuses an eps of ${eps}`,
      run: () => lg.batchNorm(lg.ones([2, 3]), null, null, { training: true, eps }),
      type: lg.ValueError,
      says: [`eps must be above 0, got ${eps}`],
    })),
    ...[2, -0.5, null].map((momentum) => ({
      title: `refuses a momentum of ${momentum}`,
      run: () => lg.batchNorm(lg.ones([2, 3]), null, null, { training: true, momentum: momentum as number }),
      type: lg.ValueError,
      says: [`momentum must be from 0 to 1, got ${momentum}`],
    })),
  ],
};

export const layerRows: readonly OpRow[] = [...matrixRows, batchNormRow];
