/** The figures of a training report: how the loss and the metrics went, where the time went, and the gradient's way back. */
import { HEAT_COLORS } from "../../page/colors.js";
import type { OptionPart, PageFigure } from "../../page/figure-html.js";
import { numberWords } from "../logs/terminal-view.js";
import type { FlowPoint, History } from "./history.js";

/** Blue and orange of Okabe and Ito, and a grey, all readable on white and on black. */
export const COLORS = { train: "#3390CB", validation: "#E07020", lr: "#8A8A94" } as const;

/** The figures that the history has numbers for. */
export function trainingFigures(history: History): PageFigure[] {
  return [courseFigure(history), timeFigure(history), flowFigure(history)].filter((figure) => figure !== null);
}

type Pair = readonly [step: number, value: number | null];

/** Loss, each metric and the learning rate, one below the other along the steps. */
function courseFigure(history: History): PageFigure | null {
  const { steps, epochs } = history;
  if (steps.length === 0) return null;
  const names = ["loss", ...metricNames(history).filter((name) => name !== "loss")];
  const panels = [...names, "learning rate"];
  const heights = panels.map((name) => (name === "learning rate" ? 90 : 190));
  const tops = heights.map((_, i) => 56 + heights.slice(0, i).reduce((sum, height) => sum + height + 46, 0));
  const line = (
    panel: number,
    name: string,
    color: string,
    data: readonly Pair[],
    more: OptionPart = {},
  ): OptionPart => ({
    ...{ type: "line", name, xAxisIndex: panel, yAxisIndex: panel, showSymbol: false, data, color },
    ...{ lineStyle: { width: 2, color }, emphasis: { disabled: true } },
    ...more,
  });
  const series = names.flatMap((name, panel) => {
    const train = steps.map(({ step, loss, metrics }): Pair => [step, finite(name === "loss" ? loss : metrics[name])]);
    const validation = epochs.map(({ step, validation: of }): Pair => [step, finite(of?.[name])]);
    return [
      line(panel, "training", COLORS.train, train),
      line(
        panel,
        "validation",
        COLORS.validation,
        validation.filter(([, value]) => value !== null),
        {
          ...{ showSymbol: true, symbol: "diamond", symbolSize: epochs.length > 40 ? 5 : 9 },
        },
      ),
    ];
  });
  const rates = steps.map(({ step, lr }): Pair => [step, finite(lr)]);
  const last = panels.length - 1;
  const end = steps.at(-1)?.step ?? 1;
  const option: OptionPart = {
    legend: { top: 0, left: 0, data: ["training", "validation"] },
    title: panels.map((text, i) => ({ text, left: 0, top: (tops[i] as number) - 24, textStyle: { fontSize: 14 } })),
    grid: tops.map((top, i) => ({ left: 56, right: 12, top, height: heights[i] })),
    tooltip: { trigger: "axis" },
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    xAxis: panels.map((_, gridIndex) => ({
      ...{ type: "value", gridIndex, min: 0, max: end, minInterval: 1, splitLine: { show: false } },
      axisLabel: { show: gridIndex === last, hideOverlap: true },
      ...(gridIndex === last ? { name: "step", nameLocation: "middle", nameGap: 26 } : {}),
    })),
    yAxis: panels.map((_, gridIndex) => ({
      type: "value",
      gridIndex,
      scale: gridIndex !== last,
      splitNumber: gridIndex === last ? 2 : 4,
    })),
    series: [...series, line(last, "learning rate", COLORS.lr, rates, { step: "end" })],
  };
  return {
    id: "course",
    title: "Loss, metrics and learning rate, step by step",
    caption: courseCaption(history),
    option,
    table: courseTable(history, names),
    height: (tops[last] as number) + (heights[last] as number) + 46,
  };
}

function courseCaption({ steps }: History): string {
  const most = Math.max(...steps.map((point) => point.steps));
  const mean = most === 1 ? "Each point of training is a step" : `Each point of training is the mean of ${most} steps`;
  return `${mean}, measured before the weights move; validation is measured on data that the model is not trained on.`;
}

/** A row for each evaluation and epoch, or where there is none yet, for some steps. */
function courseTable({ epochs, steps }: History, names: readonly string[]): PageFigure["table"] {
  const head = [
    "step",
    "epoch",
    ...names.map((name) => `training ${name}`),
    ...names.map((name) => `validation ${name}`),
    "learning rate",
  ];
  if (epochs.length > 0) {
    const rows = epochs.map(({ step, epoch, train, validation, lr }) => [
      ...[String(step), String(epoch)],
      ...names.map((name) => words(train?.[name])),
      ...names.map((name) => words(validation?.[name])),
      words(lr),
    ]);
    return { head, rows };
  }
  const every = Math.ceil(steps.length / 30);
  const rows = steps
    .filter((_, i) => i % every === 0 || i === steps.length - 1)
    .map(({ step, loss, metrics, lr }) => [
      ...[String(step), "–", words(loss)],
      ...names.slice(1).map((name) => words(metrics[name])),
      ...names.map(() => "–"),
      words(lr),
    ]);
  return { head, rows };
}

