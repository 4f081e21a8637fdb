/** The ops as methods of Tensor, where that reads well: `x.mul(2).sum()`. */
import { type BackwardOptions, backward } from "../autograd/backward.js";
import type { DType } from "../autograd/dtype.js";
import type { Tensor } from "../autograd/tensor.js";
import type { DeviceName } from "../device/device.js";
import type { Shape } from "../shape.js";
import { relu, sigmoid } from "./elementwise/activation.js";
import { add, div, maximum, minimum, mul, neg, sub } from "./elementwise/arithmetic.js";
import { cast, equal, greater, greaterEqual, less, lessEqual, notEqual } from "./elementwise/compare.js";
import { acos, asin, atan, atan2, tan } from "./elementwise/inverse.js";
import * as logic from "./elementwise/logic.js";
import { pow } from "./elementwise/power.js";
import type { RoundOptions } from "./elementwise/round.js";
import { ceil, floor, round } from "./elementwise/round.js";
import type { ClampOptions } from "./elementwise/unary.js";
import {
  abs,
  clamp,
  cos,
  cosh,
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
} from "./elementwise/unary.js";
import { matmul } from "./linalg/matmul.js";
import type { VarianceOptions } from "./reduce/reduce.js";
import { max, mean, min, std, variance } from "./reduce/reduce.js";
import type { SoftmaxOptions } from "./reduce/softmax.js";
import { logSoftmax, softmax } from "./reduce/softmax.js";
import type { ReduceOptions } from "./reduce/sum.js";
import { broadcastTo, sum } from "./reduce/sum.js";
import { to } from "./shape/identity.js";
import type { FlattenOptions } from "./shape/reshape.js";
import { flatten, permute, reshape, squeeze, transpose, unsqueeze } from "./shape/reshape.js";
import type { PadOptions, SliceOptions } from "./shape/slice.js";
import { pad, slice } from "./shape/slice.js";

/** The methods that ops put on every tensor, each with the tensor itself in the place of the op's first argument.
 * @category Tensors */
