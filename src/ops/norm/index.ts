/** Normalisation. */

export { type BatchNormOptions, batchNorm } from "./batch-norm.js";
export { type GroupNormOptions, groupNorm } from "./group-norm.js";
export { type InstanceNormOptions, instanceNorm } from "./instance-norm.js";
export { type LayerNormOptions, layerNorm } from "./layer-norm.js";
export { type LocalResponseNormOptions, localResponseNorm } from "./local-response-norm.js";
