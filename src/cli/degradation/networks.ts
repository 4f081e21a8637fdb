/** The networks of the degradation command, as the threads of a pool run them: the images are loaded anew in each. */
import type { DegradationSettings } from "../../experiments/degradation/settings.js";
import { trainNetwork } from "../../experiments/degradation/train-network.js";
import { type ImageSource, loadImages } from "../images.js";
import type { NetworkRunner } from "../networks.js";

/** What they have in common. */
export interface DegradationThreadTask {
  readonly settings: DegradationSettings;
  readonly train: ImageSource;
  readonly test: ImageSource;
}

/** Loads the images. */
export async function degradationNetworks({
  settings,
  train,
  test,
}: DegradationThreadTask): Promise<NetworkRunner<"degradation">> {
  const task = { settings, train: await loadImages(train), test: await loadImages(test) };
  return (plan, signal) => trainNetwork(plan, task, signal);
}
