/** Losses. */

export { type CrossEntropyOptions, crossEntropy, type Reduction } from "./cross-entropy.js";