export interface TensorMethods {
  /** Computes the gradients of this tensor and adds them to the `.grad` of the leaves; see `backward`. */
  backward(options?: BackwardOptions): void;
  /** Sum with a tensor or number. */
  add(other: Tensor | number): Tensor;
  /** Difference. */
  sub(other: Tensor | number): Tensor;
  /** Product, elementwise. */
  mul(other: Tensor | number): Tensor;
  /** Quotient, elementwise. */
  div(other: Tensor | number): Tensor;
  /** Power, elementwise. */
  pow(exponent: Tensor | number): Tensor;
  /** The larger of two, elementwise. */
  maximum(other: Tensor | number): Tensor;
  /** The smaller of two, elementwise. */
  minimum(other: Tensor | number): Tensor;
  /** Negative. */
  neg(): Tensor;
  /** Absolute value. */
  abs(): Tensor;
  /** −1, 0 or 1. */
  sign(): Tensor;
  /** The largest integer not above. */
  floor(): Tensor;
  /** The smallest integer not below. */
  ceil(): Tensor;
  /** The nearest integer, halves to even. */
  round(options?: RoundOptions): Tensor;
  /** Exponential. */
  exp(): Tensor;
  /** eˣ − 1. */
  expm1(): Tensor;
  /** Natural logarithm. */
  log(): Tensor;
  /** log(1 + x). */
  log1p(): Tensor;
  /** Square root. */
  sqrt(): Tensor;
  /** Reciprocal square root. */
  rsqrt(): Tensor;
  /** Square. */
  square(): Tensor;
  /** Reciprocal. */
  reciprocal(): Tensor;
  /** Sine. */
  sin(): Tensor;
  /** Cosine. */
  cos(): Tensor;
  /** Tangent. */
  tan(): Tensor;
  /** Inverse sine. */
  asin(): Tensor;
  /** Inverse cosine. */
  acos(): Tensor;
  /** Inverse tangent. */
  atan(): Tensor;
  /** Angle of the point (other, this). */
  atan2(other: Tensor | number): Tensor;
  /** Hyperbolic sine. */
  sinh(): Tensor;
  /** Hyperbolic cosine. */
  cosh(): Tensor;
  /** Hyperbolic tangent. */
  tanh(): Tensor;
  /** Cuts values to a range. */
  clamp(options: ClampOptions): Tensor;
  /** Rectified linear unit. */
  relu(): Tensor;
  /** Logistic sigmoid. */
  sigmoid(): Tensor;
  /** Softmax along an axis. */
  softmax(options?: SoftmaxOptions): Tensor;
  /** Logarithm of softmax. */
  logSoftmax(options?: SoftmaxOptions): Tensor;
  /** Sum over axes. */
  sum(options?: ReduceOptions): Tensor;
  /** Mean over axes. */
  mean(options?: ReduceOptions): Tensor;
  /** Largest value over axes. */
  max(options?: ReduceOptions): Tensor;
  /** Smallest value over axes. */
  min(options?: ReduceOptions): Tensor;
  /** Variance over axes. */
  variance(options?: VarianceOptions): Tensor;
  /** Standard deviation over axes. */
  std(options?: VarianceOptions): Tensor;
  /** Another shape of the same size. */
  reshape(shape: Shape): Tensor;
  /** Merges axes. */
  flatten(options?: FlattenOptions): Tensor;
  /** Drops axes of size 1. */
  squeeze(axis?: number): Tensor;
  /** Inserts an axis of size 1. */
  unsqueeze(axis: number): Tensor;
  /** Reorders the axes. */
  permute(order: readonly number[]): Tensor;
  /** Swaps two axes. */
  transpose(axisA?: number, axisB?: number): Tensor;
  /** Takes a part. */
  slice(options: SliceOptions): Tensor;
  /** Adds cells around. */
  pad(padding: readonly (readonly [number, number])[], options?: PadOptions): Tensor;
  /** Repeats along axes of size 1. */
  broadcastTo(shape: Shape): Tensor;
  /** Matrix product. */
  matmul(other: Tensor): Tensor;
  /** Where equal. */
  equal(other: Tensor | number): Tensor;
  /** Where different. */
  notEqual(other: Tensor | number): Tensor;
  /** Where greater. */
  greater(other: Tensor | number): Tensor;
  /** Where greater or equal. */
  greaterEqual(other: Tensor | number): Tensor;
  /** Where less. */
  less(other: Tensor | number): Tensor;
  /** Where less or equal. */
  lessEqual(other: Tensor | number): Tensor;
  /** Whether both are true. */
  logicalAnd(other: Tensor): Tensor;
  /** Whether at least one is true. */
  logicalOr(other: Tensor): Tensor;
  /** Whether exactly one is true. */
  logicalXor(other: Tensor): Tensor;
  /** True where false. */
  logicalNot(): Tensor;
  /** Where NaN. */
  isNaN(): Tensor;
  /** Where neither infinite nor NaN. */
  isFinite(): Tensor;
  /** Where infinite. */
  isInf(): Tensor;
  /** The same numbers in another dtype. */
  cast(dtype: DType): Tensor;
  /** A copy on another device. */
  to(device: DeviceName): Tensor;
}

declare module "../autograd/tensor.js" {
  interface Tensor extends TensorMethods {}
}

/** The op behind each method; `install` puts them on Tensor. */
export const methods: {
  readonly [K in keyof TensorMethods]: (
    x: Tensor,
    ...rest: Parameters<TensorMethods[K]>
  ) => ReturnType<TensorMethods[K]>;
} = {
  backward,
  add,
  sub,
  mul,
  div,
  pow,
  maximum,
  minimum,
  neg,
  abs,
  sign,
  floor,
  ceil,
  round,
  exp,
  expm1,
  log,
  log1p,
  sqrt,
  rsqrt,
  square,
  reciprocal,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  atan2,
  sinh,
  cosh,
  tanh,
  clamp,
  relu,
  sigmoid,
  softmax,
  logSoftmax,
  sum,
  mean,
  max,
  min,
  variance,
  std,
  reshape,
  flatten,
  squeeze,
  unsqueeze,
  permute,
  transpose,
  slice,
  pad,
  broadcastTo,
  matmul,
  equal,
  notEqual,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd: logic.logicalAnd,
  logicalOr: logic.logicalOr,
  logicalXor: logic.logicalXor,
  logicalNot: logic.logicalNot,
  isNaN: logic.isNaN,
  isFinite: logic.isFinite,
  isInf: logic.isInf,
  cast,
  to,
};
