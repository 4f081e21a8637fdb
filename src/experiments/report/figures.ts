/** The figures of a gradient-flow trace as Apache ECharts options, and their rendering to SVG. */

import { describe, ValueError } from "../../errors.js";
import { loadEcharts } from "../../page/echarts.js";
import type { GradientFlowTrace, RunRecord } from "../records.js";
import { layerPoint, log10Point, type Point, type Quantity } from "./aggregate.js";
import {
  type ConfigurationRuns,
  checkStep,
  configurationsOf,
  panelsOf,
  runsAt,
  type StepChoice,
  stepsOf,
} from "./configurations.js";
import { checkTrace } from "./files.js";
import { heatMapFigure } from "./heat-map.js";
import { layerAxis, lineWithBand, powerAxis, powerRange, theoryLine } from "./lines.js";
import { lossFigure } from "./loss-curves.js";
import { marksOf } from "./marks.js";
import {
  columnsFor,
  FIGURE_WIDTH,
  type Figure,
  LEGEND_TOP,
  layOutPanels,
  legendOf,
  type OptionPart,
  titleOf,
} from "./panels.js";
import { formatFactor } from "./statistics.js";
import { type Dash, lineStyleOf } from "./style.js";
import { theoryOf } from "./theory.js";

/** ‖∂L/∂h‖ of each layer's output: the figure that shows vanishing, explosion and life.
 * @returns `null` if nothing was recorded at the step
 * @category Gradient flow */
function activationGradFigure(trace: GradientFlowTrace, step: StepChoice = "first"): Figure | null {
  return layerFigure(trace, step, {
    id: "activation-gradients",
    title: "Gradient of the activations, layer by layer",
    caption: "Norm of ∂L/∂h of each layer's output. The gradient enters at the right and travels to the left.",
    axis: "‖∂L/∂h‖ over the batch",
    lines: [{ quantity: "activationGradNorm" }],
    hasTheory: true,
  });
}

/** ‖∂L/∂W‖ of each layer: in a homogeneous plain net nearly the same everywhere.
 * @returns `null` if nothing was recorded at the step
 * @category Gradient flow */
function weightGradFigure(trace: GradientFlowTrace, step: StepChoice = "first"): Figure | null {
  return layerFigure(trace, step, {
    id: "weight-gradients",
    title: "Gradient of the weights, layer by layer",
    caption:
      "Norm of ∂L/∂W: the arriving gradient times the incoming signal. In a plain net both decay, in opposite " +
      "directions, so this line stays level, and low.",
    axis: "‖∂L/∂W‖ over the batch",
    lines: [{ quantity: "weightGradNorm" }],
  });
}

/** Standard deviation of each layer's output: the signal on its way forward.
 * @returns `null` if nothing was recorded at the step
 * @category Gradient flow */
function forwardSignalFigure(trace: GradientFlowTrace, step: StepChoice = "first"): Figure | null {
  return layerFigure(trace, step, {
    id: "forward-signal",
    title: "Forward signal, layer by layer",
    caption:
      "Standard deviation of each layer's output. It travels from left to right, and explains the weight gradients.",
    axis: "standard deviation of h",
    lines: [{ quantity: "activationStd" }],
  });
}

/** At residual additions: the parts of the gradient that came through the identity and through the branch.
 * @returns `null` if no residual net was recorded at the step
 * @category Gradient flow */
function residualPathsFigure(trace: GradientFlowTrace, step: StepChoice = "first"): Figure | null {
  return layerFigure(trace, step, {
    id: "residual-paths",
    title: "Two ways back through a residual block",
    caption:
      "Norms of the two parts of the gradient at each block's input: through the identity (solid) and through the " +
      "branch (dotted).",
    axis: "norm of the part of ∂L/∂h",
    lines: [
      { quantity: "identityGradNorm", suffix: " · identity path", dash: [] },
      { quantity: "branchGradNorm", suffix: " · branch path", dash: [2, 3] },
    ],
    isIn: ({ layers }) => layers.some(({ identityGradNorm }) => identityGradNorm !== null),
  });
}

