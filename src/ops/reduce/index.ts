/** Ops along axes: reductions, and what is built on them. */

export { type ArgOptions, argMax, argMin } from "./arg.js";
export { cumMax, cumMin, type RunningExtreme } from "./cum-max.js";
export { cumSum } from "./cum-sum.js";
export * from "./distances.js";
export { logCumSumExp } from "./log-cum-sum-exp.js";
export { all, any, countNonzero } from "./logical.js";
export { nanMean, nanSum } from "./nan.js";
export { type NormOptions, norm } from "./norm.js";
export { type CumulativeOptions, cumProd, prod } from "./product.js";
export { median, type QuantileOptions, quantile } from "./quantile.js";
export {
  logSumExp,
  max,
  mean,
  min,
  type StdAndMean,
  std,
  stdMean,
  type VarianceAndMean,
  type VarianceOptions,
  variance,
  varMean,
} from "./reduce.js";
export { logSoftmax, type SoftmaxOptions, softmax, softmin } from "./softmax.js";
export { broadcastTo, type ReduceOptions, sum } from "./sum.js";
