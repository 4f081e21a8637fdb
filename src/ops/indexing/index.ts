/** Ops that pick elements by index, and those that find the indices. */

export { type EmbeddingBagOptions, embeddingBag } from "./embedding-bag.js";
export { type AlongOptions, gather, scatterAdd } from "./gather.js";
export { type FlatOrAlongOptions, repeatInterleave, takeAlongDim } from "./repeat.js";
export { type EmbeddingOptions, embedding, indexSelect, type OneHotOptions, oneHot } from "./select.js";
export * from "./sort.js";
