/** Rows of the op table: losses of sequences. */
import type { CtcLossOptions, Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { coordinates, elementAt, type Grid } from "../models.js";
import { type ErrorCase, type OpRow, type Sample, uniform } from "../row.js";
import { refusesIntegers } from "./elementwise.js";
import { lossErrors, reduced } from "./pair-losses.js";

const integers = (values: readonly (readonly number[])[]): Tensor => lg.tensor(values, { dtype: "int32" });

/** The classes of a path with repeated ones merged and blanks dropped. */
function spelt(path: readonly number[], blank: number): string {
  return path.filter((c, t) => c !== blank && (t === 0 || c !== path[t - 1])).join();
}

/** −log Σ p over all paths of as many frames that spell the labels. */
function lossOf(x: Grid, n: number, frames: number, labels: readonly number[], blank: number): number {
  const classes = x.shape[2] as number;
  let total = 0;
  for (let k = 0; k < classes ** frames; k++) {
    const path = coordinates(k, new Array<number>(frames).fill(classes));
    if (spelt(path, blank) !== labels.join()) continue;
    total += Math.exp(path.reduce((sum, c, t) => sum + elementAt(x, [t, n, c]), 0));
  }
  return -Math.log(total);
}

interface Numbers extends CtcLossOptions {
  readonly inputLengths?: readonly number[];
  readonly targetLengths?: readonly number[];
}

function expectedOf(x: Grid, targets: readonly (readonly number[])[], options: Numbers): readonly number[] {
  const { blank = 0, reduction = "mean", inputLengths, targetLengths, zeroInfinity = false } = options;
  const losses = targets.map((all, n) => {
    const labels = all.slice(0, targetLengths?.[n]);
    const loss = lossOf(x, n, inputLengths?.[n] ?? (x.shape[0] as number), labels, blank);
    const kept = zeroInfinity && loss === Number.POSITIVE_INFINITY ? 0 : loss;
    return reduction === "mean" ? kept / Math.max(1, labels.length) : kept;
  });
  return reduced(losses, reduction);
}

function ctc(title: string, shape: Shape, targets: readonly (readonly number[])[], options: Numbers = {}): Sample {
  return {
    title,
    inputs: [uniform(shape, { low: -3, high: -0.1 })],
    call: (x) => lg.ctcLoss(x as Tensor, integers(targets), options),
    expected: (x) => expectedOf(x as Grid, targets, options),
  };
}

const none = { reduction: "none" } as const;
const infinity = Number.POSITIVE_INFINITY;
const two = [
  [1, 2],
  [2, 1],
];

function refuses(title: string, options: CtcLossOptions, says: readonly string[], targets = two): ErrorCase {
  const run = () => lg.ctcLoss(lg.zeros([3, 2, 4]), integers(targets), options);
  return { title: `refuses ${title}`, run, type: lg.ValueError, says };
}

const ctcRow: OpRow = {
  op: "ctcLoss",
  samples: [
    ctc("the mean", [4, 2, 3], two),
    ctc(
      "labels that repeat, which a blank must part",
      [5, 2, 3],
      [
        [1, 1, 2],
        [2, 1, 1],
      ],
    ),
    ctc("lengths of their own, one target empty", [4, 3, 3], [...two, [1, 1]], {
      inputLengths: [4, 2, 3],
      targetLengths: [0, 2, 1],
      ...none,
    }),
    ctc(
      "what is beyond the lengths may be anything",
      [3, 2, 3],
      [
        [1, -7],
        [2, 99],
      ],
      { targetLengths: [1, 1] },
    ),
    ctc(
      "the blank last, the sum",
      [4, 2, 3],
      [
        [0, 1],
        [1, 1],
      ],
      { blank: 2, reduction: "sum" },
    ),
    ctc("a single frame", [1, 2, 3], [[1], [2]], none),
    ctc(
      "more labels than frames count as 0",
      [3, 2, 3],
      [
        [1, 1, 2],
        [1, 2, 1],
      ],
      { ...none, zeroInfinity: true },
    ),
    {
      title: "one sequence, lengths in tensors",
      inputs: [uniform([4, 3], { low: -3, high: -0.1 })],
      call: (x) =>
        lg.ctcLoss(x as Tensor, lg.tensor([2, 1], { dtype: "int32" }), {
          inputLengths: lg.tensor([3], { dtype: "int32" }),
          targetLengths: lg.tensor([1], { dtype: "int32" }),
          ...none,
        }),
      expected: (x) => ({ shape: [], values: [lossOf({ ...(x as Grid), shape: [4, 1, 3] }, 0, 3, [2], 0)] }),
    },
  ],
  specials: [
    {
      title: "Infinity where there are too few frames, or none, or a class that cannot be",
      inputs: [
        { shape: [2, 4, 2], values: [-1, -1, -1, -1, -1, -1, -1, -infinity, -1, -1, -1, -1, -1, -1, -1, -infinity] },
      ],
      call: (x) =>
        lg.ctcLoss(
          x as Tensor,
          integers([
            [1, 1],
            [1, 1],
            [1, 1],
            [1, 1],
          ]),
          {
            inputLengths: [2, 0, 0, 2],
            targetLengths: [2, 1, 0, 1],
            ...none,
          },
        ),
      expected: () => [infinity, infinity, 0, infinity],
    },
    {
      title: "probabilities that underflow",
      inputs: [{ shape: [3, 1, 2], values: [-1000, -2000, -1000, -2000, -1000, -2000] }],
      call: (x) => lg.ctcLoss(x as Tensor, integers([[1]]), none),
      expected: () => [4000 - Math.log(3)],
    },
  ],
  errors: [
    refusesIntegers((x) => lg.ctcLoss(x, x), [1, 1]),
    ...lossErrors((options) => lg.ctcLoss(lg.zeros([3, 2, 4]), integers(two), options)),
    refuses("a blank that is no class", { blank: 4 }, ["blank", "from 0 to 3", "4"]),
    refuses("half a blank", { blank: 0.5 }, ["blank", "0.5"]),
    refuses("more frames than there are", { inputLengths: [3, 4] }, ["inputLengths", "from 0 to 3", "4 at element 1"]),
    refuses("a negative length", { targetLengths: [-1, 2] }, ["targetLengths", "[-1, 2]"]),
    refuses("a length too few", { targetLengths: [1] }, ["targetLengths", "[1]"]),
    {
      title: "refuses a tensor of lengths too long",
      run: () =>
        lg.ctcLoss(lg.zeros([3, 2, 4]), integers(two), { targetLengths: lg.tensor([2, 3], { dtype: "int32" }) }),
      type: lg.ValueError,
      says: ["each of targetLengths must be from 0 to 2, got 3 at element 1"],
    },
    refuses(
      "a label that is no class",
      {},
      ["a label must be from 0 to 3, got 4 at element 2"],
      [
        [1, 2],
        [4, 1],
      ],
    ),
    refuses("the blank as a label", { blank: 2 }, ["a label must not be the blank 2, as it is at element 1"]),
    {
      title: "refuses a tensor of lengths of another shape",
      run: () => lg.ctcLoss(lg.zeros([3, 2, 4]), integers(two), { inputLengths: lg.tensor([3], { dtype: "int32" }) }),
      type: lg.ShapeError,
      says: ["inputLengths must have shape [2], got [1]"],
    },
    {
      title: "refuses targets of another batch",
      run: () => lg.ctcLoss(lg.zeros([3, 2, 4]), integers([[1, 2]])),
      type: lg.ShapeError,
      says: ["[T, N, C]", "[N, S]", "[3, 2, 4]", "[1, 2]"],
    },
    {
      title: "refuses floats as labels",
      run: () => lg.ctcLoss(lg.zeros([3, 2, 4]), lg.ones([2, 2])),
      type: lg.DTypeError,
      says: ["targets must be int32"],
    },
  ],
};

/** Sequences. */
export const sequenceRows: readonly OpRow[] = [ctcRow];
