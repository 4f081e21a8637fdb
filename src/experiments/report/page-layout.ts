/** How the page lays out a figure's panels: side by side where there is room, below each other on a phone. */
import { columnsFor, type Figure, layOutPanels, type OptionPart } from "./panels.js";

/** Parts of a figure's option that depend on the width of the page; title and legend are HTML there.
 * @category Degradation */
export interface PageLayout {
  /** In pixels. */
  readonly height: number;
  /** Of the panels. */
  readonly grid: readonly OptionPart[];
  /** Of the panels. */
  readonly title: readonly OptionPart[];
}

/** Width in pixels of the narrow layout; on wider charts only the panels grow. */
const NARROW_WIDTH = 360;

/** Widths below which the next narrower layout is taken. */
export const LAYOUT_BELOW = { medium: 1000, narrow: 720 } as const;

const PANELS = {
  layers: { panelHeight: 380, narrowHeight: 290, columns: columnsFor, right: 20, narrowRight: 4 },
  steps: { panelHeight: 340, narrowHeight: 260, columns: columnsFor, right: 20, narrowRight: 4 },
  cells: {
    panelHeight: 250,
    narrowHeight: 220,
    columns: (count: number) => Math.min(count, 4),
    right: 90,
    narrowRight: 60,
  },
} as const;

/** The layouts for a desk, a tablet and a phone. */
export function pageLayouts(
  figure: Pick<Figure, "kind" | "panels">,
): Readonly<Record<"wide" | "medium" | "narrow", PageLayout>> {
  const { panelHeight, narrowHeight, columns, right, narrowRight } = PANELS[figure.kind];
  const names = figure.panels.map(({ name }) => name);
  const layOut = (options: Parameters<typeof layOutPanels>[1]): PageLayout => {
    const { height, grids, titles } = layOutPanels(names, options);
    return { height, grid: grids, title: titles };
  };
  const shared = { panelHeight, top: 4, right, fontSize: figure.kind === "cells" ? 13 : 15 };
  const [wide, medium] = [columns(names.length), Math.min(names.length, 2)];
  const narrow = { panelHeight: narrowHeight, right: narrowRight, width: NARROW_WIDTH, fontSize: 13 };
  return {
    wide: layOut({ ...shared, columns: wide }),
    medium: layOut({ ...shared, columns: medium, width: LAYOUT_BELOW.medium }),
    narrow: layOut({ ...shared, ...narrow, columns: 1 }),
  };
}
