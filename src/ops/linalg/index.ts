/** Matrix products, and what is made of them. */

export * from "./added-products.js";
export { type AttentionOptions, scaledDotProductAttention } from "./attention.js";
export { einsum } from "./einsum.js";
export { linear, matmul } from "./matmul.js";
export * from "./tensor-products.js";
export { dot, outer } from "./vectors.js";
