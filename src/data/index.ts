/** Data sets, transforms and loaders: everything here runs on the host, on ndarray views. */
export * from "./cifar10.js";
export {
  type Batch,
  type BatchOptions,
  batchOf,
  type ImageDataset,
  type ImageValues,
  imageView,
  type Precision,
} from "./dataset.js";
export * from "./drawn-images.js";
export * from "./flip-crop.js";
export * from "./loader.js";
