/** Says in plain words what a gradient-flow trace has shown. */

import { isPlainObject } from "../../autograd/plain-object.js";
import { describe, ValueError } from "../../errors.js";
import type { CifarConfiguration } from "../records.js";
import { normWords } from "./configurations.js";
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
  ...["depth", "step", "seeds", "agreeing", "layersBetween", "factorPerLayer", "signalRatio"],
  ...["overflowed", "underflowed", "notANumber"],
] as const;

function checkSummaries(summaries: readonly ConfigurationSummary[]): void {
  const isNumber = (value: unknown) => typeof value === "number";
  const isSummary = (one: unknown) =>
    isPlainObject(one) &&
    ["ratio", "firstLayer", "lastBlock"].every((name) => isPlainObject(one[name]) && isNumber(one[name]["mean"])) &&
    NUMBERS.every((name) => isNumber(one[name])) &&
    ["weightGrad", "weightGradRange", "turnsAtDepth"].every((name) => one[name] === null || isNumber(one[name])) &&
    ["model", "label", "verdict", "firstLayerName", "lastBlockName"].every((name) => typeof one[name] === "string") &&
    (one["cifar"] === null || isPlainObject(one["cifar"]));
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
  const grid = summaries.flatMap(({ cifar }) => cifar ?? []);
  return {
    inits: new Set(grid.map(({ init }) => init)).size > 1,
    widths: new Set(grid.map(({ width }) => width)).size > 1,
  };
}

type Pair = readonly [plain: ConfigurationSummary, residual: ConfigurationSummary];

/** Plain nets and such with shortcuts or branches that are otherwise alike: CIFAR nets of one make, or models of one depth. */
function pairsOf(summaries: readonly ConfigurationSummary[]): Pair[] {
  const plain = summaries.filter(({ isPlain }) => isPlain);
  const residual = summaries.filter(({ isPlain }) => !isPlain);
  return plain.flatMap((one) => residual.filter((other) => isPair(one, other)).map((other): Pair => [one, other]));
}

function isPair(plain: ConfigurationSummary, residual: ConfigurationSummary): boolean {
  const [one, other] = [plain.cifar, residual.cifar];
  const isAlike = one === null || other === null ? one === other : MAKE.every((key) => one[key] === other[key]);
  return isAlike && plain.depth === residual.depth && plain.step === residual.step;
}

const MAKE = ["norm", "init", "width"] as const;

/** `At depth 56 without normalisation`, of a CIFAR net. */
function circumstances({ depth, step }: ConfigurationSummary, cifar: CifarConfiguration, several: Several): string {
  const norm = cifar.norm === "none" ? "without normalisation" : `with ${normWords(cifar.norm)}`;
  const parts = [`At depth ${depth} ${norm}`];
  if (several.inits) parts.push(`initialised by ${cifar.init}`);
  if (several.widths) parts.push(`at width ${cifar.width}`);
  return [...parts, ...trainingWords(step)].join(", ");
}

function trainingWords(step: number): string[] {
  return step === 0 ? [] : [`after ${step} ${step === 1 ? "step" : "steps"} of training`];
}

function netWords({ cifar, model }: ConfigurationSummary): string {
  if (cifar === null) return model;
  if (cifar.shortcut === "none") return "the plain net";
  const { shortcut } = cifar;
  return shortcut === "identity" ? "the net with identity shortcuts" : `the net with shortcuts of option ${shortcut}`;
}

