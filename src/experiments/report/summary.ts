/** Reduces a gradient-flow trace to one row per configuration: what is left of the gradient at the first layer. */

import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import type { LayerRecord } from "../../trace/records.js";
import type { GradientFlowTrace, RunRecord } from "../records.js";
import {
  type Configuration,
  checkStep,
  configurationsOf,
  lastBlockOf,
  runsAt,
  type StepChoice,
} from "./configurations.js";
import { checkTrace } from "./files.js";
import { type Spread, safeRatio, spreadOf } from "./statistics.js";
import { type Theory, theoryOf } from "./theory.js";
import { EXPLODED_ABOVE, VANISHED_BELOW, type Verdict, verdictOf } from "./verdict.js";

/** What the trace says of one configuration at one step; every `Spread` is over its seeds. Numbers are NaN where those of a seed
 * are.
 * @category Gradient flow */
export interface ConfigurationSummary extends Configuration {
  /** The name in every figure: `plain, batch norm`. */
  readonly label: string;
  /** Optimiser steps taken before; 0 is the initialisation. */
  readonly step: number;
  /** How many seeds were recorded at this step. */
  readonly seeds: number;
  /** Name of the last place before the classifier. */
  readonly lastBlockName: string;
  /** Name of the first place. */
  readonly firstLayerName: string;
  /** ‖∂L/∂h‖ of the last block's output. */
  readonly lastBlock: Spread;
  /** ‖∂L/∂h‖ of the first layer's output. */
  readonly firstLayer: Spread;
  /** First layer ÷ last block, of each seed: what backpropagation multiplies the norm by on its whole way. */
  readonly ratio: Spread;
  /** Weighted layers between the two outputs, on the longest way. */
  readonly layersBetween: number;
  /** `ratio.mean ^ (1 / layersBetween)`: what each weighted layer multiplies the norm by, going backwards. */
  readonly factorPerLayer: number;
  /** The same of each seed. */
  readonly factor: Spread;
  /** What theory says of that factor, at initialisation; `null` where there is none. */
  readonly theory: Theory | null;
  /** From `ratio.mean` and `factorPerLayer`, by the rule of `verdictOf`. */
  readonly verdict: Verdict;
  /** How many seeds have this verdict on their own. */
  readonly agreeing: number;
  /** Depth at which a plain net of this factor a layer would pass the threshold, in weighted layers; `null` for
   * residual nets, whose factor is not the same at each depth, and where it has passed or never will. */
  readonly turnsAtDepth: number | null;
  /** Geometric mean of ‖∂L/∂W‖ over the seeds and the layers up to the last block; `null` without weights. */
  readonly weightGrad: number | null;
  /** Largest ÷ smallest ‖∂L/∂W‖ among those layers (geometric means over the seeds); `null` without weights. */
  readonly weightGradRange: number | null;
  /** Standard deviation of the output at the last block ÷ at the first layer: what is left of the forward signal. */
  readonly signalRatio: number;
  /** Seeds in which a norm looked at is not a number: the run diverged. */
  readonly notANumber: number;
  /** Seeds in which a norm looked at is infinite: an overflow. */
  readonly overflowed: number;
  /** Seeds in which the norm at the first layer is exactly 0: an underflow. */
  readonly underflowed: number;
}

/** Options of `summarize`.
 * @category Gradient flow */
export interface SummaryOptions {
  /** A step's number, `"first"`, or `"last"`, the last one that all seeds have reached. Default `"first"`. */
  readonly step?: StepChoice | undefined;
}

const summaryOptions: OptionKinds<SummaryOptions> = { step: ownCheck };

/** Summarises a trace: one row per network, CIFAR nets alone with shallow ones first; those not recorded at the step are left out.
 *
 * With the last block's output `h_last` and the first layer's `h_0`, per seed `ratio = ‖∂L/∂h_0‖ / ‖∂L/∂h_last‖`,
 * and `factorPerLayer = ratio^(1 / layersBetween)`; the layers between are counted in the model that ran.
 * @throws ValueError if the trace lacks a field, or the step is none
 * @category Gradient flow */
export function summarize(trace: GradientFlowTrace, options: SummaryOptions = {}): ConfigurationSummary[] {
  checkTrace("summarize", trace);
  const { step = "first" } = checkedOptions("summarize", options, summaryOptions);
  checkStep("summarize", step);
  const summaries: ConfigurationSummary[] = [];
  for (const { configuration, label, runs } of configurationsOf(trace)) {
    const chosen = runsAt(runs, step).flatMap((run) => {
      const ends = endsOf(run);
      return ends === null ? [] : [{ run, ends }];
    });
    if (chosen.length > 0) summaries.push(summarizeRuns(configuration, label, chosen));
  }
  return summaries;
}

