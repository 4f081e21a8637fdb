/** Ops that pick elements by index, and those that find the indices. */

export { type EmbeddingBagOptions, embeddingBag } from "./embedding-bag.js";
export { type AlongOptions, gather, scatterAdd } from "./gather.js";
export { maskedSelect, nonzero } from "./nonzero.js";
export { type FlatOrAlongOptions, repeatInterleave, takeAlongDim } from "./repeat.js";
export { type IndexAddOptions, indexAdd, indexCopy, indexFill, scatter } from "./scatter.js";
export { type ScatterReduceOptions, scatterReduce } from "./scatter-reduce.js";
export { type EmbeddingOptions, embedding, indexSelect, type OneHotOptions, oneHot } from "./select.js";
export * from "./sort.js";