/** All figures of a trace that have something to show; layer figures at the chosen step.
 * @throws ValueError if the trace lacks a field, or the step is none
 * @category Gradient flow */
export function figuresOf(trace: GradientFlowTrace, step: StepChoice = "first"): Figure[] {
  checkTrace("figuresOf", trace);
  checkStep("figuresOf", step);
  return [...layerFiguresOf(trace, step), heatMapFigure(trace), lossFigure(trace)].filter((figure) => figure !== null);
}

/** Those of them that show one step, layer by layer. */
export function layerFiguresOf(trace: GradientFlowTrace, step: StepChoice): Figure[] {
  const figures = [activationGradFigure, weightGradFigure, forwardSignalFigure, residualPathsFigure];
  return figures.map((figure) => figure(trace, step)).filter((figure) => figure !== null);
}

/** Renders an ECharts option to SVG text, without a browser. The package `echarts` is loaded on the first call.
 * @param option of a {@link Figure}, or any other that ECharts takes
 * @param size in pixels, each more than 0
 * @throws ValueError if the size is none, or ECharts cannot draw the option; DataError if `echarts` is not installed
 * @category Gradient flow */
export async function renderSvg(
  option: OptionPart,
  size: { readonly width: number; readonly height: number },
): Promise<string> {
  checkDrawable(option, size);
  const echarts = await loadEcharts("renderSvg");
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: size.width, height: size.height });
  try {
    chart.setOption({ backgroundColor: "#ffffff", ...option, animation: false });
    return chart.renderToSVGString();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ValueError("renderSvg", `ECharts cannot draw this option (${reason})`, { actual: option, cause });
  } finally {
    chart.dispose(); // Otherwise its timer keeps the process alive.
  }
}

function checkDrawable(option: unknown, size: unknown): void {
  if (typeof option !== "object" || option === null || Array.isArray(option)) {
    throw new ValueError("renderSvg", `it takes the option of a figure, an object, got ${describe(option)}`);
  }
  const { width, height } = (size ?? {}) as { readonly width?: unknown; readonly height?: unknown };
  for (const [name, pixels] of Object.entries({ width, height })) {
    if (typeof pixels === "number" && pixels > 0 && Number.isFinite(pixels)) continue;
    throw new ValueError("renderSvg", `${name} must be a number of pixels above 0, got ${describe(pixels)}`);
  }
}

interface LayerFigure {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly axis: string;
  readonly lines: readonly LineOfFigure[];
  /** Whether a network is in it, by one of its runs. Default: every one. */
  readonly isIn?: ((run: RunRecord) => boolean) | undefined;
  /** Whether to draw what theory says beside what was measured. */
  readonly hasTheory?: boolean | undefined;
}

interface LineOfFigure {
  readonly quantity: Quantity;
  readonly suffix?: string | undefined;
  readonly dash?: Dash | undefined;
}

interface DrawnLine {
  readonly of: ConfigurationRuns;
  readonly name: string;
  readonly xs: readonly number[];
  readonly points: readonly (Point | null)[];
  readonly dash?: Dash | undefined;
  readonly isTheory: boolean;
}

