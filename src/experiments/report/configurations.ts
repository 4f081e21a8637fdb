/** Groups the runs of a trace by network: what differs between two networks other than the seed and the step. */

import { describe, ValueError } from "../../errors.js";
import type { LayerRecord } from "../../trace/records.js";
import type { CifarConfiguration, GradientFlowTrace, RunRecord } from "../records.js";

/** What a network of the experiment is, without seed and step.
 * @category Gradient flow */
export interface Configuration {
  /** Name of the model. */
  readonly model: string;
  /** Weighted layers on the longest way from the input to the output. */
  readonly depth: number;
  /** How it is made, if it is one of the CIFAR nets that the experiment varies; `null` for another model. */
  readonly cifar: CifarConfiguration | null;
  /** Whether the gradient has one way back alone: no shortcut, no branch. */
  readonly isPlain: boolean;
}

/** A configuration, the name it has in every figure, and its runs.
 * @category Gradient flow */
export interface ConfigurationRuns {
  readonly configuration: Configuration;
  /** Without the depth, so that one name (and one colour) stands for the same network at each depth. */
  readonly label: string;
  /** Title of the panel that it is drawn in. */
  readonly panel: string;
  readonly runs: readonly RunRecord[];
}

/** A step to look at: its number, the first one recorded, or the last one that every seed has reached.
 * @category Gradient flow */
export type StepChoice = number | "first" | "last";

/** Groups `trace.runs` by model, in the order of their first run; CIFAR nets alone with shallow ones first, a panel a depth.
 * @category Gradient flow */
export function configurationsOf(trace: GradientFlowTrace): readonly ConfigurationRuns[] {
  const groups = new Map<string, RunRecord[]>();
  for (const run of trace.runs) {
    const key = JSON.stringify([run.model, run.cifar?.width]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [run]);
    else group.push(run);
  }
  const grid = trace.runs.flatMap(({ cifar, depth }) => (cifar === null ? [] : { ...cifar, depth }));
  const several = (what: "init" | "width" | "depth") => new Set(grid.map((one) => one[what])).size > 1;
  const isMixed = trace.runs.some(({ cifar }) => cifar === null);
  const configurations = [...groups.values()].map((runs): ConfigurationRuns => {
    const { model, depth, cifar } = runs[0] as RunRecord;
    const configuration = { model, depth, cifar, isPlain: isPlain(runs[0] as RunRecord) };
    const panel = isMixed ? "all networks" : `depth ${depth}`;
    if (cifar === null) return { configuration, label: model, panel, runs };
    const parts = [shortcutWords(cifar.shortcut), normWords(cifar.norm)];
    if (several("init")) parts.push(cifar.init);
    if (several("width")) parts.push(`width ${cifar.width}`);
    if (isMixed && several("depth")) parts.push(`depth ${depth}`);
    return { configuration, label: parts.join(", "), panel, runs };
  });
  if (isMixed) return configurations;
  return configurations.sort((one, other) => one.configuration.depth - other.configuration.depth);
}

/** Every weighted layer of a plain net is a place that the whole gradient passes, and nothing joins. */
function isPlain({ cifar, depth, layers }: RunRecord): boolean {
  if (cifar !== null) return cifar.shortcut === "none";
  return layers.length === depth && layers.every(({ splits }) => splits.length === 0);
}

/** Titles of the panels of some networks, in their order. */
export function panelsOf(configurations: readonly ConfigurationRuns[]): readonly string[] {
  return [...new Set(configurations.map(({ panel }) => panel))];
}

/** The recorded steps of some runs, rising. */
export function stepsOf(runs: readonly RunRecord[]): readonly number[] {
  return [...new Set(runs.map((run) => run.step))].sort((a, b) => a - b);
}

/** The runs of one configuration at the chosen step; empty if it was not recorded. */
export function runsAt(runs: readonly RunRecord[], choice: StepChoice): readonly RunRecord[] {
  const steps = stepsOf(runs);
  const seeds = new Set(runs.map((run) => run.seed)).size;
  const at = (step: number | undefined) => runs.filter((run) => run.step === step);
  if (choice === "first") return at(steps[0]);
  if (choice !== "last") return at(choice);
  const common = steps.filter((step) => new Set(at(step).map((run) => run.seed)).size === seeds);
  return at(common.at(-1) ?? steps.at(-1));
}

/** Throws unless a value chooses a step.
 * @throws ValueError in the name of `op` */
export function checkStep(op: string, step: StepChoice): void {
  if (step === "first" || step === "last" || (Number.isSafeInteger(step) && Number(step) >= 0)) return;
  throw new ValueError(op, `step must be "first", "last" or the number of one, got ${describe(step)}`, {
    expected: ["first", "last", ">= 0"],
    actual: step,
  });
}

/** The last place before the classifier, which is the last of all: the last block of a residual net. */
export function lastBlockOf(layers: readonly LayerRecord[]): LayerRecord | undefined {
  return layers.at(-2) ?? layers.at(-1);
}

/** Which network it is, at the beginning of a sentence: `Depth 56, plain, batch norm`. */
export function networkWords({ configuration, label }: Pick<ConfigurationRuns, "configuration" | "label">): string {
  const { cifar, depth } = configuration;
  return cifar === null || label.includes("depth") ? label : `Depth ${depth}, ${label}`;
}

/** `plain`, `identity` or `shortcut B`. */
function shortcutWords(shortcut: string): string {
  if (shortcut === "none") return "plain";
  return shortcut.length === 1 ? `shortcut ${shortcut}` : shortcut;
}

/** `no normalisation` or `batch norm`. */
export function normWords(norm: string): string {
  if (norm === "none") return "no normalisation";
  return norm === "batch" ? "batch norm" : `${norm} norm`;
}
