/** The series and axes of the line figures. */

import type { Point } from "./aggregate.js";
import type { OptionPart } from "./panels.js";
import { type Dash, type LineStyle, TEXT } from "./style.js";

interface LineOptions {
  readonly name: string;
  readonly style: LineStyle;
  /** Panel the line is in. */
  readonly panel: number;
  readonly points: readonly (Point | null)[];
  /** Where the points stand along x. */
  readonly xs: readonly number[];
  /** Instead of the style's. */
  readonly dash?: Dash | undefined;
  /** In pixels; default 2.5. */
  readonly width?: number | undefined;
}

/** A line of means over a light band from minimum to maximum.
 *
 * The band is two stacked lines, an invisible one at the minimum and the difference above it. All three bear one
 * name, so that the legend shows and hides them together. */
export function lineWithBand(options: LineOptions): OptionPart[] {
  const { name, style, panel, points, xs, dash = style.dash, width = 2.5 } = options;
  const data = (value: (point: Point) => number) =>
    points.map((point, index) => [xs[index] as number, point === null ? null : round(value(point))]);
  const base = { type: "line", name, xAxisIndex: panel, yAxisIndex: panel };
  const main = {
    ...base,
    id: `${name} ${panel}`,
    data: data(({ mean }) => mean),
    color: style.color,
    lineStyle: { width, type: strokes(dash) },
    symbol: `path://${style.symbol}`,
    symbolSize: points.length > 40 ? 6 : 9,
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
  return [
    main,
    { ...edge, id: `${name} ${panel} low`, data: data(({ min }) => min) },
    {
      ...edge,
      id: `${name} ${panel} range`,
      data: data(({ min, max }) => max - min),
      areaStyle: { color: style.color, opacity: 0.18 },
    },
  ];
}

/** What theory says, a thin dotted line without symbols. */
export function theoryLine({ name, style, panel, points, xs }: Omit<LineOptions, "dash" | "width">): OptionPart {
  return {
    type: "line",
    name,
    id: `${name} ${panel}`,
    xAxisIndex: panel,
    yAxisIndex: panel,
    data: points.map((point, index) => [xs[index] as number, point === null ? null : round(point.mean)]),
    color: style.color,
    lineStyle: { width: 1.5, type: strokes(THEORY_DASH) },
    symbol: "none",
    silent: true,
    z: 2,
  };
}

/** Dots: what was not measured. */
const THEORY_DASH: Dash = [1.5, 3];

function strokes(dash: Dash): "solid" | Dash {
  return dash.length === 0 ? "solid" : dash;
}

/** An axis of weighted layers, from the input to the loss.
 * @param deepest the last one */
export function layerAxis(panel: number, deepest: number): OptionPart {
  return {
    type: "value",
    gridIndex: panel,
    min: 0,
    max: deepest,
    minInterval: 1,
    axisLine: { show: true, onZero: false },
    axisTick: { show: true },
    splitLine: { show: false },
    axisLabel: { fontSize: TEXT.axisLabel, hideOverlap: true },
    ...axisName("weighted layers from the input (the gradient travels ←)", 30),
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
function round(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 1e5) / 1e5 : null;
}
