/** Rows of the op table: matrix products and batch normalisation. */

import type { BatchNormOptions, Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { broadcastModel, elementAt, fill, type Grid, sizeOf } from "../models.js";
import { type OpRow, type Sample, uniform } from "../row.js";
import { refusesIntegers } from "./elementwise.js";

function matmulSample(a: Shape, b: Shape, shape: Shape): Sample {
  return {
    title: `[${a.join(", ")}] by [${b.join(", ")}]`,
    inputs: [uniform(a), uniform(b)],
    call: lg.matmul,
    expected: (left, right) => ({ shape, values: matmulModel(left as Grid, right as Grid) }),
  };
}

/** The numbers of a matrix product: rows by columns in each member of the broadcast batch. */
function matmulModel(a: Grid, b: Grid): readonly number[] {
  const left = a.shape.length === 1 ? { ...a, shape: [1, ...a.shape] } : a;
  const right = b.shape.length === 1 ? { ...b, shape: [...b.shape, 1] } : b;
  const [m = 0, k = 0] = left.shape.slice(-2);
  const [n = 0] = right.shape.slice(-1);
  const batch = broadcastModel(members(left), members(right), (p) => p);
  const other = broadcastModel(members(left), members(right), (_, q) => q);
  return batch.values.flatMap((p, z) => {
    const x = { shape: [p + 1, m, k], values: left.values };
    const q = other.values[z] as number;
    const y = { shape: [q + 1, k, n], values: right.values };
    const terms = Array.from({ length: k }, (_, c) => c);
    return fill([m, n], ([i = 0, j = 0]) =>
      terms.reduce((sum, c) => sum + elementAt(x, [p, i, c]) * elementAt(y, [q, c, j]), 0),
    ).values;
  });
}

/** The number of each matrix of a batch. */
function members({ shape }: Grid): Grid {
  const batch = shape.slice(0, -2);
  return { shape: batch, values: [...new Array(sizeOf(batch)).keys()] };
}

function linearSample(title: string, shape: Shape, outFeatures: number, hasBias: boolean): Sample {
  const features = shape.at(-1) as number;
  const bias = hasBias ? [uniform([outFeatures])] : [];
  return {
    title,
    inputs: [uniform(shape), uniform([outFeatures, features]), ...bias],
    call: (x, w, b) => lg.linear(x as Tensor, w as Tensor, b),
    expected: (x, w, b) =>
      fill([...shape.slice(0, -1), outFeatures], (place) => {
        const [row, out] = [place.slice(0, -1), place.at(-1) as number];
        let sum = b?.values[out] ?? 0;
        for (let c = 0; c < features; c++) sum += elementAt(x as Grid, [...row, c]) * elementAt(w as Grid, [out, c]);
        return sum;
      }),
  };
}

const matrixRows: readonly OpRow[] = [
  {
    op: "matmul",
    samples: [
      matmulSample([2, 3], [3, 4], [2, 4]),
      matmulSample([2, 70], [70, 3], [2, 3]),
      matmulSample([1, 130], [130, 1], [1, 1]),
      matmulSample([3], [3], []),
      matmulSample([3], [3, 2], [2]),
      matmulSample([2, 3], [3], [2]),
      matmulSample([3], [2, 3, 4], [2, 4]),
      matmulSample([2, 4, 3], [3], [2, 4]),
      matmulSample([4, 2, 3], [3, 2], [4, 2, 2]),
      matmulSample([2, 1, 2, 3], [4, 3, 2], [2, 4, 2, 2]),
    ],
    errors: [
      refusesIntegers((x) => lg.matmul(x, x), [2, 2]),
      {
        title: "refuses inner sizes that differ",
        run: () => lg.matmul(lg.ones([2, 3]), lg.ones([4, 2])),
        type: lg.ShapeError,
        says: ["[2, 3]", "[4, 2]"],
      },
      ...[
        [[], [2]],
        [[2], []],
      ].map(([a = [], b = []]) => ({
        title: `refuses a scalar: [${a}] by [${b}]`,
        run: () => lg.matmul(lg.ones(a), lg.ones(b)),
        type: lg.ShapeError,
        says: ["scalar", "mul"],
      })),
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
      linearSample("with bias", [2, 3], 4, true),
      linearSample("over leading axes, without bias", [3, 2, 3], 4, false),
      linearSample("one example", [3], 2, true),
    ],
    errors: [
      ...[
        [
          [2, 3],
          [4, 2],
        ],
        [[2, 3], [3]],
        [
          [2, 3],
          [4, 3, 1],
        ],
        [[], [4, 3]],
      ].map(([x = [], weight = []]) => ({
        title: `refuses x [${x}] with weight [${weight}]`,
        run: () => lg.linear(lg.ones(x), lg.ones(weight)),
        type: lg.ShapeError,
        says: [`got x [${x.join(", ")}] and weight [${weight.join(", ")}]`],
      })),
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
    batchNormSample("training, images that are summed in parts", [2, 2, 5, 79], true, training),
    batchNormSample("training, features", [5, 3], true, training),
    batchNormSample("training, more examples than one sum takes", [395, 2], true, training),
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
      says: ["momentum must be ", `, got ${momentum}`],
    })),
  ],
};

export const layerRows: readonly OpRow[] = [...matrixRows, batchNormRow];
