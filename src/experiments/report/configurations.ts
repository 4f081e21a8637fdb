/** Groups the runs of a trace by configuration: what differs between two networks other than the seed and the step. */

import { describe, ValueError } from "../../errors.js";
import type { LayerRecord } from "../../trace/records.js";
import type { GradientFlowTrace, RunRecord } from "../records.js";

/** What a network of the experiment is, without seed and step.
 * @category Gradient flow */
export interface Configuration {
  /** Weighted layers, `6n + 2`. */
  readonly depth: number;
  /** `none`, `identity`, `A`, `B` or `C`. */
  readonly shortcut: string;
  /** `none` or `batch`. */
  readonly norm: string;
  /** Name of the weight initialisation. */
  readonly init: string;
  /** Channels of the first stage. */
  readonly width: number;
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

/** Groups `trace.runs` by configuration, shallow nets first, otherwise in the order of their first run.
 * @category Gradient flow */
export function configurationsOf(trace: GradientFlowTrace): readonly ConfigurationRuns[] {
  const groups = new Map<string, RunRecord[]>();
  for (const run of trace.runs) {
    const key = JSON.stringify([run.depth, run.shortcut, run.norm, run.init, run.width]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [run]);
    else group.push(run);
  }
  const severalInits = new Set(trace.runs.map((run) => run.init)).size > 1;
  const severalWidths = new Set(trace.runs.map((run) => run.width)).size > 1;
  const configurations = [...groups.values()].map((runs): ConfigurationRuns => {
    const { depth, shortcut, norm, init, width } = runs[0] as RunRecord;
    const parts = [shortcutWords(shortcut), normWords(norm)];
    if (severalInits) parts.push(init);
    if (severalWidths) parts.push(`width ${width}`);
    return {
      configuration: { depth, shortcut, norm, init, width },
      label: parts.join(", "),
      panel: `depth ${depth}`,
      runs,
    };
  });
  return configurations.sort((one, other) => one.configuration.depth - other.configuration.depth);
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

/** The last residual block of a run: the last layer whose name starts with `layer`, else the last layer. */
export function lastBlockOf(layers: readonly LayerRecord[]): LayerRecord | undefined {
  return layers.findLast((layer) => layer.name.startsWith("layer")) ?? layers.at(-1);
}

/** `plain`, `identity` or `shortcut B`. */
export function shortcutWords(shortcut: string): string {
  if (shortcut === "none") return "plain";
  return shortcut.length === 1 ? `shortcut ${shortcut}` : shortcut;
}

/** `no normalisation` or `batch norm`. */
export function normWords(norm: string): string {
  if (norm === "none") return "no normalisation";
  return norm === "batch" ? "batch norm" : `${norm} norm`;
}
