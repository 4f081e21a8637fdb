/** Special values of functions of one number. */
import * as lg from "../../../src/index.js";
import { inf, nan, type SpecialRow, unary } from "./row.js";

const { PI: pi, LN2: ln2 } = Math;
const flat = [0, 0, 0, 0, 0];

// Values and derivatives at NaN, −∞, −0, 0 and ∞.
// biome-ignore format: a table
export const functionSpecials: readonly SpecialRow[] = [
  unary("abs", lg.abs, [nan, inf, 0, 0, inf], [nan, -1, 0, 0, 1]),
  unary(
    "acos",
    lg.acos,
    [nan, nan, pi / 2, pi / 2, nan],
    [nan, nan, -1, -1, nan],
    [
      [1, 0, -inf],
      [-1, pi, -inf],
    ],
  ),
  unary("acosh", lg.acosh, [nan, nan, nan, nan, inf], [nan, nan, nan, nan, 0], [[1, 0, inf]]),
  unary(
    "asin",
    lg.asin,
    [nan, nan, -0, 0, nan],
    [nan, nan, 1, 1, nan],
    [
      [1, pi / 2, inf],
      [-1, -pi / 2, inf],
    ],
  ),
  unary("asinh", lg.asinh, [nan, -inf, -0, 0, inf], [nan, 0, 1, 1, 0]),
  unary("atan", lg.atan, [nan, -pi / 2, -0, 0, pi / 2], [nan, 0, 1, 1, 0]),
  unary(
    "atanh",
    lg.atanh,
    [nan, nan, -0, 0, nan],
    [nan, null, 1, 1, null],
    [
      [1, inf, inf],
      [-1, -inf, inf],
    ],
  ),
  unary("ceil", lg.ceil, [nan, -inf, -0, 0, inf], flat, [[-0.5, -0, 0]]),
  unary("clamp", (x) => lg.clamp(x, { min: -2, max: 3 }), [nan, -2, -0, 0, 3], [0, 0, 1, 1, 0]),
  unary("cos", lg.cos, [nan, nan, 1, 1, nan], [nan, nan, 0, 0, nan]),
  unary("cosh", lg.cosh, [nan, inf, 1, 1, inf], [nan, -inf, 0, 0, inf]),
  unary("erf", lg.erf, [nan, -1, -0, 0, 1], [nan, 0, 2 / Math.sqrt(pi), 2 / Math.sqrt(pi), 0]),
  unary("exp", lg.exp, [nan, 0, 1, 1, inf], [nan, 0, 1, 1, inf]),
  unary("expm1", lg.expm1, [nan, -1, -0, 0, inf], [nan, 0, 1, 1, inf]),
  unary("floor", lg.floor, [nan, -inf, -0, 0, inf], flat, [[0.5, 0, 0]]),
  unary("isFinite", lg.isFinite, [0, 0, 1, 1, 0], flat),
  unary("isInf", lg.isInf, [0, 1, 0, 0, 1], flat),
  unary("isNaN", lg.isNaN, [1, 0, 0, 0, 0], flat),
  unary("log", lg.log, [nan, nan, -inf, -inf, inf], [nan, null, -inf, inf, 0], [[-1, nan, null]]),
  unary(
    "log1p",
    lg.log1p,
    [nan, nan, -0, 0, inf],
    [nan, null, 1, 1, 0],
    [
      [-1, -inf, inf],
      [-2, nan, null],
    ],
  ),
  unary("neg", lg.neg, [nan, inf, 0, -0, -inf], [-1, -1, -1, -1, -1]),
  unary("reciprocal", lg.reciprocal, [nan, -0, -inf, inf, 0], [nan, 0, -inf, -inf, 0]),
  unary("round", (x) => lg.round(x), [nan, -inf, -0, 0, inf], flat, [
    [-0.3, -0, 0],
    [-0.5, -0, 0],
    [2.5, 2, 0],
  ]),
  unary("rsqrt", lg.rsqrt, [nan, nan, -inf, inf, 0], [nan, nan, inf, -inf, 0]),
  unary("sign", lg.sign, [nan, -1, -0, 0, 1], flat),
  unary("sin", lg.sin, [nan, nan, -0, 0, nan], [nan, nan, 1, 1, nan]),
  unary("sinh", lg.sinh, [nan, -inf, -0, 0, inf], [nan, inf, 1, 1, inf]),
  unary("sqrt", lg.sqrt, [nan, nan, -0, 0, inf], [nan, nan, -inf, inf, 0], [[-1, nan, nan]]),
  unary("square", lg.square, [nan, inf, 0, 0, inf], [nan, -inf, 0, 0, inf]),
  unary("tan", lg.tan, [nan, nan, -0, 0, nan], [nan, nan, 1, 1, nan]),
  unary("trunc", lg.trunc, [nan, -inf, -0, 0, inf], flat, [[-0.5, -0, 0], [0.5, 0, 0]]),
  unary("frac", lg.frac, [nan, nan, 0, 0, nan], [1, 1, 1, 1, 1], [[-0.5, -0.5, 1], [2, 0, 1]]),
  unary("nanToNum", (x) => lg.nanToNum(x, { nan: 7, posinf: 8, neginf: -9 }), [7, -9, -0, 0, 8], [0, 0, 1, 1, 0]),
  unary("exp2", lg.exp2, [nan, 0, 1, 1, inf], [nan, 0, ln2, ln2, inf]),
  unary("log2", lg.log2, [nan, nan, -inf, -inf, inf], [nan, null, -inf, inf, 0], [[-1, nan, null]]),
  unary("log10", lg.log10, [nan, nan, -inf, -inf, inf], [nan, null, -inf, inf, 0], [[-1, nan, null]]),
  unary("logit", (x) => lg.logit(x), [nan, nan, -inf, -inf, nan], [nan, null, -inf, inf, null], [[1, inf, inf], [2, nan, null]]),
  unary("erfc", lg.erfc, [nan, 2, 1, 1, 0], [nan, 0, -2 / Math.sqrt(pi), -2 / Math.sqrt(pi), 0]),
  unary("erfinv", lg.erfinv, [nan, nan, -0, 0, nan], [nan, nan, Math.sqrt(pi) / 2, Math.sqrt(pi) / 2, nan], [[1, inf, inf], [-1, -inf, inf], [2, nan, nan]]),
  unary("lgamma", lg.lgamma, [nan, inf, inf, inf, inf], [nan, nan, -inf, -inf, inf], [[-1, inf, nan], [1, 0, -0.5772156649015329], [2, 0, 0.4227843350984671]]),
  unary("digamma", lg.digamma, [nan, nan, -inf, -inf, inf], [nan, nan, inf, inf, 0], [[-1, nan, nan], [-2, nan, nan]]),
];
