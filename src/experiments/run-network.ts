/** Runs one network of the gradient-flow experiment: at its initialisation, and over training. */
import { tidy } from "../autograd/scope.js";
import type { batchOf, ImageDataset } from "../data/dataset.js";
import { batches } from "../data/loader.js";
import { breathe } from "../device/event-loop.js";
import { BasicBlock, CifarNet, cifarNet } from "../models/cifar-net.js";
import type { AnyModule } from "../nn/module.js";
import { tensor } from "../ops/create.js";
import { SGD } from "../optim/sgd.js";
import { type Generator, generator } from "../random.js";
import { placesOf } from "../trace/places.js";
import type { LayerRecord } from "../trace/records.js";
import { trace } from "../trace/trace.js";
import { type ExperimentModel, lossOf, makeModel } from "./models.js";
import { type GradientFlowSettings, initializerNamed, type RunPlan, recordedSteps } from "./plan.js";
import type { RunRecord } from "./records.js";

type Batch = ReturnType<typeof batchOf>;

/** What the networks of an experiment have in common. */
export interface NetworkTask {
  readonly settings: GradientFlowSettings;
  readonly models: readonly ExperimentModel[];
  readonly dataset: ImageDataset;
}

/** Runs a network and yields a record for each recorded step, as it is made; ends before the next step on a signal. */
export async function* runNetwork(
  plan: RunPlan,
  task: NetworkTask,
  signal?: { readonly aborted: boolean },
): AsyncGenerator<RunRecord> {
  const { settings, dataset } = task;
  const { batch, steps, lr, momentum, weightDecay } = settings;
  const weights = generator(plan.seed);
  const images = weights.split(); // the same for every network of a seed
  const model = modelOf(plan, task);
  const net = makeModel(model, weights);
  const optimizer = new SGD(net.parameters(), { lr, momentum, weightDecay });
  const recorded = recordedSteps(steps);
  let step = 0;
  for (const next of batches(dataset, { batchSize: batch, generator: images, dropLast: true, epochs: Infinity })) {
    if (signal?.aborted === true) return;
    const isTraced = recorded.has(step);
    const result = await trainingStep({ isGrid: plan.cifar !== null, model, net, optimizer }, next, {
      isTraced,
      isLast: step === steps,
    });
    if (result !== null) yield { ...identityOf(plan, settings, result.layers), step, ...result };
    if (step++ === steps) return;
    await breathe(); // a signal is heard, and a page stays alive
  }
}

/** The model that a plan names, one of the CIFAR nets or of the others. */
function modelOf({ model, cifar }: RunPlan, { settings, models, dataset }: NetworkTask): ExperimentModel {
  if (cifar === null) return models.find(({ name }) => name === model) as ExperimentModel;
  const { depth, shortcut, norm, init } = cifar;
  const options = { depth, shortcut, norm, init: initializerNamed(init), width: settings.width };
  const given = { numClasses: dataset.classNames.length, inChannels: dataset.channels };
  const make = (generator: Generator) => cifarNet({ ...options, ...given, generator });
  return { name: model, make, auxiliaryWeights: {} };
}

function identityOf(
  { model, cifar, seed }: RunPlan,
  { width }: GradientFlowSettings,
  layers: readonly LayerRecord[],
): Pick<RunRecord, "model" | "depth" | "cifar" | "seed"> {
  if (cifar === null) return { model, depth: layers.at(-1)?.depth ?? 0, cifar, seed };
  const { depth, shortcut, norm, init } = cifar;
  return { model, depth, cifar: { shortcut, norm, init, width }, seed };
}

interface Trained {
  /** Whether it is one of the CIFAR nets that the experiment varies. */
  readonly isGrid: boolean;
  readonly model: ExperimentModel;
  readonly net: AnyModule;
  readonly optimizer: SGD;
}

/** One forward and backward pass, traced or not, and (but at the last step) a move of the optimiser. */
async function trainingStep(
  { isGrid, model, net, optimizer }: Trained,
  batch: Batch,
  { isTraced, isLast }: { readonly isTraced: boolean; readonly isLast: boolean },
): Promise<Pick<RunRecord, "loss" | "layers"> | null> {
  const tracing = isTraced ? trace(net, isGrid && net instanceof CifarNet ? { layers: blocksOf(net) } : {}) : null;
  const loss = tidy(() => {
    const loss = lossOf(model, net.forward(tensor(batch.images)), tensor(batch.labels, { dtype: "int32" }));
    optimizer.zeroGrad();
    loss.backward();
    return loss;
  });
  if (!isLast) optimizer.step();
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

/** The layers of a CIFAR net, so that a plain one has them in the same places as its residual twin: the stem, the blocks, the
 * classifier. */
function blocksOf(net: CifarNet): AnyModule[] {
  const blocks = net.namedModules().flatMap(([, module]) => (module instanceof BasicBlock ? module : []));
  return [net.conv1, net.bn1, net.relu, ...blocks, net.linear];
}
