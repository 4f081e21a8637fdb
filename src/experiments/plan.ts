/** The plan of a gradient-flow experiment: its options, checked, and the networks it will run. */

import type { ImageDataset } from "../data/dataset.js";
import { ValueError } from "../errors.js";
import { blocksPerStage } from "../models/cifar-net.js";
import { type Shortcut, shortcuts } from "../models/shortcut.js";
import {
  type Initializer,
  kaimingNormal,
  kaimingUniform,
  orthogonal,
  xavierNormal,
  xavierUniform,
} from "../nn/init.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../options.js";
import { SettingChecks } from "./setting-checks.js";

/** Names of the weight initialisations that the experiment knows.
 * @category Gradient flow */
export type InitName = "xavier" | "xavierUniform" | "kaiming" | "kaimingUniform" | "orthogonal";

/** What the experiment varies and holds fixed; every list is crossed with every other.
 * @category Gradient flow */
export interface GradientFlowSettings {
  /** Depths of the CIFAR nets, each 6n + 2. Default [20, 56]; with `models` none. */
  readonly depths: readonly number[];
  /** Default ["none", "identity"]. */
  readonly shortcuts: readonly Shortcut[];
  /** Default ["none", "batch"]. */
  readonly norms: readonly ("none" | "batch")[];
  /** Weight initialisations; `xavier` and `kaiming` are the normal ones. Default ["xavier"]; those of models of the zoo are their
   * own. */
  readonly inits: readonly InitName[];
  /** Channels of the first stage. Default 16. */
  readonly width: number;
  /** Images per batch, at least 2. Default 32. */
  readonly batch: number;
  /** Networks per configuration, with seeds `seed`, `seed + 1`, …. Default 3. */
  readonly seeds: number;
  /** Seed of the first one. Default 0. */
  readonly seed: number;
  /** Optimiser steps; 0 looks at the initialisation alone. Default 0. */
  readonly steps: number;
  /** Learning rate of SGD. Default 0.01. */
  readonly lr: number;
  /** Momentum of SGD. Default 0.9. */
  readonly momentum: number;
  /** Weight decay of SGD. Default 1e-4. */
  readonly weightDecay: number;
}

/** Settings, each of which may be left out or undefined. */
export type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** The kinds of the settings. */
export const gradientFlowSettings: OptionKinds<GradientFlowSettings> = {
  depths: ownCheck,
  shortcuts: ownCheck,
  norms: ownCheck,
  inits: ownCheck,
  width: ownCheck,
  batch: ownCheck,
  seeds: ownCheck,
  seed: ownCheck,
  steps: ownCheck,
  lr: ownCheck,
  momentum: ownCheck,
  weightDecay: ownCheck,
};

/** A network of the CIFAR nets to run.
 * @category Gradient flow */
export interface CifarPlan {
  /** Weighted layers. */
  readonly depth: number;
  /** Kind of shortcut. */
  readonly shortcut: Shortcut;
  /** Kind of normalisation. */
  readonly norm: "none" | "batch";
  /** Kind of initialisation. */
  readonly init: InitName;
}

/** One network to run.
 * @category Gradient flow */
export interface RunPlan {
  /** Name of the model. */
  readonly model: string;
  /** How to make it, if it is one of the CIFAR nets; `null` for another model. */
  readonly cifar: CifarPlan | null;
  /** Seed of its weights and batches. */
  readonly seed: number;
  /** Multiply-accumulates for an image, estimated for CIFAR nets. */
  readonly work: number;
}

/** A model that is run beside the CIFAR nets. */
export interface PlannedModel {
  readonly name: string;
  /** Multiply-accumulates for an image. */
  readonly macs: number;
}

const defaults: GradientFlowSettings = {
  depths: [20, 56],
  shortcuts: ["none", "identity"],
  norms: ["none", "batch"],
  inits: ["xavier"],
  width: 16,
  batch: 32,
  seeds: 3,
  seed: 0,
  steps: 0,
  lr: 0.01,
  momentum: 0.9,
  weightDecay: 1e-4,
};

const initializers: Readonly<Record<InitName, Initializer>> = {
  xavier: xavierNormal,
  xavierUniform,
  kaiming: kaimingNormal,
  kaimingUniform,
  orthogonal,
};

