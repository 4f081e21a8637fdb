/** The loss curves, a panel each. */

import type { GradientFlowTrace } from "../records.js";
import { type ConfigurationRuns, configurationsOf, panelsOf, stepsOf } from "./configurations.js";
import { axisName, lineWithBand } from "./lines.js";
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
import { meanOf } from "./statistics.js";
import { lineStyleOf, TEXT } from "./style.js";

/** Cross-entropy loss over training, arithmetic mean over the seeds with a band from minimum to maximum.
 * @returns `null` if fewer than two steps were recorded
 * @category Gradient flow */
export function lossFigure(trace: GradientFlowTrace): Figure | null {
  const configurations = configurationsOf(trace).filter(({ runs }) => stepsOf(runs).length > 1);
  if (configurations.length === 0) return null;
  const names = panelsOf(configurations);
  const { legend, height: legendHeight } = legendOf([...new Set(configurations.map(({ label }) => label))]);
  const top = LEGEND_TOP + legendHeight + 10;
  const layout = layOutPanels(names, { columns: columnsFor(names.length), panelHeight: 340, top });
  const highest = highestLoss(trace);
  const title = "Loss over training";
  const option: OptionPart = {
    title: [titleOf(title, "mean over the seeds, band from minimum to maximum"), ...layout.titles],
    legend,
    grid: layout.grids,
    tooltip: { trigger: "axis" },
    xAxis: names.map((_, panel) => ({
      type: "value",
      gridIndex: panel,
      max: Math.max(...stepsOf(trace.runs)),
      minInterval: 1,
      axisLabel: { fontSize: TEXT.axisLabel },
      ...axisName("optimiser step", 30),
    })),
    yAxis: names.map((_, panel) => ({
      type: "value",
      gridIndex: panel,
      min: 0,
      max: highest,
      axisLabel: { fontSize: TEXT.axisLabel },
      ...axisName("cross-entropy of the batch (nats)", 44),
    })),
    series: configurations.flatMap((one) => lossSeries(one, configurations, names.indexOf(one.panel))),
  };
  const caption = "Cross-entropy of the training batch. A net that knows nothing of ten classes has ln 10 = 2.3 nats.";
  const panels = names.map((name) => ({ name }));
  const size = { width: FIGURE_WIDTH, height: layout.height };
  return { id: "loss", title, caption, kind: "steps", logarithmic: false, quantities: [], panels, option, ...size };
}

// A run that diverged would press all others to the floor: the axis ends at 10 nats or 1.2 times the largest at first.
function highestLoss(trace: GradientFlowTrace): number {
  const finite = trace.runs.filter(({ loss }) => Number.isFinite(loss));
  const all = Math.max(0.5, ...finite.map(({ loss }) => loss));
  const firstStep = Math.min(...finite.map(({ step }) => step));
  const first = Math.max(0, ...finite.filter(({ step }) => step === firstStep).map(({ loss }) => loss));
  return Math.ceil(2 * Math.min(all, Math.max(10, 1.2 * first))) / 2;
}

function lossSeries(one: ConfigurationRuns, all: readonly ConfigurationRuns[], panel: number): OptionPart[] {
  const xs = stepsOf(one.runs);
  const points = xs.map((step) => meanOf(one.runs.filter((run) => run.step === step).map(({ loss }) => loss)));
  return lineWithBand({ name: one.label, style: lineStyleOf(one, all), panel, points, xs });
}
