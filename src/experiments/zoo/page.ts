/** The report of `livegrad zoo` as one page that needs nothing else and works offline. */
import { escapeHtml, inlineScript, scriptJson } from "../report/escape.js";
import { PAGE_STYLE } from "../report/page-style.js";
import { zooFigures } from "./figures.js";
import type { ZooFigure } from "./parts.js";
import type { ZooRecord } from "./records.js";
import { failuresOf, zooTable } from "./table.js";

/** The page: the first plot with a sentence, the table of all nets, the other plots, each with its numbers as a table, and where the
 * numbers come from.
 * @param echartsSource text of `echarts/dist/echarts.min.js`, which is inlined */
export function zooHtml(record: ZooRecord, { echartsSource }: { readonly echartsSource: string }): string {
  const [first, ...others] = zooFigures(record);
  const figures = first === undefined ? [] : [first, ...others];
  const count = record.rows.length;
  const title = `${count} ${count === 1 ? "net" : "nets"} of the zoo, compared`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${PAGE_STYLE}${STYLE}</style></head><body>
<main><h1>${escapeHtml(title)}</h1>
<p>Operations, parameters and memory are counted and times measured on this machine; errors are published by others, with the
sources named.${record.complete ? "" : " <strong>The run was interrupted: what was measured until then is here.</strong>"}</p>
${first === undefined ? "" : figureHtml(first)}
<h2>All nets</h2>
${tableHtml(zooTable(record), "All nets")}
${failures(record)}
${others.map(figureHtml).join("\n")}
<h2>Where the numbers come from</h2>
<dl>${provenance(record)}</dl></main>
<script>${inlineScript(echartsSource)}</script>
<script type="application/json" id="options">${scriptJson(figures.map(({ id, option }) => ({ id, option })))}</script>
<script>${SCRIPT}</script></body></html>
`;
}

function figureHtml({ id, title, caption, table, height }: ZooFigure): string {
  return `<figure id="${id}"><h3>${escapeHtml(title)}</h3>
<div class="scroll"><div class="chart" id="chart-${id}" style="height:${height}px" role="img"
aria-label="${escapeHtml(title)}; the same numbers stand in the table below"></div></div>
<figcaption>${escapeHtml(caption)}</figcaption>
<details><summary>The numbers as a table</summary>${tableHtml(table, title)}</details></figure>`;
}

function tableHtml({ head, rows }: ZooFigure["table"], caption: string): string {
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
  return /^[–\d.,e+-]+$/.test(text);
}

function failures({ rows }: ZooRecord): string {
  const lines = failuresOf(rows);
  if (lines.length === 0) return "";
  return `<div class="warning"><p>Not measured:</p><ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul></div>`;
}

function provenance(record: ZooRecord): string {
  const entries = [
    ["livegrad", record.version],
    ["device", record.device],
    ["kernels", record.provenance],
    ["processor", record.processor],
    ["measured", record.training ? "forward passes and training steps" : "forward passes"],
    ["complete", record.complete ? "yes" : "no, it was interrupted"],
  ] as const;
  return entries.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join("");
}

// Plots keep their width on a phone and are scrolled: labels of forty nets have no room in 390 pixels.
const STYLE = `.chart { min-width: 820px; width: 100%; }`;

/** Draws every plot in the colours of the page, light or dark, and again when its width changes. */
const SCRIPT = `
const figures = JSON.parse(document.getElementById("options").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const charts = new Map();
function draw() {
  for (const { id, option } of figures) {
    const node = document.getElementById("chart-" + id);
    charts.get(id)?.dispose();
    const chart = echarts.init(node, dark.matches ? "dark" : null);
    // The page has the title in a heading of its own.
    const up = (part) => (typeof part?.top === "number" && part.orient !== "vertical" ? { ...part, top: part.top - 50 } : part);
    const bare = { ...option, title: { show: false }, grid: up(option.grid), ...(option.legend && { legend: up(option.legend) }) };
    chart.setOption({ backgroundColor: "transparent", animation: false, ...bare, tooltip: { ...option.tooltip, confine: true, formatter: tip(option) } });
    charts.set(id, chart);
  }
}
function tip(option) {
  return (item) => {
    const of = option.series[item.seriesIndex];
    const values = Array.isArray(item.value) ? item.value : [item.value];
    const names = of.dimensions ?? [option.yAxis.name];
    const where = of.type === "line" ? [[option.xAxis.name, item.name]] : [];
    const rows = [...where, ...names.map((name, i) => [name, values[i]])];
    const head = of.type === "line" ? item.seriesName : item.name;
    const safe = (text) => String(text).replace(/[&<>]/g, (sign) => "&#" + sign.charCodeAt(0) + ";");
    return "<b>" + safe(head) + "</b><br>" + rows.map(([name, value]) => safe(name) + ": " + safe(value)).join("<br>");
  };
}
draw();
dark.addEventListener("change", draw);
addEventListener("resize", () => { for (const chart of charts.values()) chart.resize(); });
`;
