/** Activation functions, elementwise. */

import { onward } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import { largestFloat } from "../../autograd/dtype.js";
import { noGrad } from "../../autograd/modes.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import * as kernels from "../../kernels/elementwise.js";
import { checkedOptions, number, type OptionKinds, oneOf } from "../../options.js";
import { checkFloat } from "../arguments.js";
import { add, chained, div, mul, neg, productOrZero } from "./arithmetic.js";
import { clamp } from "./clamp.js";
import { greater, less, lessEqual, where } from "./compare.js";
import {
  abs,
  expm1,
  fromInput,
  logisticDensity,
  normalCdf,
  normalDensity,
  reciprocal,
  square,
  tanh,
  type UnaryOp,
} from "./unary.js";

/** Rectified linear unit max(x, 0); NaN stays, and so does its gradient: relu′(NaN) = 1 (as in PyTorch). relu′(0) = 0 (Bertoin et al. 2021 on why this choice is a good one).
 * @function
 * @category Activations */
export const relu: UnaryOp = defineOp({
  name: "relu",
  forward: ([x]) => {
    checkFloat("relu", x);
    return { output: run(kernels.relu, [x]), saved: { x } };
  },
  backward: (gradOutput, { x }) => [onward(gradOutput, reluGrad(gradOutput, x))],
  region: ({ x }) => greater(x, 0),
});

/** 0 where x ≤ 0, else gradOutput: linear in gradOutput, flat in x. */
const reluGrad: Op<[gradOutput: Tensor, x: Tensor]> = defineOp({
  name: "reluGrad",
  forward: ([gradOutput, x]) => ({ output: run(kernels.reluGrad, [gradOutput, x]), saved: { x } }),
  backward: (gradOutput, { x }) => [reluGrad(gradOutput, x), null],
});

/** Logistic sigmoid 1 / (1 + e⁻ˣ); neither end overflows.
 * 0 at −∞ and 1 at ∞, both with derivative 0; NaN at NaN.
 * @function
 * @category Activations */
export const sigmoid: UnaryOp = fromInput("sigmoid", kernels.sigmoid, logisticDensity);

const softplusOp: Op<[x: Tensor, threshold: Tensor]> = defineOp({
  name: "softplus",
  forward: ([x, threshold]) => ({ output: run(kernels.softplus, [x, threshold]), saved: { x, threshold } }),
  backward: (gradOutput, { x, threshold }) => {
    // σ up to the threshold and 1 beyond; from the threshold on it is flat, as in PyTorch.
    const flat = noGrad(() => where(greater(x, threshold), 1, sigmoid(x)));
    return [chained(gradOutput, where(less(x, threshold), sigmoid(x), flat)), null];
  },
  region: ({ x, threshold }) => greater(x, threshold),
});

/** Options of `softplus`.
 * @category Activations */
export interface SoftplusOptions {
  /** Sharpness, above 0. Default 1. */
  readonly beta?: number | undefined;
  /** Where βx is above this the result is x itself. Default 20. */
  readonly threshold?: number | undefined;
}

const softplusOptions: OptionKinds<SoftplusOptions> = { beta: number, threshold: number };

/** log(1 + e^(βx)) / β, a smooth ReLU; x itself where βx > threshold, with derivative 1 there (as in PyTorch).
 * 0 at −∞ with derivative 0, ∞ at ∞ with derivative 1; NaN at NaN.
 * @throws ValueError unless beta is above 0
 * @category Activations */
export function softplus(x: Tensor, options: SoftplusOptions = {}): Tensor {
  const { beta = 1, threshold = 20 } = checkedOptions("softplus", options, softplusOptions);
  checkFloat("softplus", x);
  if (!(beta > 0)) throw new ValueError("softplus", `beta must be above 0, got ${beta}`);
  return beta === 1 ? softplusOp(x, threshold) : mul(softplusOp(mul(x, beta), threshold), 1 / beta);
}

/** log σ(x) = −log(1 + e⁻ˣ), exact for large |x|.
 * −∞ at −∞ with derivative 1, 0 at ∞ with derivative 0; NaN at NaN.
 * @function
 * @category Activations */
export const logSigmoid: UnaryOp = fromInput("logSigmoid", kernels.logSigmoid, (x) => sigmoid(neg(x))); // 1 − σ(x)

/** Options of `leakyRelu`.
 * @category Activations */
export interface LeakyReluOptions {
  /** Slope below 0. Default 0.01. */
  readonly negativeSlope?: number | undefined;
}

export const leakyReluOptions: OptionKinds<LeakyReluOptions> = { negativeSlope: number };

/** x where x > 0, else negativeSlope · x; its derivative at 0, and where x is NaN, is the slope (as in PyTorch).
 * @category Activations */
export function leakyRelu(x: Tensor, options: LeakyReluOptions = {}): Tensor {
  const { negativeSlope = 0.01 } = checkedOptions("leakyRelu", options, leakyReluOptions);
  checkFloat("leakyRelu", x);
  return where(greater(x, 0), x, mul(x, negativeSlope));
}

/** Options of `elu`.
 * @category Activations */
export interface EluOptions {
  /** Where negative values level off, at −α. Default 1. */
  readonly alpha?: number | undefined;
}

const eluOptions: OptionKinds<EluOptions> = { alpha: number };

