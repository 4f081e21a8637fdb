/** Modules, layers and initialisation. */
export * from "./adaptive-avg-pool2d.js";
export * from "./avg-pool2d.js";
export * from "./batch-norm2d.js";
export * from "./conv2d.js";
export * from "./cross-entropy-loss.js";
export * from "./flatten.js";
export * from "./identity.js";
export type { Initializer, KaimingOptions, XavierOptions } from "./init.js";
export * as init from "./init.js";
export * from "./linear.js";
export * from "./max-pool2d.js";
export * from "./module.js";
export * from "./parameter.js";
export * from "./relu.js";
export * from "./residual.js";
export * from "./sequential.js";
export type { LoadStateOptions, LoadStateResult } from "./state-dict.js";
