/** The report of `livegrad zoo` as one page that needs nothing else and works offline. */
import { escapeHtml } from "../../page/escape.js";
import { figureHtml, tableHtml } from "../../page/figure-html.js";
import { pageHtml, provenanceHtml } from "../../page/page-html.js";
import { zooFigures } from "./figures.js";
import { PAGE_SCRIPT } from "./page-script.js";
import type { ZooRecord } from "./records.js";
import { failuresOf, zooTable } from "./table.js";

/** The page: the first plot with a sentence, the table of all nets, the other plots, each with its numbers as a table, and where the
 * numbers come from.
 * @param echartsSource text of `echarts/dist/echarts.min.js`, which is inlined */
export function zooHtml(record: ZooRecord, { echartsSource }: { readonly echartsSource: string }): string {
  const figures = zooFigures(record);
  const [first, ...others] = figures.map((figure) => figureHtml(figure));
  const count = record.rows.length;
  const title = `${count} ${count === 1 ? "net" : "nets"} of the zoo, compared`;
  return pageHtml({
    title,
    body: `<main><h1>${escapeHtml(title)}</h1>
<p>Operations, parameters and memory are counted and times measured on this machine; errors are published by others, with the
sources named.${record.complete ? "" : " <strong>The run was interrupted: what was measured until then is here.</strong>"}</p>
${first ?? ""}
<h2>All nets</h2>
${tableHtml(zooTable(record), "All nets")}
${failures(record)}
${others.join("\n")}
${provenanceHtml(provenance(record))}</main>`,
    echartsSource,
    data: { id: "options", value: figures.map(({ id, option, height }) => ({ id, option, height })) },
    script: PAGE_SCRIPT,
  });
}

function failures({ rows }: ZooRecord): string {
  const lines = failuresOf(rows);
  if (lines.length === 0) return "";
  return `<div class="warning"><p>Not measured:</p><ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul></div>`;
}

function provenance(record: ZooRecord): (readonly [string, string])[] {
  return [
    ["livegrad", record.version],
    ["device", record.device],
    ["kernels", record.provenance],
    ["processor", record.processor],
    ["measured", record.training ? "forward passes and training steps" : "forward passes"],
    ["complete", record.complete ? "yes" : "no, it was interrupted"],
  ];
}
