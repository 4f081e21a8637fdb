/** Matrix products, and what is made of them. */

export { type AttentionOptions, scaledDotProductAttention } from "./attention.js";
export { einsum } from "./einsum.js";
export { linear, matmul } from "./matmul.js";
export { dot, outer } from "./vectors.js";
