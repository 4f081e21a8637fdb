/** The report of a gradient-flow trace as one page that needs nothing else and works offline. */

import { checkedOptions, type OptionKinds, text } from "../../options.js";
import { checkedEcharts } from "../../page/echarts.js";
import { escapeHtml } from "../../page/escape.js";
import { pageHtml, provenanceHtml } from "../../page/page-html.js";
import type { GradientFlowTrace } from "../records.js";
import { conclusionsInWords, configurationsInWords, headlineOf } from "./answer.js";
import { configurationsOf, stepsOf } from "./configurations.js";
import { divergencesInWords, missingInWords } from "./divergence.js";
import { figuresOf } from "./figures.js";
import { checkTrace } from "./files.js";
import { pageData, subtitleOf } from "./page-data.js";
import { PAGE_SCRIPT } from "./page-script.js";
import { bullets, summaryTable } from "./page-summary.js";
import type { Figure } from "./panels.js";
import { type ConfigurationSummary, summarize } from "./summary.js";

/** Options of `reportHtml`.
 * @category Gradient flow */
export interface ReportOptions {
  /** Text of `echarts/dist/echarts.min.js`, which is inlined. */
  readonly echartsSource: string;
}

const reportOptions: OptionKinds<ReportOptions> = { echartsSource: text };

/** The report page: the picture with one sentence, the numbers under it, what they mean, the other figures, and where the
 * numbers come from.
 * @returns the text of an HTML file
 * @throws ValueError if the trace lacks a field, or there is no text of ECharts
 * @category Gradient flow */
export function reportHtml(trace: GradientFlowTrace, options: ReportOptions): string {
  checkTrace("reportHtml", trace);
  const { echartsSource } = checkedOptions("reportHtml", options, reportOptions);
  const source = checkedEcharts("reportHtml", echartsSource);
  const figures = figuresOf(trace);
  const [first, ...others] = figures.map((figure, index) => figureElement(figure, index === 0));
  const summaries = summarize(trace);
  const title = "Gradient flow: what reaches the first layer";
  return pageHtml({
    title,
    body: `<header>
<h1>${title}</h1>
<p class="lead">${escapeHtml(headlineOf(summaries))}</p>
</header>
<main>
${warnings(trace)}
${controls(trace)}
${first ?? ""}
${numbers(trace, summaries)}
${others.length === 0 ? "" : `<h2>More figures</h2>\n${others.join("\n")}`}
${provenanceHtml(provenance(trace))}
${inWords(summaries)}
</main>`,
    echartsSource: source,
    data: { id: "livegrad-data", value: pageData(trace, figures) },
    script: PAGE_SCRIPT,
  });
}

function warnings(trace: GradientFlowTrace): string {
  const notFinite = divergencesInWords(trace);
  const incomplete = `This experiment was interrupted: the report covers the ${trace.runs.length} records made before.`;
  return `${trace.complete ? "" : `<p class="warning">${incomplete}</p>`}
${notFinite.length === 0 ? "" : `<div class="warning">Networks that diverged:${bullets(notFinite)}</div>`}`;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function numbers(trace: GradientFlowTrace, first: readonly ConfigurationSummary[]): string {
  const last = summarize(trace, { step: "last" });
  const isTrained = last.some(({ step }, index) => step !== first[index]?.step);
  const when = first.some(({ step }) => step > 0) ? "at the first recorded step" : "at initialisation";
  const networks = configurationsOf(trace);
  const section = (summaries: readonly ConfigurationSummary[], missing: readonly string[], at: string) =>
    `${summaries.length === 0 ? "" : summaryTable(summaries, networks, at)}
${bullets([...conclusionsInWords(summaries), ...missing])}`;
  const then = isTrained
    ? `<details><summary>The same at the last recorded step</summary>
${section(last, missingInWords(trace, "last"), "at the last recorded step")}</details>`
    : "";
  return `<h2>In numbers, ${when}</h2>
${section(first, missingInWords(trace), when)}
${then}`;
}

function inWords(summaries: readonly ConfigurationSummary[]): string {
  if (summaries.length === 0) return "";
  return `<details id="network-by-network"><summary>Network by network, in words</summary>
${bullets(configurationsInWords(summaries))}</details>`;
}

function controls(trace: GradientFlowTrace): string {
  const steps = stepsOf(trace.runs);
  const first = `step ${steps[0]} of ${steps.at(-1)}`;
  const slider = `<div class="steps" role="group" aria-label="Training">
<button type="button" id="play">Play</button>
<input type="range" id="step" min="0" max="${steps.length - 1}" step="1" value="0" aria-label="Optimiser step" aria-valuetext="${first}">
<output id="shown-step" for="step">${first}</output></div>`;
  return `<div class="controls">
<fieldset><legend>Norms on a</legend>
<label><input type="radio" name="axis" value="logarithmic" checked> logarithmic</label>
<label><input type="radio" name="axis" value="linear"> linear axis</label></fieldset>
${steps.length > 1 ? slider : ""}
</div>`;
}

const HOW_TO_USE = "Point at a place, tap it, or go there with the arrow keys for its numbers; a name hides its lines.";

function figureElement(figure: Figure, isFirst: boolean): string {
  const { id } = figure;
  const [title, caption] = [escapeHtml(figure.title), escapeHtml(figure.caption)];
  const heading = isFirst ? "h2" : "h3"; // the others stand under one of their own
  return `<figure id="${id}"><${heading}>${title}</${heading}>
<p class="soft" id="subtitle-${id}">${escapeHtml(subtitleOf(figure.option))}</p>
<div class="legend" id="legend-${id}" role="group" aria-label="Lines of: ${title}"></div>
<div class="chart" id="chart-${id}" style="height:${figure.height}px" role="img" tabindex="0" aria-label="${title}. ${caption}"
aria-describedby="numbers-${id}"></div>
<div class="numbers scroll" id="numbers-${id}" role="status" tabindex="0" aria-label="Numbers of the place pointed at: ${title}"></div>
<figcaption>${caption}${isFirst ? ` ${HOW_TO_USE}` : ""}</figcaption>
<details class="tables"><summary>All numbers of this figure as tables</summary>
<div class="scroll" id="tables-${id}" role="region" tabindex="0" aria-label="Tables: ${title}"></div></details>
</figure>`;
}

function provenance(trace: GradientFlowTrace): (readonly [string, string])[] {
  const grid = trace.runs.flatMap(({ cifar }) => cifar ?? []);
  const distinct = (words: readonly (string | number)[]) => list([...new Set(words.map(String))]);
  const networks = [
    ...new Set(trace.runs.flatMap(({ cifar, model }) => (cifar === null ? model : []))),
    ...(grid.length === 0
      ? []
      : [
          `CIFAR nets with ${distinct(grid.map(({ init }) => init))} initialisation and ${distinct(grid.map(({ width }) => width))} channels in the first stage`,
        ]),
  ];
  return [
    ["livegrad", trace.version],
    ["device", trace.device],
    ["kernels", trace.provenance],
    ["seed", String(trace.seed)],
    ["batch", `${trace.batch} images`],
    ["data", trace.data],
    ["networks", list(networks)],
    ["records", `${trace.runs.length}, ${trace.complete ? "complete" : "interrupted before the last run"}`],
  ];
}
