/** What is made of a gradient-flow trace: figures, tables, words, a page and files. The figures need the package ECharts.
 * @module livegrad/report */
export { answerInWords } from "./trace/report/answer.js";
export type { Configuration, StepChoice } from "./trace/report/configurations.js";
export { type Divergence, divergencesOf } from "./trace/report/divergence.js";
export { figuresOf, renderSvg } from "./trace/report/figures.js";
export { parseTrace, traceCsv, traceJson } from "./trace/report/files.js";
export { type ReportOptions, reportHtml } from "./trace/report/html.js";
export type { Figure, OptionPart, Panel } from "./trace/report/panels.js";
export type { Spread } from "./trace/report/statistics.js";
export { type ConfigurationSummary, type SummaryOptions, summarize } from "./trace/report/summary.js";
export {
  EXPLODED_ABOVE,
  FADED_BELOW,
  FADED_BELOW_A_LAYER,
  GROWN_ABOVE,
  GROWN_ABOVE_A_LAYER,
  VANISHED_BELOW,
  type Verdict,
  verdictOf,
} from "./trace/report/verdict.js";
