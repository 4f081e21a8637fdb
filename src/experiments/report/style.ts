/** Colours, dashes, symbols and text sizes of the figures; the same network looks the same in every one. */

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
const OTHER: readonly [Color, Color] = [
  ["#4A505C", "#A3ABB8"],
  ["#7A828F", "#D0D5DD"],
];

const SYMBOLS: readonly string[] = [
  "M10 0A10 10 0 1 1 9.99 0Z", // circle
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

/** Viridis, dark to light: equal steps look equal, also to colour-blind eyes and in grey. */
export const HEAT_COLORS: readonly string[] = ["#440154", "#414487", "#2A788E", "#22A884", "#7AD151", "#FDE725"];

/** Text sizes in pixels for a figure 1200 wide. */
export const TEXT = { title: 20, subtitle: 14, panel: 15, axisName: 14, axisLabel: 13, legend: 14 } as const;

/** The style of a network among all of its trace: hue by shortcut, shade by normalisation, dashes for plain nets, and a
 * symbol for each name. */
export function lineStyleOf(one: ConfigurationRuns, all: readonly ConfigurationRuns[]): LineStyle {
  const { shortcut, norm } = one.configuration;
  const [color, dark] = (GRID_COLORS[shortcut] ?? OTHER)[norm === "none" ? 0 : 1];
  const names = [...new Set(all.map(({ label }) => label))];
  return {
    color,
    dark,
    dash: shortcut === "none" ? [7, 4] : [],
    symbol: SYMBOLS[names.indexOf(one.label) % SYMBOLS.length] as string,
  };
}