/** Metrics that training or validation has as one number, in the order in which they come. */
export function metricNames({ steps, epochs }: History): string[] {
  const of = [
    ...steps.slice(0, 1).map(({ metrics }) => metrics),
    ...epochs.flatMap(({ train, validation }) => [train, validation]),
  ];
  return [...new Set(of.flatMap((metrics) => Object.keys(metrics ?? {})))];
}

function timeFigure({ times }: History): PageFigure | null {
  const epochs = [...times];
  if (epochs.length === 0) return null;
  const parts = [
    ["computing", "computing", COLORS.train],
    ["waiting", "waiting", COLORS.validation],
    ["evaluating", "evaluating", COLORS.lr],
  ] as const;
  const total = (part: "computing" | "waiting" | "evaluating") => epochs.reduce((sum, [, time]) => sum + time[part], 0);
  const all = total("computing") + total("waiting") + total("evaluating");
  const share = (part: "waiting" | "evaluating") => `${Math.round((100 * total(part)) / (all || 1))} %`;
  return {
    id: "time",
    title: "Where the time went, epoch by epoch",
    caption: `${share("waiting")} of the time went by waiting for data, ${share("evaluating")} for evaluations.`,
    option: {
      legend: { top: 0, left: 0, data: parts.map(([, name]) => name) },
      grid: { left: 56, right: 12, top: 58, bottom: 48 },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
      xAxis: {
        type: "category",
        data: epochs.map(([epoch]) => String(epoch)),
        name: "epoch",
        nameLocation: "middle",
        nameGap: 28,
      },
      yAxis: { type: "value", name: "seconds", nameLocation: "end" },
      series: parts.map(([part, name, color]) => ({
        ...{ type: "bar", stack: "time", name, color, barMaxWidth: 48 },
        data: epochs.map(([, time]) => Number(time[part].toPrecision(4))),
      })),
    },
    table: {
      head: ["epoch", ...parts.map(([, name]) => `${name}, s`), "examples a second of training"],
      rows: epochs.map(([epoch, time]) => [
        String(epoch),
        ...parts.map(([part]) => words(time[part])),
        words(time.examples === 0 ? null : time.examples / (time.computing + time.waiting)),
      ]),
    },
    height: 300,
  };
}

/** log10 ‖∂L/∂h‖, layer × step. */
function flowFigure({ flows }: History): PageFigure | null {
  const layers = [...new Set(flows.flatMap(({ norms }) => [...norms.keys()]))].filter((name) =>
    flows.some(({ norms }) => typeof norms.get(name) === "number"),
  );
  if (layers.length === 0) return null;
  const cells = flows.flatMap((flow, column) => layers.map((name, row) => [column, row, power(flow, name)] as const));
  const powers = cells.flatMap(([, , value]) => (value === null ? [] : [value]));
  const [low, high] = powers.length === 0 ? [0, 1] : [Math.floor(Math.min(...powers)), Math.ceil(Math.max(...powers))];
  const scale = {
    ...{ type: "continuous", dimension: 2, min: low, max: Math.max(high, low + 1), calculable: false },
    ...{ orient: "horizontal", left: 0, top: 0, itemHeight: 140, text: [`1e${Math.max(high, low + 1)}`, `1e${low}`] },
    inRange: { color: HEAT_COLORS },
  };
  return {
    id: "gradient-flow",
    title: "The gradient's way back, layer by layer over training",
    caption:
      "Each cell is the norm of the gradient ‖∂L/∂h‖ at a layer's output in one step; the input is below, the loss above. A blank cell is exactly 0, not finite, or was not reached.",
    option: {
      visualMap: scale,
      grid: { left: 110, right: 12, top: 44, bottom: 48 },
      tooltip: { trigger: "item" },
      xAxis: {
        type: "category",
        data: flows.map(({ step }) => String(step)),
        name: "step",
        nameLocation: "middle",
        nameGap: 28,
        axisLabel: { hideOverlap: true },
      },
      yAxis: { type: "category", data: layers, axisLabel: { width: 100, overflow: "truncate", fontSize: 11 } },
      series: [{ type: "heatmap", name: "log10 ‖∂L/∂h‖", data: cells.filter(([, , value]) => value !== null) }],
    },
    table: {
      head: ["layer", ...flows.map(({ step }) => `step ${step}`)],
      rows: layers.map((name) => [name, ...flows.map(({ norms }) => exponential(norms.get(name)))]),
    },
    height: Math.min(900, 110 + 18 * Math.max(layers.length, 6)),
  };
}

function power({ norms }: FlowPoint, name: string): number | null {
  const norm = norms.get(name) ?? 0;
  return norm > 0 && Number.isFinite(norm) ? Number(Math.log10(norm).toFixed(3)) : null;
}

function finite(value: number | null | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
}

function words(value: number | null | undefined): string {
  return typeof value === "number" ? numberWords(value) : "–";
}

function exponential(value: number | null | undefined): string {
  return typeof value === "number" ? value.toExponential(1) : "–";
}
