/** Runs one network of the gradient-flow experiment: at its initialisation, and over training. */
import { tidy } from "../autograd/scope.js";
import type { batchOf, ImageDataset } from "../data/dataset.js";
import { batches } from "../data/loader.js";
import { breathe } from "../device/event-loop.js";
import { BasicBlock, type CifarNet, cifarNet } from "../models/cifar-net.js";
import type { Module } from "../nn/module.js";
import { tensor } from "../ops/create.js";
import { crossEntropy } from "../ops/loss/cross-entropy.js";
import { SGD } from "../optim/sgd.js";
import { generator } from "../random.js";
import { placesOf } from "../trace/places.js";
import { trace } from "../trace/trace.js";
import { type GradientFlowSettings, initializerNamed, type RunPlan, recordedSteps } from "./plan.js";
import type { RunRecord } from "./records.js";

type Batch = ReturnType<typeof batchOf>;

/** Runs a network and yields a record for each recorded step, as it is made; ends before the next step on a signal. */
export async function* runNetwork(
  plan: RunPlan,
  settings: GradientFlowSettings,
  dataset: ImageDataset,
  signal?: { readonly aborted: boolean },
): AsyncGenerator<RunRecord> {
  const { width, batch, steps, lr, momentum, weightDecay } = settings;
  const weights = generator(plan.seed);
  const images = weights.split(); // the same for every configuration of a seed
  const model = cifarNet({
    depth: plan.depth,
    shortcut: plan.shortcut,
    norm: plan.norm,
    init: initializerNamed(plan.init),
    width,
    numClasses: dataset.classNames.length,
    inChannels: dataset.channels,
    generator: weights,
  });
  const optimizer = new SGD(model.parameters(), { lr, momentum, weightDecay });
  const recorded = recordedSteps(steps);
  let step = 0;
  for (const next of batches(dataset, { batchSize: batch, generator: images, dropLast: true, epochs: Infinity })) {
    if (signal?.aborted === true) return;
    const result = await trainingStep(model, optimizer, next, { traced: recorded.has(step), last: step === steps });
    if (result !== null) yield { ...plan, width, step, ...result };
    if (step++ === steps) return;
    await breathe(); // a signal is heard, and a page stays alive
  }
}

/** One forward and backward pass, traced or not, and (but at the last step) a move of the optimiser. */
async function trainingStep(
  model: CifarNet,
  optimizer: SGD,
  batch: Batch,
  { traced, last }: { readonly traced: boolean; readonly last: boolean },
): Promise<Pick<RunRecord, "loss" | "layers"> | null> {
  const tracing = traced ? trace(model, { layers: blocksOf(model) }) : null;
  const loss = tidy(() => {
    const loss = crossEntropy(model.forward(tensor(batch.images)), tensor(batch.labels, { dtype: "int32" }));
    optimizer.zeroGrad();
    loss.backward();
    return loss;
  });
  if (!last) optimizer.step();
  if (tracing === null) {
    loss.dispose();
    return null;
  }
  const [pass] = await tracing.read();
  tracing.remove();
  const value = await loss.item();
  loss.dispose();
  return { loss: value, layers: pass === undefined ? [] : placesOf(pass) };
}

/** The layers of a plain net in the same places as those of its residual twin: the stem, the blocks, the classifier. */
function blocksOf(model: CifarNet): Module[] {
  const blocks = model.namedModules().flatMap(([, module]) => (module instanceof BasicBlock ? module : []));
  return [model.conv1, model.bn1, model.relu, ...blocks, model.linear];
}
