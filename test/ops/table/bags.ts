/** Rows of the op table: bags of embeddings, shuffled pixels, dropped channels. */
import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { elementAt, fill, type Grid } from "../models.js";
import { distinct, type OpRow, type Sample, uniform } from "../row.js";
import { refusesIntegers, refusesPlainOptions } from "./elementwise.js";

const integers = (values: readonly number[], shape: Shape = [values.length]): Tensor =>
  lg.tensor([...values], { shape, dtype: "int32" });

type Bags = readonly (readonly number[])[];
type Mode = "sum" | "mean" | "max";

/** What a bag of rows comes to; nothing comes to 0. */
function bagged(rows: readonly number[], mode: Mode): number {
  if (rows.length === 0) return 0;
  if (mode === "max") return Math.max(...rows);
  return rows.reduce((sum, v) => sum + v, 0) / (mode === "mean" ? rows.length : 1);
}

function bags(title: string, of: Bags, options: lg.EmbeddingBagOptions = {}): Sample {
  const ragged = options.offsets !== undefined;
  const index = () => integers(of.flat(), ragged ? [of.flat().length] : [of.length, of[0]?.length ?? 0]);
  return {
    title,
    inputs: [distinct([5, 3])],
    call: (weight) => lg.embeddingBag(index(), weight as Tensor, options),
    expected: (weight) =>
      fill([of.length, 3], ([bag = 0, column = 0]) => {
        const kept = (of[bag] as readonly number[]).filter((row) => row !== options.paddingIdx);
        return bagged(
          kept.map((row) => elementAt(weight as Grid, [row, column])),
          options.mode ?? "mean",
        );
      }),
  };
}

const even: Bags = [
  [4, 0, 2],
  [1, 1, 2],
];
const uneven: Bags = [[4, 0], [], [2, 1, 1], [3]];
const offsets = [0, 2, 2, 5];
const modes: readonly Mode[] = ["sum", "mean", "max"];
const aTable = () => lg.ones([3, 2]);

const embeddingBagRow: OpRow = {
  op: "embeddingBag",
  samples: [
    bags("the mean", even),
    ...modes.flatMap((mode) => [
      bags(`${mode} of rows of indices`, [even[0] as number[], [1, 3, 2]], { mode }),
      bags(`${mode} of bags of several sizes`, mode === "max" ? [[4, 0], [], [2, 1, 0], [3]] : uneven, {
        mode,
        offsets,
      }),
      bags(`${mode} without a row`, [even[0] as number[], [2, 2, 2]], { mode, paddingIdx: 2 }),
    ]),
    {
      title: "a weighted sum",
      inputs: [uniform([5, 2]), uniform([4])],
      call: (weight, factors) =>
        lg.embeddingBag(integers([4, 0, 2, 0]), weight as Tensor, {
          mode: "sum",
          offsets: [0, 1],
          perSampleWeights: factors as Tensor,
        }),
      expected: (weight, factors) =>
        fill(
          [2, 2],
          ([bag = 0, column = 0]) =>
            [[0], [1, 2, 3]][bag]?.reduce((sum, i) => {
              return (
                sum + elementAt(weight as Grid, [[4, 0, 2, 0][i] as number, column]) * elementAt(factors as Grid, [i])
              );
            }, 0) as number,
        ),
    },
  ],
  errors: [
    refusesIntegers((x) => lg.embeddingBag(integers([0], [1, 1]), x), [2, 2]),
    refusesPlainOptions((options) => lg.embeddingBag(integers([0], [1, 1]), aTable(), options)),
    {
      title: "refuses a row that is not there",
      run: () => lg.embeddingBag(integers([0, 3], [1, 2]), aTable()),
      type: lg.ValueError,
      says: ["0 to 2", "3"],
    },
    {
      title: "refuses a vector without offsets",
      run: () => lg.embeddingBag(integers([0, 1]), aTable()),
      type: lg.ShapeError,
      says: ["offsets", "[2]"],
    },
    {
      title: "refuses a matrix with offsets",
      run: () => lg.embeddingBag(integers([0, 1], [1, 2]), aTable(), { offsets: [0] }),
      type: lg.ShapeError,
      says: ["offsets", "[1, 2]"],
    },
    ...[[], [1], [0, 2, 1], [0, 3], [0, 0.5]].map((list) => ({
      title: `refuses offsets [${list}]`,
      run: () => lg.embeddingBag(integers([0, 1]), aTable(), { offsets: list }),
      type: lg.ValueError,
      says: ["offsets"],
    })),
    {
      title: "refuses factors of a mean",
      run: () => lg.embeddingBag(integers([0], [1, 1]), aTable(), { perSampleWeights: lg.ones([1, 1]) }),
      type: lg.ValueError,
      says: ["perSampleWeights", "mean"],
    },
    {
      title: "refuses to leave out row 3 of 3",
      run: () => lg.embeddingBag(integers([0], [1, 1]), aTable(), { paddingIdx: 3 }),
      type: lg.ValueError,
      says: ["paddingIdx", "3"],
    },
    {
      title: "refuses a table of one axis",
      run: () => lg.embeddingBag(integers([0], [1, 1]), lg.ones([3])),
      type: lg.ShapeError,
      says: ["[rows, D]", "[3]"],
    },
  ],
};

