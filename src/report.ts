/** What is made of a gradient-flow trace: figures, tables, words, a page and files. The figures need the package ECharts.
 * @module livegrad/report */
export { answerInWords } from "./experiments/report/answer.js";
export type { Configuration, StepChoice } from "./experiments/report/configurations.js";
export { type Divergence, divergencesOf } from "./experiments/report/divergence.js";
export { figuresOf, renderSvg } from "./experiments/report/figures.js";
export { parseTrace, traceCsv, traceJson } from "./experiments/report/files.js";
export { type ReportOptions, reportHtml } from "./experiments/report/html.js";
export type { Figure, OptionPart, Panel } from "./experiments/report/panels.js";
export type { Spread } from "./experiments/report/statistics.js";
export { type ConfigurationSummary, type SummaryOptions, summarize } from "./experiments/report/summary.js";
export type { Theory } from "./experiments/report/theory.js";
export {
  EXPLODED_ABOVE,
  FADED_BELOW,
  FADED_BELOW_A_LAYER,
  GROWN_ABOVE,
  GROWN_ABOVE_A_LAYER,
  VANISHED_BELOW,
  type Verdict,
  verdictOf,
} from "./experiments/report/verdict.js";
