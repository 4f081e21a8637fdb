/** The figures of a gradient-flow trace as Apache ECharts options, and their rendering to SVG. */

import { describe, ValueError } from "../../errors.js";
import type { GradientFlowTrace } from "../records.js";
import { layerNames, layerPoints, log10Point, type Point, type Quantity } from "./aggregate.js";
import {
  type ConfigurationRuns,
  checkStep,
  configurationsOf,
  depthsOf,
  runsAt,
  type StepChoice,
  stepsOf,
} from "./configurations.js";
import { loadEcharts } from "./echarts.js";
import { checkTrace } from "./files.js";
import { heatMapFigure } from "./heat-map.js";
import { layerAxis, lineWithBand, powerAxis, powerRange } from "./lines.js";
import { lossFigure } from "./loss-curves.js";
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
import { lineStyleOf } from "./style.js";

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
  const residual = { ...trace, runs: trace.runs.filter((run) => run.layers.some((l) => l.identityGradNorm !== null)) };
  return layerFigure(residual, step, {
    id: "residual-paths",
    title: "Two ways back through a residual block",
    caption:
      "Norms of the two parts of the gradient at each block's input: through the identity (solid) and through the " +
      "branch (dotted).",
    axis: "norm of the part of ∂L/∂h",
    lines: [
      { quantity: "identityGradNorm", suffix: " · identity path", dash: "solid" },
      { quantity: "branchGradNorm", suffix: " · branch path", dash: "dotted" },
    ],
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
}

interface LineOfFigure {
  readonly quantity: Quantity;
  readonly suffix?: string | undefined;
  readonly dash?: "solid" | "dotted" | undefined;
}

interface DrawnLine {
  readonly of: ConfigurationRuns;
  readonly line: LineOfFigure;
  readonly name: string;
  readonly points: readonly (Point | null)[];
}

function layerFigure(trace: GradientFlowTrace, step: StepChoice, what: LayerFigure): Figure | null {
  const configurations = configurationsOf(trace);
  const drawn = drawnLines(configurations, step, what);
  if (drawn.length === 0) return null;
  const depths = depthsOf(drawn.map((one) => one.of));
  const { legend, height: legendHeight } = legendOf([...new Set(drawn.map(({ name }) => name))]);
  const top = LEGEND_TOP + legendHeight + 10;
  const names = depths.map((depth) => `depth ${depth}`);
  const layout = layOutPanels(names, { columns: columnsFor(depths.length), panelHeight: 400, top });
  const range = powerRange(drawn.flatMap(({ points }) => points));
  const subtext = `${stepWords(configurations, step)} · geometric mean over ${seedWords(configurations)}`;
  const option: OptionPart = {
    title: [titleOf(what.title, subtext), ...layout.titles],
    legend,
    grid: layout.grids,
    tooltip: { trigger: "axis" },
    xAxis: depths.map((depth, panel) => layerAxis(layerNames(ofDepth(configurations, depth)), panel)),
    yAxis: depths.map((_, panel) => powerAxis(what.axis, panel, range)),
    series: drawn.flatMap(({ of, line, name, points }) =>
      lineWithBand({
        name,
        points,
        style: lineStyleOf(of, configurations),
        panel: depths.indexOf(of.configuration.depth),
        ...(line.dash === undefined ? {} : { dash: line.dash }),
      }),
    ),
  };
  const { id, title, caption } = what;
  const panels = depths.map((depth) => ({ depth }));
  return {
    id,
    title,
    caption,
    kind: "layers",
    logarithmic: true,
    quantities: what.lines.map(({ quantity }) => quantity),
    panels,
    option,
    width: FIGURE_WIDTH,
    height: layout.height,
  };
}

function drawnLines(configurations: readonly ConfigurationRuns[], step: StepChoice, what: LayerFigure): DrawnLine[] {
  const drawn: DrawnLine[] = [];
  for (const of of configurations) {
    for (const line of what.lines) {
      const points = layerPoints(of, step, line.quantity).map(log10Point);
      if (points.some((point) => point !== null)) {
        drawn.push({ of, line, name: of.label + (line.suffix ?? ""), points });
      }
    }
  }
  return drawn;
}

function ofDepth(configurations: readonly ConfigurationRuns[], depth: number): readonly ConfigurationRuns[] {
  return configurations.filter(({ configuration }) => configuration.depth === depth);
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
