/** Rows of the op table: exponentials and logarithms to other bases, log-odds, special functions. */
import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { broadcastModel, type Grid } from "../models.js";
import { type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers, refusesPlainOptions, sampleOf } from "./elementwise.js";
import { functionRow, special } from "./functions.js";

const { NaN: nan, POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: minusInfinity } = Number;

const ends = [nan, infinity, minusInfinity];
const list = (...values: readonly number[]): SampleInput => ({ shape: [values.length], values });

/** A call of two tensors that broadcast. */
export function pairOf(
  call: (a: Tensor, b: Tensor) => Tensor,
  f: (p: number, q: number) => number,
  a: SampleInput,
  b: SampleInput,
  title = `[${a.shape}] and [${b.shape}]: ${a.values.slice(0, 3)}`,
): Required<Sample> {
  return {
    title,
    inputs: [a, b],
    call: (x, y) => call(x as Tensor, y as Tensor),
    expected: (x, y) => broadcastModel(x as Grid, y as Grid, f),
  };
}

/** The error cases of an op of two float tensors. */
export function refusesPairs(call: (a: Tensor, b: Tensor) => unknown): OpRow["errors"] {
  return [
    refusesIntegers((x) => call(x, lg.ones([2]))),
    {
      title: "refuses shapes that do not broadcast",
      run: () => call(lg.ones([2]), lg.ones([3])),
      type: lg.ShapeError,
      says: ["[2]", "[3]"],
    },
  ];
}

const bases: readonly OpRow[] = [
  functionRow(
    "log2",
    lg.log2,
    Math.log2,
    { low: 0.3, high: 9 },
    { ends, zeros: [0, -0, -1], powers: [1, 2, 0.125, 2 ** 120] },
  ),
  functionRow(
    "log10",
    lg.log10,
    Math.log10,
    { low: 0.3, high: 9 },
    { ends, zeros: [0, -0, -1], powers: [1, 10, 1e30] },
  ),
  functionRow(
    "exp2",
    lg.exp2,
    (x) => 2 ** x,
    { low: -4, high: 4 },
    { ends, powers: [0, -0, 1, 127, -126, 0.5], beyond: [2000, -2000] },
  ),
];

const logOdds = (x: number) => Math.log(x / (1 - x));

const logitRow: OpRow = {
  ...functionRow(
    "logit",
    (x) => lg.logit(x),
    logOdds,
    { low: 0.1, high: 0.9 },
    { ends, bounds: [0, 1, 0.5, -0.5, 1.5], tiny: [1e-30, 1e-7] },
  ),
  samples: [
    sampleOf("shares", (x) => lg.logit(x), logOdds, { low: 0.05, high: 0.95, kinks: [0.25, 0.75] }),
    sampleOf(
      "cut to [0.3, 0.7]",
      (x) => lg.logit(x, { eps: 0.3 }),
      (x) => logOdds(Math.min(0.7, Math.max(0.3, x))),
      { low: 0, high: 1, kinks: [0.3, 0.7] },
    ),
  ],
  errors: [
    refusesIntegers((x) => lg.logit(x)),
    refusesPlainOptions((options) => lg.logit(lg.ones([2]), options)),
    {
      title: "refuses eps 0.6",
      run: () => lg.logit(lg.ones([2]), { eps: 0.6 }),
      type: lg.ValueError,
      says: ["eps", "0.5", "0.6"],
    },
  ],
};

const xlogyOf = (x: number, y: number) => (x === 0 && !Number.isNaN(y) ? 0 : x * Math.log(y));
const logaddexpOf = (a: number, b: number) => {
  if (a === b) return a + Math.LN2;
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
};

