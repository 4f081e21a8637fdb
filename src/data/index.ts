/** Data sets, transforms and loaders: everything here runs on the host, on ndarray views. */
export * from "./channel-statistics.js";
export * from "./cifar10.js";
export * from "./cifar100.js";
export type { Collated } from "./collate.js";
export * from "./csv.js";
export * from "./data-loader.js";
export {
  type Batch,
  type BatchOptions,
  batchOf,
  type ImageDataset,
  type ImageValues,
  imageView,
  type Precision,
} from "./dataset.js";
export { type DecodeImageOptions, decodeImage } from "./decode-image.js";
export * from "./drawn-images.js";
export * from "./flip-crop.js";
export { type IdxImagesOptions, idxImages, type ReadIdxOptions, readIdx } from "./idx.js";
export type { Transform } from "./image-batch.js";
export * from "./image-folder.js";
export type { Dataset, HostArray, Image, LabelledImage, LabelledImages, Part, Pixels } from "./items.js";
export * from "./loader.js";
export type { DataLoaderState } from "./loader-state.js";
export * from "./mnist.js";
export { cacheDataset, concatDataset, subset } from "./parts.js";
export * from "./random-split.js";
export * from "./samplers.js";
export * from "./tensor-dataset.js";
export type {
  ColorJitterOptions,
  NormalizeImageOptions,
  PcaLightingOptions,
  RandomCropOptions,
  RandomErasingOptions,
  RandomHorizontalFlipOptions,
  RandomResizedCropOptions,
  ToTensorOptions,
} from "./transforms/index.js";
export * as transforms from "./transforms/index.js";
