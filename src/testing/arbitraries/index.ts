/** fast-check arbitraries of what ops take. */
export { axes, axisLists, type BroadcastBounds, broadcastable, type ShapeBounds, shapes } from "./shapes.js";
export { type Domain, domains, formatSpec, type TensorSpec, tensorOf, tensorSpecs, tensors } from "./tensors.js";
export {
  type Broken,
  brokenConvCases,
  brokenPoolCases,
  type ConvCase,
  convCases,
  type PerAxis,
  type PoolCase,
  poolCases,
  type SpatialRank,
} from "./windows.js";
