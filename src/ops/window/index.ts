/** Ops on windows of an image or a sequence: convolution, pooling, unfolding, interpolation. */

export {
  type AvgPool1dOptions,
  type AvgPool2dOptions,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  avgPool1d,
  avgPool2d,
} from "./avg-pool2d.js";
export {
  type ConvTranspose1dOptions,
  type ConvTranspose2dOptions,
  convTranspose1d,
  convTranspose2d,
} from "./conv-transpose2d.js";
export { type Conv1dOptions, type Conv2dOptions, conv1d, conv2d } from "./conv2d.js";
export * from "./fold.js";
export * from "./interpolate.js";
export {
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  type MaxPool1dOptions,
  type MaxPool2dOptions,
  maxPool1d,
  maxPool2d,
} from "./max-pool2d.js";
