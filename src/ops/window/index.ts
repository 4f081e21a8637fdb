/** Ops on windows of an image: convolution, pooling. */

export { type Conv2dOptions, conv2d } from "./conv2d.js";
export * from "./pool2d.js";
