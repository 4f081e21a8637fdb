/** The methods that Tensor has of ops, as its callers see them. */
import type { BackwardOptions } from "../autograd/backward.js";
import type { DType } from "../autograd/dtype.js";
import type { Tensor } from "../autograd/tensor.js";
import type { DeviceName } from "../device/device.js";
import type { Shape } from "../shape.js";
import type { NanToNumOptions } from "./elementwise/blend.js";
import type { ClampOptions } from "./elementwise/clamp.js";
import type { LogitOptions } from "./elementwise/exponentials.js";
import type { RoundOptions } from "./elementwise/round.js";
import type { AlongOptions } from "./indexing/gather.js";
import type { FlatOrAlongOptions } from "./indexing/repeat.js";
import type { Sorted, SortOptions, TopKOptions } from "./indexing/sort.js";
import type { ArgOptions } from "./reduce/arg.js";
import type { NormOptions } from "./reduce/norm.js";
import type { CumulativeOptions } from "./reduce/product.js";
import type { VarianceOptions } from "./reduce/reduce.js";
import type { SoftmaxOptions } from "./reduce/softmax.js";
import type { ReduceOptions } from "./reduce/sum.js";
import type { FlipOptions, RollOptions } from "./shape/flip.js";
import type { FlattenOptions } from "./shape/reshape.js";
import type { PadOptions, SliceOptions } from "./shape/slice.js";
import type { SplitOptions } from "./shape/split.js";
import type { DiagonalOptions, TriangleOptions } from "./shape/triangle.js";

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
  /** What division towards 0 leaves. */
  fmod(other: Tensor | number): Tensor;
  /** What division rounded down leaves. */
  remainder(other: Tensor | number): Tensor;
  /** Quotient rounded down. */
  floorDivide(other: Tensor | number): Tensor;
  /** Length of the vector (this, other). */
  hypot(other: Tensor | number): Tensor;
  /** A value between this and another. */
  lerp(other: Tensor | number, weight: Tensor | number): Tensor;
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
  /** The integer part. */
  trunc(): Tensor;
  /** The fraction. */
  frac(): Tensor;
  /** Numbers in the place of NaN and infinities. */
  nanToNum(options?: NanToNumOptions): Tensor;
  /** Exponential. */
  exp(): Tensor;
  /** eˣ − 1. */
  expm1(): Tensor;
  /** 2ˣ. */
  exp2(): Tensor;
  /** Natural logarithm. */
  log(): Tensor;
  /** Logarithm to base 2. */
  log2(): Tensor;
  /** Logarithm to base 10. */
  log10(): Tensor;
  /** Log-odds. */
  logit(options?: LogitOptions): Tensor;
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
  /** Product over axes. */
  prod(options?: ReduceOptions): Tensor;
  /** Vector norm over axes. */
  norm(options?: NormOptions): Tensor;
  /** Running sum along an axis. */
  cumSum(options: CumulativeOptions): Tensor;
  /** Running product along an axis. */
  cumProd(options: CumulativeOptions): Tensor;
  /** Whether any element over axes is true. */
  any(options?: ReduceOptions): Tensor;
  /** Whether all elements over axes are true. */
  all(options?: ReduceOptions): Tensor;
  /** Index of the largest element. */
  argMax(options?: ArgOptions): Tensor;
  /** Index of the smallest element. */
  argMin(options?: ArgOptions): Tensor;
  /** The elements along an axis in order, and where they stood. */
  sort(options?: SortOptions): Sorted;
  /** The indices that put the elements along an axis in order. */
  argSort(options?: SortOptions): Tensor;
  /** The k largest (or smallest) elements along an axis, and where they stood. */
  topK(k: number, options?: TopKOptions): Sorted;
  /** Picks along an axis, index by index. */
  gather(index: Tensor, options?: AlongOptions): Tensor;
  /** Picks along an axis with indices that broadcast. */
  takeAlongDim(index: Tensor, options?: FlatOrAlongOptions): Tensor;
  /** Repeats each element along an axis. */
  repeatInterleave(repeats: number | readonly number[], options?: FlatOrAlongOptions): Tensor;
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
  /** Moves axes to other places. */
  movedim(source: number | readonly number[], destination: number | readonly number[]): Tensor;
  /** The slice at one index of an axis. */
  select(index: number, options?: SplitOptions): Tensor;
  /** The slices at every index of an axis. */
  unbind(options?: SplitOptions): Tensor[];
  /** Takes a part. */
  slice(options: SliceOptions): Tensor;
  /** Adds cells around. */
  pad(padding: readonly (readonly [number, number])[], options?: PadOptions): Tensor;
  /** Repeats along axes of size 1. */
  broadcastTo(shape: Shape): Tensor;
  /** Repeats along all axes. */
  tile(repeats: readonly number[]): Tensor;
  /** Reverses axes. */
  flip(options?: FlipOptions): Tensor;
  /** Moves elements along axes; what leaves at one end comes in at the other. */
  roll(options: RollOptions): Tensor;
  /** Cuts along an axis into parts of these sizes. */
  split(sizes: number | readonly number[], options?: SplitOptions): Tensor[];
  /** Cuts along an axis into so many parts. */
  chunk(count: number, options?: SplitOptions): Tensor[];
  /** Lower triangle of matrices. */
  tril(options?: TriangleOptions): Tensor;
  /** Upper triangle of matrices. */
  triu(options?: TriangleOptions): Tensor;
  /** A diagonal of matrices. */
  diagonal(options?: DiagonalOptions): Tensor;
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

/** `using x = …` disposes it at the end of the block. Nothing where TypeScript's `lib` has no type of `Symbol.dispose`: a
 * method of that name would not compile there. */
type Using = {
  [Dispose in SymbolConstructor extends { readonly dispose: infer S extends symbol } ? S : never]: () => void;
};

declare module "../autograd/tensor.js" {
  interface Tensor extends TensorMethods, Using {}
}
