/** Rows of the op table: losses against labels, of classes or of 1 and −1. */
import type { ClassLossOptions, MarginLossOptions, Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { elementAt } from "../models.js";
import { type ErrorCase, type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers } from "./elementwise.js";
import { lossErrors, reduced } from "./pair-losses.js";

const classWeights = [1, 0.5, 2, 0.25];
const integers = (values: readonly number[], shape: Shape = [values.length]): Tensor =>
  lg.tensor([...values], { shape, dtype: "int32" });

/** −w_y log p_y of [N, C] and labels y, and their mean weighted by w. */
function likelihood(x: SampleInput, labels: readonly number[], { reduction, weight, ignoreIndex }: ClassLossOptions) {
  const weights = labels.map((y) => (y === (ignoreIndex ?? -100) ? 0 : weight ? (classWeights[y] as number) : 1));
  const losses = labels.map((y, n) => (weights[n] === 0 ? 0 : -elementAt(x, [n, y]) * (weights[n] as number)));
  if (reduction === "none" || reduction === "sum") return reduced(losses, reduction);
  return [(reduced(losses, "sum")[0] as number) / (reduced(weights, "sum")[0] as number)];
}

function nllSample(title: string, labels: readonly number[], options: () => ClassLossOptions): Sample {
  return {
    title,
    inputs: [uniform([3, 4])],
    call: (x) => lg.nllLoss(x as Tensor, integers(labels), options()),
    expected: (x) => likelihood(x as SampleInput, labels, options()),
  };
}

const images = [1, 2, 0, 3, 0, 1];

const nllRow: OpRow = {
  op: "nllLoss",
  samples: [
    nllSample("the mean", [1, 3, 0], () => ({})),
    nllSample("the sum", [1, 3, 0], () => ({ reduction: "sum" })),
    nllSample("one value an example, one of them ignored", [1, -100, 0], () => ({ reduction: "none" })),
    nllSample("the mean of what counts, weighted", [1, 2, 0], () => ({
      weight: lg.tensor(classWeights),
      ignoreIndex: 2,
    })),
    {
      title: "pixels of an image",
      inputs: [uniform([2, 4, 3])],
      call: (x) => lg.nllLoss(x as Tensor, integers(images, [2, 3]), { reduction: "none" }),
      expected: (x) => images.map((y, i) => -elementAt(x as SampleInput, [Math.floor(i / 3), y, i % 3])),
    },
    {
      title: "a single example",
      inputs: [uniform([4])],
      call: (x) => lg.nllLoss(x as Tensor, lg.tensor(2, { dtype: "int32" }), { reduction: "none" }),
      expected: (x) => [-((x as SampleInput).values[2] as number)],
    },
  ],
  specials: [
    {
      title: "the mean over nothing",
      inputs: [{ shape: [2, 2], values: [1, 2, 3, 4] }],
      call: (x) => lg.nllLoss(x as Tensor, integers([-100, -100])),
      expected: () => [Number.NaN],
    },
  ],
  errors: [
    refusesIntegers((x) => lg.nllLoss(x, integers([0, 1])), [2, 2]),
    ...lossErrors((options) => lg.nllLoss(lg.ones([2, 3]), integers([0, 1]), options)),
    {
      title: "refuses a label that is no class",
      run: () => lg.nllLoss(lg.ones([2, 3]), integers([0, 3])),
      type: lg.ValueError,
      says: ["3", "2"],
    },
    {
      title: "refuses a negative label that is not ignored",
      run: () => lg.nllLoss(lg.ones([2, 3]), integers([0, -1])),
      type: lg.ValueError,
      says: ["-1"],
    },
    {
      title: "refuses float labels",
      run: () => lg.nllLoss(lg.ones([2, 3]), lg.ones([2])),
      type: lg.DTypeError,
      says: ["int32", "float64"],
    },
    {
      title: "refuses a target of another shape",
      run: () => lg.nllLoss(lg.ones([2, 3, 4]), integers([0, 1])),
      type: lg.ShapeError,
      says: ["[2, 4]", "[2]"],
    },
    {
      title: "refuses a scalar",
      run: () => lg.nllLoss(lg.tensor(1), lg.tensor(0, { dtype: "int32" })),
      type: lg.ShapeError,
      says: ["scalar"],
    },
    {
      title: "refuses class weights of another size",
      run: () => lg.nllLoss(lg.ones([2, 3]), integers([0, 1]), { weight: lg.ones([2]) }),
      type: lg.ShapeError,
      says: ["[3]", "[2]"],
    },
  ],
};

const signs = [1, -1, -1, 1, -1, 1, 1, -1, -1, 1, 1, -1];

function marginSample(
  title: string,
  inputs: readonly SampleInput[],
  call: (...inputs: Tensor[]) => Tensor,
  f: (t: number, ...values: number[]) => number,
  reduction: MarginLossOptions["reduction"] = "mean",
): Sample {
  return {
    title,
    inputs,
    call,
    expected: (...given) =>
      reduced(
        (given[0] as SampleInput).values.map((_, i) =>
          f(signs[i] as number, ...given.map(({ values }) => values[i] as number)),
        ),
        reduction,
      ),
  };
}

function signErrors(call: (target: Tensor, options?: object) => unknown): ErrorCase[] {
  return [
    ...lossErrors((options) => call(lg.ones([2]), options)),
    {
      title: "refuses a target that is neither 1 nor −1",
      run: () => call(lg.tensor([1, 0])),
      type: lg.ValueError,
      says: ["1 or −1", "0", "element 1"],
    },
    {
      title: "refuses a first target of 2",
      run: () => call(lg.tensor([2, 1])),
      type: lg.ValueError,
      says: ["1 or −1", "2", "element 0"],
    },
    {
      title: "does not broadcast the target",
      run: () => call(lg.tensor(1)),
      type: lg.ShapeError,
      says: ["target must have shape [2], got []"],
    },
  ];
}

const grid: Shape = [3, 4];
const target = (): Tensor => lg.tensor(signs, { shape: grid });
const near = (): SampleInput => uniform(grid, { low: -0.05, high: 0.05 });

const marginRows: readonly OpRow[] = [
  {
    op: "hingeEmbeddingLoss",
    samples: [
      marginSample(
        "margin 1, integer target",
        [uniform(grid, { kinks: [1] })],
        (x) => lg.hingeEmbeddingLoss(x as Tensor, lg.cast(target(), "int32")),
        (t, x) => (t === 1 ? x : Math.max(0, 1 - x)),
      ),
      marginSample(
        "margin ½",
        [uniform(grid, { kinks: [0.5] })],
        (x) => lg.hingeEmbeddingLoss(x as Tensor, target(), { margin: 0.5, reduction: "none" }),
        (t, x) => (t === 1 ? x : Math.max(0, 0.5 - x)),
        "none",
      ),
    ],
    errors: [
      refusesIntegers((x) => lg.hingeEmbeddingLoss(x, lg.ones([2]))),
      ...signErrors((t, options) => lg.hingeEmbeddingLoss(lg.ones([2]), t, options)),
    ],
  },
  {
    op: "marginRankingLoss",
    samples: [
      marginSample(
        "margin 0",
        [uniform(grid, { kinks: [0] }), near()],
        (x, y) => lg.marginRankingLoss(x as Tensor, y as Tensor, target()),
        (t, x, y) => Math.max(0, -t * (x - (y as number))),
      ),
      marginSample(
        "margin 0.75, integer target",
        [uniform(grid, { kinks: [-0.75, 0.75] }), near()],
        (x, y) =>
          lg.marginRankingLoss(x as Tensor, y as Tensor, lg.cast(target(), "int32"), {
            margin: 0.75,
            reduction: "sum",
          }),
        (t, x, y) => Math.max(0, -t * (x - (y as number)) + 0.75),
        "sum",
      ),
    ],
    errors: [
      refusesIntegers((x) => lg.marginRankingLoss(x, x, lg.ones([2]))),
      ...signErrors((t, options) => lg.marginRankingLoss(lg.ones([2]), lg.ones([2]), t, options)),
      {
        title: "does not broadcast the inputs",
        run: () => lg.marginRankingLoss(lg.ones([2]), lg.ones([1]), lg.ones([2])),
        type: lg.ShapeError,
        says: ["input2 must have shape [2], got [1]"],
      },
    ],
  },
  {
    op: "softMarginLoss",
    samples: [
      marginSample(
        "the mean",
        [uniform(grid)],
        (x) => lg.softMarginLoss(x as Tensor, target()),
        (t, x) => Math.log1p(Math.exp(-t * x)),
      ),
    ],
    specials: [
      {
        title: "neither end overflows",
        inputs: [{ shape: [2], values: [1000, -1000] }],
        call: (x) => lg.softMarginLoss(x as Tensor, lg.tensor([1, 1]), { reduction: "none" }),
        expected: () => [0, 1000],
      },
    ],
    errors: [
      refusesIntegers((x) => lg.softMarginLoss(x, lg.ones([2]))),
      ...signErrors((t, options) => lg.softMarginLoss(lg.ones([2]), t, options)),
    ],
  },
];

function cosineOf(a: readonly number[], b: readonly number[]): number {
  return a.reduce((s, v, i) => s + v * (b[i] as number), 0) / (Math.hypot(...a) * Math.hypot(...b));
}

function cosineSample(title: string, labels: readonly number[], margin: number, inputs: [number[], number[]]): Sample {
  const shape = labels.length === 1 ? [4] : [labels.length, 4];
  const rows = (x: SampleInput | undefined) => labels.map((_, n) => (x?.values ?? []).slice(4 * n, 4 * n + 4));
  return {
    title,
    inputs: inputs.map((values) => ({ shape, values: values.map(Math.fround) })),
    call: (a, b) => {
      const t = labels.length === 1 ? lg.tensor(labels[0] as number) : lg.tensor([...labels]);
      return lg.cosineEmbeddingLoss(a as Tensor, b as Tensor, t, { margin, reduction: "none" });
    },
    expected: (a, b) =>
      labels.map((t, n) => {
        const cosine = cosineOf(rows(a)[n] as number[], rows(b)[n] as number[]);
        return t === 1 ? 1 - cosine : Math.max(0, cosine - margin);
      }),
  };
}

const first = [1, 2, -1, 0.5, 0.25, -1, 2, 1, -0.5, 1, 1, 2];
const second = [0.5, 1, 1, -1, 0.5, -1, 1, 2, 1, -2, -0.5, -1];

const cosineRow: OpRow = {
  op: "cosineEmbeddingLoss",
  samples: [
    cosineSample("alike, unlike and far apart", [1, -1, -1], 0, [first, second]),
    cosineSample("margin ½", [-1, -1, 1], 0.5, [first, second]),
    cosineSample("a single pair", [-1], 0.1, [first.slice(0, 4), second.slice(4, 8)]),
    {
      title: "the mean",
      inputs: [
        { shape: [3, 4], values: first },
        { shape: [3, 4], values: second },
      ],
      call: (a, b) => lg.cosineEmbeddingLoss(a as Tensor, b as Tensor, lg.tensor([1, 1, 1])),
      expected: () => {
        const rows = [0, 4, 8].map((n) => 1 - cosineOf(first.slice(n, n + 4), second.slice(n, n + 4)));
        return reduced(rows);
      },
    },
  ],
  specials: [
    {
      title: "a vector of zeros points nowhere",
      inputs: [{ shape: [2, 2], values: [0, 0, 1, 0] }],
      call: (x) => lg.cosineEmbeddingLoss(x as Tensor, lg.ones([2, 2]), lg.tensor([1, -1]), { reduction: "none" }),
      expected: () => [1, Math.SQRT1_2],
    },
    {
      title: "1e-12 is added to each squared norm",
      inputs: [{ shape: [2], values: [1e-6, 0] }],
      call: (x) => lg.cosineEmbeddingLoss(x as Tensor, lg.tensor([1, 0]), lg.tensor(-1)),
      expected: () => [1e-6 / Math.sqrt(2e-12 * (1 + 1e-12))],
    },
  ],
  errors: [
    refusesIntegers((x) => lg.cosineEmbeddingLoss(x, x, lg.ones([2])), [2, 2]),
    ...signErrors((t, options) => lg.cosineEmbeddingLoss(lg.ones([2, 3]), lg.ones([2, 3]), t, options)),
    {
      title: "refuses three axes",
      run: () => lg.cosineEmbeddingLoss(lg.ones([2, 2, 2]), lg.ones([2, 2, 2]), lg.ones([2])),
      type: lg.ShapeError,
      says: ["[N, D]", "[2, 2, 2]"],
    },
    {
      title: "does not broadcast the inputs",
      run: () => lg.cosineEmbeddingLoss(lg.ones([2, 3]), lg.ones([3]), lg.ones([2])),
      type: lg.ShapeError,
      says: ["input2 must have shape [2, 3], got [3]"],
    },
  ],
};

export const labelLossRows: readonly OpRow[] = [nllRow, ...marginRows, cosineRow];
