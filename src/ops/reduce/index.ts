/** Ops along axes: reductions, and what is built on them. */

export { type ArgOptions, argMax, argMin } from "./arg.js";
export { cumSum } from "./cum-sum.js";
export * from "./distances.js";
export { all, any } from "./logical.js";
export { type NormOptions, norm } from "./norm.js";
export { type CumulativeOptions, cumProd, prod } from "./product.js";
export { logSumExp, max, mean, min, std, type VarianceOptions, variance } from "./reduce.js";
export { logSoftmax, type SoftmaxOptions, softmax, softmin } from "./softmax.js";
export { broadcastTo, type ReduceOptions, sum } from "./sum.js";
