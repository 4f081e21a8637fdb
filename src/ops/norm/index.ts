/** Normalisation. */

export { type BatchNormOptions, batchNorm } from "./batch-norm.js";
