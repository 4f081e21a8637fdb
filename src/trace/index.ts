/** Gradient-flow tracing. */
export type {
  LayerQuantity,
  LayerRecord,
  NullReason,
  ParameterRecord,
  PassRecord,
} from "./records.js";
export { type Trace, type TraceOptions, trace } from "./trace.js";
