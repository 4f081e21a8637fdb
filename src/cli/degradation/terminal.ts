/** The degradation experiment in a terminal: plots of the training error, the table, and what was found. */
import Table from "cli-table3";
import type { Color } from "simple-ascii-chart";
import { type Curve, curvesOf } from "../../experiments/degradation/curves.js";
import type { DegradationResult } from "../../experiments/degradation/records.js";
import { KINDS } from "../../experiments/degradation/settings.js";
import { degradationTable } from "../../experiments/degradation/table.js";
import { degradationInWords } from "../../experiments/degradation/words.js";
import { asciiPlot, legendLine } from "../ascii-plot.js";

const COLORS: readonly Color[] = ["ansiBlue", "ansiRed", "ansiGreen", "ansiMagenta", "ansiCyan", "ansiYellow"];

/** Prints it.
 * @param hasFailed whether an error, and no signal, ended an incomplete experiment */
export function printResult(result: DegradationResult, hasFailed: boolean): void {
  const color = process.stdout.isTTY === true && !process.env["NO_COLOR"];
  const width = Math.min(process.stdout.columns ?? 100, 100) - 20;
  for (const kind of KINDS) {
    const curves = curvesOf(result).filter((curve) => curve.kind === kind);
    if (curves.length > 0) console.log(`\n${plot(curves, result.settings.steps, { width, color })}`);
  }
  const { head, rows } = degradationTable(result);
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  for (const row of rows)
    table.push(row.map((content, i) => (i === 0 ? content : { content, hAlign: "right" as const })));
  console.log(`\n${table.toString()}\n\n${degradationInWords(result).join("\n")}`);
  if (hasFailed) console.log("\nA network failed: this is what was found until then.");
}

/** The training error of nets of one kind over their steps, in percent. */
function plot(
  curves: readonly Curve[],
  steps: number,
  { width, color }: { readonly width: number; readonly color: boolean },
): string {
  const isColored = color && curves.length <= COLORS.length;
  const lines = curves.map(({ model, steps, of }, i) => ({
    label: `${model}, training error`,
    color: COLORS[i % COLORS.length] as Color,
    points: of("trainingError").map(({ mean }, at): [number, number] => [steps[at] as number, 100 * mean]),
  }));
  const axes = {
    yTicks: [100, 80, 60, 40, 20, 0],
    xTicks: [0, 1, 2, 3, 4].map((quarter) => Math.round((quarter * steps) / 4)),
    formatY: (value: number) => `${value} %`,
  };
  const picture = asciiPlot(lines, axes, { width, height: 11, color: isColored });
  const title = `${curves[0]?.kind} nets: training error by optimiser step`;
  return [title, picture, ...lines.map((line, i) => legendLine(line, i, isColored))].join("\n");
}
