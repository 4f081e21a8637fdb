/** The report of a gradient-flow trace as one page that needs nothing else and works offline. */

import { ValueError } from "../../errors.js";
import { checkedOptions, type OptionKinds, text } from "../../options.js";
import { LAYER_QUANTITIES } from "../../trace/records.js";
import type { GradientFlowTrace, RunRecord } from "../records.js";
import { layerNames, layerPoint, type Quantity } from "./aggregate.js";
import { answerInWords, conclusionsInWords, configurationsInWords } from "./answer.js";
import { type ConfigurationRuns, configurationsOf, stepsOf } from "./configurations.js";
import { divergencesInWords, missingInWords } from "./divergence.js";
import { escapeHtml, inlineScript, scriptJson } from "./escape.js";
import { figuresOf, layerFiguresOf } from "./figures.js";
import { checkTrace } from "./files.js";
import { pageLayouts } from "./page-layout.js";
import { PAGE_SCRIPT } from "./page-script.js";
import { PAGE_STYLE } from "./page-style.js";
import type { Figure } from "./panels.js";
import { formatFactor, formatNorm, formatSpread, meanOf } from "./statistics.js";
import { lineStyleOf } from "./style.js";
import { type ConfigurationSummary, summarize } from "./summary.js";
import { VERDICT_RULE } from "./verdict.js";

/** Options of `reportHtml`.
 * @category Gradient flow */
export interface ReportOptions {
  /** Text of `echarts/dist/echarts.min.js`, which is inlined. */
  readonly echartsSource: string;
}

const reportOptions: OptionKinds<ReportOptions> = { echartsSource: text };

/** The report page: the answer in words, the summary, the interactive figures, and where the numbers come from.
 * @returns the text of an HTML file
 * @throws ValueError if the trace lacks a field, or there is no text of ECharts
 * @category Gradient flow */
