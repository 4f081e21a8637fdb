/** The ops as methods of Tensor, where that reads well: `x.mul(2).sum()`. */
import { type BackwardOptions, backward } from "../autograd/backward.js";
import type { DType } from "../autograd/dtype.js";
import type { Tensor } from "../autograd/tensor.js";
import type { DeviceName } from "../device/device.js";
import type { Shape } from "../shape.js";
import * as activation from "./activation.js";
import * as arithmetic from "./arithmetic.js";
import * as compare from "./compare.js";
import type { ClampOptions } from "./elementwise.js";
import * as elementwise from "./elementwise.js";
import * as identity from "./identity.js";
import * as matmul from "./matmul.js";
import type { FlattenOptions, PadOptions, SliceOptions } from "./movement.js";
import * as movement from "./movement.js";
import * as power from "./power.js";
import type { VarianceOptions } from "./reduce.js";
import * as reduce from "./reduce.js";
import type { SoftmaxOptions } from "./softmax.js";
import * as softmax from "./softmax.js";
import type { ReduceOptions } from "./sum.js";
import * as sum from "./sum.js";

declare module "../autograd/tensor.js" {
  interface Tensor {
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
    /** Exponential. */
    exp(): Tensor;
    /** Natural logarithm. */
    log(): Tensor;
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
    /** The same numbers in another dtype. */
    cast(dtype: DType): Tensor;
    /** A copy on another device. */
    to(device: DeviceName): Tensor;
  }
}

type MethodName =
  | "backward"
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "pow"
  | "maximum"
  | "minimum"
  | "neg"
  | "abs"
  | "exp"
  | "log"
  | "sqrt"
  | "rsqrt"
  | "square"
  | "reciprocal"
  | "sin"
  | "cos"
  | "tanh"
  | "clamp"
  | "relu"
  | "sigmoid"
  | "softmax"
  | "logSoftmax"
  | "sum"
  | "mean"
  | "max"
  | "min"
  | "variance"
  | "std"
  | "reshape"
  | "flatten"
  | "squeeze"
  | "unsqueeze"
  | "permute"
  | "transpose"
  | "slice"
  | "pad"
  | "broadcastTo"
  | "matmul"
  | "equal"
  | "notEqual"
  | "greater"
  | "greaterEqual"
  | "less"
  | "lessEqual"
  | "cast"
  | "to";

/** What `install` puts on Tensor. */
export const methods: Pick<Tensor, MethodName> & ThisType<Tensor> = {
  backward(options) {
    backward(this, options);
  },
  add(other) {
    return arithmetic.add(this, other);
  },
  sub(other) {
    return arithmetic.sub(this, other);
  },
  mul(other) {
    return arithmetic.mul(this, other);
  },
  div(other) {
    return arithmetic.div(this, other);
  },
  pow(exponent) {
    return power.pow(this, exponent);
  },
  maximum(other) {
    return arithmetic.maximum(this, other);
  },
  minimum(other) {
    return arithmetic.minimum(this, other);
  },
  neg() {
    return arithmetic.neg(this);
  },
  abs() {
    return elementwise.abs(this);
  },
  exp() {
    return elementwise.exp(this);
  },
  log() {
    return elementwise.log(this);
  },
  sqrt() {
    return elementwise.sqrt(this);
  },
  rsqrt() {
    return elementwise.rsqrt(this);
  },
  square() {
    return elementwise.square(this);
  },
  reciprocal() {
    return elementwise.reciprocal(this);
  },
  sin() {
    return elementwise.sin(this);
  },
  cos() {
    return elementwise.cos(this);
  },
  tanh() {
    return elementwise.tanh(this);
  },
  clamp(options) {
    return elementwise.clamp(this, options);
  },
  relu() {
    return activation.relu(this);
  },
  sigmoid() {
    return activation.sigmoid(this);
  },
  softmax(options) {
    return softmax.softmax(this, options);
  },
  logSoftmax(options) {
    return softmax.logSoftmax(this, options);
  },
  sum(options) {
    return sum.sum(this, options);
  },
  mean(options) {
    return reduce.mean(this, options);
  },
  max(options) {
    return reduce.max(this, options);
  },
  min(options) {
    return reduce.min(this, options);
  },
  variance(options) {
    return reduce.variance(this, options);
  },
  std(options) {
    return reduce.std(this, options);
  },
  reshape(shape) {
    return movement.reshape(this, shape);
  },
  flatten(options) {
    return movement.flatten(this, options);
  },
  squeeze(axis) {
    return movement.squeeze(this, axis);
  },
  unsqueeze(axis) {
    return movement.unsqueeze(this, axis);
  },
  permute(order) {
    return movement.permute(this, order);
  },
  transpose(axisA, axisB) {
    return movement.transpose(this, axisA, axisB);
  },
  slice(options) {
    return movement.slice(this, options);
  },
  pad(padding, options) {
    return movement.pad(this, padding, options);
  },
  broadcastTo(shape) {
    return sum.broadcastTo(this, shape);
  },
  matmul(other) {
    return matmul.matmul(this, other);
  },
  equal(other) {
    return compare.equal(this, other);
  },
  notEqual(other) {
    return compare.notEqual(this, other);
  },
  greater(other) {
    return compare.greater(this, other);
  },
  greaterEqual(other) {
    return compare.greaterEqual(this, other);
  },
  less(other) {
    return compare.less(this, other);
  },
  lessEqual(other) {
    return compare.lessEqual(this, other);
  },
  cast(dtype) {
    return compare.cast(this, dtype);
  },
  to(device) {
    return identity.to(this, device);
  },
};
