/** The report in a terminal: the summary as a table, the gradients as character plots. */

import Table, { type Cell } from "cli-table3";
import plot, { type Color } from "simple-ascii-chart";
import type { GradientFlowTrace } from "../experiments/records.js";
import { layerPoint, log10Point } from "../experiments/report/aggregate.js";
import { type ConfigurationRuns, configurationsOf, panelsOf, runsAt } from "../experiments/report/configurations.js";
import { marksOf } from "../experiments/report/marks.js";
import { formatFactor, formatNorm, formatSpread, type Spread } from "../experiments/report/statistics.js";
import type { ConfigurationSummary } from "../experiments/report/summary.js";
import type { Verdict } from "../experiments/report/verdict.js";

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

/** Size and colour of a plot in a terminal.
 * @category Tracing */
export interface TerminalPlotOptions {
  /** Columns of the plotting area; default 64. */
  readonly width?: number;
  /** Lines of the plotting area; default 16. */
  readonly height?: number;
  /** ANSI colours and lines; without them (`NO_COLOR`, a pipe) each configuration is drawn with its own letter. */
  readonly color?: boolean;
}

// Warm for plain nets and cool for residual ones, as in the figures.
const COLORS: readonly Color[] = ["ansiCyan", "ansiMagenta", "ansiGreen", "ansiBlue", "ansiRed", "ansiYellow"];
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** ‖∂L/∂h‖ by layer at the first recorded step, one plot per panel, one line per network; powers of ten upwards.
 * @category Tracing */
export function terminalPlot(trace: GradientFlowTrace, options: TerminalPlotOptions = {}): string {
  const configurations = configurationsOf(trace);
  const ofPanel = (name: string) => configurations.filter(({ panel }) => panel === name);
  return panelsOf(configurations)
    .map((name) => plotPanel(name, ofPanel(name), options))
    .join("\n\n");
}

interface TerminalLine {
  readonly label: string;
  readonly color: Color;
  readonly points: [number, number][];
}

function plotPanel(name: string, configurations: readonly ConfigurationRuns[], options: TerminalPlotOptions): string {
  const { width = 64, height = 16 } = options;
  const colors = colorsOf(configurations);
  const color = options.color === true && new Set(colors).size === colors.length; // letters never run out
  const lines = configurations.map((one, index): TerminalLine => {
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
  return [title, drawLines(drawn, { width, height, color }), ...legend].join("\n");
}

function drawLines(lines: readonly TerminalLine[], { width, height, color }: Required<TerminalPlotOptions>): string {
  const powers = lines.flatMap(({ points }) => points.map(([, power]) => power));
  const lowest = Math.floor(Math.min(...powers));
  const high = Math.max(Math.ceil(Math.max(...powers)), lowest + 1);
  const every = Math.max(1, Math.ceil((high - lowest) / Math.max(1, height / 2)));
  const low = high - every * Math.ceil((high - lowest) / every);
  const deepest = Math.max(...lines.flatMap(({ points }) => points.map(([depth]) => depth)));
  const between = Math.max(1, Math.ceil(deepest / 6));
  const picture = plot(
    lines.map(({ points }) => points),
    {
      width,
      height,
      yRange: [low, high],
      customXAxisTicks: Array.from({ length: Math.floor(deepest / between) + 1 }, (_, index) => index * between),
      customYAxisTicks: Array.from({ length: (high - low) / every + 1 }, (_, index) => high - index * every),
      formatter: (value, { axis }) => (axis === "y" ? `1e${Math.round(value)}` : String(value)),
      ...(color ? { color: lines.map((line) => line.color) } : {}),
      ...(color ? {} : { lineFormatter: letterDrawer(lines) }),
    },
  );
  return picture
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n");
}

// The formatter is not told which line it draws; the point tells, and where two lines share one, the first is drawn.
function letterDrawer(lines: readonly TerminalLine[]) {
  return ({ x, y, plotX, plotY }: { x: number; y: number; plotX: number; plotY: number }) => {
    const index = lines.findIndex(({ points }) => points.some((point) => point[0] === x && point[1] === y));
    return { x: plotX + 1, y: plotY, symbol: LETTERS[Math.max(index, 0) % LETTERS.length] as string };
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

const CODES: Readonly<Partial<Record<Color, number>>> = {
  ansiRed: 31,
  ansiGreen: 32,
  ansiYellow: 33,
  ansiBlue: 34,
  ansiMagenta: 35,
  ansiCyan: 36,
};

function legendLine(line: TerminalLine, index: number, color: boolean): string {
  if (index < 0) return `  - ${line.label} (exactly 0 or not finite, not drawn)`;
  return color
    ? `  \u001b[${CODES[line.color]}m━━\u001b[0m ${line.label}`
    : `  ${LETTERS[index % LETTERS.length]}  ${line.label}`;
}
