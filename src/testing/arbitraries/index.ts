/** fast-check arbitraries of what ops take. */
export { axes, axisLists, type BroadcastBounds, broadcastable, type ShapeBounds, shapes } from "./shapes.js";
export {
  type Domain,
  domains,
  formatSpec,
  type NamedDomains,
  type SpecOptions,
  type TensorSpec,
  tensorOf,
  tensorSpecs,
  tensors,
} from "./tensors.js";
export {
  type Broken,
  brokenConvCases,
  brokenPoolCases,
  type ConvCase,
  type ConvCaseOptions,
  convCases,
  type PerAxis,
  type PoolCase,
  type PoolCaseOptions,
  type PoolOptions,
  poolCases,
  type SpatialRank,
} from "./windows.js";
