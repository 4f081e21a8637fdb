/** The report of `livegrad zoo` as one page that needs nothing else and works offline. */
import { escapeHtml, inlineScript, scriptJson } from "../../page/escape.js";
import { tableHtml } from "../../page/figure-html.js";
import { PAGE_STYLE } from "../../page/page-style.js";
import { zooFigures } from "./figures.js";
import { PAGE_SCRIPT } from "./page-script.js";
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
<title>${escapeHtml(title)}</title><style>${PAGE_STYLE}</style></head><body>
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
<script type="application/json" id="options">${scriptJson(figures.map(({ id, option, height }) => ({ id, option, height })))}</script>
<script>${PAGE_SCRIPT}</script></body></html>
`;
}

function figureHtml({ id, title, caption, table, height }: ZooFigure): string {
  return `<figure id="${id}"><h3>${escapeHtml(title)}</h3>
<div id="chart-${id}" style="height:${height}px" role="img"
aria-label="${escapeHtml(title)}; the same numbers stand in the table below"></div>
<figcaption>${escapeHtml(caption)}</figcaption>
<details class="tables"><summary>The numbers as a table</summary>${tableHtml(table, title)}</details></figure>`;
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