/** Exponential linear unit: x where x > 0, else α(eˣ − 1) (Clevert et al. 2015); its derivative at 0 is α, and 1 where x is NaN
 * (as in PyTorch).
 * @category Activations */
export function elu(x: Tensor, options: EluOptions = {}): Tensor {
  const { alpha = 1 } = checkedOptions("elu", options, eluOptions);
  checkFloat("elu", x);
  return where(lessEqual(x, 0), mul(alpha, expm1(x)), x);
}

/** Options of `celu`.
 * @category Activations */
export interface CeluOptions {
  /** Where negative values level off, at −α; above 0. Default 1. */
  readonly alpha?: number | undefined;
}

const celuOptions: OptionKinds<CeluOptions> = { alpha: number };

/** Continuously differentiable exponential linear unit: x where x > 0, else α(e^(x/α) − 1) (Barron 2017); its derivative is 1
 * where x is NaN (as in PyTorch).
 * @throws ValueError unless alpha is above 0
 * @category Activations */
export function celu(x: Tensor, options: CeluOptions = {}): Tensor {
  const { alpha = 1 } = checkedOptions("celu", options, celuOptions);
  checkFloat("celu", x);
  if (!(alpha > 0)) throw new ValueError("celu", `alpha must be above 0, got ${alpha}`);
  return where(greater(x, 0), x, mul(alpha, elu(div(x, alpha))));
}

/** Scaled exponential linear unit: 1.0507 elu(x) with α = 1.6733, which keeps mean 0 and variance 1 from layer to layer
 * (Klambauer et al. 2017); its derivative at 0 is 1.0507 α, and 1.0507 where x is NaN (as in PyTorch).
 * @category Activations */
export function selu(x: Tensor): Tensor {
  checkFloat("selu", x);
  return mul(1.0507009873554805, elu(x, { alpha: 1.6732632423543772 }));
}

/** x / (1 + |x|) (Turian et al. 2009), ±1 at ±∞ (where PyTorch gives NaN); its second derivative at 0 is 0.
 * @function
 * @category Activations */
export const softsign: UnaryOp = defineOp({
  name: "softsign",
  forward: ([x]) => {
    checkFloat("softsign", x);
    const finite = clamp(x, { min: -largest, max: largest });
    return { output: div(finite, add(1, abs(finite))), saved: { x } };
  },
  backward: (gradOutput, { x }) => [chained(gradOutput, square(reciprocal(add(1, abs(x)))))], // 1/(1 + |x|)²
});

/** Large enough for what has come to its limit long before. */
const largest = largestFloat("float32");

/** x · tanh(log(1 + eˣ)) (Misra 2019), 0 at −∞ (where PyTorch gives NaN).
 * @function
 * @category Activations */
export const mish: UnaryOp = gated(
  "mish",
  (x) => tanh(softplusOp(x, 20)),
  (x) => productOrZero(sigmoid(x), mul(4, logisticDensity(mul(2, softplusOp(x, 20))))),
);

/** Sigmoid-weighted linear unit x · σ(x) (Elfwing et al. 2017), also called swish; 0 at −∞ (where PyTorch gives NaN).
 * @function
 * @category Activations */
export const silu: UnaryOp = gated("silu", sigmoid, logisticDensity);

/** Options of `gelu`.
 * @category Activations */
export interface GeluOptions {
  /** `none` computes Φ by erf; `tanh` is the approximation of Hendrycks & Gimpel. Default `none`. */
  readonly approximate?: "none" | "tanh" | undefined;
}

export const geluOptions: OptionKinds<GeluOptions> = { approximate: oneOf("none", "tanh") };

/** Gaussian error linear unit x · Φ(x) (Hendrycks & Gimpel 2016), 0 at −∞ (where PyTorch gives NaN); exact where Φ is tiny.
 * @category Activations */
export function gelu(x: Tensor, options: GeluOptions = {}): Tensor {
  const { approximate = "none" } = checkedOptions("gelu", options, geluOptions);
  return approximate === "none" ? geluOp(x) : geluTanhOp(x);
}

const geluOp: UnaryOp = gated("gelu", normalCdf, normalDensity);

// ½(1 + tanh u) = σ(2u) with 2u = √(8/π)(x + 0.044715x³), whose derivative is √(8/π)(1 + 3 · 0.044715x²)
const geluTanhOp: UnaryOp = gated(
  "gelu",
  (x) => sigmoid(geluExponent(x)),
  (x) =>
    productOrZero(
      logisticDensity(geluExponent(x)),
      add(Math.sqrt(8 / Math.PI), mul(3 * 0.044715 * Math.sqrt(8 / Math.PI), square(x))),
    ),
);

function geluExponent(x: Tensor): Tensor {
  return mul(x, add(Math.sqrt(8 / Math.PI), mul(0.044715 * Math.sqrt(8 / Math.PI), square(x))));
}

/** Declares x · gate(x), with the derivative gate + x gate′; both have their limits at ±∞, where a gate of 0 wins over x. */
function gated(name: string, gate: (x: Tensor) => Tensor, slope: (x: Tensor) => Tensor): UnaryOp {
  return defineOp({
    name,
    forward: ([x]) => {
      checkFloat(name, x);
      return { output: productOrZero(gate(x), x), saved: { x } };
    },
    backward: (gradOutput, { x }) => [chained(gradOutput, add(gate(x), productOrZero(slope(x), x)))],
  });
}
