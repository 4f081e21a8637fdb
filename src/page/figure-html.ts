/** Figures of a page, each with its sentence and its numbers as a table, and the script that draws them. */
import { escapeHtml } from "./escape.js";

/** An object of an ECharts option; plain JSON.
 * @category Gradient flow */
export type OptionPart = Readonly<Record<string, unknown>>;

/** Column names, then rows whose first cell names them.
 * @category Gradient flow */
export interface PageTable {
  /** Names of the columns. */
  readonly head: readonly string[];
  /** As many texts each as there are columns. */
  readonly rows: readonly (readonly string[])[];
}

/** A figure of a page.
 * @category Training logs */
export interface PageFigure {
  /** Anchor in the page. */
  readonly id: string;
  /** What it shows. */
  readonly title: string;
  /** One sentence or two on what it shows. */
  readonly caption: string;
  /** As ECharts takes it. */
  readonly option: OptionPart;
  /** The same numbers. */
  readonly table: PageTable;
  /** In pixels; as wide as the page. */
  readonly height: number;
}

/** The figure with its sentence, and the table behind a word that opens it.
 * @param before HTML between the title and the picture
 * @param after HTML between the sentence and the table */
export function figureHtml(
  { id, title, caption, table, height }: PageFigure,
  { before = "", after = "" }: { readonly before?: string; readonly after?: string } = {},
): string {
  return `<figure id="${id}"><h2>${escapeHtml(title)}</h2>
${before}<div class="chart" id="chart-${id}" style="height:${height}px" role="img"
aria-label="${escapeHtml(title)}; the same numbers stand in the table below"></div>
<figcaption>${escapeHtml(caption)}</figcaption>
${after}<details class="tables"><summary>The numbers as a table</summary>${tableHtml(table, title)}</details></figure>`;
}

/** A table that can be scrolled with keys. */
export function tableHtml({ head, rows }: PageTable, caption: string): string {
  const cell = (text: string, column: number) =>
    column === 0
      ? `<th scope="row">${escapeHtml(text)}</th>`
      : `<td${isNumber(text) ? ' class="number"' : ""}>${escapeHtml(text)}</td>`;
  const columns = head.map((name, i) => {
    const isNumeric = rows.every((row) => isNumber(row[i] ?? "–"));
    return `<th scope="col"${isNumeric ? ' class="number"' : ""}>${escapeHtml(name)}</th>`;
  });
  return `<div class="scroll" role="region" tabindex="0" aria-label="Table: ${escapeHtml(caption)}"><table>
<caption>${escapeHtml(caption)}</caption><thead><tr>${columns.join("")}</tr></thead>
<tbody>${rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("\n")}</tbody></table></div>`;
}

function isNumber(text: string): boolean {
  return /^[–\d.,e+() -]+$/.test(text);
}

/** Draws the figures of the element `options`, JSON of ids and options, in the colours of the page, light or dark. Plain JavaScript; it
 * needs the global `echarts`. */
export const DRAWING_SCRIPT = `
const figures = JSON.parse(document.getElementById("options").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const charts = new Map();
function draw() {
  for (const { id, option } of figures) {
    charts.get(id)?.dispose();
    const chart = echarts.init(document.getElementById("chart-" + id), dark.matches ? "dark" : null, { renderer: "svg" });
    const tooltip = { ...option.tooltip, confine: true, valueFormatter: (value) => (typeof value === "number" ? String(+value.toPrecision(4)) : "–") };
    chart.setOption({ backgroundColor: "transparent", animation: false, ...option, tooltip });
    charts.set(id, chart);
  }
}
draw();
dark.addEventListener("change", draw);
addEventListener("resize", () => { for (const chart of charts.values()) chart.resize(); });
`;
