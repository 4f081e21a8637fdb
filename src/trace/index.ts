/** Gradient-flow tracing. */
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
