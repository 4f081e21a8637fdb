/** Ops along axes: reductions, and what is built on them. */

export { logSumExp, max, mean, min, std, type VarianceOptions, variance } from "./reduce.js";
export { logSoftmax, type SoftmaxOptions, softmax } from "./softmax.js";
export { broadcastTo, type ReduceOptions, sum } from "./sum.js";