const checks = new SettingChecks("gradientFlow");

/** The initialiser of a name. */
export function initializerNamed(name: InitName): Initializer {
  return initializers[name];
}

/** Fills in the defaults and checks everything, before any work.
 * @param hasModels whether other models run: then there are CIFAR nets only where their depths are given
 * @throws ValueError that names the option, the rule and the value */
export function settle(options: Optional<GradientFlowSettings>, hasModels = false): GradientFlowSettings {
  const given = checkedOptions("gradientFlow", options, gradientFlowSettings);
  const settings = { ...defaults, ...given, ...(hasModels && modelsAlone(given)) };
  const { depths, inits } = settings;
  if (!hasModels || given.depths !== undefined) checks.list("depth", depths);
  for (const depth of depths) blocksPerStage(depth);
  checks.choices("shortcut", settings.shortcuts, shortcuts);
  checks.choices("norm", settings.norms, ["none", "batch"]);
  if (!hasModels || inits.length > 0) checks.choices("init", inits, Object.keys(initializers));
  checks.integer("width", settings.width, 1);
  checks.integer("batch", settings.batch, 2);
  checks.integer("seeds", settings.seeds, 1);
  checks.integer("seed", settings.seed, 0);
  checks.integer("steps", settings.steps, 0);
  for (const name of ["lr", "momentum", "weightDecay"] as const) {
    checks.notNegative(name, settings[name]);
  }
  return settings;
}

/** What is left of the CIFAR nets' settings beside models. */
function modelsAlone(given: Optional<GradientFlowSettings>): Partial<GradientFlowSettings> {
  if (given.depths !== undefined) return {};
  for (const name of ["shortcuts", "norms", "width"] as const) {
    if (given[name] === undefined) continue;
    throw new ValueError(
      "gradientFlow",
      `${name} are of the CIFAR nets, which run beside models only with depths; give these, too`,
    );
  }
  return { depths: [], inits: given.inits ?? [] };
}

/** Checks that a data set fills a batch.
 * @throws ValueError that names both sizes */
export function checkBatch(
  { batch }: GradientFlowSettings,
  { length, name }: Pick<ImageDataset, "length" | "name">,
): void {
  if (batch > length) checks.refuse("batch", `at most the ${length} images of ${name}`, batch);
}

/** How many networks of the CIFAR nets the experiment has. */
export function networkCount({ depths, shortcuts, norms, inits, seeds }: GradientFlowSettings): number {
  return depths.length * shortcuts.length * norms.length * inits.length * seeds;
}

/** Every network of the experiment. Seeds come last, so that an interrupted experiment has seen every configuration. */
export function plan(settings: GradientFlowSettings, models: readonly PlannedModel[] = []): RunPlan[] {
  const runs: RunPlan[] = [];
  for (let i = 0; i < settings.seeds; i++) {
    const seed = settings.seed + i;
    for (const depth of settings.depths)
      for (const init of settings.inits)
        for (const norm of settings.norms)
          for (const shortcut of settings.shortcuts) {
            const cifar = { depth, shortcut, norm, init };
            runs.push({ model: cifarName(cifar), cifar, seed, work: depth * MACS_OF_LAYER * settings.width ** 2 });
          }
    for (const { name, macs } of models) runs.push({ model: name, cifar: null, seed, work: macs });
  }
  return runs;
}

/** Of a 3×3 convolution from one channel to one, over 32 × 32 pixels. */
const MACS_OF_LAYER = 9 * 32 ** 2;

/** The name of a CIFAR net. */
function cifarName({ depth, shortcut, norm, init }: CifarPlan): string {
  return `depth ${depth}, shortcut ${shortcut}, norm ${norm}, ${init}`;
}

/** Steps at which a training run is recorded: all of them, or about sixty spread evenly, the first and the last included. */
export function recordedSteps(steps: number): ReadonlySet<number> {
  const every = Math.max(1, Math.ceil(steps / 60));
  const recorded = new Set<number>([0, steps]);
  for (let step = 0; step <= steps; step += every) recorded.add(step);
  return recorded;
}
