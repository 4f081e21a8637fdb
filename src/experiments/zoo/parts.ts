/** What the plots of the zoo are made of: looks, axes, bars. */
import type { OptionPart } from "../report/panels.js";
import { TEXT } from "../report/style.js";
import type { ZooRow } from "./records.js";

/** A plot, and the same numbers as a table.
 * @category Zoo */
export interface ZooFigure {
  /** File name without ending, and anchor in the page. */
  readonly id: string;
  readonly title: string;
  /** How to read it, and which of its numbers were measured here and which are published. */
  readonly caption: string;
  /** As ECharts takes it; plain JSON. */
  readonly option: OptionPart;
  /** Column names, then a row a net. */
  readonly table: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
  readonly width: number;
  readonly height: number;
}

export const WIDTH = 1200;
// Okabe and Ito's palette, then darker ones: two families of one colour differ in their symbols.
const COLORS = [
  "#0072B2",
  "#D55E00",
  "#009E73",
  "#CC79A7",
  "#E69F00",
  "#56B4E9",
  "#5B3A9B",
  "#7A5B00",
  "#555555",
] as const;
export const SYMBOLS = ["circle", "diamond", "triangle", "rect", "pin"] as const;

/** Colour and symbol of a family. */
export interface Look {
  readonly color: string;
  readonly symbol: string;
}

export type Looks = ReadonlyMap<string, Look>;

export function looksOf(rows: readonly ZooRow[]): Looks {
  const families = [...new Set(rows.map(({ family }) => family))];
  return new Map(
    families.map((family, i) => [
      family,
      {
        color: COLORS[i % COLORS.length] as string,
        symbol: SYMBOLS[(i + Math.floor(i / COLORS.length)) % SYMBOLS.length] as string,
      },
    ]),
  );
}

export interface Bars<Row> {
  readonly axis: string;
  readonly of: (row: Row) => number;
}

export function bars<Row extends ZooRow>(
  title: string,
  subtext: string,
  rows: readonly Row[],
  looks: Looks,
  what: Bars<Row>,
): OptionPart {
  return {
    ...frame(title, subtext),
    grid: { left: 80, right: 30, top: 70, bottom: 130 },
    tooltip: { trigger: "item" },
    xAxis: {
      type: "category",
      data: rows.map((row) => row.title),
      axisLabel: { rotate: 50, interval: 0, fontSize: 12 },
    },
    yAxis: valueAxis(what.axis),
    series: [
      {
        type: "bar",
        data: rows.map((row) => ({
          name: row.title,
          value: what.of(row),
          itemStyle: { color: (looks.get(row.family) as Look).color },
        })),
        label: { show: rows.length <= 40, position: "top", fontSize: 10 },
      },
    ],
  };
}

export function byFamily<Row extends ZooRow>(
  rows: readonly Row[],
  looks: Looks,
  series: (of: readonly Row[], look: Look) => OptionPart,
): OptionPart[] {
  const families = [...new Set(rows.map(({ family }) => family))];
  return families.map((family) => ({
    name: family,
    ...series(
      rows.filter((row) => row.family === family),
      looks.get(family) as Look,
    ),
  }));
}

export function frame(title: string, subtext: string): OptionPart {
  return {
    title: { text: title, subtext, textStyle: { fontSize: TEXT.title }, subtextStyle: { fontSize: TEXT.subtitle } },
    grid: { left: 80, right: 40, top: 110, bottom: 60 },
  };
}

export function legend(rows: readonly ZooRow[]): OptionPart {
  return { type: "plain", top: 62, data: [...new Set(rows.map(({ family }) => family))], textStyle: { fontSize: 12 } };
}

export function nameOfAxis(name: string): OptionPart {
  return { name, nameLocation: "middle", nameGap: 36, nameTextStyle: { fontSize: TEXT.axisName } };
}

/** An axis of numbers; a logarithmic one spans the values, ends rounded outwards to 1, 2 or 5 times a power of ten. */
export function valueAxis(name: string, logarithmic?: readonly number[]): OptionPart {
  const axis = { ...nameOfAxis(name), nameGap: 46, axisLabel: { fontSize: TEXT.axisLabel } };
  if (logarithmic === undefined) return { ...axis, type: "value" };
  const [least, most] = [Math.min(...logarithmic), Math.max(...logarithmic)];
  return { ...axis, type: "log", min: 1 / roundUp(1 / least), max: roundUp(most) };
}

/** The next of 1, 2, 5, 10, … that is not smaller. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5].find((step) => step * power >= value) ?? 10);
}

export function giga(count: number | null): number {
  return (count ?? 0) / 1e9;
}

export function mega(count: number | null): number {
  return (count ?? 0) / 1e6;
}

/** Four digits. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}
