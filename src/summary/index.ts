/** Summaries: a model as a table. */
export type { Summary, SummaryMemory, SummaryRow, SummaryTotals } from "./records.js";
export { type SummaryInput, type SummaryOptions, summary } from "./summary.js";
