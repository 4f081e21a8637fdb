/** The derivatives of activation functions. */
import * as lg from "../../../src/index.js";
import { binary, type SweepEntry, unary } from "./entry.js";
import { normalCdf, normalDensity, product, scaledExp, sech2, sigma, softplus } from "./exact.js";

const between =
  (low: number, high: number) =>
  (x: number): number =>
    x > low && x < high ? 1 : 0;
const exponential =
  (alpha: number) =>
  (x: number): number =>
    x > 0 ? 1 : alpha * Math.exp(x);

const beyondHalf = (x: number): number => (Math.abs(x) > 0.5 ? 1 : 0);

export const activationSweep: readonly SweepEntry[] = [
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
  unary("hardshrink", (x) => lg.hardshrink(x), beyondHalf, { poles: [-0.5, 0.5] }),
  unary("softshrink", (x) => lg.softshrink(x), beyondHalf, { poles: [-0.5, 0.5] }),
  unary("tanhshrink", lg.tanhshrink, (x) => Math.tanh(x) ** 2),
  unary(
    "threshold",
    (x) => lg.threshold(x, { threshold: 0.5, value: 20 }),
    (x) => (x > 0.5 ? 1 : 0),
    { poles: [0.5] },
  ),
  unary(
    "dropout2d",
    (x) => lg.dropout2d(x.reshape([1, x.size, 1, 1]), { p: 1, generator: lg.generator(0) }),
    () => 0,
  ),
  binary("prelu", (x, weight) => lg.prelu(x.reshape([1, x.size]), weight), [
    (x, w) => (x > 0 ? 1 : w),
    (x) => Math.min(x, 0),
  ]),
  binary("glu", (a, b) => lg.glu(lg.stack([a, b], { axis: 1 })), [
    (_, b) => sigma(b),
    (a, b) => scaledExp(a, logDensity(b)),
  ]),
];

/** log σ′(x) */
const logDensity = (x: number): number => -softplus(x) - softplus(-x);

/** The terms of a derivative that crosses 0 at `root`, near there. */
function nearRoot(root: number, term: (x: number) => number): (x: number) => number {
  return (x) => (Math.abs(x - root) < 0.2 ? Math.abs(term(x)) : 0);
}

function geluTanhSlope(x: number): number {
  const scale = Math.sqrt(8 / Math.PI);
  const exponent = scale * (x + 0.044715 * x ** 3);
  return sigma(exponent) + product(sech2(exponent / 2) / 4, x * scale * (1 + 3 * 0.044715 * x * x));
}
