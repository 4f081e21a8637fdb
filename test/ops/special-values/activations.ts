/** Special values of activation functions. */
import * as lg from "../../../src/index.js";
import { binary, inf, nan, type SpecialRow, unary } from "./row.js";

const { LN2: ln2 } = Math;
const flat = [0, 0, 0, 0, 0];
const [scale, alpha] = [1.0507009873554805, 1.6732632423543772];

// Values and derivatives at NaN, −∞, −0, 0 and ∞.
// biome-ignore format: a table
export const activationSpecials: readonly SpecialRow[] = [
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
  unary("hardshrink", (x) => lg.hardshrink(x), [nan, -inf, 0, 0, inf], [1, 1, 0, 0, 1], [[0.5, 0, 0], [-0.5, 0, 0]]),
  unary("softshrink", (x) => lg.softshrink(x), [nan, -inf, 0, 0, inf], [1, 1, 0, 0, 1], [[0.5, 0, 0], [-0.5, 0, 0]]),
  unary("tanhshrink", lg.tanhshrink, [nan, -inf, 0, 0, inf], [nan, 1, 0, 0, 1]),
  unary("threshold", (x) => lg.threshold(x, { threshold: 0.5, value: 20 }), [nan, 20, 20, 20, inf], [1, 0, 0, 0, 1], [[0.5, 20, 0]]),
  unary("dropout2d", (x) => lg.dropout2d(x.reshape([1, x.size, 1, 1]), { p: 1, generator: lg.generator(0) }), flat, flat),
  // x, the slope, the value, the derivative by x, by the slope
  binary("prelu", (x, slope) => lg.prelu(x.reshape([1, x.size]), slope), [
    [nan, 0.5, nan, 0.5, nan], [-inf, 0.5, -inf, 0.5, -inf], [inf, 0.5, inf, 1, 0], [-0, 0.5, -0, 0.5, 0], [0, 0.5, 0, 0.5, 0],
    [-2, nan, nan, nan, -2], [2, nan, 2, 1, 0], [-2, inf, -inf, inf, -2], [0, inf, nan, inf, 0],
  ]),
  // a, b, a σ(b), the derivative by a, by b
  binary("glu", (a, b) => lg.glu(lg.stack([a, b], { axis: 1 })), [
    [1, -inf, 0, 0, 0], [inf, -inf, 0, 0, 0], [nan, -inf, 0, 0, 0], [1, inf, 1, 1, 0], [inf, inf, inf, 1, 0], [inf, 0, inf, 0.5, inf],
    [-0, 0, -0, 0.5, 0], [nan, 0, nan, 0.5, nan], [1, nan, nan, nan, nan], [nan, nan, nan, nan, nan],
  ]),
];
