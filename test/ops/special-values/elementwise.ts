/** Special values of functions and activations. */
import * as lg from "../../../src/index.js";
import { inf, nan, type SpecialRow, unary } from "./row.js";

const { PI: pi, LN2: ln2 } = Math;
const flat = [0, 0, 0, 0, 0];
const [scale, alpha] = [1.0507009873554805, 1.6732632423543772];

// Values and derivatives at NaN, −∞, −0, 0 and ∞.
const activations: readonly SpecialRow[] = [
  unary("relu", lg.relu, [nan, 0, 0, 0, inf], [1, 0, 0, 0, 1]),
  unary("relu6", lg.relu6, [nan, 0, -0, 0, 6], [1, 0, 0, 0, 0]),
  unary("hardTanh", (x) => lg.hardTanh(x), [nan, -1, -0, 0, 1], [1, 0, 1, 1, 0]),
  unary("hardSigmoid", lg.hardSigmoid, [nan, 0, 0.5, 0.5, 1], [0, 0, 1 / 6, 1 / 6, 0]),
  unary("hardSwish", lg.hardSwish, [nan, 0, -0, 0, inf], [nan, 0, 0.5, 0.5, 1]),
  unary(
    "leakyRelu",
    (x) => lg.leakyRelu(x, { negativeSlope: 0.125 }),
    [nan, -inf, -0, 0, inf],
    [0.125, 0.125, 0.125, 0.125, 1],
  ),
  unary("elu", (x) => lg.elu(x), [nan, -1, -0, 0, inf], [1, 0, 1, 1, 1]),
  unary("selu", lg.selu, [nan, -scale * alpha, -0, 0, inf], [scale, 0, scale * alpha, scale * alpha, scale]),
  unary("celu", (x) => lg.celu(x, { alpha: 2 }), [nan, -2, -0, 0, inf], [1, 0, 1, 1, 1]),
  unary("sigmoid", lg.sigmoid, [nan, 0, 0.5, 0.5, 1], [nan, 0, 0.25, 0.25, 0]),
  unary("tanh", lg.tanh, [nan, -1, -0, 0, 1], [nan, 0, 1, 1, 0]),
  unary("logSigmoid", lg.logSigmoid, [nan, -inf, -ln2, -ln2, -0], [nan, 1, 0.5, 0.5, 0]),
  unary("softplus", (x) => lg.softplus(x), [nan, 0, ln2, ln2, inf], [nan, 0, 0.5, 0.5, 1]),
  unary("softsign", lg.softsign, [nan, -1, -0, 0, 1], [nan, 0, 1, 1, 0]),
  unary("silu", lg.silu, [nan, 0, -0, 0, inf], [nan, 0, 0.5, 0.5, 1]),
  unary("mish", lg.mish, [nan, 0, -0, 0, inf], [nan, 0, 0.6, 0.6, 1]),
  unary("gelu", (x) => lg.gelu(x), [nan, 0, -0, 0, inf], [nan, 0, 0.5, 0.5, 1]),
  {
    ...unary("gelu", (x) => lg.gelu(x, { approximate: "tanh" }), [nan, 0, -0, 0, inf], [nan, 0, 0.5, 0.5, 1]),
    title: "by tanh",
  },
  unary("dropout", (x) => lg.dropout(x, { p: 1, generator: lg.generator(0) }), flat, flat),
];

const functions: readonly SpecialRow[] = [
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
];

export const unarySpecials: readonly SpecialRow[] = [...activations, ...functions];
