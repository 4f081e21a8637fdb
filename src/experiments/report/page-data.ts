/** The numbers that the script of the report page reads. */

import { LAYER_QUANTITIES } from "../../trace/records.js";
import type { GradientFlowTrace, RunRecord } from "../records.js";
import { layerPoint, type Quantity } from "./aggregate.js";
import { type ConfigurationRuns, configurationsOf, stepsOf } from "./configurations.js";
import { layerFiguresOf } from "./figures.js";
import { marksOf } from "./marks.js";
import { pageLayouts } from "./page-layout.js";
import type { Figure, OptionPart } from "./panels.js";
import { formatNorm, meanOf } from "./statistics.js";
import { lineStyleOf } from "./style.js";

/** Everything that the page shows, as JSON takes it. */
export function pageData(trace: GradientFlowTrace, figures: readonly Figure[]): unknown {
  const steps = stepsOf(trace.runs);
  const networks = configurationsOf(trace);
  const atSteps = steps.map((step) => new Map(layerFiguresOf(trace, step).map(({ id, option }) => [id, option])));
  return {
    steps,
    networks: networks.map((one) => ({
      label: one.label,
      panel: one.panel,
      ...lineStyleOf(one, networks),
      layers: longest(one).layers.map(({ name }) => name),
      steps: steps.map((step) => layerNumbers(one, step)),
      losses: Object.fromEntries(stepsOf(one.runs).map((step) => [step, meanLoss(one, step)])),
    })),
    figures: figures.map((figure) => {
      const { id, title, caption, kind, logarithmic, panels, option, quantities } = figure;
      const options = kind === "layers" ? atSteps.map((at) => at.get(id)) : [option];
      return {
        ...{ id, title, caption, kind, logarithmic, panels },
        quantities: quantities.map((quantity) => LAYER_QUANTITIES.indexOf(quantity)),
        marks: networks.map((one) => drawnMarks(one, quantities)),
        layouts: pageLayouts(figure),
        option: withRange(option, options),
        series: options.map((one) => one?.["series"] ?? []),
        subtitles: options.map((one) => (one === undefined ? "" : subtitleOf(one))),
      };
    }),
  };
}

/** The line under the title of a figure. */
export function subtitleOf(option: OptionPart): string {
  const [main] = option["title"] as readonly { readonly subtext?: string }[];
  return main?.subtext ?? "";
}

/** The places of a network in a figure: [index among its layers, weighted layers from the input]. */
function drawnMarks(one: ConfigurationRuns, quantities: readonly Quantity[]): [number, number][] {
  const places = new Map(
    quantities.flatMap((quantity) => marksOf(one, quantity)).map(({ index, depth }) => [index, depth]),
  );
  return [...places].sort(([a], [b]) => a - b);
}

/** One vertical axis for all steps, so that the eye can follow a line from step to step. */
function withRange(option: OptionPart, options: readonly (OptionPart | undefined)[]): OptionPart {
  const { series: _, ...rest } = option;
  const axes = options.flatMap(
    (one) => (one?.["yAxis"] ?? []) as readonly { min?: number; max?: number; interval?: number }[],
  );
  if (axes.some(({ interval }) => interval === undefined)) return rest;
  const [min, max] = [Math.min(...axes.map((axis) => axis.min ?? 0)), Math.max(...axes.map((axis) => axis.max ?? 0))];
  const interval = Math.max(1, Math.ceil((max - min) / 6));
  const range = { min: Math.floor(min / interval) * interval, max: Math.ceil(max / interval) * interval, interval };
  return { ...rest, yAxis: (option["yAxis"] as readonly OptionPart[]).map((axis) => ({ ...axis, ...range })) };
}

function longest({ runs }: ConfigurationRuns): RunRecord {
  return runs.reduce((one, other) => (other.layers.length > one.layers.length ? other : one));
}

function meanLoss(one: ConfigurationRuns, step: number): number | string | null {
  const losses = one.runs.filter((run) => run.step === step).map(({ loss }) => loss);
  return jsonNumber(meanOf(losses)?.mean ?? null);
}

function layerNumbers(one: ConfigurationRuns, step: number): (number | string | null)[][] | null {
  const runs = one.runs.filter((run) => run.step === step);
  if (runs.length === 0) return null;
  return longest(one).layers.map((_, layer) =>
    LAYER_QUANTITIES.map((quantity) => {
      const value = layerPoint(runs, layer, quantity)?.mean ?? null;
      return value === null ? missingWord(runs, layer, quantity) : jsonNumber(value);
    }),
  );
}

/** Why a number of a layer is missing; null where such a layer never has it. */
function missingWord(runs: readonly RunRecord[], layer: number, quantity: Quantity): string | null {
  const reasons = new Set(runs.flatMap((run) => run.layers[layer]?.reasons[quantity] ?? []));
  return reasons.size === 0 ? null : [...reasons].join(", ").replaceAll("-", " ");
}

// JSON has no NaN and no infinity.
function jsonNumber(value: number | null): number | string | null {
  return value === null || Number.isFinite(value) ? value && Number(value.toPrecision(4)) : formatNorm(value);
}
