/** What the degradation experiment trains: its settings, checked, and the networks. */
import { blocksPerStage } from "../../models/cifar-net.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import type { Optional } from "../plan.js";
import { SettingChecks } from "../setting-checks.js";

/** The two forms of He et al.'s nets: those for CIFAR-10 (section 4.2) and those for ImageNet (table 1).
 * @category Degradation */
export type NetForm = "cifar" | "imagenet";

/** What the degradation experiment varies and holds fixed.
 * @category Degradation */
export interface DegradationSettings {
  /** Default `"cifar"`. */
  readonly form: NetForm;
  /** Weighted layers of the nets, two depths or more: each 6n + 2, in ImageNet's form each 18, 34, 50, 101 or 152. Default [20, 56],
   * in ImageNet's form [18, 34]. */
  readonly depths: readonly number[];
  /** Channels of the first stage. Default 8; 16 and 64 in the paper. */
  readonly width: number;
  /** Images per batch, at least 2. Default 16; 128 and 256 in the paper. */
  readonly batch: number;
  /** Optimiser steps of each network, at least 20. Default 1000; 64,000 and 600,000 in the paper. */
  readonly steps: number;
  /** Networks of each kind and depth, with seeds `seed`, `seed + 1`, …. Default 3. */
  readonly seeds: number;
  /** Seed of the first one. Default 0. */
  readonly seed: number;
  /** Learning rate of SGD. It is a tenth of that for the first tenth of the steps, a warm-up as the paper's net of 110 layers has it,
   * a tenth again after half and a hundredth after three quarters of them, as in the paper. Default 0.03; 0.1 in the paper, whose
   * batches are larger. */
  readonly lr: number;
  /** Momentum of SGD. Default 0.9, the paper's. */
  readonly momentum: number;
  /** Weight decay of SGD. Default 1e-4, the paper's. */
  readonly weightDecay: number;
}

/** The kinds of the settings. */
export const degradationSettings: OptionKinds<DegradationSettings> = {
  form: ownCheck,
  depths: ownCheck,
  width: ownCheck,
  batch: ownCheck,
  steps: ownCheck,
  seeds: ownCheck,
  seed: ownCheck,
  lr: ownCheck,
  momentum: ownCheck,
  weightDecay: ownCheck,
};

/** The images of the experiment where nobody brings others.
 * @category Degradation */
export interface ImageSettings {
  /** Images to train on, a batch or more. Default 2000, or a batch where that is more. */
  readonly images: number;
  /** Images to test on, which no network is trained on. Default 500. */
  readonly testImages: number;
  /** Pixels a side. Default 16; a multiple of 4 in CIFAR's form. */
  readonly size: number;
}

/** Their kinds. */
export const imageSettings: OptionKinds<ImageSettings> = { images: ownCheck, testImages: ownCheck, size: ownCheck };

/** How often a network is looked at: so many times, after equally many steps each. */
export const RECORDS = 20;

/** Depths of the nets for ImageNet. */
const IMAGENET_DEPTHS: readonly number[] = [18, 34, 50, 101, 152];

const defaults = {
  form: "cifar",
  width: 8,
  batch: 16,
  steps: 1000,
  seeds: 3,
  seed: 0,
  lr: 0.03,
  momentum: 0.9,
  weightDecay: 1e-4,
} as const;

const DEPTHS: Readonly<Record<NetForm, readonly number[]>> = { cifar: [20, 56], imagenet: [18, 34] };

const checks = new SettingChecks("degradation");

/** Fills in the defaults and checks everything, before any work.
 * @throws ValueError that names the option, the rule and the value */
export function settleDegradation(options: Optional<DegradationSettings>): DegradationSettings {
  const given = checkedOptions("degradation", options, degradationSettings);
  const form = given.form ?? defaults.form;
  checks.choice("form", form, Object.keys(DEPTHS));
  const settings = { ...defaults, depths: DEPTHS[form], ...given };
  checks.list("depths", settings.depths, 2);
  for (const depth of settings.depths) {
    if (form === "cifar") blocksPerStage(depth);
    else if (!IMAGENET_DEPTHS.includes(depth)) {
      checks.refuse("depths", `of ${IMAGENET_DEPTHS.join(", ")} in ImageNet's form`, depth);
    }
  }
  checks.integer("width", settings.width, 1, 512);
  checks.integer("batch", settings.batch, 2);
  checks.integer("steps", settings.steps, RECORDS);
  checks.integer("seeds", settings.seeds, 1, 1000);
  checks.integer("seed", settings.seed, 0);
  for (const name of ["lr", "momentum", "weightDecay"] as const) checks.notNegative(name, settings[name]);
  return { ...settings, depths: [...settings.depths].sort((a, b) => a - b) };
}

/** The same of the images.
 * @throws ValueError that names the option, the rule and the value */
export function settleImages(options: Optional<ImageSettings>, { form, batch }: DegradationSettings): ImageSettings {
  const given = checkedOptions("degradation", options, imageSettings);
  const settings = { images: Math.max(2000, batch), testImages: 500, size: 16, ...given };
  checks.integer("images", settings.images, batch);
  checks.integer("testImages", settings.testImages, 1);
  checks.integer("size", settings.size, 16, 1024);
  if (form === "cifar" && settings.size % 4 !== 0) checks.refuse("size", "a multiple of 4", settings.size);
  return settings;
}

/** Plain or with identity shortcuts.
 * @category Degradation */
export type NetKind = "plain" | "residual";

/** Both. */
export const KINDS: readonly NetKind[] = ["plain", "residual"];

/** A network to train.
 * @category Degradation */
export interface DegradationPlan {
  /** Its name: `plain-20`, `ResNet-56`. */
  readonly model: string;
  /** Plain, or with identity shortcuts. */
  readonly kind: NetKind;
  /** Weighted layers. */
  readonly depth: number;
  /** Seed of its weights and batches. */
  readonly seed: number;
  /** What a step takes: its depth. */
  readonly work: number;
}

/** Every network of the experiment. Seeds come last, so that an interrupted experiment has seen every kind and depth. */
export function planDegradation({ depths, seed, seeds }: DegradationSettings): DegradationPlan[] {
  const networks = KINDS.flatMap((kind) =>
    depths.map((depth) => ({ model: netName(kind, depth), kind, depth, work: depth })),
  );
  return Array.from({ length: seeds }, (_, i) => networks.map((network) => ({ ...network, seed: seed + i }))).flat();
}

/** `plain-20`, `ResNet-56`. */
export function netName(kind: NetKind, depth: number): string {
  return `${kind === "plain" ? "plain" : "ResNet"}-${depth}`;
}
