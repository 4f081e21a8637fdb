/** Rows of the op table: losses that compare two tensors of one shape, number by number. */
import type { LossOptions, Reduction, Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { type ErrorCase, type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers, refusesPlainOptions } from "./elementwise.js";

type PairLoss = (input: Tensor, target: Tensor, options?: object) => Tensor;

/** Losses as their reduction gives them. */
export function reduced(losses: readonly number[], reduction: Reduction = "mean"): readonly number[] {
  if (reduction === "none") return losses;
  const total = losses.reduce((sum, v) => sum + v, 0);
  return [reduction === "sum" ? total : total / losses.length];
}

/** What every loss refuses. */
export function lossErrors(call: (options: object) => unknown): ErrorCase[] {
  return [
    refusesPlainOptions(call),
    {
      title: "refuses an unknown reduction",
      run: () => call({ reduction: "max" }),
      type: lg.ValueError,
      says: ["reduction", "max", "none"],
    },
  ];
}

function pairErrors(call: PairLoss): ErrorCase[] {
  return [
    refusesIntegers((x) => call(x, x)),
    ...lossErrors((options) => call(lg.ones([2]), lg.ones([2]), options)),
    {
      title: "does not broadcast the target",
      run: () => call(lg.ones([3, 1]), lg.ones([3])),
      type: lg.ShapeError,
      says: ["target must have shape [3, 1], got [3]"],
    },
  ];
}

function refuses(title: string, run: () => unknown, says: readonly string[]): ErrorCase {
  return { title, run, type: lg.ValueError, says };
}

const shape: Shape = [3, 4];

/** A loss of two tensors that both get a gradient; the target stays within 0.05 of 0, so that kinks keep their distance. */
function regressionSample(
  call: PairLoss,
  f: (d: number) => number,
  kinks: readonly number[],
  options: LossOptions,
): Sample {
  return {
    title: JSON.stringify(options),
    inputs: [uniform(shape, { kinks }), uniform(shape, { low: -0.05, high: 0.05 })],
    call: (x, y) => call(x as Tensor, y as Tensor, options),
    expected: (x, y) =>
      reduced(
        (x as SampleInput).values.map((v, i) => f(v - ((y as SampleInput).values[i] as number))),
        options.reduction,
      ),
  };
}

const all: readonly LossOptions[] = [{}, { reduction: "mean" }, { reduction: "sum" }, { reduction: "none" }];

function huber(d: number, delta: number): number {
  return Math.abs(d) < delta ? 0.5 * d * d : delta * (Math.abs(d) - 0.5 * delta);
}

const regressionRows: readonly OpRow[] = [
  {
    op: "mseLoss",
    samples: all.map((options) => regressionSample(lg.mseLoss, (d) => d * d, [], options)),
    errors: pairErrors(lg.mseLoss),
  },
  {
    op: "l1Loss",
    samples: all.map((options) => regressionSample(lg.l1Loss, Math.abs, [0], options)),
    errors: pairErrors(lg.l1Loss),
  },
  {
    op: "smoothL1Loss",
    samples: [
      ...all.map((options) => regressionSample(lg.smoothL1Loss, (d) => huber(d, 1), [-1, 1], options)),
      regressionSample(lg.smoothL1Loss, (d) => huber(d, 0.5) / 0.5, [-0.5, 0.5], { beta: 0.5 } as LossOptions),
      regressionSample(lg.smoothL1Loss, Math.abs, [0], { beta: 0 } as LossOptions),
    ],
    errors: [
      ...pairErrors(lg.smoothL1Loss),
      refuses("refuses a negative beta", () => lg.smoothL1Loss(lg.ones([2]), lg.ones([2]), { beta: -1 }), ["-1"]),
    ],
  },
  {
    op: "huberLoss",
    samples: [
      ...all.map((options) => regressionSample(lg.huberLoss, (d) => huber(d, 1), [-1, 1], options)),
      regressionSample(lg.huberLoss, (d) => huber(d, 0.5), [-0.5, 0.5], { delta: 0.5 } as LossOptions),
    ],
    errors: [
      ...pairErrors(lg.huberLoss),
      refuses("refuses a delta of 0", () => lg.huberLoss(lg.ones([2]), lg.ones([2]), { delta: 0 }), ["delta", "0"]),
    ],
  },
];

/** A loss whose target gets no gradient, so that it is no input of the sample. */
function targetSample(
  call: PairLoss,
  input: SampleInput,
  targets: readonly number[],
  options: () => LossOptions,
  f: (x: number, t: number, i: number) => number,
): Sample {
  const { reduction } = options();
  return {
    title: Object.keys(options()).join(", ") || "no options",
    inputs: [input],
    call: (x) => call(x as Tensor, lg.tensor([...targets], { shape: (x as Tensor).shape }), options()),
    expected: (x) =>
      reduced(
        (x as SampleInput).values.map((v, i) => f(v, targets[i] as number, i)),
        reduction,
      ),
  };
}

const targets = [0, 1, 0.25, 1, 0.5, 0, 1, 0.75, 0, 1, 1, 0.125];
const columnWeights = [0.5, 2, 1, 0];
const positiveWeights = [3, 1, 0.5, 2];
const weight = (): Tensor => lg.tensor(columnWeights);

const logLoss = (p: number, t: number): number => -(t * Math.log(p) + (1 - t) * Math.log1p(-p));
const sigma = (x: number): number => 1 / (1 + Math.exp(-x));
const probabilities = (): SampleInput => uniform(shape, { low: 0.1, high: 0.9 });

const binaryRows: readonly OpRow[] = [
  {
    op: "bce",
    samples: [
      ...all.map((options) => targetSample(lg.bce, probabilities(), targets, () => options, logLoss)),
      targetSample(
        lg.bce,
        probabilities(),
        targets,
        () => ({ weight: weight() }) as LossOptions,
        (p, t, i) => logLoss(p, t) * (columnWeights[i % 4] as number),
      ),
    ],
    specials: [
      {
        title: "a logarithm is never below −100",
        inputs: [{ shape: [6], values: [0, 0, 1, 1, 0, 1e-30] }],
        call: (x) => lg.bce(x as Tensor, lg.tensor([0, 1, 0, 1, 0.25, 1]), { reduction: "none" }),
        expected: () => [0, 100, 100, 0, 25, -Math.log(1e-30)],
      },
    ],
    errors: [
      ...pairErrors(lg.bce),
      refuses("refuses a logit", () => lg.bce(lg.tensor([0.5, 1.5]), lg.ones([2])), [
        "1.5",
        "element 1",
        "bceWithLogits",
      ]),
      refuses("refuses a negative number", () => lg.bce(lg.tensor([-0.5, 0]), lg.ones([2])), ["-0.5", "element 0"]),
      refuses("refuses NaN", () => lg.bce(lg.tensor([Number.NaN]), lg.ones([1])), ["NaN"]),
      {
        title: "refuses a weight that does not broadcast",
        run: () => lg.bce(lg.full([2, 3], 0.5), lg.ones([2, 3]), { weight: lg.ones([2, 2, 3]) }),
        type: lg.ShapeError,
        says: ["weight", "[2, 3]", "[2, 2, 3]"],
      },
    ],
  },
  {
    op: "bceWithLogits",
    samples: [
      ...all.map((options) =>
        targetSample(
          lg.bceWithLogits,
          uniform(shape, { low: -6, high: 6 }),
          targets,
          () => options,
          (x, t) => logLoss(sigma(x), t),
        ),
      ),
      targetSample(
        lg.bceWithLogits,
        uniform(shape, { low: -3, high: 3 }),
        targets,
        () => ({ weight: weight(), posWeight: lg.tensor(positiveWeights) }) as LossOptions,
        (x, t, i) =>
          -(columnWeights[i % 4] as number) *
          ((positiveWeights[i % 4] as number) * t * Math.log(sigma(x)) + (1 - t) * Math.log(sigma(-x))),
      ),
    ],
    specials: [
      {
        title: "neither end overflows or cancels",
        inputs: [{ shape: [6], values: [1000, 1000, -1000, -1000, 20, -20] }],
        call: (x) => lg.bceWithLogits(x as Tensor, lg.tensor([0, 1, 0, 1, 1, 0]), { reduction: "none" }),
        expected: () => [1000, 0, 0, 1000, Math.log1p(Math.exp(-20)), Math.log1p(Math.exp(-20))],
      },
      {
        title: "what is left at the right end",
        inputs: [{ shape: [2], values: [12, -12] }],
        call: (x) => lg.bceWithLogits(x as Tensor, lg.tensor([1, 0]), { reduction: "none" }),
        expected: () => [Math.log1p(Math.exp(-12)), Math.log1p(Math.exp(-12))],
      },
    ],
    errors: [
      ...pairErrors(lg.bceWithLogits),
      {
        title: "refuses a posWeight that does not broadcast",
        run: () => lg.bceWithLogits(lg.ones([3]), lg.ones([3]), { posWeight: lg.ones([2, 3]) }),
        type: lg.ShapeError,
        says: ["posWeight", "[3]", "[2, 3]"],
      },
    ],
  },
];

const distribution = [0.1, 0.2, 0.3, 0.4, 0, 0.5, 0.25, 0.25, 1, 0, 0, 0];
const xlogx = (t: number): number => (t === 0 ? 0 : t * Math.log(t));
const counts = [0, 1, 2, 3, 0, 5, 1, 1, 7, 0, 2, 4];
const stirling = (t: number): number => (t > 1 ? t * Math.log(t) - t + 0.5 * Math.log(2 * Math.PI * t) : 0);

const divergenceRows: readonly OpRow[] = [
  {
    op: "klDiv",
    samples: [
      ...all.map((options) =>
        targetSample(
          lg.klDiv,
          uniform(shape),
          distribution,
          () => options,
          (x, t) => xlogx(t) - t * x,
        ),
      ),
      targetSample(
        lg.klDiv,
        uniform(shape),
        distribution.map((t) => Math.log(t + 0.125)),
        () => ({ logTarget: true, reduction: "none" }) as LossOptions,
        (x, t) => Math.exp(t) * (t - x),
      ),
      {
        title: "the mean over the batch",
        inputs: [uniform(shape)],
        call: (x) => lg.klDiv(x as Tensor, lg.tensor(distribution, { shape }), { reduction: "batchmean" }),
        expected: (x) => {
          const losses = (x as SampleInput).values.map((v, i) => {
            const t = distribution[i] as number;
            return xlogx(t) - t * v;
          });
          return [(reduced(losses, "sum")[0] as number) / 3];
        },
      },
    ],
    errors: [
      ...pairErrors(lg.klDiv),
      {
        title: "has no mean over a batch for a scalar",
        run: () => lg.klDiv(lg.tensor(-1), lg.tensor(0.5), { reduction: "batchmean" }),
        type: lg.ShapeError,
        says: ["batchmean", "scalar"],
      },
    ],
  },
  {
    op: "poissonNllLoss",
    samples: [
      ...all.map((options) =>
        targetSample(
          lg.poissonNllLoss,
          uniform(shape),
          counts,
          () => options,
          (x, t) => Math.exp(x) - t * x,
        ),
      ),
      targetSample(
        lg.poissonNllLoss,
        uniform(shape, { low: 0.5, high: 3 }),
        counts,
        () => ({ logInput: false, full: true, eps: 0.01 }) as LossOptions,
        (x, t) => x - t * Math.log(x + 0.01) + stirling(t),
      ),
    ],
    specials: [
      {
        title: "a rate of 0 is raised by 1e-8",
        inputs: [{ shape: [2], values: [0, 0] }],
        call: (x) => lg.poissonNllLoss(x as Tensor, lg.tensor([0, 1]), { logInput: false, reduction: "none" }),
        expected: () => [0, -Math.log(1e-8)],
      },
    ],
    errors: pairErrors(lg.poissonNllLoss),
  },
];

export const pairLossRows: readonly OpRow[] = [...regressionRows, ...binaryRows, ...divergenceRows];