function summarizeRuns(
  configuration: Configuration,
  label: string,
  chosen: readonly { readonly run: RunRecord; readonly ends: Ends }[],
): ConfigurationSummary {
  const runs = chosen.map(({ run }) => run);
  const ends = chosen.map((one) => one.ends);
  const firsts = ends.map(({ first }) => first.activationGradNorm);
  const lasts = ends.map(({ last }) => last.activationGradNorm);
  const ratios = firsts.map((first, seed) => safeRatio(first, lasts[seed] ?? 0));
  const ratio = spreadOf(ratios);
  const { first, last } = ends[0] as Ends;
  const layersBetween = last.depth - first.depth;
  const factorOf = (one: number) => (layersBetween === 0 ? 1 : one ** (1 / layersBetween));
  const factorPerLayer = factorOf(ratio.mean);
  const verdict = verdictOf(ratio.mean, factorPerLayer);
  const passed = ["vanishes", "explodes", "diverged"].includes(verdict);
  return {
    ...configuration,
    label,
    step: (runs[0] as RunRecord).step,
    seeds: runs.length,
    lastBlockName: last.name,
    firstLayerName: first.name,
    lastBlock: spreadOf(lasts),
    firstLayer: spreadOf(firsts),
    ratio,
    layersBetween,
    factorPerLayer,
    factor: spreadOf(ratios.map(factorOf)),
    theory: (runs[0] as RunRecord).step === 0 ? theoryOf(configuration) : null,
    verdict,
    agreeing: ratios.filter((one) => verdictOf(one, factorOf(one)) === verdict).length,
    turnsAtDepth: configuration.isPlain && !passed ? turningDepth(factorPerLayer) : null,
    ...weightGradients(runs, runs[0]?.layers.indexOf(last) ?? 0),
    signalRatio: spreadOf(ends.map((end) => safeRatio(end.last.activationStd, end.first.activationStd))).mean,
    notANumber: ratios.filter(Number.isNaN).length,
    overflowed: ratios.filter((one) => one === Number.POSITIVE_INFINITY).length,
    underflowed: firsts.filter((one) => one === 0).length,
  };
}

/** A layer that ran and that a gradient reached. */
type Reached = LayerRecord & {
  readonly depth: number;
  readonly activationGradNorm: number;
  readonly activationStd: number;
};

interface Ends {
  readonly first: Reached;
  readonly last: Reached;
}

/** The two ends of the way of the gradient; null where it did not reach one of them. */
function endsOf(run: RunRecord): Ends | null {
  const first = run.layers[0];
  const last = lastBlockOf(run.layers);
  return isReached(first) && isReached(last) ? { first, last } : null;
}

function isReached(layer: LayerRecord | undefined): layer is Reached {
  if (layer === undefined || layer.depth === null) return false;
  return layer.activationGradNorm !== null && layer.activationStd !== null;
}

// factor^(depth − 2) = threshold; a plain net is a product of like layers, so its factor hardly depends on its depth.
function turningDepth(factor: number): number | null {
  const threshold = factor < 1 ? VANISHED_BELOW : EXPLODED_ABOVE;
  const depth = Math.ceil(Math.log(threshold) / Math.log(factor)) + 2;
  return depth < 10_000 ? depth : null;
}

function weightGradients(
  runs: readonly RunRecord[],
  lastIndex: number,
): Pick<ConfigurationSummary, "weightGrad" | "weightGradRange"> {
  const byLayer = new Map<string, number[]>();
  for (const layer of runs.flatMap((run) => run.layers.slice(0, lastIndex + 1))) {
    if (layer.weightGradNorm === null) continue;
    const norms = byLayer.get(layer.name) ?? [];
    norms.push(layer.weightGradNorm);
    byLayer.set(layer.name, norms);
  }
  if (byLayer.size === 0) return { weightGrad: null, weightGradRange: null };
  const { mean, min, max } = spreadOf([...byLayer.values()].map((norms) => spreadOf(norms).mean));
  return { weightGrad: mean, weightGradRange: min === 0 ? Number.POSITIVE_INFINITY : safeRatio(max, min) };
}
