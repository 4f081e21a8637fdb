/** Activation functions, elementwise. */
import { defineOp, type Op } from "../../autograd/define-op.js";
import { noGrad } from "../../autograd/modes.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import * as kernels from "../../kernels/elementwise.js";
import { checkFloat } from "../broadcast.js";
import { add, mul, neg, sub } from "./arithmetic.js";
import { greater, less, where } from "./compare.js";
import { erf, expm1, fromInput, fromOutput, tanh, type UnaryOp } from "./unary.js";

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

const softplusOp: UnaryOp = fromInput(
  "softplus",
  kernels.softplus,
  (x) => {
    // σ up to 20 and 1 beyond; from 20 on it is flat, as in PyTorch.
    const flat = noGrad(() => where(greater(x, 20), 1, sigmoid(x)));
    return where(less(x, 20), sigmoid(x), flat);
  },
  (x) => greater(x, 20),
);

/** Options of `softplus`.
 * @category Activations */
export interface SoftplusOptions {
  /** Sharpness, above 0. Default 1. */
  readonly beta?: number;
}

/** log(1 + e^(βx)) / β, a smooth ReLU; x itself where βx > 20 (as in PyTorch).
 * @category Activations */
export function softplus(x: Tensor, { beta = 1 }: SoftplusOptions = {}): Tensor {
  checkFloat("softplus", x);
  if (!(beta > 0)) throw new ValueError("softplus", `beta must be above 0, got ${beta}`);
  return beta === 1 ? softplusOp(x) : mul(softplusOp(mul(x, beta)), 1 / beta);
}

/** log σ(x) = −log(1 + e⁻ˣ), exact for large |x|.
 * @category Activations */
export const logSigmoid: UnaryOp = fromInput("logSigmoid", kernels.logSigmoid, (x) => sigmoid(neg(x))); // 1 − σ(x)

/** Options of `leakyRelu`.
 * @category Activations */
export interface LeakyReluOptions {
  /** Slope below 0. Default 0.01. */
  readonly negativeSlope?: number;
}

/** x where x > 0, else negativeSlope · x; its derivative at 0 is the slope.
 * @category Activations */
export function leakyRelu(x: Tensor, { negativeSlope = 0.01 }: LeakyReluOptions = {}): Tensor {
  checkFloat("leakyRelu", x);
  return where(greater(x, 0), x, mul(x, negativeSlope));
}

/** Options of `elu`.
 * @category Activations */
export interface EluOptions {
  /** Where negative values level off, at −α. Default 1. */
  readonly alpha?: number;
}

/** Exponential linear unit: x where x > 0, else α(eˣ − 1) (Clevert et al. 2015); its derivative at 0 is α.
 * @category Activations */
export function elu(x: Tensor, { alpha = 1 }: EluOptions = {}): Tensor {
  checkFloat("elu", x);
  const positive = greater(x, 0);
  return where(positive, x, mul(alpha, expm1(where(positive, 0, x))));
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
  readonly approximate?: "none" | "tanh";
}

/** Gaussian error linear unit x · Φ(x) (Hendrycks & Gimpel 2016).
 * @category Activations */
export function gelu(x: Tensor, { approximate = "none" }: GeluOptions = {}): Tensor {
  checkFloat("gelu", x);
  if (approximate === "none") return mul(mul(0.5, x), add(1, erf(mul(x, Math.SQRT1_2))));
  if (approximate !== "tanh") {
    throw new ValueError("gelu", `approximate must be "none" or "tanh", got ${JSON.stringify(approximate)}`);
  }
  // ½x(1 + tanh(√(2/π)(x + 0.044715x³)))
  const inner = mul(Math.sqrt(2 / Math.PI), add(x, mul(0.044715, mul(x, mul(x, x)))));
  return mul(mul(0.5, x), add(1, tanh(inner)));
}