function configurationSentence(summary: ConfigurationSummary, several: Several): string {
  const { cifar, step, depth } = summary;
  const layers = `${depth} weighted ${depth === 1 ? "layer" : "layers"} deep`;
  const where =
    cifar === null
      ? `${[`In ${netWords(summary)}`, layers, ...trainingWords(step)].join(", ")},`
      : `${circumstances(summary, cifar, several)}, in ${netWords(summary)}`;
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
  const [last, first] =
    summary.cifar === null
      ? [`at ${summary.lastBlockName}, before the classifier,`, `at ${summary.firstLayerName}`]
      : ["at the last block", "at the first layer"];
  const change = `from ${formatNorm(lastBlock.mean)} ${last} to ${formatNorm(firstLayer.mean)} ${first}`;
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
  const { start, kind, without, inPlain } = comparisonWords(plain, residual, several);
  const one = residual.firstLayer.mean;
  const other = plain.firstLayer.mean;
  const rates =
    `×${formatFactor(residual.factorPerLayer)} a layer instead of ×${formatFactor(plain.factorPerLayer)} ` +
    `in ${inPlain}`;
  if (!Number.isFinite(one) || !Number.isFinite(other)) {
    const overflowed = [plain, residual].filter(({ firstLayer }) => !Number.isFinite(firstLayer.mean));
    const nets = overflowed.map(netWords).join(" and in ");
    return `${start} not finite (NaN or infinite) in ${nets}, so plain and residual cannot be compared by a number.`;
  }
  if (one === 0 && other === 0) return `${start} exactly 0 ${kind} and ${without}.`;
  if (other === 0) return `${start} exactly 0 in ${inPlain}, and ${formatNorm(one)} ${kind}.`;
  if (one === 0) return `${start} exactly 0 ${kind}, and ${formatNorm(other)} in ${inPlain}.`;
  const times = one / other;
  if (times > 0.5 && times < 2) return `${start} about as large ${kind} as ${without}: ${rates}.`;
  const comparison = times > 1 ? `${timesWords(times)} times larger` : `${timesWords(1 / times)} times smaller`;
  const than = residual.cifar === null ? ` than ${without}` : "";
  return `${start} ${comparison} ${kind}${than}: ${rates}.`;
}

interface ComparisonWords {
  /** `At depth 56 … the gradient that reaches the first layer is`. */
  readonly start: string;
  /** `with identity shortcuts`, `in resnet34`. */
  readonly kind: string;
  /** `without`, `in plain34`. */
  readonly without: string;
  /** `the plain net`, `plain34`. */
  readonly inPlain: string;
}

function comparisonWords(
  plain: ConfigurationSummary,
  residual: ConfigurationSummary,
  several: Several,
): ComparisonWords {
  const { cifar, step } = plain;
  const inPlain = netWords(plain);
  if (cifar === null || residual.cifar === null) {
    const start = [`At ${plain.depth} weighted layers`, ...trainingWords(step)].join(", ");
    const names = { kind: `in ${netWords(residual)}`, without: `in ${inPlain}`, inPlain };
    return { start: `${start}, the gradient that reaches the first layer is`, ...names };
  }
  const { shortcut } = residual.cifar;
  const start = `${circumstances(plain, cifar, several)} the gradient that reaches the first layer is`;
  const kind = shortcut === "identity" ? "with identity shortcuts" : `with shortcuts of option ${shortcut}`;
  return { start, kind, without: "without", inPlain };
}

function timesWords(times: number): string {
  return times < 10 ? times.toFixed(1) : formatFactor(times);
}

// The weight gradients count as alike where they span less than the fourth root of what the activation gradients span.
function subtletySentence(summary: ConfigurationSummary): string | null {
  const { isPlain, verdict, ratio, weightGrad, weightGradRange, signalRatio } = summary;
  if (!isPlain || verdict !== "vanishes" || ratio.mean === 0) return null;
  if (weightGrad === null || weightGradRange === null || weightGradRange > ratio.mean ** -0.25) return null;
  if (signalRatio > 0.1) return null;
  return (
    `Mind that in ${summary.cifar === null ? summary.model : `the plain net of depth ${summary.depth}`} the weight gradients do not show this: ` +
    `they are nearly equal in every layer (about ${formatNorm(weightGrad)}, within ×${timesWords(weightGradRange)}), ` +
    `because the forward signal shrinks to ${formatFactor(signalRatio)} of itself on its way to the last block, as fast as the ` +
    `gradient grows from the first layer to there.`
  );
}

function isTurnedByBatchNorm({ cifar, isPlain, step, ratio }: ConfigurationSummary): boolean {
  return isPlain && cifar?.norm === "batch" && step === 0 && ratio.mean > 10;
}
