/** Optimisers. */
export * from "./adam.js";
export type { AdamOptions, AdamState } from "./moments.js";
export { Optimizer } from "./optimizer.js";
export * from "./sgd.js";
