/** The report of the degradation experiment as one page that needs nothing else and works offline. */
import { checkedOptions, type OptionKinds, text } from "../../options.js";
import { checkedEcharts } from "../../page/echarts.js";
import { escapeHtml } from "../../page/escape.js";
import { tableHtml } from "../../page/figure-html.js";
import { figurePage } from "../report/figure-page.js";
import type { ReportOptions } from "../report/html.js";
import { bullets } from "../report/page-summary.js";
import { degradationFigures } from "./figures.js";
import { checkResult } from "./files.js";
import type { DegradationResult } from "./records.js";
import { degradationTable } from "./table.js";
import { degradationInWords } from "./words.js";

const pageOptions: OptionKinds<ReportOptions> = { echartsSource: text };

/** The report page: one sentence, the errors over training of plain and residual nets, the numbers and what they carry, the losses,
 * and where the numbers come from.
 * @returns the text of an HTML file
 * @throws ValueError if the result lacks a field, or there is no text of ECharts
 * @category Degradation */
export function degradationHtml(result: DegradationResult, options: ReportOptions): string {
  checkResult("degradationHtml", result);
  const { echartsSource } = checkedOptions("degradationHtml", options, pageOptions);
  const source = checkedEcharts("degradationHtml", echartsSource);
  const [headline, ...sentences] = degradationInWords(result);
  return figurePage({
    title: "Degradation: do deeper nets train worse?",
    lead: `<p class="lead">${escapeHtml(headline as string)}</p>
${result.complete ? "" : '<p class="warning">This experiment was interrupted: the report covers what was found before.</p>'}`,
    figures: degradationFigures(result),
    numbers: `<h2>In numbers</h2>
${tableHtml(degradationTable(result), "Errors at the end: mean, and least and largest over the seeds")}
${bullets(sentences)}`,
    provenance: provenance(result),
    echartsSource: source,
  });
}

function provenance(result: DegradationResult): (readonly [string, string])[] {
  const { settings, images, testImages, size } = result;
  const { form, width, batch, steps, lr, momentum, weightDecay, seed, seeds } = settings;
  return [
    ["livegrad", result.version],
    ["device", result.device],
    ["kernels", result.provenance],
    ["images", `${result.data}, ${size} × ${size}, ${images} to train on and ${testImages} to test on`],
    [
      "networks",
      `He et al. (2015), ${form === "cifar" ? "section 4.2" : "table 1"}, ${width} channels in the first stage, batch norm`,
    ],
    ["training", `${steps} steps of ${batch} images, SGD, lr ${lr}, momentum ${momentum}, weight decay ${weightDecay}`],
    ["seeds", `${seeds}, from ${seed} on`],
    ["complete", result.complete ? "yes" : "no, it was interrupted"],
  ];
}