export function reportHtml(trace: GradientFlowTrace, options: ReportOptions): string {
  checkTrace("reportHtml", trace);
  const { echartsSource } = checkedOptions("reportHtml", options, reportOptions);
  if (echartsSource === undefined) {
    throw new ValueError("reportHtml", "it needs { echartsSource }, the text of echarts/dist/echarts.min.js");
  }
  const figures = figuresOf(trace);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gradient flow: what reaches the first layer</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<h1>Gradient flow: what reaches the first layer</h1>
${introduction(trace)}
${summarySections(trace)}
<h2>The figures</h2>
${controls(trace)}
${figures.map(figureElement).join("\n")}
<h2>Where the numbers come from</h2>
${provenance(trace)}
<script type="application/json" id="livegrad-data">${scriptJson(pageData(trace, figures))}</script>
<script>${inlineScript(echartsSource)}</script>
<script>${inlineScript(PAGE_SCRIPT)}</script>
</body>
</html>
`;
}

function introduction(trace: GradientFlowTrace): string {
  const incomplete = trace.complete
    ? ""
    : `<p class="warning">This experiment was interrupted: the report covers the ${trace.runs.length} records made before.</p>`;
  const notFinite = divergencesInWords(trace);
  const diverged =
    notFinite.length === 0
      ? ""
      : `<div class="warning">Networks that diverged:<ul>${notFinite.map((one) => `<li>${escapeHtml(one)}</li>`).join("")}</ul></div>`;
  return `<p class="soft">The norm of ∂L/∂h, layer by layer, in nets of ${list(
    [...new Set(trace.runs.map(({ depth }) => depth))].sort((a, b) => a - b).map(String),
  )} layers, at initialisation and, where it was recorded, over training.</p>${incomplete}${diverged}`;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function summarySections(trace: GradientFlowTrace): string {
  const first = summarize(trace);
  const last = summarize(trace, { step: "last" });
  const trained = last.some(({ step }, index) => step !== first[index]?.step);
  const title = first.some(({ step }) => step > 0) ? "At the first recorded step" : "At initialisation";
  const start = section(title, first, missingInWords(trace));
  if (!trained) return start;
  return `${start}<details><summary>The same at the last recorded step</summary>
${section("At the last recorded step", last, missingInWords(trace, "last"))}</details>`;
}

const HEAD: readonly (readonly [name: string, isNumber: boolean])[] = [
  ["depth", false],
  ["network", false],
  ["step", true],
  ["seeds", true],
  ["last block", true],
  ["first layer", true],
  ["ratio", true],
  ["a layer", true],
  ["verdict", false],
];

function section(title: string, summaries: readonly ConfigurationSummary[], missing: readonly string[]): string {
  if (summaries.length === 0) return bullets([...answerInWords(summaries), ...missing]);
  const head = HEAD.map(([name, isNumber]) => `<th scope="col"${isNumber ? ' class="number"' : ""}>${name}</th>`);
  return `<h2>${title}</h2>
${bullets([...conclusionsInWords(summaries), ...missing])}
<div class="scroll" role="region" tabindex="0" aria-label="Table: ${title.toLowerCase()}"><table>
<caption>What is left of the gradient at the first layer, ${title.toLowerCase()}</caption>
<thead><tr>${head.join("")}</tr></thead>
<tbody>${summaries.map(summaryRow).join("\n")}</tbody>
</table></div>
<p class="soft">Norms of ∂L/∂h of the output: geometric mean ×÷ geometric standard deviation over the seeds. Ratio: first
layer ÷ last block. A layer: the ratio to the power of 1 / (weighted layers between the two). ${VERDICT_RULE}</p>
<h3>Network by network</h3>
${bullets(configurationsInWords(summaries))}`;
}

function bullets(sentences: readonly string[]): string {
  if (sentences.length === 0) return "";
  return `<ul class="answer">${sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join("\n")}</ul>`;
}

function summaryRow(one: ConfigurationSummary): string {
  const numbers = [
    one.step,
    one.seeds,
    formatNorm(one.lastBlock.mean) + formatSpread(one.lastBlock.factor),
    formatNorm(one.firstLayer.mean) + formatSpread(one.firstLayer.factor),
    formatNorm(one.ratio.mean) + formatSpread(one.ratio.factor),
    `×${formatFactor(one.factorPerLayer)}`,
  ];
  const cells = numbers.map((number) => `<td class="number">${number}</td>`).join("");
  const verdict = `<td class="${one.verdict}">${one.verdict}</td>`;
  return `<tr><td>${one.depth}</td><th scope="row">${escapeHtml(one.label)}</th>${cells}${verdict}</tr>`;
}

function controls(trace: GradientFlowTrace): string {
  const steps = stepsOf(trace.runs);
  const choices = steps.map((step, index) => `<option value="${index}">${step}</option>`).join("");
  const chooser = `<label><span class="soft">Step</span> <select id="step">${choices}</select></label>`;
  return `<div class="controls">
<fieldset><legend>Norms on a</legend>
<label><input type="radio" name="axis" value="logarithmic" checked> logarithmic axis</label>
<label><input type="radio" name="axis" value="linear"> linear axis</label></fieldset>
${steps.length > 1 ? chooser : ""}
<span class="soft">Point at a layer, tap it, or go there with the arrow keys for its numbers; a name hides its lines.</span>
</div>`;
}

function figureElement(figure: Figure): string {
  const { id } = figure;
  const [title, caption] = [escapeHtml(figure.title), escapeHtml(figure.caption)];
  return `<figure id="${id}"><h3>${title}</h3>
<p class="soft" id="subtitle-${id}">${escapeHtml(subtitleOf(figure))}</p>
<div class="legend" id="legend-${id}" role="group" aria-label="Lines of: ${title}"></div>
<div class="chart" id="chart-${id}" style="height:${figure.height}px" role="img" tabindex="0" aria-label="${title}. ${caption}"
aria-describedby="numbers-${id}"></div>
<div class="numbers scroll" id="numbers-${id}" role="status" tabindex="0" aria-label="Numbers of the place pointed at: ${title}"></div>
<figcaption>${caption}</figcaption>
<details><summary>All numbers of this figure as tables</summary>
<div class="scroll" id="tables-${id}" role="region" tabindex="0" aria-label="Tables: ${title}"></div></details>
</figure>`;
}

function subtitleOf({ option }: Figure): string {
  const [main] = option["title"] as readonly { readonly subtext?: string }[];
  return main?.subtext ?? "";
}

function provenance(trace: GradientFlowTrace): string {
  const entries: readonly (readonly [string, string])[] = [
    ["livegrad", trace.version],
    ["device", trace.device],
    ["kernels", trace.provenance],
    ["seed", String(trace.seed)],
    ["batch", `${trace.batch} images`],
    ["data", trace.data],
    [
      "networks",
      `${list([...new Set(trace.runs.map(({ init }) => init))])} initialisation, ${list([
        ...new Set(trace.runs.map(({ width }) => String(width))),
      ])} channels in the first stage`,
    ],
    ["records", `${trace.runs.length}, ${trace.complete ? "complete" : "interrupted before the last run"}`],
  ];
  return `<dl>${entries.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join("")}</dl>`;
}

function pageData(trace: GradientFlowTrace, figures: readonly Figure[]): unknown {
  const steps = stepsOf(trace.runs);
  const configurations = configurationsOf(trace);
  const atSteps = steps.map((step) => new Map(layerFiguresOf(trace, step).map(({ id, option }) => [id, option])));
  return {
    steps,
    configurations: configurations.map((one) => ({
      label: one.label,
      depth: one.configuration.depth,
      color: lineStyleOf(one, configurations).color,
      layers: layerNames([one]),
      steps: steps.map((step) => layerNumbers(one, step)),
      losses: Object.fromEntries(
        stepsOf(one.runs).map((step) => {
          const losses = one.runs.filter((run) => run.step === step).map(({ loss }) => loss);
          return [step, jsonNumber(meanOf(losses)?.mean ?? null)];
        }),
      ),
    })),
    figures: figures.map((figure) => {
      const { id, title, kind, logarithmic, panels, option } = figure;
      const quantities = figure.quantities.map((quantity) => LAYER_QUANTITIES.indexOf(quantity));
      const options = kind === "layers" ? atSteps.map((at) => at.get(id) ?? null) : [option];
      return { id, title, kind, logarithmic, panels, quantities, layouts: pageLayouts(figure), options };
    }),
  };
}

function layerNumbers(one: ConfigurationRuns, step: number): (number | string | null)[][] | null {
  const runs = one.runs.filter((run) => run.step === step);
  if (runs.length === 0) return null;
  return layerNames([one]).map((_, layer) =>
    LAYER_QUANTITIES.map((quantity) => {
      const value = layerPoint(runs, layer, quantity)?.mean ?? null;
      return value === null ? missingWord(runs, layer, quantity) : jsonNumber(value);
    }),
  );
}

/** Why a number of a layer is missing; null where such a layer never has it. */
function missingWord(runs: readonly RunRecord[], layer: number, quantity: Quantity): string | null {
  const reasons = new Set(runs.flatMap((run) => run.layers[layer]?.reasons[quantity] ?? []));
  return reasons.size === 0 ? null : [...reasons].join(", ").replaceAll("-", " ");
}

// JSON has no NaN and no infinity.
function jsonNumber(value: number | null): number | string | null {
  return value === null || Number.isFinite(value) ? value && Number(value.toPrecision(4)) : formatNorm(value);
}