/** The pixels of [N, C r², H, W] as those of [N, C, H r, W r], or back. */
function pixels(op: "pixelShuffle" | "pixelUnshuffle", from: Shape, to: Shape, r: number): Sample {
  const call = op === "pixelShuffle" ? lg.pixelShuffle : lg.pixelUnshuffle;
  return {
    title: `[${from}] to [${to}]`,
    inputs: [uniform(from)],
    call: (x) => call(x as Tensor, r),
    expected: (x) =>
      fill(to, (place) => {
        const [c, h, w] = place.slice(-3) as [number, number, number];
        const source =
          op === "pixelShuffle"
            ? [c * r * r + (h % r) * r + (w % r), Math.floor(h / r), Math.floor(w / r)]
            : [Math.floor(c / (r * r)), h * r + Math.floor((c % (r * r)) / r), w * r + (c % r)];
        return elementAt(x as Grid, [...place.slice(0, -3), ...source]);
      }),
  };
}

function pixelRow(op: "pixelShuffle" | "pixelUnshuffle", few: Shape, many: Shape): OpRow {
  const call = op === "pixelShuffle" ? lg.pixelShuffle : lg.pixelUnshuffle;
  const [from, to] = op === "pixelShuffle" ? [few, many] : [many, few];
  return {
    op,
    samples: [
      pixels(op, from, to, 2),
      pixels(op, from.slice(1), to.slice(1), 2),
      pixels(op, [2, ...from], [2, ...to], 2),
      pixels(op, [1, 2, 3], [1, 2, 3], 1),
    ],
    errors: [
      ...[0, -1, 1.5, Number.NaN].map((factor) => ({
        title: `refuses the factor ${factor}`,
        run: () => call(lg.ones([4, 2, 2]), factor),
        type: lg.ValueError,
        says: ["positive integer", String(factor)],
      })),
      { title: "refuses a matrix", run: () => call(lg.ones([4, 4]), 2), type: lg.ShapeError, says: ["[4, 4]"] },
      {
        title: "refuses what 3 does not divide",
        run: () => call(lg.ones([4, 4, 4]), 3),
        type: lg.ShapeError,
        says: ["divide"],
      },
    ],
  };
}

function channelsDropped(
  title: string,
  shape: Shape,
  options: () => lg.DropoutOptions,
  seed: number,
  p: number,
): Sample {
  return {
    title,
    inputs: [uniform(shape)],
    call: (x) => lg.dropout2d(lg.square(x as Tensor), options()),
    expected: (x) => {
      const rng = lg.generator(seed);
      const channels = shape.slice(0, -2).reduce((n, m) => n * m, 1);
      const scales = Array.from({ length: channels }, () => (p === 0 ? 1 : rng.uniform() < p ? 0 : 1 / (1 - p)));
      const pixelsOf = (shape.at(-1) as number) * (shape.at(-2) as number);
      const { values } = x as Grid;
      return values.map((v, i) => v * v * (scales[Math.floor(i / pixelsOf)] as number));
    },
  };
}

const dropout2dRow: OpRow = {
  op: "dropout2d",
  samples: [
    channelsDropped("a half", [2, 3, 2, 2], () => ({ generator: lg.generator(5) }), 5, 0.5),
    channelsDropped("a fifth of one image", [4, 2, 3], () => ({ p: 0.2, generator: lg.generator(6) }), 6, 0.2),
    channelsDropped("nothing in evaluation", [2, 2, 2], () => ({ training: false }), 0, 0),
  ],
  errors: [
    refusesIntegers((x) => lg.dropout2d(x, { generator: lg.generator(1) }), [1, 2, 2]),
    refusesPlainOptions((options) => lg.dropout2d(lg.ones([1, 2, 2]), options)),
    { title: "refuses a matrix", run: () => lg.dropout2d(lg.ones([2, 2])), type: lg.ShapeError, says: ["[2, 2]"] },
    {
      title: "refuses p above 1",
      run: () => lg.dropout2d(lg.ones([1, 2, 2]), { p: 1.5 }),
      type: lg.ValueError,
      says: ["p must be", "1.5"],
    },
    {
      title: "wants a generator",
      run: () => lg.dropout2d(lg.ones([1, 2, 2])),
      type: lg.ValueError,
      says: ["generator"],
    },
  ],
};

/** Bags, pixels, channels. */
export const bagRows: readonly OpRow[] = [
  embeddingBagRow,
  pixelRow("pixelShuffle", [2, 8, 2, 3], [2, 2, 4, 6]),
  pixelRow("pixelUnshuffle", [2, 8, 2, 3], [2, 2, 4, 6]),
  dropout2dRow,
];
