/** Says in plain words what the degradation experiment has found, and no more. */
import {
  type DepthComparison,
  depthComparisons,
  depthRule,
  type ErrorComparison,
  type ErrorRange,
  isGuessing,
} from "./compare.js";
import type { DegradationResult } from "./records.js";
import type { NetKind } from "./settings.js";

/** What was found: first the one sentence to read, then a sentence for each pair of nets that was compared, training error first, then
 * the rule by which differences count, and what is missing.
 * @throws ValueError if the result lacks a field
 * @category Degradation */
export function degradationInWords(result: DegradationResult): string[] {
  const comparisons = depthComparisons(result);
  const seeds = Math.min(...comparisons.map((one) => one.seeds));
  return [
    headline(comparisons, result),
    ...comparisons.flatMap((one) => [pairSentence(one, "training", result), pairSentence(one, "test", result)]),
    ...(comparisons.length === 0 ? [] : [depthRule(seeds)]),
    ...missing(result),
  ];
}

/** The one sentence: what depth does to the training error of plain nets, and what it does with shortcuts. */
function headline(comparisons: readonly DepthComparison[], result: DegradationResult): string {
  const deepest = (kind: NetKind) => comparisons.filter((one) => one.kind === kind).at(-1) ?? null;
  const [plain, residual] = [deepest("plain"), deepest("residual")];
  if (plain === null) return "No two plain nets were trained equally long, so nothing can be said of degradation.";
  const parts = [plain, residual].flatMap((one) => (one === null ? [] : trainingWords(one, result)));
  const missing = residual === null ? "; no two nets with shortcuts were trained equally long" : "";
  return `${opening(plain, residual)}: ${parts.join("; ")}${missing}.`;
}

function opening(plain: DepthComparison, residual: DepthComparison | null): string {
  const [one, other] = [plain.training.verdict, residual?.training.verdict];
  switch (one) {
    case "diverged":
      return "A plain net diverged, so that nothing can be said of degradation";
    case "guesses":
      return "The plain nets have not begun to learn, so that nothing can be said of degradation";
    case "one-seed":
      return "With one seed there is no spread to compare a difference with";
    case "alike":
      return "No degradation beyond the spread over the seeds";
    case "lower":
      return "The opposite of degradation: the deeper plain net has the lower training error";
    case "higher":
      if (other === "lower") return "Degradation, and shortcuts reverse it";
      if (other === "alike") return "Degradation, and shortcuts undo it";
      if (other === "higher") return "Degradation, with shortcuts as well as without";
      return "Degradation of plain nets; of shortcuts nothing can be said";
  }
}

/** `without shortcuts the training error after 1,000 steps is 35.2 % at 20 layers and 62.0 % at 56`. */
function trainingWords(
  { kind, shallow, deep, step, training }: DepthComparison,
  { classes }: DegradationResult,
): string {
  const guess = training.verdict !== "guesses" && isGuessing(training.deep, classes) ? ", no better than guessing" : "";
  return (
    `${kind === "plain" ? "without" : "with"} shortcuts the training error after ${count(step)} steps is ` +
    `${percent(training.shallow.mean)} % at ${shallow} layers and ${percent(training.deep.mean)} % at ${deep}${guess}`
  );
}

function pairSentence(one: DepthComparison, what: "training" | "test", result: DegradationResult): string {
  const { kind, shallow, deep, seeds } = one;
  const error: ErrorComparison = one[what];
  const nets = `${kind === "plain" ? "Plain" : "Residual"} nets, ${what} error`;
  const gap = 100 * (error.deep.mean - error.shallow.mean);
  const numbers = `${rangeWords(error.shallow, seeds)} at ${shallow} layers, ${rangeWords(error.deep, seeds)} at ${deep}`;
  const points = `${Math.abs(gap).toFixed(1)} points ${gap < 0 ? "lower" : "higher"} with depth`;
  return `${nets}: ${numbers}; ${fateWords(error, points, result)}.`;
}

function fateWords({ verdict, deep }: ErrorComparison, points: string, { classes }: DegradationResult): string {
  switch (verdict) {
    case "diverged":
      return "a loss is not finite, so that they cannot be compared";
    case "guesses":
      return "neither is better than guessing";
    case "one-seed":
      return `${points}, of one seed`;
    case "alike":
      return `${points}, within the spread over the seeds`;
    default:
      return `${points}, beyond the spread over the seeds${isGuessing(deep, classes) ? "; the deeper net is no better than guessing" : ""}`;
  }
}

function missing({ networks, settings, complete }: DegradationResult): string[] {
  if (complete) return [];
  const { depths, seeds, steps } = settings;
  const all = 2 * depths.length * seeds;
  const done = networks.filter(({ points }) => points.at(-1)?.step === steps).length;
  return [`The experiment was interrupted: ${done} of ${all} networks took all of their ${count(steps)} steps.`];
}

/** `35.2 % (33.1–37.0)`: the mean and the range over the seeds. */
function rangeWords({ mean, min, max }: ErrorRange, seeds: number): string {
  const range = seeds < 2 ? "" : ` (${percent(min)}–${percent(max)})`;
  return `${percent(mean)} %${range}`;
}

/** A share in percent, with one decimal. */
export function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function count(steps: number): string {
  return steps.toLocaleString("en-US");
}
