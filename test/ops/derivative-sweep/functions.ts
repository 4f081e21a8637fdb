/** The derivatives of functions of one number. */
import * as lg from "../../../src/index.js";
import { type SweepEntry, unary } from "./entry.js";
import { digamma, digammaTerms, erfinv, trigamma } from "./exact.js";

export const functionSweep: readonly SweepEntry[] = [
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
  unary("trunc", lg.trunc, () => 0),
  unary("frac", lg.frac, () => 1),
  unary(
    "nanToNum",
    (x) => lg.nanToNum(x),
    () => 1,
  ),
  unary("log2", lg.log2, (x) => 1 / (x * Math.LN2), { poles: [0], within: (x) => x >= 0 }),
  unary("log10", lg.log10, (x) => 1 / (x * Math.LN10), { poles: [0], within: (x) => x >= 0 }),
  unary("exp2", lg.exp2, (x) => Math.LN2 * 2 ** x),
  unary(
    "logit",
    (x) => lg.logit(x),
    (x) => 1 / (x * (1 - x)),
    { poles: [0, 1], within: (x) => x >= 0 && x <= 1 },
  ),
  unary(
    "logit",
    (x) => lg.logit(x, { eps: 0.125 }),
    (x) => (x >= 0.125 && x <= 0.875 ? 1 / (x * (1 - x)) : 0),
    { title: "eps 1/8", poles: [0.125, 0.875] },
  ),
  unary("erfc", lg.erfc, (x) => (-2 / Math.sqrt(Math.PI)) * Math.exp(-x * x)),
  unary("erfinv", lg.erfinv, (x) => (Math.sqrt(Math.PI) / 2) * Math.exp(erfinv(x) ** 2), {
    poles: [-1, 1],
    within: (x) => Math.abs(x) <= 1,
  }),
  unary("lgamma", lg.lgamma, digamma, { poles: [0, 1, -1, -7], terms: digammaTerms }),
  unary("digamma", lg.digamma, trigamma, { poles: [0, 1, -1, -7] }),
];
