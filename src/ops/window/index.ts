/** Ops on windows of a sequence, an image or a volume: convolution, pooling, unfolding, interpolation. */

export { type AffineGridOptions, affineGrid } from "./affine-grid.js";
export {
  type AvgPool1dOptions,
  type AvgPool2dOptions,
  type AvgPool3dOptions,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  avgPool1d,
  avgPool2d,
  avgPool3d,
} from "./avg-pool2d.js";
export {
  type ConvTranspose1dOptions,
  type ConvTranspose2dOptions,
  convTranspose1d,
  convTranspose2d,
} from "./conv-transpose2d.js";
export { type Conv1dOptions, type Conv2dOptions, conv1d, conv2d } from "./conv2d.js";
export { type Conv3dOptions, conv3d } from "./conv3d.js";
export { type FoldOptions, fold, type UnfoldOptions, unfold } from "./fold.js";
export { type GridSampleOptions, gridSample } from "./grid-sample.js";
export * from "./interpolate.js";
export {
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  type MaxPool1dOptions,
  type MaxPool2dOptions,
  type MaxPooled,
  maxPool1d,
  maxPool2d,
  maxPool2dWithIndices,
} from "./max-pool2d.js";
export { adaptiveMaxPool3d, type MaxPool3dOptions, maxPool3d } from "./max-pool3d.js";
export { type MaxUnpool2dOptions, maxUnpool2d } from "./max-unpool2d.js";
