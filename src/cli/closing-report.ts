/** What the gradient-flow command says at its end. */
import type { GradientFlowTrace } from "../experiments/records.js";
import { answerInWords } from "../experiments/report/answer.js";
import { divergencesInWords, missingInWords } from "../experiments/report/divergence.js";
import { summarize } from "../experiments/report/summary.js";
import { VERDICT_RULE } from "../experiments/report/verdict.js";
import { networkName } from "../experiments/work.js";
import { summaryTable, terminalPlot } from "./terminal.js";

/** The plot, the summary and the answer in words.
 * @param hasFailed whether an error, and no signal, ended an incomplete experiment */
export function printSummary(trace: GradientFlowTrace, hasFailed: boolean): void {
  const color = process.stdout.isTTY === true && !process.env["NO_COLOR"];
  const width = Math.min(process.stdout.columns ?? 100, 120);
  const steps = new Set(trace.runs.map((run) => run.step)).size;
  console.log(`\n${terminalPlot(trace, { width, color })}`);
  console.log(`\n${steps > 1 ? "At initialisation:\n" : ""}${summaryTable(summarize(trace), { color })}`);
  if (steps > 1) {
    console.log(`\nAfter training:\n${summaryTable(summarize(trace, { step: "last" }), { color })}`);
    console.log(`\n${losses(trace)}`);
  }
  console.log(`\n${VERDICT_RULE}`);
  console.log(`\n${[...answerInWords(summarize(trace)), ...missingInWords(trace)].join("\n")}`);
  const diverged = divergencesInWords(trace);
  if (diverged.length > 0) console.log(`\nDiverged:\n${diverged.join("\n")}`);
  if (!trace.complete) {
    console.log(`\n${hasFailed ? "A network failed" : "Interrupted"}: this is what was computed until then.`);
  }
}

/** First and last loss of every network. */
function losses(trace: GradientFlowTrace): string {
  const names = [...new Set(trace.runs.map(networkName))];
  return names
    .map((name) => {
      const runs = trace.runs.filter((run) => networkName(run) === name);
      const [first, last] = [runs[0], runs.at(-1)];
      return `${name}: loss ${first?.loss.toFixed(3)} at step ${first?.step}, ${last?.loss.toFixed(3)} at step ${last?.step}`;
    })
    .join("\n");
}
