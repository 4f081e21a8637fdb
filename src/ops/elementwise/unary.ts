/** Functions of one tensor, elementwise. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import * as densities from "../../kernels/densities.js";
import * as kernels from "../../kernels/elementwise.js";
import type { KernelFunction } from "../../kernels/kernel.js";
import { erfc } from "../../kernels/special-functions.js";
import { checkFloat } from "../arguments.js";
import { add, chained, chainedBy, mul, neg, productOrZero } from "./arithmetic.js";

/** A function of one float tensor, of any shape; the result has the same shape.
 * @category Elementwise functions */
export type UnaryOp = Op<[x: Tensor]>;

/** Declares y = f(x) whose derivative is written in terms of x. */
export function fromInput(name: string, kernel: KernelFunction, derivative: (x: Tensor) => Tensor): UnaryOp {
  return defineOp({
    name,
    forward: ([x]) => {
      checkFloat(name, x);
      return { output: run(kernel, [x]), saved: { x } };
    },
    backward: (gradOutput, { x }) => [chained(gradOutput, derivative(x))],
  });
}

/** Declares y = f(x) whose derivative is written in terms of y. */
export function fromOutput(name: string, kernel: KernelFunction, derivative: (y: Tensor) => Tensor): UnaryOp {
  return defineOp({
    name,
    forward: ([x]) => {
      checkFloat(name, x);
      const y = run(kernel, [x]);
      return { output: y, saved: { y } };
    },
    backward: (gradOutput, { y }) => [chained(gradOutput, derivative(y))],
  });
}

/** −1, 0 or 1; its derivative is 0 everywhere.
 * ±0 stays ±0, and NaN stays NaN.
 * @function
 * @category Elementwise functions */
export const sign: UnaryOp = defineOp({
  name: "sign",
  forward: ([x]) => {
    checkFloat("sign", x);
    return { output: run(kernels.sign, [x]) };
  },
  backward: () => [null],
  region: (_saved, { output }) => output,
});

/** Absolute value |x|; abs′(0) = 0, and NaN where x is NaN.
 * @function
 * @category Elementwise functions */
export const abs: UnaryOp = defineOp({
  name: "abs",
  forward: ([x]) => {
    checkFloat("abs", x);
    return { output: run(kernels.abs, [x]), saved: { x } };
  },
  backward: (gradOutput, { x }) => [chained(gradOutput, sign(x))], // |x|′ = sign x
  region: ({ x }) => sign(x),
});

/** Exponential eˣ.
 * 0 at −∞, ∞ at ∞ and NaN at NaN, and so is its derivative.
 * @function
 * @category Elementwise functions */
export const exp: UnaryOp = fromOutput("exp", kernels.exp, (y) => y);

/** eˣ − 1, exact near 0.
 * −1 at −∞ with derivative 0, ∞ at ∞ with derivative ∞; NaN at NaN.
 * @function
 * @category Elementwise functions */
export const expm1: UnaryOp = fromInput("expm1", kernels.expm1, (x) => exp(x)); // not y + 1, which is 0 from −17 on

/** log(1 + x), exact near 0; NaN below −1, −Infinity at −1.
 * @function
 * @category Elementwise functions */
export const log1p: UnaryOp = defineOp({
  name: "log1p",
  forward: ([x]) => {
    checkFloat("log1p", x);
    return { output: run(kernels.log1p, [x]), saved: { x } };
  },
  backward: (gradOutput, { x }) => [chainedBy(gradOutput, add(1, x))],
});

/** Natural logarithm; NaN below 0, −Infinity at 0.
 * @function
 * @category Elementwise functions */
export const log: UnaryOp = defineOp({
  name: "log",
  forward: ([x]) => {
    checkFloat("log", x);
    return { output: run(kernels.log, [x]), saved: { x } };
  },
  backward: (gradOutput, { x }) => [chainedBy(gradOutput, x)], // (log x)′ = 1/x
});

/** Square root; NaN below 0, derivative Infinity at 0.
 * @function
 * @category Elementwise functions */
