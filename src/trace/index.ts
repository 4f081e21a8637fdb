/** Gradient-flow tracing and its reports. */
export type { GradientFlowTrace, LayerQuantity, LayerRecord, NullReason, RunRecord } from "./records.js";
export { answerInWords } from "./report/answer.js";
export type { Configuration, StepChoice } from "./report/configurations.js";
export { figuresOf, renderSvg } from "./report/figures.js";
export { parseTrace, traceCsv, traceJson } from "./report/files.js";
export { reportHtml } from "./report/html.js";
export type { Figure, OptionPart, Panel } from "./report/panels.js";
export type { Spread } from "./report/statistics.js";
export {
  type ConfigurationSummary,
  EXPLODED_ABOVE,
  summarize,
  VANISHED_BELOW,
  type Verdict,
  verdictOf,
} from "./report/summary.js";
export { type PassRecord, type Trace, type TraceOptions, trace } from "./trace.js";
