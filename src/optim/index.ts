/** Optimisers. */
export * from "./sgd.js";
