/** livegrad/testing: what proves that an op is right. Needs fast-check; livegrad/testing/gradcheck needs nothing.
 * @module livegrad/testing */
export * from "./arbitraries/index.js";
export { type Closeness, type ClosenessOptions, compareTensors, type TensorLike } from "./closeness.js";
export * from "./gradcheck/index.js";
export * from "./properties/index.js";
