/** What the networks of a command share, loaded anew in each thread: the images and the models. */
import { experimentModels } from "../experiments/models.js";
import type { NetworkTask } from "../experiments/run-network.js";
import { loadImages } from "./images.js";
import { loadModels } from "./models.js";
import type { WorkerTask } from "./worker.js";

/** Loads images and models. */
export async function networkTask({
  settings,
  images,
  models,
  inits,
}: Pick<WorkerTask, "settings" | "images" | "models" | "inits">): Promise<NetworkTask> {
  const dataset = await loadImages(images);
  if (models.length === 0) return { settings, dataset, models: [] };
  const loaded = experimentModels(await loadModels(models), inits, dataset.classNames.length);
  return { settings, dataset, models: loaded };
}
