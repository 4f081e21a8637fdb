/** Rows of the op table: whole quotients and what they leave, integer parts, lengths, values in between. */
import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers } from "./elementwise.js";
import { pairOf, refusesPairs } from "./exponentials.js";
import { functionRow, special } from "./functions.js";

const { NaN: nan, POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: minusInfinity } = Number;
const ends = [nan, infinity, minusInfinity];
const list = (...values: readonly number[]): SampleInput => ({
  shape: [values.length],
  values: values.map(Math.fround),
});

/** Dividends that lie well within their interval of any of the divisors. */
const dividends = list(7.3, -7.3, 4.2, -4.2, 0.7, -0.7);
const divisors = list(2, 2, -3, -3, 1.5, 1.5);

const floored = (a: number, b: number) => (a % b !== 0 && a % b < 0 !== b < 0 ? (a % b) + b : a % b);
const quotient = (a: number, b: number) => (b === 0 ? a / b : Math.round((a - floored(a, b)) / b));

function divisionRow(
  op: string,
  call: (a: Tensor, b: Tensor) => Tensor,
  f: (a: number, b: number) => number,
  specials: readonly Required<Sample>[],
): OpRow {
  return {
    op,
    samples: [
      pairOf(call, f, dividends, divisors),
      pairOf(call, f, { shape: [6, 1], values: dividends.values }, list(2, -3.01)),
      pairOf(call, f, dividends, { shape: [], values: [2.5] }),
    ],
    specials: [
      ...specials,
      pairOf(call, f, list(6, -6, 1, 9, -9), list(3, 3, Math.fround(0.1), -4, -4), "multiples, and what is almost one"),
    ],
    errors: refusesPairs(call),
  };
}

const undefinedRests = (call: (a: Tensor, b: Tensor) => Tensor) =>
  pairOf(call, () => nan, list(1, infinity, nan, 2, 0), list(0, 2, 1, nan, 0), "no rest");

const huge = list(1e30, -1e30, 3e38, 16777216, 1e8);
const small = list(3, 0.7, 1e-3, 0.1, 7);

const interpolations = (title: string, a: SampleInput, b: SampleInput, weight: SampleInput): Required<Sample> => ({
  title,
  inputs: [a, b, weight],
  call: (...given) => lg.lerp(...(given as [Tensor, Tensor, Tensor])),
  expected: (p, q, w) =>
    (p as SampleInput).values.map((v, i) => {
      const t = (w as SampleInput).values.at(w?.values.length === 1 ? 0 : i) as number;
      const other = (q as SampleInput).values[i] as number;
      return v === other ? v : v * (1 - t) + other * t;
    }),
});

const lerpRow: OpRow = {
  op: "lerp",
  samples: [
    interpolations("a weight for each", uniform([3, 4]), uniform([3, 4]), uniform([3, 4])),
    interpolations("one weight", uniform([3, 4]), uniform([3, 4]), { shape: [], values: [0.25] }),
  ],
  specials: [
    interpolations("what is equal stays", list(0.1, 3e38, -1e-30), list(0.1, 3e38, -1e-30), list(0.3, 0.7, 2)),
    interpolations("opposite ends of the range", list(3e38, -3e38), list(-3e38, 3e38), list(0.5, 0.25)),
  ],
  errors: [
    refusesIntegers((x) => lg.lerp(x, x, 0.5)),
    {
      title: "refuses shapes that do not broadcast",
      run: () => lg.lerp(lg.ones([2]), lg.ones([3]), 0.5),
      type: lg.ShapeError,
      says: ["[2]", "[3]"],
    },
  ],
};

const integers = [-3, -2, -1, 0, 1, 2, 3];
const steps = [0.25, 1, 1.5, 8388609, 1e30].flatMap((v) => [v, -v]);

/** Whole quotients, rests, integer parts, lengths and values in between. */
export const divisionRows: readonly OpRow[] = [
  divisionRow("fmod", lg.fmod, (a, b) => a % b, [
    undefinedRests(lg.fmod),
    pairOf(lg.fmod, (a, b) => a % b, huge, small, "more digits in the quotient than a float32 has"),
    pairOf(lg.fmod, (a) => a, list(3, -3), list(infinity, minusInfinity), "an infinite divisor"),
  ]),
  divisionRow("remainder", lg.remainder, floored, [
    undefinedRests(lg.remainder),
    pairOf(lg.remainder, floored, huge, small, "more digits in the quotient than a float32 has"),
  ]),
  divisionRow("floorDivide", lg.floorDivide, quotient, [
    pairOf(lg.floorDivide, (a) => a / 0, list(1, -1, 0, nan), list(0, 0, 0, 0), "division by 0"),
    pairOf(
      lg.floorDivide,
      (a) => Math.min(0, Math.sign(a)),
      list(3, -3),
      list(infinity, infinity),
      "an infinite divisor",
    ),
  ]),
  functionRow("trunc", lg.trunc, Math.trunc, { low: -3, high: 3, kinks: integers }, { ends, steps }),
  {
    ...functionRow("frac", lg.frac, (x) => x % 1, { low: -3, high: 3, kinks: integers }, { steps: [0.25, -1.5, 2.75] }),
    specials: [
      special("the ends", lg.frac, ends, [nan, nan, nan]),
      special("huge numbers", lg.frac, [1e30, 3], [0, 0]),
    ],
  },
  {
    op: "hypot",
    samples: [
      pairOf(lg.hypot, Math.hypot, uniform([3, 4]), uniform([3, 4])),
      pairOf(lg.hypot, Math.hypot, uniform([2, 1, 3]), uniform([4, 1])),
    ],
    specials: [
      pairOf(lg.hypot, Math.hypot, list(3e30, 3e-30, 0, -0, 5), list(4e30, -4e-30, 0, -2, 0), "huge, tiny, zero"),
      pairOf(lg.hypot, Math.hypot, list(infinity, nan, 1, nan), list(nan, minusInfinity, nan, 1), "infinity and NaN"),
    ],
    errors: refusesPairs(lg.hypot),
  },
  lerpRow,
];
