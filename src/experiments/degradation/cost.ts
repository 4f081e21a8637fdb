/** What the degradation experiment takes, before any work. */
import { checkBytes, memoryLimit, modelBytes, THREAD_BYTES } from "../memory.js";
import { tryModel } from "../models.js";
import { netName, planDegradation } from "./settings.js";
import { type DegradationTask, makeNet } from "./train-network.js";

/** Images that a network is tried on. */
const FEW = 2;

/** Bytes that an experiment takes: the largest network as often as networks are at work at a time, and the images in each thread.
 * @param counts of images that are not there yet
 * @throws ValueError if a network does not run on such images */
export function degradationMemory(
  { settings, train, test }: DegradationTask,
  jobs: number,
  counts: { readonly images: number; readonly testImages: number } = { images: train.length, testImages: test.length },
): number {
  const { depths, batch, seeds } = settings;
  const depth = depths.at(-1) as number;
  const model = {
    name: netName("residual", depth),
    make: (generator: Parameters<typeof makeNet>[3]) =>
      makeNet({ kind: "residual", depth }, settings, train, generator),
    auxiliaryWeights: {},
  };
  const atWork = Math.min(jobs, planDegradation({ ...settings, seeds }).length);
  const images = (counts.images + counts.testImages) * train.channels * train.height * train.width;
  const { outputs, weights } = tryModel(model, FEW, train); // of a large batch no tensor could be made, not even without its numbers
  return THREAD_BYTES + atWork * modelBytes({ outputs: (outputs * batch) / FEW, weights }) + (atWork + 1) * images;
}

/** Throws if that is more than there is.
 * @throws ValueError that names the estimate, the limit and what to lower */
export function checkDegradationMemory(
  task: DegradationTask,
  jobs: number,
  counts?: { readonly images: number; readonly testImages: number },
  available: number = memoryLimit(),
): void {
  const { width, batch } = task.settings;
  const cause = `lower width, ${width}, batch, ${batch}, the size or number of images, or jobs`;
  checkBytes("degradation", degradationMemory(task, jobs, counts), available, cause);
}
