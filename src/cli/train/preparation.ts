/** Everything that a run is made of, built from its settings: images, net, loaders, optimiser, schedule. The same settings build the
 * same things, in a later process, too. */
import { DataLoader } from "../../data/data-loader.js";
import type { ImageDataset } from "../../data/dataset.js";
import { type Dataset, itemsOf, type LabelledImage } from "../../data/items.js";
import type { AnyModule } from "../../nn/module.js";
import type { Optimizer } from "../../optim/optimizer.js";
import { type Generator, generator } from "../../random.js";
import type { LabelledBatch } from "../../train/objective.js";
import { type Images, loadImages } from "./images.js";
import { loadNetwork, type Network } from "./network.js";
import { optimizerOf, type RunLength, type Scheduling, scheduleOf } from "./optimization.js";
import type { TrainSettings } from "./settings.js";
import { type Pipelines, pipelinesOf } from "./transforms.js";

/** The images of a run, and the net that is to learn them. */
export interface Subject {
  readonly images: Images;
  readonly network: Network;
  readonly pipelines: Pipelines;
  /** Draws the weights. */
  readonly weights: Generator;
  /** Draws the order of the images, and what augmentation does. */
  readonly orders: Generator;
}

/** Loads images and net, and looks whether they fit.
 * @throws ValueError if they do not; DataError if a file is not there or damaged */
export async function loadSubject(op: string, settings: TrainSettings): Promise<Subject> {
  const random = generator(settings.seed);
  const [weights, orders, parts] = [random.split(), random.split(), random.split()];
  const images = await loadImages(op, settings, parts);
  const network = await loadNetwork(op, settings.model, images.train, settings.size);
  const pipelines = pipelinesOf(op, images.train, network.input, settings.recipe.augment ?? []);
  return { images, network, pipelines, weights, orders };
}

/** What `fit` takes of it. */
export interface Preparation extends Subject {
  readonly model: AnyModule;
  readonly train: DataLoader<unknown, LabelledBatch>;
  readonly validation: DataLoader<unknown, LabelledBatch>;
  readonly optimizer: Optimizer;
  readonly scheduling: Scheduling;
  readonly length: RunLength;
}

/** Makes the net and all that moves it.
 * @throws ValueError if an option of the recipe is unknown or out of range */
export function prepare(op: string, subject: Subject, { recipe }: TrainSettings): Preparation {
  const { images, network, pipelines, weights, orders } = subject;
  const { batchSize, dropLast, accumulate = 1 } = recipe;
  const train = new DataLoader(unnormalised(images.train), {
    ...{ batchSize, dropLast, shuffle: true, generator: orders, transform: pipelines.train },
  }) as DataLoader<unknown, LabelledBatch>;
  const perEpoch = Math.ceil(train.length / accumulate);
  const steps = recipe.steps ?? perEpoch * (recipe.epochs as number);
  const length = { steps, epochs: recipe.epochs ?? Math.ceil(steps / perEpoch) };
  const model = network.make(weights);
  const optimizer = optimizerOf(op, recipe.optimizer, model.parameters());
  const scheduling = scheduleOf(op, recipe.schedule, optimizer, length);
  return {
    ...subject,
    model,
    train,
    validation: evaluationLoader(subject, images.validation, batchSize),
    optimizer,
    scheduling,
    length,
  };
}

/** Batches of images as they are evaluated: in their order, without augmentation. */
export function evaluationLoader(
  { pipelines }: Pick<Subject, "pipelines">,
  images: Images["validation"],
  batchSize: number,
): DataLoader<unknown, LabelledBatch> {
  return new DataLoader(unnormalised(images), { batchSize, transform: pipelines.evaluate }) as DataLoader<
    unknown,
    LabelledBatch
  >;
}

/** Images of which the loader knows no mean and deviation: the pipelines normalise them. */
function unnormalised(images: ImageDataset): Dataset<LabelledImage> {
  const items = itemsOf(images) as Dataset<LabelledImage>;
  return { length: items.length, get: (index) => items.get(index) };
}
