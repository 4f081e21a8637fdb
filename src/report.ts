/** What is made of the experiments' results: figures, tables, words, a page and files. The figures need the package ECharts.
 * @module livegrad/report */
export {
  type DepthComparison,
  type DepthVerdict,
  depthComparisons,
  type ErrorComparison,
  type ErrorRange,
} from "./experiments/degradation/compare.js";
export { degradationFigures } from "./experiments/degradation/figures.js";
export { degradationJson, parseDegradation } from "./experiments/degradation/files.js";
export { degradationHtml } from "./experiments/degradation/page.js";
export { degradationInWords } from "./experiments/degradation/words.js";
export { answerInWords } from "./experiments/report/answer.js";
export type { Configuration, StepChoice } from "./experiments/report/configurations.js";
export { type Divergence, divergencesOf } from "./experiments/report/divergence.js";
export type { TabledFigure } from "./experiments/report/figure-page.js";
export { figuresOf, renderSvg } from "./experiments/report/figures.js";
export { parseTrace, traceCsv, traceJson } from "./experiments/report/files.js";
export { type ReportOptions, reportHtml } from "./experiments/report/html.js";
export type { PageLayout } from "./experiments/report/page-layout.js";
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
export type { PageFigure, PageTable } from "./page/figure-html.js";
export { learningRateFigure } from "./train/report/learning-rate-figure.js";
