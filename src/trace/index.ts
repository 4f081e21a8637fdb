/** Gradient-flow tracing and its reports. */
export type {
  GradientFlowTrace,
  LayerQuantity,
  LayerRecord,
  NullReason,
  ParameterRecord,
  PassRecord,
  RunRecord,
} from "./records.js";
export { answerInWords } from "./report/answer.js";
export type { Configuration, StepChoice } from "./report/configurations.js";
export { type Divergence, divergencesOf } from "./report/divergence.js";
export { figuresOf, renderSvg } from "./report/figures.js";
export { parseTrace, traceCsv, traceJson } from "./report/files.js";
export { type ReportOptions, reportHtml } from "./report/html.js";
export type { Figure, OptionPart, Panel } from "./report/panels.js";
export type { Spread } from "./report/statistics.js";
export { type ConfigurationSummary, type SummaryOptions, summarize } from "./report/summary.js";
export {
  EXPLODED_ABOVE,
  FADED_BELOW,
  FADED_BELOW_A_LAYER,
  GROWN_ABOVE,
  GROWN_ABOVE_A_LAYER,
  VANISHED_BELOW,
  type Verdict,
  verdictOf,
} from "./report/verdict.js";
export { type Trace, type TraceOptions, trace } from "./trace.js";