const pairs: readonly OpRow[] = [
  {
    op: "xlogy",
    samples: [
      pairOf(lg.xlogy, xlogyOf, uniform([3, 4]), uniform([3, 4], { low: 0.3, high: 3 })),
      pairOf(lg.xlogy, xlogyOf, uniform([3, 1]), uniform([4], { low: 0.3, high: 3 })),
    ],
    specials: [
      pairOf(lg.xlogy, xlogyOf, list(0, 0, 0, 0, -0, 0), list(0, infinity, -1, nan, 0, 2), "x = 0"),
      pairOf(lg.xlogy, xlogyOf, list(1, -1, 2, nan, infinity), list(0, 0, -1, 1, 2), "x ≠ 0"),
    ],
    errors: refusesPairs(lg.xlogy),
  },
  {
    op: "logaddexp",
    samples: [
      pairOf(lg.logaddexp, logaddexpOf, uniform([3, 4]), uniform([3, 4])),
      pairOf(lg.logaddexp, logaddexpOf, uniform([2, 1, 3]), uniform([4, 1])),
    ],
    specials: [
      pairOf(lg.logaddexp, logaddexpOf, list(1, -2), list(1, -2), "a tie"),
      pairOf(
        lg.logaddexp,
        logaddexpOf,
        list(infinity, minusInfinity, infinity, 3),
        list(infinity, minusInfinity, minusInfinity, infinity),
        "infinities",
      ),
      pairOf(
        lg.logaddexp,
        logaddexpOf,
        list(minusInfinity, 1e30, -1e30, 1000),
        list(2, 1e30, 5, 1000),
        "far apart, and huge",
      ),
      pairOf(lg.logaddexp, () => nan, list(nan, 1, nan), list(1, nan, infinity), "NaN"),
    ],
    errors: refusesPairs(lg.logaddexp),
  },
];

/** Γ by Lanczos' approximation (g = 7, nine terms), of x above 0. */
function gamma(x: number): number {
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  ].concat([-0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7]);
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x));
  const t = x + 6.5;
  const sum = terms.reduce((s, c, i) => s + c / (x + i), 0.9999999999998099);
  return Math.sqrt(2 * Math.PI) * t ** (x - 0.5) * Math.exp(-t) * sum;
}

const logGamma = (x: number) => Math.log(Math.abs(gamma(x)));

/** ψ by the series −γ + Σ (1/(n + 1) − 1/(n + x)), with its tail from Euler and Maclaurin. */
function psi(x: number): number {
  let sum = -0.5772156649015329;
  for (let n = 0; n < 400; n++) sum += 1 / (n + 1) - 1 / (n + x);
  const tail = (z: number) => Math.log(z) - 1 / (2 * z) - 1 / (12 * z * z) + 1 / (120 * z ** 4);
  return sum + tail(400 + x) - tail(401);
}

/** 2/√π ∫ₓ^(x + 8) e^(−t²) dt by Simpson's rule. */
function complement(x: number): number {
  const h = 8 / 4000;
  const at = (i: number) => Math.exp(-((x + i * h) ** 2)) * (i === 0 || i === 4000 ? 1 : i % 2 === 0 ? 2 : 4);
  const sum = Array.from({ length: 4001 }, (_, i) => at(i)).reduce((s, v) => s + v);
  return ((2 / Math.sqrt(Math.PI)) * sum * h) / 3;
}

/** The x whose complement is 1 − y, by bisection. */
function inverse(y: number): number {
  let [low, high] = [-6, 6];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (1 - complement(middle) < y) low = middle;
    else high = middle;
  }
  return low;
}

const beyond: Readonly<Record<string, readonly Required<Sample>[]>> = {
  erfc: [special("the ends", lg.erfc, [...ends, 20, -20], [nan, 0, 2, 0, 2])],
  erfinv: [special("the ends", lg.erfinv, [nan, 1, -1, 1.5, -2, 0], [nan, infinity, minusInfinity, nan, nan, 0])],
  lgamma: [
    special("poles and ends", lg.lgamma, [...ends, 0, -0, -1, -7, -1e30], [nan, ...new Array(7).fill(infinity)]),
    special("zeros", lg.lgamma, [1, 2], [0, 0]),
  ],
  digamma: [
    special("poles and ends", lg.digamma, [nan, infinity, 0, -1, -7], [nan, infinity, minusInfinity, nan, nan]),
  ],
};

const specialFunctions: readonly OpRow[] = [
  functionRow("erfc", lg.erfc, complement, { low: -3, high: 3 }, { sides: [0, 0.99, 1.01, 4] }),
  functionRow("erfinv", lg.erfinv, inverse, { low: -0.9, high: 0.9 }, { sides: [0.84375, 0.859375, -0.859375, 0.25] }),
  functionRow(
    "lgamma",
    lg.lgamma,
    logGamma,
    { low: 0.6, high: 9 },
    { sides: [0.25, 1.5, 2.5, 7.9375, 8.0625, 30, -0.5, -3.75] },
  ),
  functionRow("digamma", lg.digamma, psi, { low: 0.6, high: 12 }, { sides: [0.25, 0.5, 9.9375, 30, -0.5, -3.75] }),
].map((row) => ({ ...row, specials: [...(row.specials ?? []), ...(beyond[row.op] ?? [])] }));

/** Exponentials, logarithms and special functions. */
export const exponentialRows: readonly OpRow[] = [...bases, logitRow, ...pairs, ...specialFunctions];
