/** Ops that compute element by element. */

export {
  type CeluOptions,
  celu,
  type EluOptions,
  elu,
  type GeluOptions,
  gelu,
  type LeakyReluOptions,
  leakyRelu,
  logSigmoid,
  mish,
  relu,
  type SoftplusOptions,
  selu,
  sigmoid,
  silu,
  softplus,
  softsign,
} from "./activation.js";
export { add, type BinaryOp, div, maximum, minimum, mul, neg, sub } from "./arithmetic.js";
export * from "./blend.js";
export * from "./clamp.js";
export * from "./compare.js";
export * from "./division.js";
export * from "./dropout.js";
export * from "./exponentials.js";
export * from "./gates.js";
export * from "./hard-activations.js";
export * from "./inverse.js";
export * from "./logic.js";
export { pow } from "./power.js";
export * from "./round.js";
export * from "./shrink.js";
export * from "./special-functions.js";
export {
  abs,
  cos,
  cosh,
  erf,
  exp,
  expm1,
  log,
  log1p,
  reciprocal,
  rsqrt,
  sign,
  sin,
  sinh,
  sqrt,
  square,
  tanh,
  type UnaryOp,
} from "./unary.js";
