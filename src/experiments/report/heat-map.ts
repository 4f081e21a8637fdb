/** The heat maps of the gradient over layers and training steps. */

import type { GradientFlowTrace } from "../records.js";
import { layerPoint } from "./aggregate.js";
import { type ConfigurationRuns, configurationsOf, runsAt, stepsOf } from "./configurations.js";
import { axisName } from "./lines.js";
import { marksOf } from "./marks.js";
import { FIGURE_WIDTH, type Figure, LEGEND_TOP, layOutPanels, type OptionPart, titleOf } from "./panels.js";
import { HEAT_COLORS, TEXT } from "./style.js";

type Cell = readonly [layer: number, step: number, power: number | null];

/** log10 of ‖∂L/∂h‖ over layer and step, one map per configuration, geometric mean over the seeds.
 * @returns `null` if fewer than two steps were recorded
 * @category Gradient flow */
export function heatMapFigure(trace: GradientFlowTrace): Figure | null {
  if (stepsOf(trace.runs).length < 2) return null;
  const configurations = configurationsOf(trace).filter(({ runs }) => stepsOf(runs).length > 1);
  if (configurations.length === 0) return null;
  const cells = configurations.map(cellsOf);
  const columns = Math.min(configurations.length, 4);
  const names = configurations.map(({ panel, label }) => `${panel} · ${label}`);
  const layout = layOutPanels(names, { columns, panelHeight: 250, top: LEGEND_TOP, right: 90, fontSize: 13 });
  const title = "Gradient of the activations over training";
  const caption =
    "Each cell is log10 ‖∂L/∂h‖ of one layer at one step: dark is small. A cell left blank is exactly 0 or not finite.";
  const option: OptionPart = {
    title: [titleOf(title, "colour: ‖∂L/∂h‖ over the batch, geometric mean over the seeds"), ...layout.titles],
    grid: layout.grids,
    tooltip: { trigger: "item" },
    visualMap: colorScale(cells.flat()),
    xAxis: configurations.map((one, panel) => ({
      type: "category",
      gridIndex: panel,
      data: marksOf(one, "activationGradNorm").map(({ depth }) => String(depth)),
      axisLabel: { fontSize: TEXT.axisLabel, hideOverlap: true },
      ...axisName("weighted layers from the input", 28),
    })),
    yAxis: configurations.map((one, panel) => stepAxis(one, panel)),
    series: cells.map((data, panel) => ({
      type: "heatmap",
      name: names[panel],
      xAxisIndex: panel,
      yAxisIndex: panel,
      data: data.filter(([, , power]) => power !== null),
    })),
  };
  const panels = configurations.map(({ label }, panel) => ({ name: names[panel] as string, label }));
  const size = { width: FIGURE_WIDTH, height: layout.height };
  const what = { kind: "cells", logarithmic: false, quantities: ["activationGradNorm"] } as const;
  return { id: "gradients-over-training", title, caption, ...what, panels, option, ...size };
}

function cellsOf(one: ConfigurationRuns): Cell[] {
  const steps = stepsOf(one.runs);
  return steps.flatMap((step, row) => {
    const runs = runsAt(one.runs, step);
    return marksOf(one, "activationGradNorm").map(({ index }, column): Cell => {
      const norm = layerPoint(runs, index, "activationGradNorm")?.mean ?? 0;
      const drawable = norm > 0 && Number.isFinite(norm);
      return [column, row, drawable ? Math.round(Math.log10(norm) * 1e4) / 1e4 : null];
    });
  });
}

function stepAxis(one: ConfigurationRuns, panel: number): OptionPart {
  return {
    type: "category",
    gridIndex: panel,
    data: stepsOf(one.runs).map(String),
    axisLabel: { fontSize: TEXT.axisLabel },
    ...axisName("optimiser step", 40),
  };
}

function colorScale(cells: readonly Cell[]): OptionPart {
  const powers = cells.flatMap(([, , power]) => power ?? []);
  const min = powers.length === 0 ? 0 : Math.floor(Math.min(...powers));
  const max = powers.length === 0 ? 1 : Math.max(Math.ceil(Math.max(...powers)), min + 1);
  return {
    type: "continuous",
    min,
    max,
    dimension: 2,
    calculable: false,
    orient: "vertical",
    right: 24,
    top: "middle",
    itemHeight: 180,
    text: [`1e${max}`, `1e${min}`],
    textStyle: { fontSize: TEXT.axisLabel },
    inRange: { color: HEAT_COLORS },
  };
}
