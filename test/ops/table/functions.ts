/** Rows of the op table: angles, hyperbolic functions, log1p and rounding. */
import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { broadcastModel } from "../models.js";
import { type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers, refusesPlainOptions, sampleOf, unary } from "./elementwise.js";

const { NaN: nan, POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: minusInfinity } = Number;

/** What an op makes of a list of special numbers. */
export function special(
  title: string,
  call: (x: Tensor) => Tensor,
  values: readonly number[],
  expected: readonly number[],
): Required<Sample> {
  return {
    title,
    inputs: [{ shape: [values.length], values }],
    call: (x) => call(x as Tensor),
    expected: () => expected,
  };
}

/** A row with special values of which JavaScript knows the answer. */
export function functionRow(
  op: string,
  call: (x: Tensor) => Tensor,
  f: (x: number) => number,
  domain: { low: number; high: number; kinks?: number[] },
  specials: Record<string, readonly number[]>,
): OpRow {
  return {
    ...unary(op, call, f, domain),
    specials: Object.entries(specials).map(([title, numbers]) => {
      const values = numbers.map(Math.fround); // the same on every device
      return special(title, call, values, values.map(f));
    }),
  };
}

const ends = [nan, infinity, minusInfinity];
const tiny = [1e-5, -1e-5, 3e-6, -1e-7];

/** The nearest integer, halves to even. */
function nearest(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

const steps = [0.15, 0.5, 1, 1.5].flatMap((v) => [v, -v]);
const halves = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5];

const roundingRows: readonly OpRow[] = [
  functionRow("floor", lg.floor, Math.floor, { low: -3, high: 3, kinks: [-3, -2, -1, 0, 1, 2, 3] }, { ends, steps }),
  functionRow("ceil", lg.ceil, Math.ceil, { low: -3, high: 3, kinks: [-3, -2, -1, 0, 1, 2, 3] }, { ends, steps }),
  {
    op: "round",
    samples: [
      sampleOf("to integers", (x) => lg.round(x), nearest, { low: -3, high: 3, kinks: halves }),
      sampleOf(
        "to one decimal",
        (x) => lg.round(x, { decimals: 1 }),
        (x) => nearest(x * 10) / 10,
        { low: 0.16, high: 0.24 },
      ),
      sampleOf(
        "to hundreds",
        (x) => lg.round(x, { decimals: -2 }),
        (x) => nearest(x / 100) * 100,
        { low: 160, high: 240 },
      ),
    ],
    specials: [
      special("halves go to even", lg.round, halves, [-2, -2, 0, 0, 2, 2, 4]),
      // The first is the float32 number below ½: to add ½ to it would round up to 1.
      special("what is nearest stays nearest", lg.round, [0.49999997, 8388609, -8388609], [0, 8388609, -8388609]),
      special("the ends", lg.round, ends, ends),
    ],
    errors: [
      refusesIntegers((x) => lg.round(x)),
      { ...refusesIntegers((x) => lg.round(x, { decimals: 1 })), title: "refuses integers with decimals" },
      refusesPlainOptions((options) => lg.round(lg.ones([2]), options)),
      {
        title: "refuses half a decimal",
        run: () => lg.round(lg.ones([2]), { decimals: 0.5 }),
        type: lg.ValueError,
        says: ["decimals", "0.5"],
      },
    ],
  },
];

function angleSample(a: SampleInput, b: SampleInput): Required<Sample> {
  return {
    title: `[${a.shape.join(", ")}] and [${b.shape.join(", ")}]`,
    inputs: [a, b],
    call: (y, x) => lg.atan2(y as Tensor, x as Tensor),
    expected: (y, x) => broadcastModel(y as SampleInput, x as SampleInput, Math.atan2).values,
  };
}

const compass = [0, -0, 1, -1, 1e-30, -1e30, ...ends];

const atan2Row: OpRow = {
  op: "atan2",
  samples: [
    angleSample(uniform([3, 4], { kinks: [0] }), uniform([3, 4], { kinks: [0] })),
    angleSample(uniform([2, 1, 4], { kinks: [0] }), uniform([3, 1], { kinks: [0] })),
    angleSample(uniform([], { low: 0.3 }), uniform([5])),
  ],
  specials: [
    angleSample({ shape: [compass.length, 1], values: compass }, { shape: [compass.length], values: compass }),
  ],
  errors: [
    refusesIntegers((x) => lg.atan2(x, x)),
    {
      title: "refuses shapes that do not broadcast",
      run: () => lg.atan2(lg.ones([2, 3]), lg.ones([4, 3])),
      type: lg.ShapeError,
      says: ["[2, 3]", "[4, 3]"],
    },
  ],
};

const inside = { low: -0.9, high: 0.9 };
const unit = [0, -0, 1, -1, 0.99999994, -0.5, 1.0000001, -2, ...ends];

export const functionRows: readonly OpRow[] = [
  functionRow("tan", lg.tan, Math.tan, { low: -1.3, high: 1.3 }, { "every quadrant": [2, 3, 5, -2, -4], tiny }),
  functionRow("asin", lg.asin, Math.asin, inside, { unit, tiny }),
  functionRow("acos", lg.acos, Math.acos, inside, { unit, "near 1": [0.9999999, 0.999999] }),
  functionRow("atan", lg.atan, Math.atan, { low: -4, high: 4 }, { ends, tiny, huge: [1e30, -1e30, 1, -1, 0] }),
  atan2Row,
  functionRow("sinh", lg.sinh, Math.sinh, { low: -3, high: 3 }, { ends, tiny, large: [89, -89], "near 1": [1, 0.99] }),
  functionRow("cosh", lg.cosh, Math.cosh, { low: -3, high: 3 }, { ends, tiny, large: [89, -89] }),
  functionRow("asinh", lg.asinh, Math.asinh, { low: -3, high: 3, kinks: [0] }, { ends, tiny, huge: [3e38, -1e20, 0] }),
  functionRow(
    "acosh",
    lg.acosh,
    Math.acosh,
    { low: 1.2, high: 4 },
    {
      ends,
      "near 1": [1, 1.0000001, 1.00001],
      huge: [3e38, 1e20],
      "below 1": [0.9, 1e-5, 0, -0.5, -1, -3],
    },
  ),
  functionRow("atanh", lg.atanh, Math.atanh, { ...inside, kinks: [0] }, { unit, tiny }),
  functionRow(
    "log1p",
    lg.log1p,
    Math.log1p,
    { low: -0.8, high: 3 },
    {
      ends,
      tiny,
      "where the series ends": [0.5, -0.5, 0.499, -0.499],
      "at −1 and below": [-1, -2],
      huge: [1e38],
    },
  ),
  ...roundingRows,
];
