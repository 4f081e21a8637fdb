/** The words and the table of a summary, as the report page shows them. */

import { escapeHtml } from "../../page/escape.js";
import type { ConfigurationRuns } from "./configurations.js";
import { formatFactor, formatNorm, formatSpread } from "./statistics.js";
import { lineStyleOf } from "./style.js";
import type { ConfigurationSummary } from "./summary.js";
import { VERDICT_RULE } from "./verdict.js";

const HEAD: readonly (readonly [name: string, isNumber: boolean])[] = [
  ["network", false],
  ["verdict", false],
  ["a layer", true],
  ["theory", true],
  ["last block", true],
  ["first layer", true],
  ["ratio", true],
  ["layers", true],
  ["step", true],
  ["seeds", true],
];

/** A list of sentences. */
export function bullets(sentences: readonly string[]): string {
  if (sentences.length === 0) return "";
  return `<ul class="answer">${sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join("\n")}</ul>`;
}

/** The table with what its columns are.
 * @param when `at initialisation` */
export function summaryTable(
  summaries: readonly ConfigurationSummary[],
  networks: readonly ConfigurationRuns[],
  when: string,
): string {
  const head = HEAD.map(([name, isNumber]) => `<th scope="col"${isNumber ? ' class="number"' : ""}>${name}</th>`);
  const panels = [...new Set(networks.map(({ panel }) => panel))];
  const bodies = panels.map((panel) => {
    const rows = summaries.filter((one) => panelOf(one, networks) === panel).map((one) => summaryRow(one, networks));
    const title = `<tr><th scope="rowgroup" colspan="${HEAD.length}">${escapeHtml(panel)}</th></tr>`;
    return rows.length === 0 ? "" : `<tbody>${title}\n${rows.join("\n")}</tbody>`;
  });
  return `<div class="scroll" role="region" tabindex="0" aria-label="Table: ${when}"><table class="summary">
<caption>What is left of the gradient at the first layer, ${when}</caption>
<thead><tr>${head.join("")}</tr></thead>
${bodies.join("\n")}
</table></div>
<p class="soft">Norms of ∂L/∂h of the output: geometric mean ×÷ geometric standard deviation over the seeds. Ratio: first
layer ÷ last block. A layer: the ratio to the power of 1 / (weighted layers between the two), in brackets its least and its
largest value over the seeds. ${VERDICT_RULE}</p>
${theoryNotes(summaries)}`;
}

function panelOf(one: ConfigurationSummary, networks: readonly ConfigurationRuns[]): string {
  return networkOf(one, networks)?.panel ?? "";
}

function networkOf(one: ConfigurationSummary, networks: readonly ConfigurationRuns[]): ConfigurationRuns | undefined {
  return networks.find(({ label, configuration }) => label === one.label && configuration.model === one.model);
}

function summaryRow(one: ConfigurationSummary, networks: readonly ConfigurationRuns[]): string {
  const { lastBlock, firstLayer, ratio, theory, layersBetween, step, seeds } = one;
  const numbers = [
    factorWords(one),
    theory === null ? "–" : `×${formatFactor(theory.factorPerLayer)}`,
    formatNorm(lastBlock.mean) + formatSpread(lastBlock.factor),
    formatNorm(firstLayer.mean) + formatSpread(firstLayer.factor),
    formatNorm(ratio.mean) + formatSpread(ratio.factor),
    ...[layersBetween, step, seeds],
  ];
  const network = networkOf(one, networks);
  const mark = network === undefined ? "" : markOf(network, networks);
  const cells = numbers.map((number) => `<td class="number">${number}</td>`).join("");
  const name = `<th scope="row">${mark}${escapeHtml(one.label)}</th>`;
  return `<tr>${name}<td class="${one.verdict}">${one.verdict}</td>${cells}</tr>`;
}

/** `×0.68 (0.67 – 0.69)`: the mean and the range over the seeds. */
function factorWords({ factorPerLayer, factor, seeds }: ConfigurationSummary): string {
  const range = seeds < 2 ? "" : ` (${formatFactor(factor.min)} – ${formatFactor(factor.max)})`;
  return `×${formatFactor(factorPerLayer)}${range}`;
}

/** The symbol of a network. */
function markOf(one: ConfigurationRuns, all: readonly ConfigurationRuns[]): string {
  const { color, dark, symbol } = lineStyleOf(one, all);
  return `<svg class="mark" style="--light:${color};--dark:${dark}" viewBox="-1 -1 22 22" aria-hidden="true"><path d="${symbol}"/></svg>`;
}

function theoryNotes(summaries: readonly ConfigurationSummary[]): string {
  const theories = new Map(summaries.flatMap(({ theory }) => (theory === null ? [] : [[theory.words, theory.source]])));
  if (theories.size === 0) return "";
  const notes = [...theories].map(([words, source]) => `<li>${escapeHtml(words)} (${escapeHtml(source)})</li>`);
  return `<p class="soft">What theory says of plain nets at their initialisation:</p><ul class="soft">${notes.join("")}</ul>`;
}
