/** Transforms: functions of an image and a generator, which compose. Names and definitions are torchvision's. */
export { type ColorJitterOptions, colorJitter, type PcaLightingOptions, pcaLighting } from "./color.js";
export {
  centerCrop,
  type RandomCropOptions,
  type RandomHorizontalFlipOptions,
  randomCrop,
  randomHorizontalFlip,
} from "./geometry.js";
export { type RandomResizedCropOptions, randomResizedCrop, resize } from "./resize.js";
export * from "./values.js";