function layerFigure(trace: GradientFlowTrace, step: StepChoice, what: LayerFigure): Figure | null {
  const configurations = configurationsOf(trace);
  const { isIn = () => true } = what;
  const drawn = configurations.filter(({ runs }) => runs.some(isIn)).flatMap((of) => linesOf(of, step, what));
  if (drawn.length === 0) return null;
  const names = panelsOf(drawn.map(({ of }) => of));
  const namesOf = (lines: readonly DrawnLine[]) => new Set(lines.map(({ name }) => name));
  const dotted = namesOf(drawn.filter(({ isTheory }) => isTheory));
  const { legend, height: legendHeight } = legendOf([...namesOf(drawn)], dotted);
  const top = LEGEND_TOP + legendHeight + 10;
  const layout = layOutPanels(names, { columns: columnsFor(names.length), panelHeight: 400, top });
  const range = powerRange(drawn.filter(({ isTheory }) => !isTheory).flatMap(({ points }) => points));
  const subtext = `${stepWords(configurations, step)} · geometric mean over ${seedWords(configurations)}`;
  const deepest = (name: string) => Math.max(...drawn.flatMap(({ of, xs }) => (of.panel === name ? xs : [])));
  const option: OptionPart = {
    title: [titleOf(what.title, subtext), ...layout.titles],
    legend,
    grid: layout.grids,
    tooltip: { trigger: "axis" },
    xAxis: names.map((name, panel) => layerAxis(panel, deepest(name))),
    yAxis: names.map((_, panel) => powerAxis(what.axis, panel, range)),
    series: drawn.flatMap(({ of, isTheory, ...line }) => {
      const drawing = { ...line, style: lineStyleOf(of, configurations), panel: names.indexOf(of.panel) };
      return isTheory ? [theoryLine(drawing)] : lineWithBand(drawing);
    }),
  };
  const { id, title, caption } = what;
  const ofTheory =
    " Dots are what theory says of a net at its initialisation, from the measured norm at the last block on.";
  return {
    id,
    title,
    caption: dotted.size === 0 ? caption : caption + ofTheory,
    kind: "layers",
    logarithmic: true,
    quantities: what.lines.map(({ quantity }) => quantity),
    panels: names.map((name) => ({ name })),
    option,
    width: FIGURE_WIDTH,
    height: layout.height,
  };
}

function linesOf(of: ConfigurationRuns, step: StepChoice, { lines, hasTheory }: LayerFigure): DrawnLine[] {
  const runs = runsAt(of.runs, step);
  return lines.flatMap(({ quantity, suffix = "", dash }): DrawnLine[] => {
    const marks = marksOf(of, quantity);
    const points = marks.map(({ index }) => log10Point(layerPoint(runs, index, quantity)));
    if (!points.some((point) => point !== null)) return [];
    const xs = marks.map(({ depth }) => depth);
    const line: DrawnLine = { of, name: of.label + suffix, xs, points, dash, isTheory: false };
    return hasTheory === true ? [line, ...theoryOfLine(line, runs)] : [line];
  });
}

/** From the measured norm at the last block back to the first layer, at the factor of the theory. */
function theoryOfLine(line: DrawnLine, runs: readonly RunRecord[]): DrawnLine[] {
  const theory = runs.some(({ step }) => step > 0) ? null : theoryOf(line.of.configuration);
  const last = Math.max(0, line.xs.length - 2); // the classifier is the last of all
  const start = line.points[last];
  if (theory === null || start === null || start === undefined || last === 0) return [];
  const xs = line.xs.slice(0, last + 1);
  const points = xs.map((x) => {
    const power = start.mean + ((xs[last] as number) - x) * Math.log10(theory.factorPerLayer);
    return { mean: power, min: power, max: power };
  });
  const name = `${line.name} · theory, ×${formatFactor(theory.factorPerLayer)} a layer`;
  return [{ of: line.of, name, xs, points, isTheory: true }];
}

function stepWords(configurations: readonly ConfigurationRuns[], step: StepChoice): string {
  const steps = stepsOf(configurations.flatMap(({ runs }) => runsAt(runs, step)));
  if (steps.length === 1) return steps[0] === 0 ? "at initialisation" : `after ${steps[0]} optimiser steps`;
  return `after ${steps.join(" or ")} optimiser steps`;
}

function seedWords(configurations: readonly ConfigurationRuns[]): string {
  const seeds = new Set(configurations.flatMap(({ runs }) => runs.map(({ seed }) => seed))).size;
  return seeds === 1 ? "1 seed" : `${seeds} seeds, band from minimum to maximum`;
}
