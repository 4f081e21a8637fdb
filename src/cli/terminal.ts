/** The report in a terminal: the summary as a table, the gradients as character plots. */

import Table, { type Cell } from "cli-table3";
import type { Color } from "simple-ascii-chart";
import type { GradientFlowTrace } from "../experiments/records.js";
import { layerPoint, log10Point } from "../experiments/report/aggregate.js";
import { type ConfigurationRuns, configurationsOf, panelsOf, runsAt } from "../experiments/report/configurations.js";
import { marksOf } from "../experiments/report/marks.js";
import { formatFactor, formatNorm, formatSpread, type Spread } from "../experiments/report/statistics.js";
import type { ConfigurationSummary } from "../experiments/report/summary.js";
import type { Verdict } from "../experiments/report/verdict.js";
import { type AsciiAxes, type AsciiLine, asciiPlot, legendLine, type TerminalPlotOptions } from "./ascii-plot.js";

const HEAD = ["last block", "first layer", "ratio", "a layer", "verdict"];

/** The summary as a table: norms as `1.2e-5 ×÷1.4` (geometric mean and spread over the seeds), first layer ÷ last
 * block, and what each layer multiplies the norm by.
 * @param options.color red where the gradient vanishes, explodes or diverged, yellow where it fades or grows, green where
 *   it lives; default no
 * @category Tracing */
export function summaryTable(
  summaries: readonly ConfigurationSummary[],
  options: { readonly color?: boolean } = {},
): string {
  const color = options.color ?? false;
  const first = columnsOf(summaries);
  const table = new Table({
    head: [...first.map(({ head }) => head), ...HEAD],
    style: { head: [], border: [], compact: true },
  });
  for (const one of summaries) {
    table.push([
      ...first.map(({ cell }) => cell(one)),
      spreadCell(one.lastBlock),
      spreadCell(one.firstLayer),
      { content: formatNorm(one.ratio.mean), hAlign: "right" },
      { content: `×${formatFactor(one.factorPerLayer)}`, hAlign: "right" },
      verdictCell(one, color),
    ]);
  }
  return table.toString();
}

interface Column {
  readonly head: string;
  readonly cell: (one: ConfigurationSummary) => Cell;
}

/** What tells networks apart: how they are made where all are CIFAR nets, else their names. */
function columnsOf(summaries: readonly ConfigurationSummary[]): Column[] {
  const right = (content: number): Cell => ({ content, hAlign: "right" });
  const depth: Column = { head: "depth", cell: (one) => right(one.depth) };
  if (summaries.some(({ cifar }) => cifar === null)) return [{ head: "network", cell: ({ label }) => label }, depth];
  const make = (what: "shortcut" | "norm" | "init" | "width"): Column => ({
    head: what,
    cell: ({ cifar }) => cifar?.[what] ?? "",
  });
  const several = (what: "init" | "width") => new Set(summaries.map(({ cifar }) => cifar?.[what])).size > 1;
  const others = (["init", "width"] as const).filter(several);
  return [depth, ...(["shortcut", "norm", ...others] as const).map(make)];
}

function spreadCell(spread: Spread): string {
  return formatNorm(spread.mean) + formatSpread(spread.factor);
}

const VERDICT_CODES: Readonly<Record<Verdict, number>> = {
  vanishes: 31,
  fades: 33,
  lives: 32,
  grows: 33,
  explodes: 31,
  diverged: 31,
};

function verdictCell(summary: ConfigurationSummary, color: boolean): string {
  const doubt = summary.agreeing === summary.seeds ? "" : ` (${summary.agreeing} of ${summary.seeds} seeds)`;
  const text = summary.verdict + doubt;
  if (!color) return text;
  return `\u001b[${VERDICT_CODES[summary.verdict]}m${text}\u001b[39m`;
}

// Warm for plain nets and cool for residual ones, as in the figures.
const COLORS: readonly Color[] = ["ansiCyan", "ansiMagenta", "ansiGreen", "ansiBlue", "ansiRed", "ansiYellow"];

/** ‖∂L/∂h‖ by layer at the first recorded step, one plot per panel, one line per network; powers of ten upwards.
 * @category Tracing */
export function terminalPlot(trace: GradientFlowTrace, options: TerminalPlotOptions = {}): string {
  const configurations = configurationsOf(trace);
  const ofPanel = (name: string) => configurations.filter(({ panel }) => panel === name);
  return panelsOf(configurations)
    .map((name) => plotPanel(name, ofPanel(name), options))
    .join("\n\n");
}

function plotPanel(name: string, configurations: readonly ConfigurationRuns[], options: TerminalPlotOptions): string {
  const { width = 64, height = 16 } = options;
  const colors = colorsOf(configurations);
  const color = options.color === true && new Set(colors).size === colors.length; // letters never run out
  const lines = configurations.map((one, index): AsciiLine => {
    const runs = runsAt(one.runs, "first");
    const points = marksOf(one, "activationGradNorm").flatMap(({ index, depth }): [number, number][] => {
      const power = log10Point(layerPoint(runs, index, "activationGradNorm"));
      return power === null ? [] : [[depth, power.mean]];
    });
    return { label: one.label, color: colors[index] as Color, points };
  });
  const drawn = lines.filter(({ points }) => points.length > 0);
  const title = `${name}: activation gradient by weighted layers`;
  if (drawn.length === 0) return `${title}\n(every norm is exactly 0 or not finite)`;
  const legend = lines.map((line) => legendLine(line, drawn.indexOf(line), color));
  return [title, asciiPlot(drawn, axesOf(drawn, height), { width, height, color }), ...legend].join("\n");
}

function axesOf(lines: readonly AsciiLine[], height: number): AsciiAxes {
  const powers = lines.flatMap(({ points }) => points.map(([, power]) => power));
  const lowest = Math.floor(Math.min(...powers));
  const high = Math.max(Math.ceil(Math.max(...powers)), lowest + 1);
  const every = Math.max(1, Math.ceil((high - lowest) / Math.max(1, height / 2)));
  const low = high - every * Math.ceil((high - lowest) / every);
  const deepest = Math.max(...lines.flatMap(({ points }) => points.map(([depth]) => depth)));
  const between = Math.max(1, Math.ceil(deepest / 6));
  return {
    yTicks: Array.from({ length: (high - low) / every + 1 }, (_, index) => high - index * every),
    xTicks: Array.from({ length: Math.floor(deepest / between) + 1 }, (_, index) => index * between),
    formatY: (value) => `1e${Math.round(value)}`,
  };
}

/** A colour for each network: warm for plain CIFAR nets, and of the others, while they last, the next that is left. */
function colorsOf(configurations: readonly ConfigurationRuns[]): Color[] {
  const warm = ({ configuration: { cifar } }: ConfigurationRuns): Color | null =>
    cifar?.shortcut !== "none" ? null : cifar.norm === "none" ? "ansiRed" : "ansiYellow";
  const used = new Set(configurations.map(warm));
  const left = COLORS.filter((color) => !used.has(color));
  let next = 0;
  return configurations.map((one) => warm(one) ?? (left[next++ % left.length] as Color));
}
