/** Gradient-flow tracing. */
export type {
  GradientFlowTrace,
  LayerQuantity,
  LayerRecord,
  NullReason,
  ParameterRecord,
  PassRecord,
  RunRecord,
} from "./records.js";
export { type Trace, type TraceOptions, trace } from "./trace.js";
