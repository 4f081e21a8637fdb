/** The networks of the gradient-flow command, as the threads of a pool run them: images and models are loaded anew in each. */
import { experimentModels } from "../experiments/models.js";
import type { GradientFlowSettings, InitName } from "../experiments/plan.js";
import { runNetwork } from "../experiments/run-network.js";
import { type ImageSource, loadImages } from "./images.js";
import { loadModels } from "./models.js";
import type { NetworkRunner } from "./networks.js";

/** What they have in common. */
export interface GradientFlowTask {
  readonly settings: GradientFlowSettings;
  readonly images: ImageSource;
  /** Words of `--model`. */
  readonly models: readonly string[];
  /** Initialisations of models of the zoo; none for their own. */
  readonly inits: readonly InitName[];
}

/** Loads images and models. */
export async function gradientFlowNetworks({
  settings,
  images,
  models,
  inits,
}: GradientFlowTask): Promise<NetworkRunner<"gradient-flow">> {
  const dataset = await loadImages(images);
  const loaded =
    models.length === 0 ? [] : experimentModels(await loadModels(models), inits, dataset.classNames.length);
  return (plan, signal) => runNetwork(plan, { settings, dataset, models: loaded }, signal);
}
