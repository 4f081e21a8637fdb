/** The layout of figures made of panels: one grid for some networks or for one under a common title and legend. */

import type { OptionPart } from "../../page/figure-html.js";
import type { LayerQuantity } from "../../trace/records.js";
import { TEXT } from "./style.js";

export type { OptionPart } from "../../page/figure-html.js";

/** What a panel of a figure shows.
 * @category Gradient flow */
export interface Panel {
  /** Its title: `depth 56`; in heat maps with the network's name. */
  readonly name: string;
  /** In heat maps, the network's name. */
  readonly label?: string | undefined;
}

/** A figure: an ECharts option with the size it is laid out for, in pixels.
 * @category Gradient flow */
export interface Figure {
  /** File name without ending, and anchor in the page. */
  readonly id: string;
  /** What it shows. */
  readonly title: string;
  /** One or two sentences on how to read it. */
  readonly caption: string;
  /** What one hovers: a layer, a step, or a cell of a heat map. */
  readonly kind: "layers" | "steps" | "cells";
  /** True if y is log10 of the quantity, so that a linear axis can be offered. */
  readonly logarithmic: boolean;
  /** The numbers of a layer that it draws; in a figure of the loss, none. */
  readonly quantities: readonly LayerQuantity[];
  /** What each panel shows. */
  readonly panels: readonly Panel[];
  /** The option as ECharts takes it; plain JSON. */
  readonly option: OptionPart;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** Width every figure is laid out for. */
export const FIGURE_WIDTH = 1200;

/** Where the panels lie, and how high the figure is. */
export interface PanelLayout {
  readonly grids: OptionPart[];
  readonly titles: OptionPart[];
  readonly height: number;
}

interface PanelOptions {
  readonly columns: number;
  /** Height of a panel with its axis labels. */
  readonly panelHeight: number;
  /** Space above the first row, for title and legend. */
  readonly top: number;
  /** Space to the right of the last column. */
  readonly right?: number | undefined;
  /** Width of the whole; default `FIGURE_WIDTH`. */
  readonly width?: number | undefined;
  /** Text size of the panels' titles. */
  readonly fontSize?: number | undefined;
}

const PANEL_TITLE = 28;
const GAP = 20;

/** Panels side by side: up to three, four as two by two. */
export function columnsFor(panels: number): number {
  return panels === 4 ? 2 : Math.min(panels, 3);
}

/** Lays out one grid per title, row by row; a grid's rectangle holds its axis labels and names too. */
export function layOutPanels(names: readonly string[], options: PanelOptions): PanelLayout {
  const { columns, panelHeight, top, right = GAP, width = FIGURE_WIDTH, fontSize = TEXT.panel } = options;
  const rows = Math.ceil(names.length / columns);
  const height = top + rows * (PANEL_TITLE + panelHeight + GAP);
  const cell = (width - right - GAP) / columns;
  const share = (pixels: number, whole: number) => `${((100 * pixels) / whole).toFixed(3)}%`;
  const place = (index: number) => ({
    left: GAP + (index % columns) * cell,
    top: top + Math.floor(index / columns) * (PANEL_TITLE + panelHeight + GAP),
  });
  const grids = names.map((_, index) => ({
    left: share(place(index).left, width),
    width: share(cell - GAP, width),
    top: share(place(index).top + PANEL_TITLE, height),
    height: share(panelHeight, height),
    outerBoundsMode: "same",
    outerBoundsContain: "all",
  }));
  const titles = names.map((text, index) => ({
    text,
    left: share(place(index).left + (cell - GAP) / 2, width),
    top: share(place(index).top, height),
    padding: 0,
    textAlign: "center",
    textStyle: { fontSize, fontWeight: "bold" },
  }));
  return { grids, titles, height };
}

/** The figure's own title, with a line that says how to read it. */
export function titleOf(text: string, subtext: string): OptionPart {
  return {
    text,
    subtext,
    left: GAP,
    top: 12,
    padding: 0,
    itemGap: 4,
    // With line heights a browser and the server, which measure letters differently, lay it out alike.
    textStyle: { fontSize: TEXT.title, lineHeight: 26, fontWeight: "bold" },
    subtextStyle: { fontSize: TEXT.subtitle, lineHeight: 20 },
  };
}

/** Top of the legend, below title and subtitle. */
export const LEGEND_TOP = 70;

/** Blanks behind a name in the legend: ECharts lays it out without a browser, with widths of letters that it guesses, too small. */
const BLANKS = "\u2003".repeat(3);

/** A line of dots in the legend, for lines without symbols. */
const DOTS = `path://${[0, 8, 16, 24, 32].map((x) => `M${x} 0h4v2h-4z`).join("")}`;

/** A legend of these names, and the height it takes: rows are estimated from the lengths of the names.
 * @param dotted those of thin dotted lines */
export function legendOf(
  names: readonly string[],
  dotted: ReadonlySet<string> = new Set(),
): { legend: OptionPart; height: number } {
  let rows = 1;
  let used = 0;
  for (const name of names) {
    const width = 54 + BLANKS.length * TEXT.legend + name.length * TEXT.legend * 0.46;
    if (used > 0 && used + width > FIGURE_WIDTH - 2 * GAP) {
      rows += 1;
      used = 0;
    }
    used += width;
  }
  const legend = {
    data: names.map((name) => (dotted.has(name) ? { name, icon: DOTS } : name)),
    left: GAP,
    right: GAP,
    top: LEGEND_TOP,
    padding: 0,
    itemGap: 12,
    formatter: `{name}${BLANKS}`,
    itemWidth: 36,
    textStyle: { fontSize: TEXT.legend },
  };
  return { legend, height: rows * 26 };
}
