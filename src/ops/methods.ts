/** The ops as methods of Tensor, where that reads well: `x.mul(2).sum()`. */
import { backward } from "../autograd/backward.js";
import type { Tensor } from "../autograd/tensor.js";
import { relu, sigmoid } from "./elementwise/activation.js";
import { add, div, maximum, minimum, mul, neg, sub } from "./elementwise/arithmetic.js";
import { lerp, nanToNum } from "./elementwise/blend.js";
import { clamp } from "./elementwise/clamp.js";
import { cast, equal, greater, greaterEqual, less, lessEqual, notEqual } from "./elementwise/compare.js";
import { floorDivide, fmod, remainder } from "./elementwise/division.js";
import { exp2, log2, log10, logit } from "./elementwise/exponentials.js";
import { acos, asin, atan, atan2, hypot, tan } from "./elementwise/inverse.js";
import * as logic from "./elementwise/logic.js";
import { pow } from "./elementwise/power.js";
import { ceil, floor, frac, round, trunc } from "./elementwise/round.js";
import {
  abs,
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
import { gather } from "./indexing/gather.js";
import { repeatInterleave, takeAlongDim } from "./indexing/repeat.js";
import { argSort, sort, topK } from "./indexing/sort.js";
import { matmul } from "./linalg/matmul.js";
import { argMax, argMin } from "./reduce/arg.js";
import { cumSum } from "./reduce/cum-sum.js";
import { all, any } from "./reduce/logical.js";
import { norm } from "./reduce/norm.js";
import { cumProd, prod } from "./reduce/product.js";
import { max, mean, min, std, variance } from "./reduce/reduce.js";
import { logSoftmax, softmax } from "./reduce/softmax.js";
import { broadcastTo, sum } from "./reduce/sum.js";
import { movedim, select, unbind } from "./shape/axes.js";
import { flip, roll, tile } from "./shape/flip.js";
import { to } from "./shape/identity.js";
import { flatten, permute, reshape, squeeze, transpose, unsqueeze } from "./shape/reshape.js";
import { pad, slice } from "./shape/slice.js";
import { chunk, split } from "./shape/split.js";
import { diagonal, tril, triu } from "./shape/triangle.js";
import type { TensorMethods } from "./tensor-methods.js";

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
  fmod,
  remainder,
  floorDivide,
  hypot,
  lerp,
  neg,
  abs,
  sign,
  floor,
  ceil,
  round,
  trunc,
  frac,
  nanToNum,
  exp,
  expm1,
  exp2,
  log,
  log2,
  log10,
  logit,
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
  prod,
  norm,
  cumSum,
  cumProd,
  any,
  all,
  argMax,
  argMin,
  sort,
  argSort,
  topK,
  gather,
  takeAlongDim,
  repeatInterleave,
  reshape,
  flatten,
  squeeze,
  unsqueeze,
  permute,
  transpose,
  movedim,
  select,
  unbind,
  slice,
  pad,
  broadcastTo,
  tile,
  flip,
  roll,
  split,
  chunk,
  tril,
  triu,
  diagonal,
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
