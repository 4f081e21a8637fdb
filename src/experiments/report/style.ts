/** Colours, dashes, symbols and text sizes of the figures; the same network looks the same in every one. */

import type { CifarConfiguration } from "../records.js";
import type { ConfigurationRuns } from "./configurations.js";

/** How the lines of a network are drawn: no two networks have the same symbol and colour. */
export interface LineStyle {
  readonly color: string;
  /** On a dark ground. */
  readonly dark: string;
  readonly dash: Dash;
  /** Path of an SVG, 20 units a side. */
  readonly symbol: string;
}

/** Lengths of strokes and gaps, in pixels; empty for a solid line. */
export type Dash = readonly number[];

/** A colour on white and the same on a dark ground; both differ from theirs by 3 : 1 or more. */
type Color = readonly [light: string, dark: string];

// After Okabe and Ito's palette: plain nets warm, residual nets cool; the lighter of a pair is with batch norm.
const GRID_COLORS: Readonly<Record<string, readonly [Color, Color]>> = {
  none: [
    ["#D55E00", "#FF8A3D"],
    ["#BD7B00", "#E6B84F"],
  ],
  identity: [
    ["#0072B2", "#4DA6E0"],
    ["#3390CB", "#8CCBF2"],
  ],
  A: [
    ["#007A5A", "#35B990"],
    ["#2E9A7A", "#86DDC2"],
  ],
  B: [
    ["#5B3A9B", "#A88BE8"],
    ["#8A6BCB", "#CDBBF5"],
  ],
  C: [
    ["#A8357F", "#E07BBB"],
    ["#CC5CA5", "#F2ABD8"],
  ],
};
const OTHER_COLORS: readonly Color[] = [
  ["#0072B2", "#4DA6E0"],
  ["#D55E00", "#FF8A3D"],
  ["#007A5A", "#35B990"],
  ["#A8357F", "#E07BBB"],
  ["#8A6D00", "#D4B23A"],
  ["#5B3A9B", "#A88BE8"],
  ["#008C95", "#4CC9D1"],
  ["#7A4A2B", "#C99A78"],
  ["#4F7F00", "#9CCB4A"],
  ["#D0407A", "#F583A9"],
  ["#5F6673", "#A3ABB8"],
  ["#3390CB", "#8CCBF2"],
  ["#BD7B00", "#E6B84F"],
];
const DASHES: readonly Dash[] = [[], [7, 4], [12, 3, 3, 3], [3, 3]];

const SYMBOLS: readonly string[] = [
  "M0 10A10 10 0 1 1 20 10A10 10 0 1 1 0 10Z", // circle, in halves: ECharts draws no arc that ends where it began
  "M10 0L20 10L10 20L0 10Z", // diamond
  "M10 1L20 19H0Z", // triangle
  "M1 1H19V19H1Z", // square
  "M0 1H20L10 19Z", // triangle upside down
  "M7 0H13V7H20V13H13V20H7V13H0V7H7Z", // plus
  "M10 0L13 7H20L14.5 11.5L16.5 19L10 14.5L3.5 19L5.5 11.5L0 7H7Z", // star
  "M0 4L4 0L10 6L16 0L20 4L14 10L20 16L16 20L10 14L4 20L0 16L6 10Z", // cross
  "M5 1H15L20 10L15 19H5L0 10Z", // hexagon
  "M1 0L19 10L1 20Z", // triangle to the right
  "M0 0H20L12 10L20 20H0L8 10Z", // hourglass
  "M19 0V20L1 10Z", // triangle to the left
];

export { HEAT_COLORS } from "../../page/colors.js";

/** Text sizes in pixels for a figure 1200 wide. */
export const TEXT = { title: 20, subtitle: 14, panel: 15, axisName: 14, axisLabel: 13, legend: 14 } as const;

/** The style of a network among all of its trace. CIFAR nets: hue by shortcut, shade by normalisation, dashes for plain ones; other
 * models the next colour and the next dash that are left. Each name has a symbol, and until they run out a colour, of its own. */
export function lineStyleOf(one: ConfigurationRuns, all: readonly ConfigurationRuns[]): LineStyle {
  const byName = new Map(all.map((network) => [network.label, network]));
  const names = [...byName.keys()];
  const place = names.indexOf(one.label);
  // Where the symbols are used up, they begin anew one further on, so that no two networks share symbol and colour.
  const symbol = SYMBOLS[(place + Math.floor(place / SYMBOLS.length)) % SYMBOLS.length] as string;
  const { cifar } = one.configuration;
  if (cifar !== null) {
    const [color, dark] = gridColor(cifar);
    return { color, dark, dash: cifar.shortcut === "none" ? [7, 4] : [], symbol };
  }
  const used = new Set(
    [...byName.values()].flatMap(({ configuration: { cifar } }) => (cifar ? gridColor(cifar)[0] : [])),
  );
  const left = OTHER_COLORS.filter(([light]) => !used.has(light));
  const others = [...byName.values()].filter(({ configuration }) => configuration.cifar === null);
  const order = others.findIndex(({ label }) => label === one.label);
  const [color, dark] = left[order % left.length] as Color;
  return { color, dark, dash: DASHES[order % DASHES.length] as Dash, symbol };
}

/** The style of the line at a place in a list. */
export function styleAt(place: number): LineStyle {
  const [color, dark] = OTHER_COLORS[place % OTHER_COLORS.length] as Color;
  return {
    color,
    dark,
    dash: DASHES[place % DASHES.length] as Dash,
    symbol: SYMBOLS[place % SYMBOLS.length] as string,
  };
}

function gridColor({ shortcut, norm }: CifarConfiguration): Color {
  const pair = GRID_COLORS[shortcut] ?? (GRID_COLORS["C"] as readonly [Color, Color]);
  return pair[norm === "none" ? 0 : 1];
}