export const sqrt: UnaryOp = defineOp({
  name: "sqrt",
  forward: ([x]) => {
    checkFloat("sqrt", x);
    const y = run(kernels.sqrt, [x]);
    return { output: y, saved: { y } };
  },
  backward: (gradOutput, { y }) => [chainedBy(gradOutput, mul(2, y))], // (√x)′ = 1/(2√x)
});

/** Reciprocal square root 1/√x.
 * ∞ at 0 and −∞ at −0, 0 at ∞ with derivative 0; NaN below 0 and at NaN.
 * @function
 * @category Elementwise functions */
export const rsqrt: UnaryOp = fromOutput("rsqrt", kernels.rsqrt, (y) => mul(mul(-0.5, y), square(y))); // −½ x^(−3/2)

/** Square x².
 * ∞ at ±∞ with derivative ±∞; NaN at NaN.
 * @function
 * @category Elementwise functions */
export const square: UnaryOp = fromInput("square", kernels.square, (x) => mul(2, x));

/** Reciprocal 1/x.
 * ±∞ at ±0 with derivative −∞, ±0 at ±∞ with derivative 0; NaN at NaN.
 * @function
 * @category Elementwise functions */
export const reciprocal: UnaryOp = fromOutput("reciprocal", kernels.reciprocal, (y) => neg(square(y))); // −1/x²

/** Sine of an angle in radians.
 * NaN at ±∞ and NaN, and so is its derivative.
 * @function
 * @category Elementwise functions */
export const sin: UnaryOp = fromInput("sin", kernels.sin, (x) => cos(x));

/** Cosine of an angle in radians.
 * NaN at ±∞ and NaN, and so is its derivative.
 * @function
 * @category Elementwise functions */
export const cos: UnaryOp = fromInput("cos", kernels.cos, (x) => neg(sin(x)));

/** Hyperbolic tangent.
 * ±1 at ±∞ with derivative 0; NaN at NaN.
 * @function
 * @category Activations */
export const tanh: UnaryOp = fromInput("tanh", kernels.tanh, (x) => mul(4, logisticDensity(mul(2, x)))); // tanh x = 2σ(2x) − 1

/** σ′(x) = σ(x) σ(−x): unlike σ(1 − σ) it keeps its digits where σ is 1 to all of them. */
export const logisticDensity: UnaryOp = fromInput("logisticDensity", densities.logisticDensity, (x) =>
  neg(productOrZero(logisticDensity(x), tanh(mul(0.5, x)))),
);

/** Error function erf(x) = 2/√π ∫₀ˣ e^(−t²) dt.
 * ±1 at ±∞ with derivative 0; NaN at NaN.
 * @function
 * @category Elementwise functions */
export const erf: UnaryOp = fromInput("erf", kernels.erf, (x) => mul(2 / Math.sqrt(Math.PI), exp(neg(square(x)))));

/** Φ(x), the distribution function of the standard normal distribution. */
export const normalCdf: UnaryOp = defineOp({
  name: "normalCdf",
  forward: ([x]) => ({ output: mul(0.5, run(erfc, [mul(-Math.SQRT1_2, x)])), saved: { x } }),
  backward: (gradOutput, { x }) => [chained(gradOutput, normalDensity(x))],
});

/** Φ′(x) = e^(−x²/2)/√(2π) */
export function normalDensity(x: Tensor): Tensor {
  return mul(1 / Math.sqrt(2 * Math.PI), exp(mul(-0.5, square(x))));
}

/** Hyperbolic sine (eˣ − e⁻ˣ)/2, exact near 0.
 * ±∞ at ±∞ with derivative ∞; NaN at NaN.
 * @function
 * @category Elementwise functions */
export const sinh: UnaryOp = fromInput("sinh", kernels.sinh, (x) => cosh(x));

/** Hyperbolic cosine (eˣ + e⁻ˣ)/2.
 * ∞ at ±∞ with derivative ±∞; NaN at NaN.
 * @function
 * @category Elementwise functions */
export const cosh: UnaryOp = fromInput("cosh", kernels.cosh, (x) => sinh(x));
