/** Gradient-flow tracing and its reports. */
export type { GradientFlowTrace, LayerRecord, RunRecord } from "./records.js";
export { type PassRecord, type Trace, type TraceOptions, trace } from "./trace.js";
