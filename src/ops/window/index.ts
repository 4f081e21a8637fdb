/** Ops on windows of an image or a sequence: convolution, pooling, unfolding, interpolation. */

export {
  type AvgPool1dOptions,
  type AvgPool2dOptions,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  avgPool1d,
  avgPool2d,
} from "./avg-pool2d.js";
export * from "./conv-transpose2d.js";
export * from "./conv2d.js";
export * from "./fold.js";
export * from "./interpolate.js";
export * from "./max-pool2d.js";
