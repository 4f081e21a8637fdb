/** The series and axes of the line figures. */

import type { Point } from "./aggregate.js";
import type { OptionPart } from "./panels.js";
import { type LineStyle, TEXT } from "./style.js";

interface LineOptions {
  readonly name: string;
  readonly style: LineStyle;
  /** Panel the line is in. */
  readonly panel: number;
  readonly points: readonly (Point | null)[];
  /** Positions on a numeric x axis; without them the points follow the categories. */
  readonly xs?: readonly number[] | undefined;
  readonly dash?: "dashed" | "solid" | "dotted" | undefined;
}

/** A line of means over a light band from minimum to maximum.
 *
 * The band is two stacked lines, an invisible one at the minimum and the difference above it. All three bear one
 * name, so that the legend shows and hides them together. */
export function lineWithBand(options: LineOptions): OptionPart[] {
  const { name, style, panel, points, xs, dash } = options;
  const at = (index: number, value: number | null) => (xs === undefined ? value : [xs[index] ?? null, value]);
  const base = { type: "line", name, xAxisIndex: panel, yAxisIndex: panel };
  const main = {
    ...base,
    id: `${name} ${panel}`,
    data: points.map((point, index) => at(index, round(point?.mean ?? null))),
    color: style.color,
    lineStyle: { width: 2.5, type: dash ?? style.dash },
    symbol: style.symbol,
    symbolSize: points.length > 40 ? 4 : 7,
    showAllSymbol: true,
    z: 3,
  };
  if (!points.some((point) => point !== null && point.max > point.min)) return [main];
  const edge = {
    ...base,
    color: style.color,
    stack: `${name} ${panel}`,
    stackStrategy: "all",
    symbol: "none",
    silent: true,
    lineStyle: { opacity: 0 },
    emphasis: { disabled: true },
    z: 1,
  };
  const low = points.map((point, index) => at(index, round(point?.min ?? null)));
  const range = points.map((point, index) => at(index, round(point === null ? null : point.max - point.min)));
  return [
    main,
    { ...edge, id: `${name} ${panel} low`, data: low },
    { ...edge, id: `${name} ${panel} range`, data: range, areaStyle: { color: style.color, opacity: 0.18 } },
  ];
}

/** A category axis of layers that labels the stem, the first block of each stage and the last block. */
export function layerAxis(names: readonly string[], panel: number, labelsLast = true): OptionPart {
  const lastBlock = names.findLastIndex((name) => name.startsWith("layer"));
  const marks = names.flatMap((name, index) => {
    const stage = name.startsWith("layer") && name.endsWith(".0") && index > 2;
    return index === 0 || stage || (labelsLast && index === lastBlock) ? [index] : [];
  });
  return {
    type: "category",
    gridIndex: panel,
    data: names,
    boundaryGap: false,
    axisLine: { onZero: false },
    axisTick: { customValues: marks },
    axisLabel: { customValues: marks, fontSize: TEXT.axisLabel, hideOverlap: true },
    ...axisName("layer, from input to loss (the gradient travels ←)", 30),
  };
}

/** A vertical axis of log10 values, labelled as powers of ten. */
export function powerAxis(name: string, panel: number, range: PowerRange): OptionPart {
  return {
    type: "value",
    gridIndex: panel,
    ...range,
    axisLabel: {
      fontSize: TEXT.axisLabel,
      formatter: "10{power|{value}}",
      rich: { power: { fontSize: 10, lineHeight: 20, verticalAlign: "top" } },
    },
    ...axisName(name, 52),
  };
}

/** Name of an axis, centred along it. */
export function axisName(name: string, nameGap: number): OptionPart {
  return { name, nameLocation: "middle", nameGap, nameTextStyle: { fontSize: TEXT.axisName } };
}

/** Ends of an axis of powers of ten, multiples of the interval between two labels. */
export interface PowerRange {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
}

/** The powers of ten that hold all the points. */
export function powerRange(points: readonly (Point | null)[]): PowerRange {
  const known = points.filter((point) => point !== null);
  if (known.length === 0) return { min: 0, max: 1, interval: 1 };
  const low = Math.floor(Math.min(...known.map(({ min }) => min)));
  const high = Math.ceil(Math.max(...known.map(({ max }) => max)));
  const interval = Math.max(1, Math.ceil((high - low) / 6));
  const min = Math.floor(low / interval) * interval;
  return { min, max: Math.max(Math.ceil(high / interval) * interval, min + interval), interval };
}

// Five decimals of a power of ten are more than a line shows, and keep the files small.
function round(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.round(value * 1e5) / 1e5;
}
