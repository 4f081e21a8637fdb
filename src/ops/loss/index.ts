/** Losses. */

export * from "./binary-cross-entropy.js";
export type { ClassLossOptions } from "./class-targets.js";
export { type CrossEntropyOptions, crossEntropy } from "./cross-entropy.js";
export { type CtcLossOptions, ctcLoss, type Lengths } from "./ctc-loss.js";
export * from "./gaussian-nll-loss.js";
export * from "./kl-div.js";
export * from "./margin.js";
export * from "./multi-margin-loss.js";
export * from "./nll-loss.js";
export * from "./poisson-nll-loss.js";
export type { LossOptions, Reduction } from "./reduction.js";
export * from "./regression.js";
export * from "./triplet-margin.js";
