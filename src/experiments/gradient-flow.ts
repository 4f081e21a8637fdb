/** gradientFlow: what happens to gradients in plain and residual networks of any depth. */

import { checkDataset, type ImageDataset } from "../data/dataset.js";
import { drawnImages } from "../data/drawn-images.js";
import type { DeviceName } from "../device/device.js";
import { deviceNamed } from "../device/registry.js";
import { currentDevice, withDevice } from "../device/select.js";
import { callback, checkedOptions, type OptionKinds, ownCheck, stopSignal } from "../options.js";
import { version } from "../version.js";
import { checkMemory, estimateMemory } from "./memory.js";
import { experimentModels, type ModelCost, type Models, tryModel } from "./models.js";
import {
  checkBatch,
  type GradientFlowSettings,
  gradientFlowSettings,
  type Optional,
  plan,
  type RunPlan,
  settle,
} from "./plan.js";
import type { GradientFlowTrace, RunRecord } from "./records.js";
import { runNetwork } from "./run-network.js";
import { Work } from "./work.js";

/** How far an experiment is.
 * @category Gradient flow */
export interface GradientFlowProgress {
  /** Share of the work that is done, 0 to 1: operations × steps, over all networks. */
  readonly fraction: number;
  /** The network at work. */
  readonly plan: RunPlan;
  /** What it recorded last. */
  readonly record: RunRecord;
}

/** Options of `gradientFlow`, all optional.
 * @category Gradient flow */
export interface GradientFlowOptions extends Optional<GradientFlowSettings> {
  /** Models to run, by name: of the zoo or one's own. They run instead of the CIFAR nets or, with `depths`, beside them. */
  readonly models?: Models | undefined;
  /** The images. Default: `drawnImages()`, which need no file. */
  readonly dataset?: ImageDataset | undefined;
  /** Default: the current device. */
  readonly device?: DeviceName | undefined;
  /** Called after every record. */
  readonly onProgress?: ((progress: GradientFlowProgress) => void) | undefined;
  /** Ends the experiment early; what was recorded until then is returned, with `complete: false`. */
  readonly signal?: StopSignal | undefined;
}

/** What is looked at of an `AbortSignal`, which is one; declared here, for not every program has types of the DOM or of Node.
 * @category Gradient flow */
export interface StopSignal {
  /** Whether to end. */
  readonly aborted: boolean;
}

const gradientFlowOptions: OptionKinds<GradientFlowOptions> = {
  ...gradientFlowSettings,
  models: ownCheck,
  dataset: ownCheck,
  device: ownCheck,
  onProgress: callback,
  signal: stopSignal,
};

/** Runs the gradient-flow experiment: trains (or only initialises) CIFAR nets of He et al. 2015 with every combination of
 * depth, shortcut, normalisation, initialisation and seed, or any models, and traces the norms of their gradients, layer by
 * layer.
 *
 * ```ts
 * const trace = await gradientFlow({ depths: [20], width: 4, batch: 8, seeds: 1 });
 * const models = { mine: (generator) => new Net(generator), resnet34: zooModel("resnet34") };
 * const other = await gradientFlow({ models, dataset: drawnImages({ size: 64 }) });
 * ```
 *
 * A model takes images `[N, C, H, W]` as the data set has them, and returns logits `[N, classes]`; those of the zoo may have
 * auxiliary classifiers, whose losses count with the weights of the zoo.
 * @throws ValueError if an option is out of range, before any work
 * @category Gradient flow */
export async function gradientFlow(options: GradientFlowOptions = {}): Promise<GradientFlowTrace> {
  const given = checkedOptions("gradientFlow", options, gradientFlowOptions);
  const { models: own, dataset: images, device: name, onProgress, signal, ...chosen } = given;
  if (images !== undefined) checkDataset("gradientFlow", images);
  const settings = settle(chosen, own !== undefined);
  const device = name === undefined ? currentDevice() : deviceNamed(name);
  const count = images?.length ?? imagesNeeded(settings);
  const like = images ?? drawnImages({ count: 1 });
  const models = own === undefined ? [] : experimentModels(own, given.inits ?? [], like.classNames.length);
  const costs = models.map((model) => tryModel(model, settings.batch, like));
  const imageBytes = like.channels * like.height * like.width;
  const estimate = estimateMemory(settings, { jobs: 1, images: count, imageBytes, models: costs });
  if (images === undefined || settings.batch <= count) checkMemory(settings, estimate);
  const dataset = images ?? drawnImages({ count });
  checkBatch(settings, dataset);
  const plans = plan(
    settings,
    models.map(({ name }, i) => ({ name, macs: (costs[i] as ModelCost).macs })),
  );
  const runs: RunRecord[] = [];
  const work = new Work(plans, settings.steps + 1);
  const task = { settings, models, dataset };
  await withDevice(device.name, async () => {
    for (const one of plans) {
      for await (const record of runNetwork(one, task, signal)) {
        runs.push(record);
        work.reach(one, record.step + 1);
        onProgress?.({ fraction: work.fraction(), plan: one, record });
        if (signal?.aborted === true) return;
      }
    }
  });
  const complete = signal?.aborted !== true || work.fraction() >= 1;
  return assemble(settings, { device: device.name, provenance: device.provenance, data: dataset.name, complete, runs });
}

/** The file that an experiment leaves. */
export function assemble(
  { seed, batch }: GradientFlowSettings,
  found: Pick<GradientFlowTrace, "device" | "provenance" | "data" | "complete" | "runs">,
): GradientFlowTrace {
  return { version, format: 2, seed, batch, ...found };
}

/** Images that the default data set draws: enough to train on, but no more than one batch a seed when nothing is trained. */
export function imagesNeeded({ steps, batch }: GradientFlowSettings): number {
  return steps === 0 ? Math.max(batch, 200) : Math.max(batch, 2000);
}
