/** All public ops. */
export * from "./activation.js";
export * from "./arithmetic.js";
export { type BatchNormOptions, batchNorm } from "./batch-norm.js";
export * from "./compare.js";
export { type Conv2dOptions, conv2d } from "./conv.js";
export * from "./create.js";
export {
  abs,
  type ClampOptions,
  clamp,
  cos,
  erf,
  exp,
  expm1,
  log,
  reciprocal,
  rsqrt,
  sign,
  sin,
  sqrt,
  square,
  tanh,
  type UnaryOp,
} from "./elementwise.js";
export { gather } from "./gather.js";
export { identity, to } from "./identity.js";
export { type CrossEntropyOptions, crossEntropy, type Reduction } from "./loss.js";
export { linear, matmul } from "./matmul.js";
export {
  concat,
  type FlattenOptions,
  flatten,
  type PadOptions,
  pad,
  permute,
  reshape,
  type SliceOptions,
  slice,
  squeeze,
  stack,
  transpose,
  unsqueeze,
} from "./movement.js";
export * from "./pool.js";
export { pow } from "./power.js";
export { logSumExp, max, mean, min, std, type VarianceOptions, variance } from "./reduce.js";
export { logSoftmax, type SoftmaxOptions, softmax } from "./softmax.js";
export { broadcastTo, type ReduceOptions, sum } from "./sum.js";
