/** Gradient-flow tracing. */

export { placesOf } from "./places.js";
export type {
  JoinKind,
  LayerQuantity,
  LayerRecord,
  NullReason,
  ParameterRecord,
  PassRecord,
  Split,
  SplitPart,
} from "./records.js";
export { type Trace, type TraceOptions, trace } from "./trace.js";
