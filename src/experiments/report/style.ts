/** Colours, dashes and text sizes of the figures; the same configuration looks the same in every one. */

import type { ConfigurationRuns } from "./configurations.js";

/** How the lines of a configuration are drawn. */
export interface LineStyle {
  readonly color: string;
  readonly dash: "dashed" | "solid";
  readonly symbol: string;
}

// Okabe and Ito's palette: plain nets warm, residual nets cool; the lighter of a pair is with batch norm.
const COLORS: Readonly<Record<string, readonly [string, string]>> = {
  none: ["#D55E00", "#E69F00"],
  identity: ["#0072B2", "#56B4E9"],
  A: ["#007A5A", "#4DC2A0"],
  B: ["#5B3A9B", "#A58FDA"],
  C: ["#A8357F", "#E08FC4"],
};
const OTHER: readonly [string, string] = ["#555555", "#999999"];
const SYMBOLS: readonly string[] = ["circle", "diamond", "triangle", "rect", "roundRect", "pin"];

/** Viridis, dark to light: equal steps look equal, also to colour-blind eyes and in grey. */
export const HEAT_COLORS: readonly string[] = ["#440154", "#414487", "#2A788E", "#22A884", "#7AD151", "#FDE725"];

/** Text sizes in pixels for a figure 1200 wide. */
export const TEXT = { title: 20, subtitle: 14, panel: 15, axisName: 14, axisLabel: 13, legend: 14 } as const;

/** The style of a configuration among all of its trace: hue by shortcut, shade and symbol by normalisation, further
 * symbols where several initialisations or widths were traced. */
export function lineStyleOf(one: ConfigurationRuns, all: readonly ConfigurationRuns[]): LineStyle {
  const { shortcut, norm, init, width } = one.configuration;
  const normalised = norm === "none" ? 0 : 1;
  const variants = [...new Set(all.map(({ configuration: c }) => `${c.init} ${c.width}`))];
  const variant = variants.indexOf(`${init} ${width}`);
  return {
    color: (COLORS[shortcut] ?? OTHER)[normalised],
    dash: shortcut === "none" ? "dashed" : "solid",
    symbol: SYMBOLS[(2 * variant + normalised) % SYMBOLS.length] as string,
  };
}
