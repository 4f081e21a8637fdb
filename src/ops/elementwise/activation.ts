/** Activation functions, elementwise. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { noGrad } from "../../autograd/modes.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import * as kernels from "../../kernels/elementwise.js";
import { checkedOptions, number, type OptionKinds, oneOf } from "../../options.js";
import { checkFloat } from "../arguments.js";
import { add, div, mul, neg, sub } from "./arithmetic.js";
import { greater, less, where } from "./compare.js";
import { abs, erf, expm1, fromInput, fromOutput, tanh, type UnaryOp } from "./unary.js";

/** Rectified linear unit max(x, 0); relu′(0) = 0 (Bertoin et al. 2021 on why this choice is a good one).
 * @category Activations */
export const relu: UnaryOp = defineOp({
  name: "relu",
  forward: ([x]) => {
    checkFloat("relu", x);
    return { output: run(kernels.relu, [x]), saved: { x } };
  },
  backward: (gradOutput, { x }) => [reluGrad(gradOutput, x)],
  region: ({ x }) => greater(x, 0),
});

/** gradOutput where x > 0, else 0: linear in gradOutput, flat in x. */
const reluGrad: Op<[gradOutput: Tensor, x: Tensor]> = defineOp({
  name: "reluGrad",
  forward: ([gradOutput, x]) => ({ output: run(kernels.reluGrad, [gradOutput, x]), saved: { x } }),
  backward: (gradOutput, { x }) => [reluGrad(gradOutput, x), null],
});

/** Logistic sigmoid 1 / (1 + e⁻ˣ); neither end overflows.
 * @category Activations */
export const sigmoid: UnaryOp = fromOutput("sigmoid", kernels.sigmoid, (y) => mul(y, sub(1, y))); // σ′ = σ(1 − σ)

const softplusOp: Op<[x: Tensor, threshold: Tensor]> = defineOp({
  name: "softplus",
  forward: ([x, threshold]) => ({ output: run(kernels.softplus, [x, threshold]), saved: { x, threshold } }),
  backward: (gradOutput, { x, threshold }) => {
    // σ up to the threshold and 1 beyond; from the threshold on it is flat, as in PyTorch.
    const flat = noGrad(() => where(greater(x, threshold), 1, sigmoid(x)));
    return [mul(gradOutput, where(less(x, threshold), sigmoid(x), flat)), null];
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
 * @throws ValueError unless beta is above 0
 * @category Activations */
export function softplus(x: Tensor, options: SoftplusOptions = {}): Tensor {
  const { beta = 1, threshold = 20 } = checkedOptions("softplus", options, softplusOptions);
  checkFloat("softplus", x);
  if (!(beta > 0)) throw new ValueError("softplus", `beta must be above 0, got ${beta}`);
  return beta === 1 ? softplusOp(x, threshold) : mul(softplusOp(mul(x, beta), threshold), 1 / beta);
}

/** log σ(x) = −log(1 + e⁻ˣ), exact for large |x|.
 * @category Activations */
export const logSigmoid: UnaryOp = fromInput("logSigmoid", kernels.logSigmoid, (x) => sigmoid(neg(x))); // 1 − σ(x)

/** Options of `leakyRelu`.
 * @category Activations */
export interface LeakyReluOptions {
  /** Slope below 0. Default 0.01. */
  readonly negativeSlope?: number | undefined;
}

export const leakyReluOptions: OptionKinds<LeakyReluOptions> = { negativeSlope: number };

/** x where x > 0, else negativeSlope · x; its derivative at 0 is the slope.
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

/** Exponential linear unit: x where x > 0, else α(eˣ − 1) (Clevert et al. 2015); its derivative at 0 is α.
 * @category Activations */
export function elu(x: Tensor, options: EluOptions = {}): Tensor {
  const { alpha = 1 } = checkedOptions("elu", options, eluOptions);
  checkFloat("elu", x);
  const positive = greater(x, 0);
  return where(positive, x, mul(alpha, expm1(where(positive, 0, x))));
}

/** Options of `celu`.
 * @category Activations */
export interface CeluOptions {
  /** Where negative values level off, at −α; above 0. Default 1. */
  readonly alpha?: number | undefined;
}

const celuOptions: OptionKinds<CeluOptions> = { alpha: number };

/** Continuously differentiable exponential linear unit: x where x > 0, else α(e^(x/α) − 1) (Barron 2017).
 * @throws ValueError unless alpha is above 0
 * @category Activations */
export function celu(x: Tensor, options: CeluOptions = {}): Tensor {
  const { alpha = 1 } = checkedOptions("celu", options, celuOptions);
  checkFloat("celu", x);
  if (!(alpha > 0)) throw new ValueError("celu", `alpha must be above 0, got ${alpha}`);
  return where(greater(x, 0), x, mul(alpha, elu(mul(x, 1 / alpha))));
}

/** Scaled exponential linear unit: 1.0507 elu(x) with α = 1.6733, which keeps mean 0 and variance 1 from layer to layer
 * (Klambauer et al. 2017); its derivative at 0 is 1.0507 α.
 * @category Activations */
export function selu(x: Tensor): Tensor {
  checkFloat("selu", x);
  return mul(1.0507009873554805, elu(x, { alpha: 1.6732632423543772 }));
}

/** x · tanh(log(1 + eˣ)) (Misra 2019).
 * @category Activations */
export function mish(x: Tensor): Tensor {
  checkFloat("mish", x);
  return mul(x, tanh(softplusOp(x, 20)));
}

/** x / (1 + |x|) (Turian et al. 2009); its second derivative at 0 is 0.
 * @category Activations */
export function softsign(x: Tensor): Tensor {
  checkFloat("softsign", x);
  return div(x, add(1, abs(x)));
}

/** Sigmoid-weighted linear unit x · σ(x) (Elfwing et al. 2017), also called swish.
 * @category Activations */
export function silu(x: Tensor): Tensor {
  checkFloat("silu", x);
  return mul(x, sigmoid(x));
}

/** Options of `gelu`.
 * @category Activations */
export interface GeluOptions {
  /** `none` computes Φ by erf; `tanh` is the approximation of Hendrycks & Gimpel. Default `none`. */
  readonly approximate?: "none" | "tanh" | undefined;
}

export const geluOptions: OptionKinds<GeluOptions> = { approximate: oneOf("none", "tanh") };

/** Gaussian error linear unit x · Φ(x) (Hendrycks & Gimpel 2016).
 * @category Activations */
export function gelu(x: Tensor, options: GeluOptions = {}): Tensor {
  const { approximate = "none" } = checkedOptions("gelu", options, geluOptions);
  checkFloat("gelu", x);
  if (approximate === "none") return mul(mul(0.5, x), add(1, erf(mul(x, Math.SQRT1_2))));
  // ½x(1 + tanh(√(2/π)(x + 0.044715x³)))
  const inner = mul(Math.sqrt(2 / Math.PI), add(x, mul(0.044715, mul(x, mul(x, x)))));
  return mul(mul(0.5, x), add(1, tanh(inner)));
}
