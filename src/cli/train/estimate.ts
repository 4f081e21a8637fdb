/** What a run is going to take: memory by its shapes, time by a few steps of it on this machine. */
import { totalmem } from "node:os";
import { tidy } from "../../autograd/scope.js";
import { checkBytes, memoryLimit, modelBytes } from "../../experiments/memory.js";
import { generator } from "../../random.js";
import type { TrainingImages } from "./images.js";
import type { Preparation } from "./preparation.js";
import { evaluationLoader, type Subject } from "./preparation.js";
import type { TrainSettings } from "./settings.js";

/** Bytes of the net at work and of the images.
 * @throws ValueError if that is more than there is */
export function memoryOf(op: string, { network, images }: Subject, { recipe }: TrainSettings): number {
  const { batchSize } = recipe;
  const { outputs, weights, batch } = network.cost;
  const held = bytesOf(images.train) + bytesOf(images.validation);
  const total = modelBytes({ outputs: (outputs * batchSize) / batch, weights }) + held;
  checkBytes(
    op,
    total,
    Math.min(totalmem(), memoryLimit()),
    `lower batchSize, ${batchSize}, the size or number of images`,
  );
  return total;
}

/** What images take that are held in memory. */
function bytesOf(images: TrainingImages): number {
  return "get" in images ? 0 : images.images.length;
}

/** One step compiles the kernels; these are timed. */
const TIMED_STEPS = 2;
/** Evaluation takes a forward pass; training takes a backward pass besides, of twice the work. */
const FORWARD_SHARE = 1 / 3;

/** Seconds of the whole run, measured with a net that is thrown away. */
export async function secondsOf(
  { network, images, pipelines, train, validation, length }: Preparation,
  { recipe }: TrainSettings,
): Promise<number> {
  const { batchSize, accumulate = 1 } = recipe;
  const model = network.make(generator(0));
  let seconds = 0;
  for (let i = 0; i <= TIMED_STEPS; i++) {
    const started = performance.now();
    for await (const batch of evaluationLoader({ pipelines }, images.train, batchSize)) {
      const loss = tidy(() => {
        const { loss } = network.objective(model, batch);
        model.zeroGrad();
        loss.backward();
        return loss;
      });
      await loss.item();
      loss.dispose();
      break;
    }
    if (i > 0) seconds += (performance.now() - started) / 1000 / TIMED_STEPS;
  }
  model.zeroGrad();
  const batches = length.steps * accumulate;
  const evaluations = Math.max(1, Math.floor(batches / train.length));
  return seconds * (batches + evaluations * validation.length * FORWARD_SHARE);
}
