/** Says in plain words what a gradient-flow trace has shown. */

import { isPlainObject } from "../../autograd/plain-object.js";
import { describe, ValueError } from "../../errors.js";
import { normWords, shortcutWords } from "./configurations.js";
import { formatFactor, formatNorm } from "./statistics.js";
import type { ConfigurationSummary } from "./summary.js";

/** The answer: a sentence per configuration, then one per pair of a plain and a residual net that are otherwise
 * alike, then what the figures of the weight gradients would otherwise make one believe.
 * @throws ValueError if they are none of `summarize`
 * @category Gradient flow */
export function answerInWords(summaries: readonly ConfigurationSummary[]): string[] {
  checkSummaries(summaries);
  if (summaries.length === 0) return ["Nothing was recorded at this step, so nothing can be said."];
  return [...configurationsInWords(summaries), ...conclusionsInWords(summaries)];
}

const NUMBERS = [
  ...["depth", "width", "step", "seeds", "agreeing", "layersBetween", "factorPerLayer", "signalRatio"],
  ...["overflowed", "underflowed", "notANumber"],
] as const;

function checkSummaries(summaries: readonly ConfigurationSummary[]): void {
  const isNumber = (value: unknown) => typeof value === "number";
  const isSummary = (one: unknown) =>
    isPlainObject(one) &&
    ["ratio", "firstLayer", "lastBlock"].every((name) => isPlainObject(one[name]) && isNumber(one[name]["mean"])) &&
    NUMBERS.every((name) => isNumber(one[name])) &&
    ["weightGrad", "weightGradRange", "turnsAtDepth"].every((name) => one[name] === null || isNumber(one[name])) &&
    ["shortcut", "norm", "init", "label", "verdict"].every((name) => typeof one[name] === "string");
  if (Array.isArray(summaries) && summaries.every(isSummary)) return;
  throw new ValueError("answerInWords", `it takes the list that summarize returns, got ${describe(summaries)}`);
}

/** The one sentence to read first: of the plain and residual nets, the pair that differs most; without one, the network whose
 * gradient changes most on its way. */
export function headlineOf(summaries: readonly ConfigurationSummary[]): string {
  const [first] = answerInWords(summaries);
  const contrast = ([plain, residual]: Pair) => {
    const size = Math.abs(Math.log(residual.firstLayer.mean / plain.firstLayer.mean));
    return Number.isNaN(size) ? -1 : size;
  };
  const [pair] = pairsOf(summaries).sort((one, other) => contrast(other) - contrast(one));
  if (pair !== undefined) return comparisonSentence(...pair, severalOf(summaries));
  const change = ({ ratio }: ConfigurationSummary) => (Number.isNaN(ratio.mean) ? -1 : Math.abs(Math.log(ratio.mean)));
  const [most] = [...summaries].sort((one, other) => change(other) - change(one));
  return most === undefined ? (first as string) : configurationSentence(most, severalOf(summaries));
}

/** The first part of {@link answerInWords}: a sentence per configuration. */
export function configurationsInWords(summaries: readonly ConfigurationSummary[]): string[] {
  return summaries.map((summary) => configurationSentence(summary, severalOf(summaries)));
}

/** The second part of {@link answerInWords}: plain against residual nets, and what to mind. */
export function conclusionsInWords(summaries: readonly ConfigurationSummary[]): string[] {
  const sentences = pairsOf(summaries).map((pair) => comparisonSentence(...pair, severalOf(summaries)));
  for (const summary of summaries) {
    const subtlety = subtletySentence(summary);
    if (subtlety !== null) sentences.push(subtlety);
  }
  if (summaries.some(isTurnedByBatchNorm)) {
    sentences.push(
      "Batch norm keeps the plain net's gradient from vanishing, as He et al. (2015) report themselves; " +
        "at initialisation it grows with every layer on its way back instead (Yang et al. 2019).",
    );
  }
  return sentences;
}

/** What else has to be said to tell the configurations apart. */
interface Several {
  readonly inits: boolean;
  readonly widths: boolean;
}

function severalOf(summaries: readonly ConfigurationSummary[]): Several {
  return {
    inits: new Set(summaries.map(({ init }) => init)).size > 1,
    widths: new Set(summaries.map(({ width }) => width)).size > 1,
  };
}

type Pair = readonly [plain: ConfigurationSummary, residual: ConfigurationSummary];

/** Plain and residual nets that are otherwise alike. */
function pairsOf(summaries: readonly ConfigurationSummary[]): Pair[] {
  const plain = summaries.filter(({ shortcut }) => shortcut === "none");
  const residual = summaries.filter(({ shortcut }) => shortcut !== "none");
  return plain.flatMap((one) => residual.filter((other) => isPair(one, other)).map((other): Pair => [one, other]));
}

function isPair(plain: ConfigurationSummary, residual: ConfigurationSummary): boolean {
  const keys = ["depth", "norm", "init", "width", "step"] as const;
  return keys.every((key) => plain[key] === residual[key]);
}

function circumstances(summary: ConfigurationSummary, several: Several): string {
  const norm = summary.norm === "none" ? "without normalisation" : `with ${normWords(summary.norm)}`;
  const parts = [norm];
  if (several.inits) parts.push(`initialised by ${summary.init}`);
  if (several.widths) parts.push(`at width ${summary.width}`);
  if (summary.step > 0) parts.push(`after ${summary.step} ${summary.step === 1 ? "step" : "steps"} of training`);
  return parts.join(", ");
}

