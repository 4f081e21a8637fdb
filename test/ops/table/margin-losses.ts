/** Rows of the op table: losses of triplets, of normal distributions and of several classes with a margin. */
import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { elementAt, type Grid } from "../models.js";
import { type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers, refusesPlainOptions } from "./elementwise.js";
import { reduced } from "./pair-losses.js";

function triplets(title: string, options: lg.TripletMarginLossOptions, inputs: readonly SampleInput[]): Sample {
  const { margin = 1, p = 2, eps = 1e-6, swap = false, reduction } = options;
  return {
    title,
    inputs,
    call: (a, b, c) => lg.tripletMarginLoss(a as Tensor, b as Tensor, c as Tensor, options),
    expected: (...grids) => {
      const [a, b, c] = grids as [Grid, Grid, Grid];
      const rows = a.shape.length === 1 ? 1 : (a.shape[0] as number);
      const width = a.values.length / rows;
      const distance = (x: Grid, y: Grid, n: number) =>
        Array.from({ length: width }, (_, k) => n * width + k)
          .map((i) => Math.abs((x.values[i] as number) - (y.values[i] as number) + eps) ** p)
          .reduce((sum, v) => sum + v, 0) **
        (1 / p);
      const losses = Array.from({ length: rows }, (_, n) => {
        const far = swap ? Math.min(distance(a, c, n), distance(b, c, n)) : distance(a, c, n);
        return Math.max(0, margin + distance(a, b, n) - far);
      });
      return reduced(losses, reduction ?? "mean");
    },
  };
}

const three = (shape: readonly number[]) => [
  uniform(shape),
  uniform(shape, { low: 3, high: 5 }),
  uniform(shape, { low: -7, high: -4 }),
];

const tripletRow: OpRow = {
  op: "tripletMarginLoss",
  samples: [
    triplets("the mean", { margin: 9 }, three([3, 4])),
    triplets("each, p = 1", { margin: 30, p: 1, reduction: "none" }, three([3, 2])),
    triplets("the sum, swapped", { margin: 12, swap: true, reduction: "sum" }, three([3, 2])),
    triplets("one example", { margin: 9, p: 3 }, three([4])),
    triplets("far enough", { margin: -90 }, three([2, 2])),
  ],
  errors: [
    refusesIntegers((x) => lg.tripletMarginLoss(x, x, x)),
    refusesPlainOptions((options) => lg.tripletMarginLoss(lg.ones([2]), lg.ones([2]), lg.ones([2]), options)),
    {
      title: "refuses another positive",
      run: () => lg.tripletMarginLoss(lg.ones([2, 3]), lg.ones([3]), lg.ones([2, 3])),
      type: lg.ShapeError,
      says: ["positive", "[3]"],
    },
    {
      title: "refuses another negative",
      run: () => lg.tripletMarginLoss(lg.ones([2, 3]), lg.ones([2, 3]), lg.ones([3])),
      type: lg.ShapeError,
      says: ["negative", "[3]"],
    },
    {
      title: "refuses scalars",
      run: () => lg.tripletMarginLoss(lg.ones([]), lg.ones([]), lg.ones([])),
      type: lg.ShapeError,
      says: ["scalar"],
    },
  ],
};

function normals(title: string, variance: SampleInput, options: lg.GaussianNllLossOptions = {}): Sample {
  const { full = false, reduction } = options;
  const shape = [3, 4];
  return {
    title,
    inputs: [uniform(shape), uniform(shape), variance],
    call: (x, t, v) => lg.gaussianNllLoss(x as Tensor, t as Tensor, v as Tensor, options),
    expected: (x, t, v) => {
      const losses = (x as Grid).values.map((mu, i) => {
        const { values } = v as Grid;
        const own = values[values.length === 12 ? i : Math.floor(i / 4)] as number;
        const constant = full ? 0.5 * Math.log(2 * Math.PI) : 0;
        return 0.5 * (Math.log(own) + (mu - ((t as Grid).values[i] as number)) ** 2 / own) + constant;
      });
      return reduced(losses, reduction ?? "mean");
    },
  };
}

const positive = (shape: readonly number[]) => uniform(shape, { low: 0.3, high: 3 });
const ones2 = () => lg.ones([2]);

