/** The derivative of every op that computes element by element. */

import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import type { SweepEntry } from "./entry.js";
import { normalCdf, normalDensity, power, product, scaledExp, sech2, sigma, softplus } from "./exact.js";

/** An op of one tensor. */
export function unary(
  op: string,
  call: (x: Tensor) => Tensor,
  derivative: (x: number) => number,
  rest: Partial<SweepEntry> = {},
): SweepEntry {
  return { op, call: (x) => call(x as Tensor), derivatives: [derivative], ...rest };
}

/** An op of two tensors. */
export function binary(
  op: string,
  call: (a: Tensor, b: Tensor) => Tensor,
  derivatives: readonly [(a: number, b: number) => number, (a: number, b: number) => number],
  rest: Partial<SweepEntry> = {},
): SweepEntry {
  return { op, call: (a, b) => call(a as Tensor, b as Tensor), derivatives, ...rest };
}

const positive = (x: number): boolean => x > 0;
const between =
  (low: number, high: number) =>
  (x: number): number =>
    x > low && x < high ? 1 : 0;
const exponential =
  (alpha: number) =>
  (x: number): number =>
    x > 0 ? 1 : alpha * Math.exp(x);

const activations: readonly SweepEntry[] = [
  unary("relu", lg.relu, (x) => (x > 0 ? 1 : 0)),
  unary("relu6", lg.relu6, between(0, 6), { poles: [6] }),
  unary("hardTanh", (x) => lg.hardTanh(x), between(-1, 1), { poles: [-1, 1] }),
  unary("hardSigmoid", lg.hardSigmoid, (x) => between(-3, 3)(x) * Math.fround(1 / 6), { poles: [-3, 3] }),
  unary("hardSwish", lg.hardSwish, (x) => (x >= 3 ? 1 : x <= -3 ? 0 : x / 3 + 0.5), {
    poles: [-3, 3],
    terms: (x) => (Math.abs(x + 1.5) < 0.1 ? 0.5 : 0),
  }),
  unary(
    "leakyRelu",
    (x) => lg.leakyRelu(x, { negativeSlope: 0.125 }),
    (x) => (x > 0 ? 1 : 0.125),
  ),
  unary("elu", (x) => lg.elu(x), exponential(1)),
  unary("elu", (x) => lg.elu(x, { alpha: 0.5 }), exponential(0.5), { title: "alpha 0.5" }),
  unary("selu", lg.selu, (x) => 1.0507009873554805 * exponential(1.6732632423543772)(x)),
  unary(
    "celu",
    (x) => lg.celu(x, { alpha: 2 }),
    (x) => (x > 0 ? 1 : Math.exp(x / 2)),
  ),
  unary("sigmoid", lg.sigmoid, (x) => sech2(x / 2) / 4),
  unary("tanh", lg.tanh, sech2),
  unary("logSigmoid", lg.logSigmoid, (x) => sigma(-x)),
  unary(
    "softplus",
    (x) => lg.softplus(x),
    (x) => (x > 20 ? 1 : sigma(x)),
    { poles: [20] },
  ),
  unary(
    "softplus",
    (x) => lg.softplus(x, { beta: 4, threshold: 10 }),
    (x) => (4 * x > 10 ? 1 : sigma(4 * x)),
    {
      title: "beta 4",
      poles: [2.5],
    },
  ),
  unary("softsign", lg.softsign, (x) => 1 / (1 + Math.abs(x)) ** 2),
  unary("silu", lg.silu, (x) => sigma(x) + (x * sech2(x / 2)) / 4, { terms: nearRoot(-1.2784645, sigma) }),
  unary("mish", lg.mish, (x) => Math.tanh(softplus(x)) + product(sigma(x) * sech2(softplus(x)), x), {
    terms: nearRoot(-1.1924312, (x) => Math.tanh(softplus(x))),
  }),
  unary(
    "gelu",
    (x) => lg.gelu(x),
    (x) => normalCdf(x) + x * normalDensity(x),
    {
      terms: nearRoot(-0.7517916, normalCdf),
    },
  ),
  unary("gelu", (x) => lg.gelu(x, { approximate: "tanh" }), geluTanhSlope, {
    title: "by tanh",
    terms: nearRoot(-0.7524614, normalCdf),
    // e^2u where 2u, a polynomial of degree 3, is rounded to float32 before: up to −87 with three roundings
    tolerance: { simd: 3e-5, webasm: 3e-5, cpu: 3e-5 },
  }),
  unary(
    "dropout",
    (x) => lg.dropout(x, { p: 1, generator: lg.generator(0) }),
    () => 0,
  ),
];

/** The terms of a derivative that crosses 0 at `root`, near there. */
function nearRoot(root: number, term: (x: number) => number): (x: number) => number {
  return (x) => (Math.abs(x - root) < 0.2 ? Math.abs(term(x)) : 0);
}

