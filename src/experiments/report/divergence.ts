/** Where a network's numbers stop being finite, and which configurations have no numbers to summarise, and why. */

import type { LayerQuantity, LayerRecord } from "../../trace/records.js";
import type { GradientFlowTrace, RunRecord } from "../records.js";
import {
  type Configuration,
  configurationsOf,
  lastBlockOf,
  networkWords,
  runsAt,
  type StepChoice,
} from "./configurations.js";
import { checkTrace } from "./files.js";
import { formatNorm } from "./statistics.js";

/** The first number of a network that is not finite.
 * @category Gradient flow */
export interface Divergence extends Configuration {
  /** The name of the configuration in every figure. */
  readonly label: string;
  /** Seed of the network. */
  readonly seed: number;
  /** Optimiser steps taken before. */
  readonly step: number;
  /** The layer; `null` for the loss. */
  readonly layer: string | null;
  /** What is not finite. */
  readonly quantity: LayerQuantity | "loss";
  /** NaN, Infinity or −Infinity. */
  readonly value: number;
}

const FORWARD: readonly LayerQuantity[] = ["activationMean", "activationStd", "deadFraction"];
const BACKWARD: readonly LayerQuantity[] = ["activationGradNorm", "identityGradNorm", "branchGradNorm"];
const WEIGHTS: readonly LayerQuantity[] = ["weightGradNorm", "weightNorm", "updateRatio"];

/** What the numbers of a layer are called in a sentence. */
const WORDS: Readonly<Record<LayerQuantity, string>> = {
  activationMean: "the mean of the output",
  activationStd: "the standard deviation of the output",
  deadFraction: "the share of dead units",
  activationGradNorm: "‖∂L/∂h‖",
  identityGradNorm: "the gradient through the identity",
  branchGradNorm: "the gradient through the branch",
  weightGradNorm: "‖∂L/∂W‖",
  weightNorm: "‖W‖",
  updateRatio: "‖ΔW‖ / ‖W‖",
};

/** The networks with a number that is not finite, each with the first one: at the earliest step, in the order in which
 * a pass computes them (activations from the input on, the loss, gradients from the loss back, weights).
 * @category Gradient flow */
export function divergencesOf(trace: GradientFlowTrace): Divergence[] {
  checkTrace("divergencesOf", trace);
  const found: Divergence[] = [];
  for (const { configuration, label, runs } of configurationsOf(trace)) {
    for (const seed of new Set(runs.map((run) => run.seed))) {
      const ofSeed = runs.filter((run) => run.seed === seed).sort((one, other) => one.step - other.step);
      for (const run of ofSeed) {
        const first = firstNotFinite(run);
        if (first === null) continue;
        found.push({ ...configuration, label, seed, step: run.step, ...first });
        break;
      }
    }
  }
  return found;
}

function firstNotFinite({ layers, loss }: RunRecord): Pick<Divergence, "layer" | "quantity" | "value"> | null {
  const among = (some: readonly LayerRecord[], quantities: readonly LayerQuantity[]) => {
    for (const layer of some) {
      for (const quantity of quantities) {
        const value = layer[quantity];
        if (value !== null && !Number.isFinite(value)) return { layer: layer.name, quantity, value };
      }
    }
    return null;
  };
  const ofLoss = Number.isFinite(loss) ? null : ({ layer: null, quantity: "loss", value: loss } as const);
  return among(layers, FORWARD) ?? ofLoss ?? among([...layers].reverse(), BACKWARD) ?? among(layers, WEIGHTS);
}

/** A sentence for each network that diverged, naming step and layer. */
export function divergencesInWords(trace: GradientFlowTrace): string[] {
  return divergencesOf(trace).map((one) => {
    const { label, seed, step, layer, quantity, value } = one;
    const what = quantity === "loss" ? "the loss" : `${WORDS[quantity]} of ${layer}`;
    return `${networkWords({ configuration: one, label })}, seed ${seed}: from step ${step} on, first in ${what}, numbers are not finite (${formatNorm(value)}).`;
  });
}

/** A sentence for each configuration that has no row in the summary of a step, for want of a number at one of the ends
 * of the gradient's way. */
export function missingInWords(trace: GradientFlowTrace, step: StepChoice = "first"): string[] {
  return configurationsOf(trace).flatMap(({ configuration, label, runs }) => {
    const reasons = runsAt(runs, step).map(({ layers }) => missingEnd([layers[0], lastBlockOf(layers)]));
    if (reasons.length === 0 || reasons.includes(null)) return [];
    const where = networkWords({ configuration, label });
    return [`${where}: there is nothing to compare, as ${[...new Set(reasons)].join(", or ")}.`];
  });
}

function missingEnd(ends: readonly (LayerRecord | undefined)[]): string | null {
  for (const layer of ends) {
    if (layer === undefined) return "no layer was recorded";
    for (const quantity of ["activationGradNorm", "activationStd"] as const) {
      if (layer[quantity] !== null) continue;
      return `${WORDS[quantity]} of ${layer.name} is missing (${layer.reasons[quantity] ?? "no reason given"})`;
    }
  }
  return null;
}
