/** Rows of the op table: functions of one tensor, and activations. */

import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { type ErrorCase, type OpRow, type Sample, type SampleInput, uniform } from "../row.js";

interface Domain {
  readonly low?: number;
  readonly high?: number;
  readonly kinks?: readonly number[];
}

/** The error case of every op that computes on floats. */
export function refusesIntegers(call: (x: Tensor) => unknown, shape: readonly number[] = [2]): ErrorCase {
  const size = shape.reduce((product, n) => product * n, 1);
  return {
    title: "refuses integers",
    run: () => call(lg.tensor(new Int32Array(size), { shape, dtype: "int32" })),
    type: lg.DTypeError,
    says: ["int32", "float"],
  };
}

/** The error case of every op with options: a number in their place, as other frameworks take it. */
export function refusesPlainOptions(call: (options: object) => unknown): ErrorCase {
  return {
    title: "refuses a number in the place of the options",
    run: () => call(3 as unknown as object),
    type: lg.ValueError,
    says: ["options go into an object", "3"],
  };
}

/** One call on a matrix of numbers from a domain. */
export function sampleOf(
  title: string,
  call: Sample["call"],
  f: ((x: number) => number) | undefined,
  domain: Domain,
): Sample {
  const expected = f && (({ values }: { values: readonly number[] }) => values.map(f));
  return { title, inputs: [uniform([3, 4], domain)], call, ...(expected && { expected }) };
}

/** The row of a function that takes one tensor and no options. */
export function unary(op: string, call: (x: Tensor) => Tensor, f?: (x: number) => number, domain: Domain = {}): OpRow {
  return { op, samples: [sampleOf("a matrix", call, f, domain)], errors: [refusesIntegers(call)] };
}

const sigma = (x: number): number => 1 / (1 + Math.exp(-x));

/** 2/√π ∫₀ˣ e^(−t²) dt by Simpson's rule. */
function erf(x: number): number {
  const h = x / 2000;
  const heights = Array.from({ length: 2001 }, (_, i) => Math.exp(-((i * h) ** 2)) * (i % 2 === 0 ? 2 : 4));
  return ((2 / Math.sqrt(Math.PI)) * (heights.reduce((sum, v) => sum + v) - 1 - Math.exp(-x * x)) * h) / 3;
}

const kinks = [0];

export const elementwiseRows: readonly OpRow[] = [
  unary("neg", lg.neg, (x) => -x),
  unary("sign", lg.sign, Math.sign, { kinks }),
  unary("abs", lg.abs, Math.abs, { kinks }),
  unary("exp", lg.exp, Math.exp),
  unary("expm1", lg.expm1, Math.expm1),
  {
    ...unary("log", lg.log, Math.log, { low: 0.3, high: 3 }),
    specials: [
      {
        title: "NaN below 0, −∞ at it",
        inputs: [{ shape: [6], values: [-1, -0, 0, 1, Number.POSITIVE_INFINITY, Number.NaN] }],
        call: (x?: Tensor) => lg.log(x as Tensor),
        expected: (x?: SampleInput) => x?.values.map(Math.log) ?? [],
      },
    ],
  },
  unary("sqrt", lg.sqrt, Math.sqrt, { low: 0.3, high: 3 }),
  unary("rsqrt", lg.rsqrt, (x) => 1 / Math.sqrt(x), { low: 0.3, high: 3 }),
  unary("square", lg.square, (x) => x * x),
  unary("reciprocal", lg.reciprocal, (x) => 1 / x, { low: 0.4, high: 2 }),
  unary("sin", lg.sin, Math.sin, { low: -4, high: 4 }),
  unary("cos", lg.cos, Math.cos, { low: -4, high: 4 }),
  unary("tanh", lg.tanh, Math.tanh),
  unary("erf", lg.erf, erf, { low: -4, high: 4 }),
  unary("identity", lg.identity, (x) => x),
  unary("relu", lg.relu, (x) => Math.max(x, 0), { kinks }),
  unary("sigmoid", lg.sigmoid, sigma, { low: -6, high: 6 }),
  unary("logSigmoid", lg.logSigmoid, (x) => Math.log(sigma(x))),
  unary("silu", lg.silu, (x) => x * sigma(x)),
  {
    op: "softplus",
    samples: [
      sampleOf(
        "beta 1",
        (x) => lg.softplus(x),
        (x) => Math.log1p(Math.exp(x)),
        {},
      ),
      sampleOf(
        "beta 3",
        (x) => lg.softplus(x, { beta: 3 }),
        (x) => Math.log1p(Math.exp(3 * x)) / 3,
        {},
      ),
      sampleOf(
        "beyond 20",
        (x) => lg.softplus(x),
        (x) => x,
        { low: 21, high: 30 },
      ),
      sampleOf(
        "beyond a threshold of 1, which 2x reaches at ½",
        (x) => lg.softplus(x, { beta: 2, threshold: 1 }),
        (x) => (2 * x > 1 ? x : Math.log1p(Math.exp(2 * x)) / 2),
        { kinks: [0.5] },
      ),
    ],
    errors: [
      refusesIntegers((x) => lg.softplus(x)),
      refusesPlainOptions((options) => lg.softplus(lg.ones([2]), options)),
      {
        title: "refuses beta 0",
        run: () => lg.softplus(lg.ones([2]), { beta: 0 }),
        type: lg.ValueError,
        says: ["beta", "0"],
      },
    ],
  },
  {
    op: "leakyRelu",
    samples: [
      sampleOf(
        "slope 0.01",
        (x) => lg.leakyRelu(x),
        (x) => (x > 0 ? x : 0.01 * x),
        { kinks },
      ),
      sampleOf(
        "slope 0.3",
        (x) => lg.leakyRelu(x, { negativeSlope: 0.3 }),
        (x) => (x > 0 ? x : 0.3 * x),
        { kinks },
      ),
    ],
    errors: [
      refusesIntegers((x) => lg.leakyRelu(x)),
      refusesPlainOptions((options) => lg.leakyRelu(lg.ones([2]), options)),
    ],
  },
  {
    op: "elu",
    samples: [
      sampleOf(
        "alpha 1",
        (x) => lg.elu(x),
        (x) => (x > 0 ? x : Math.expm1(x)),
        { kinks },
      ),
      sampleOf(
        "alpha 0.5",
        (x) => lg.elu(x, { alpha: 0.5 }),
        (x) => (x > 0 ? x : 0.5 * Math.expm1(x)),
        { kinks },
      ),
    ],
    errors: [refusesIntegers((x) => lg.elu(x)), refusesPlainOptions((options) => lg.elu(lg.ones([2]), options))],
  },
  {
    op: "gelu",
    samples: [
      sampleOf(
        "by erf",
        (x) => lg.gelu(x),
        (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
        {},
      ),
      sampleOf(
        "by tanh",
        (x) => lg.gelu(x, { approximate: "tanh" }),
        (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
        {},
      ),
    ],
    errors: [
      refusesIntegers((x) => lg.gelu(x)),
      refusesPlainOptions((options) => lg.gelu(lg.ones([2]), options)),
      {
        title: "refuses another approximation",
        run: () => lg.gelu(lg.ones([2]), { approximate: "sin" as "tanh" }),
        type: lg.ValueError,
        says: ["approximate", "sin"],
      },
    ],
  },
].map((row) => (row.op === "identity" ? { ...row, errors: [] } : row));