const gaussianRow: OpRow = {
  op: "gaussianNllLoss",
  samples: [
    normals("a variance each", positive([3, 4])),
    normals("a variance for each row, each loss", positive([3, 1]), { reduction: "none" }),
    normals("a variance for each row, the sum with its constant", positive([3]), { reduction: "sum", full: true }),
  ],
  errors: [
    refusesIntegers((x) => lg.gaussianNllLoss(x, x, x)),
    refusesPlainOptions((options) => lg.gaussianNllLoss(ones2(), ones2(), ones2(), options)),
    {
      title: "refuses another target",
      run: () => lg.gaussianNllLoss(ones2(), lg.ones([1]), ones2()),
      type: lg.ShapeError,
      says: ["target", "[1]"],
    },
    {
      title: "refuses another variance",
      run: () => lg.gaussianNllLoss(ones2(), ones2(), lg.ones([3])),
      type: lg.ShapeError,
      says: ["variance", "[3]"],
    },
    {
      title: "refuses a negative variance",
      run: () => lg.gaussianNllLoss(ones2(), ones2(), lg.tensor([1, -2])),
      type: lg.ValueError,
      says: ["variance", "-2", "element 1"],
    },
    {
      title: "refuses eps 0",
      run: () => lg.gaussianNllLoss(ones2(), ones2(), ones2(), { eps: 0 }),
      type: lg.ValueError,
      says: ["eps", "0"],
    },
  ],
};

const labels = [1, 3, 0];
const classWeights = [1, 0.5, 2, 0.25];
const integers = (values: readonly number[]) => lg.tensor([...values], { dtype: "int32" });

function hinges(title: string, input: SampleInput, options: () => lg.MultiMarginLossOptions = () => ({})): Sample {
  const single = input.shape.length === 1;
  return {
    title,
    inputs: [input],
    call: (x) =>
      lg.multiMarginLoss(x as Tensor, single ? lg.tensor(1, { dtype: "int32" }) : integers(labels), options()),
    expected: (x) => {
      const { p = 1, margin = 1, weight, reduction } = options();
      const losses = (single ? [1] : labels).map((y, n) => {
        const score = (j: number) => elementAt(x as Grid, single ? [j] : [n, j]);
        const terms = [0, 1, 2, 3].map((j) => (j === y ? 0 : Math.max(0, margin - score(y) + score(j)) ** p));
        return (terms.reduce((sum, v) => sum + v, 0) / 4) * (weight === undefined ? 1 : (classWeights[y] as number));
      });
      return reduced(losses, reduction ?? "mean");
    },
  };
}

const scores: SampleInput = {
  shape: [3, 4],
  values: [0.5, 1.25, -0.75, 2, 0.125, 3, -1.5, 0.75, 0.25, -2, 0.625, 1.5],
};

const multiMarginRow: OpRow = {
  op: "multiMarginLoss",
  samples: [
    hinges("the mean", scores),
    hinges("each, squared", scores, () => ({ p: 2, margin: 0.7, reduction: "none" })),
    hinges("the sum, weighted", scores, () => ({ weight: lg.tensor(classWeights), reduction: "sum" })),
    hinges("one example", { shape: [4], values: [0.5, 1.25, -0.75, 2] }),
  ],
  errors: [
    refusesIntegers((x) => lg.multiMarginLoss(x, lg.tensor(0, { dtype: "int32" }))),
    refusesPlainOptions((options) => lg.multiMarginLoss(lg.ones([1, 2]), integers([0]), options)),
    {
      title: "refuses p = 3",
      run: () => lg.multiMarginLoss(lg.ones([1, 2]), integers([0]), { p: 3 as 2 }),
      type: lg.ValueError,
      says: ["p must be", "3"],
    },
    {
      title: "refuses targets of floats",
      run: () => lg.multiMarginLoss(lg.ones([1, 2]), lg.ones([1])),
      type: lg.DTypeError,
      says: ["int32"],
    },
    {
      title: "refuses targets of another number",
      run: () => lg.multiMarginLoss(lg.ones([2, 2]), integers([0])),
      type: lg.ShapeError,
      says: ["[2, 2]", "[1]"],
    },
    {
      title: "refuses a class that is not there",
      run: () => lg.multiMarginLoss(lg.ones([1, 2]), integers([2])),
      type: lg.ValueError,
      says: ["0 to 1", "2"],
    },
    {
      title: "refuses weights of another number",
      run: () => lg.multiMarginLoss(lg.ones([1, 2]), integers([0]), { weight: lg.ones([3]) }),
      type: lg.ShapeError,
      says: ["weight", "[3]"],
    },
  ],
};

/** Losses with a margin, and that of normal distributions. */
export const marginLossRows: readonly OpRow[] = [tripletRow, gaussianRow, multiMarginRow];