function netWords(shortcut: string): string {
  if (shortcut === "none") return "the plain net";
  return shortcut === "identity" ? "the net with identity shortcuts" : `the net with shortcuts of option ${shortcut}`;
}

function configurationSentence(summary: ConfigurationSummary, several: Several): string {
  const where = `At depth ${summary.depth} ${circumstances(summary, several)}, in ${netWords(summary.shortcut)}`;
  const seeds = summary.seeds === 1 ? "" : ` (${summary.agreeing} of ${summary.seeds} seeds agree)`;
  return `${where} ${fateWords(summary)}${seeds}.`;
}

function fateWords(summary: ConfigurationSummary): string {
  const { verdict, firstLayer, lastBlock, factorPerLayer, seeds } = summary;
  const which = (count: number) => (seeds === 1 ? "" : ` in ${count} of ${seeds} seeds`);
  if (summary.notANumber > 0) return `the run diverged: the gradient is NaN${which(summary.notANumber)}`;
  if (summary.overflowed > 0) {
    return `the gradient explodes: it overflows to infinity${which(summary.overflowed)}`;
  }
  if (summary.underflowed > 0) {
    return `the gradient vanishes completely: at the first layer it is exactly 0${which(summary.underflowed)}`;
  }
  const change = `from ${formatNorm(lastBlock.mean)} at the last block to ${formatNorm(firstLayer.mean)} at the first layer`;
  const rate = `×${formatFactor(factorPerLayer)} a layer over ${summary.layersBetween} layers`;
  const way = factorPerLayer < 1 ? "falls" : "grows";
  return `the gradient ${verdict}: it ${verdict === "lives" ? "goes" : way} ${change}, ${rate}${turningWords(summary)}`;
}

function turningWords({ turnsAtDepth, factorPerLayer }: ConfigurationSummary): string {
  if (turnsAtDepth === null) return "";
  const fate = factorPerLayer < 1 ? "shrink it to less than 1/1000" : "grow it more than 1000-fold";
  return `; at this factor a plain net of ${turnsAtDepth} layers would ${fate}`;
}

function comparisonSentence(plain: ConfigurationSummary, residual: ConfigurationSummary, several: Several): string {
  const where = `At depth ${plain.depth} ${circumstances(plain, several)}`;
  const what = "the gradient that reaches the first layer is";
  const kind = residual.shortcut === "identity" ? "identity shortcuts" : `shortcuts of option ${residual.shortcut}`;
  const one = residual.firstLayer.mean;
  const other = plain.firstLayer.mean;
  const rates =
    `×${formatFactor(residual.factorPerLayer)} a layer instead of ×${formatFactor(plain.factorPerLayer)} ` +
    `in the plain net`;
  if (!Number.isFinite(one) || !Number.isFinite(other)) {
    const overflowed = [plain, residual].filter(({ firstLayer }) => !Number.isFinite(firstLayer.mean));
    const nets = overflowed.map(({ shortcut }) => netWords(shortcut)).join(" and in ");
    return `${where} ${what} not finite (NaN or infinite) in ${nets}, so plain and residual cannot be compared by a number.`;
  }
  if (one === 0 && other === 0) return `${where} ${what} exactly 0 with ${kind} and without.`;
  if (other === 0) return `${where} ${what} exactly 0 in the plain net, and ${formatNorm(one)} with ${kind}.`;
  if (one === 0) return `${where} ${what} exactly 0 with ${kind}, and ${formatNorm(other)} in the plain net.`;
  const times = one / other;
  if (times > 0.5 && times < 2) return `${where} ${what} about as large with ${kind} as without: ${rates}.`;
  const comparison = times > 1 ? `${timesWords(times)} times larger` : `${timesWords(1 / times)} times smaller`;
  return `${where} ${what} ${comparison} with ${kind}: ${rates}.`;
}

function timesWords(times: number): string {
  return times < 10 ? times.toFixed(1) : formatFactor(times);
}

// The weight gradients count as alike where they span less than the fourth root of what the activation gradients span.
function subtletySentence(summary: ConfigurationSummary): string | null {
  const { shortcut, verdict, ratio, weightGrad, weightGradRange, signalRatio } = summary;
  if (shortcut !== "none" || verdict !== "vanishes" || ratio.mean === 0) return null;
  if (weightGrad === null || weightGradRange === null || weightGradRange > ratio.mean ** -0.25) return null;
  if (signalRatio > 0.1) return null;
  return (
    `Mind that in the ${shortcutWords(shortcut)} net of depth ${summary.depth} the weight gradients do not show this: ` +
    `they are nearly equal in every layer (about ${formatNorm(weightGrad)}, within ×${timesWords(weightGradRange)}), ` +
    `because the forward signal shrinks to ${formatFactor(signalRatio)} of itself on its way to the last block, as fast as the ` +
    `gradient grows from the first layer to there.`
  );
}

function isTurnedByBatchNorm({ shortcut, norm, step, ratio }: ConfigurationSummary): boolean {
  return shortcut === "none" && norm === "batch" && step === 0 && ratio.mean > 10;
}