function geluTanhSlope(x: number): number {
  const scale = Math.sqrt(8 / Math.PI);
  const exponent = scale * (x + 0.044715 * x ** 3);
  return sigma(exponent) + product(sech2(exponent / 2) / 4, x * scale * (1 + 3 * 0.044715 * x * x));
}

const functions: readonly SweepEntry[] = [
  unary("abs", lg.abs, Math.sign),
  unary("acos", lg.acos, (x) => -1 / Math.sqrt((1 - x) * (1 + x)), { poles: [-1, 1] }),
  unary("acosh", lg.acosh, (x) => 1 / Math.sqrt((x - 1) * (x + 1)), { poles: [1], within: (x) => x >= 1 }),
  unary("asin", lg.asin, (x) => 1 / Math.sqrt((1 - x) * (1 + x)), { poles: [-1, 1] }),
  unary("asinh", lg.asinh, (x) => 1 / Math.hypot(x, 1)),
  unary("atan", lg.atan, (x) => 1 / (1 + x * x)),
  unary("atanh", lg.atanh, (x) => 1 / ((1 - x) * (1 + x)), { poles: [-1, 1], within: (x) => Math.abs(x) <= 1 }),
  unary("ceil", lg.ceil, () => 0),
  unary(
    "clamp",
    (x) => lg.clamp(x, { min: -2, max: 3 }),
    (x) => (x >= -2 && x <= 3 ? 1 : 0),
    { poles: [-2, 3] },
  ),
  unary("cos", lg.cos, (x) => -Math.sin(x)),
  unary("cosh", lg.cosh, Math.sinh),
  unary("erf", lg.erf, (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x)),
  unary("exp", lg.exp, Math.exp),
  unary("expm1", lg.expm1, Math.exp),
  unary("floor", lg.floor, () => 0),
  unary("log", lg.log, (x) => 1 / x, { poles: [0], within: (x) => x >= 0 }),
  unary("log1p", lg.log1p, (x) => 1 / (1 + x), { poles: [-1], within: (x) => x >= -1 }),
  unary("neg", lg.neg, () => -1),
  unary("reciprocal", lg.reciprocal, (x) => -1 / (x * x), { poles: [0] }),
  unary(
    "round",
    (x) => lg.round(x),
    () => 0,
  ),
  unary("rsqrt", lg.rsqrt, (x) => -0.5 / (x * Math.sqrt(x)), { poles: [0], within: (x) => x >= 0 }),
  unary("sign", lg.sign, () => 0),
  unary("sin", lg.sin, Math.cos),
  unary("sinh", lg.sinh, Math.cosh),
  unary("sqrt", lg.sqrt, (x) => 0.5 / Math.sqrt(x), { poles: [0], within: (x) => x >= 0 }),
  unary("square", lg.square, (x) => 2 * x),
  // The float64 cosine of the reference device has a few digits less near its zeros, which no float64 number is.
  unary("tan", lg.tan, (x) => 1 / Math.cos(x) ** 2, {
    poles: [Math.PI / 2, -Math.PI / 2],
    tolerance: { reference: 1e-7 },
  }),
];

const arithmetic: readonly SweepEntry[] = [
  binary("add", lg.add, [() => 1, () => 1]),
  binary("sub", lg.sub, [() => 1, () => -1]),
  binary("mul", lg.mul, [(_, b) => b, (a) => a]),
  binary("div", lg.div, [(_, b) => 1 / b, (a, b) => -a / (b * b)]),
  binary("maximum", lg.maximum, [(a, b) => (a === b ? 0.5 : Number(a > b)), (a, b) => (a === b ? 0.5 : Number(b > a))]),
  binary("minimum", lg.minimum, [(a, b) => (a === b ? 0.5 : Number(a < b)), (a, b) => (a === b ? 0.5 : Number(b < a))]),
  binary("atan2", lg.atan2, [(y, x) => x / (x * x + y * y), (y, x) => -y / (x * x + y * y)]),
  binary("pow", lg.pow, [(a, b) => b * power(a, b - 1), (a, b) => scaledExp(Math.log(a), b * Math.log(a))], {
    within: positive,
  }),
  unary(
    "pow",
    (x) => lg.pow(x, 3),
    (x) => 3 * x * x,
    { title: "a cube" },
  ),
  unary(
    "pow",
    (x) => lg.pow(x, -2),
    (x) => -2 / x ** 3,
    { title: "an inverse square", poles: [0] },
  ),
  binary("where", (a, b) => lg.where(lg.greater(a, b), a, b), [(a, b) => Number(a > b), (a, b) => Number(a <= b)]),
];

export const elementwiseSweep: readonly SweepEntry[] = [...activations, ...functions, ...arithmetic];

/** Those whose result is no float. */
// biome-ignore format: a table
export const elementwiseWithoutDerivative: readonly string[] = [
  "equal", "notEqual", "greater", "greaterEqual", "less", "lessEqual", "logicalAnd", "logicalOr", "logicalXor", "logicalNot",
  "isNaN", "isFinite", "isInf", "cast",
];
