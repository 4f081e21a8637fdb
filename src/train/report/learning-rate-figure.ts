/** The figure of a sweep through the learning rates. */
import { describe, ValueError } from "../../errors.js";
import type { OptionPart, PageFigure } from "../../page/figure-html.js";
import type { LearningRatePoint, LearningRateSweep } from "../learning-rate-finder.js";
import { numberWords } from "../logs/terminal-view.js";
import { COLORS } from "./figures.js";

/** Draws what `findLearningRate` found: the loss along the learning rate, on a logarithmic axis, and the suggested rate.
 *
 * ```ts
 * const { option, height } = learningRateFigure(sweep);
 * writeFileSync("learning-rate.svg", await renderSvg(option, { width: 760, height }));
 * ```
 * @throws ValueError if it is no sweep, or one without a point
 * @category Training */
export function learningRateFigure(sweep: LearningRateSweep): PageFigure {
  const { points, suggestion, diverged } = checkedSweep(sweep);
  const data = (of: "loss" | "smoothed") => points.map((point) => [power(point.lr), Number(point[of].toPrecision(6))]);
  const [first, last] = [points[0], points.at(-1)] as [LearningRatePoint, LearningRatePoint];
  const option: OptionPart = {
    legend: { top: 0, left: 0, data: ["loss", "smoothed"] },
    grid: { left: 56, right: 24, top: 48, bottom: 48 },
    tooltip: { trigger: "axis" },
    xAxis: {
      ...{ type: "value", min: Math.floor(power(first.lr)), max: Math.ceil(power(last.lr)), minInterval: 1 },
      ...{ name: "learning rate", nameLocation: "middle", nameGap: 28, splitLine: { show: false } },
      axisLabel: { formatter: "1e{value}" },
    },
    yAxis: { type: "value", scale: true, max: top(points), axisLine: { onZero: false } },
    series: [
      { type: "scatter", name: "loss", data: data("loss"), symbolSize: 4, color: COLORS.lr },
      {
        ...{ type: "line", name: "smoothed", data: data("smoothed"), showSymbol: false, color: COLORS.train },
        ...{ lineStyle: { width: 2, color: COLORS.train }, emphasis: { disabled: true } },
        ...(suggestion === null ? {} : { markLine: mark(suggestion) }),
      },
    ],
  };
  const found = suggestion === null ? "It falls nowhere." : `It falls most steeply at ${numberWords(suggestion)}.`;
  const end = diverged ? ` The training diverged at ${numberWords(last.lr)}.` : "";
  return {
    id: "learning-rate",
    title: "The loss while the learning rate rises",
    caption: `Each dot is the loss of a step, the line is smoothed. ${found}${end}`,
    option,
    table: {
      head: ["learning rate", "loss", "smoothed"],
      rows: points.map(({ lr, loss, smoothed }) => [lr, loss, smoothed].map(numberWords)),
    },
    height: 360,
  };
}

function mark(suggestion: number): OptionPart {
  return {
    ...{ silent: true, symbol: "none", data: [{ xAxis: power(suggestion) }] },
    lineStyle: { color: COLORS.validation, type: "dashed" },
    label: { formatter: numberWords(suggestion), color: COLORS.validation },
  };
}

/** Where the axis of losses ends: losses far above the smoothed ones are cut off. */
function top(points: readonly LearningRatePoint[]): number {
  const highest = Math.max(...points.map(({ smoothed }) => smoothed));
  return Number((highest + 0.1 * Math.abs(highest)).toPrecision(2));
}

function power(lr: number): number {
  return Number(Math.log10(lr).toFixed(3));
}

function checkedSweep(sweep: LearningRateSweep): LearningRateSweep {
  const { points, suggestion, diverged } = (sweep ?? {}) as Partial<Record<keyof LearningRateSweep, unknown>>;
  const isSweep =
    Array.isArray(points) &&
    points.length > 0 &&
    points.every(isPoint) &&
    (suggestion === null || isRate(suggestion)) &&
    typeof diverged === "boolean";
  if (isSweep) return sweep;
  throw new ValueError("learningRateFigure", `it takes what findLearningRate found, got ${describe(sweep)}`);
}

function isPoint(point: Partial<LearningRatePoint> | null): boolean {
  return isRate(point?.lr) && Number.isFinite(point?.loss) && Number.isFinite(point?.smoothed);
}

function isRate(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) > 0;
}
