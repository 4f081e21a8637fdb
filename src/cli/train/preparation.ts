/** Everything that a run is made of, built from its settings: images, net, loaders, optimiser, schedule. The same settings build the
 * same things, in a later process, too. */
import { DataLoader } from "../../data/data-loader.js";
import { type Dataset, itemsOf, type LabelledImage, type LabelledImages } from "../../data/items.js";
import type { InputSize } from "../../experiments/fit-images.js";
import type { AnyModule } from "../../nn/module.js";
import type { Optimizer } from "../../optim/optimizer.js";
import { type Generator, generator } from "../../random.js";
import type { LabelledBatch } from "../../train/objective.js";
import { type Images, loadImages, type TrainingImages } from "./images.js";
import { loadNetwork, type Network } from "./network.js";
import { optimizerOf, type RunLength, type Scheduling, scheduleOf } from "./optimization.js";
import type { TrainSettings } from "./settings.js";
import { type Pipelines, pipelinesOf } from "./transforms.js";

/** What a net has learned from: what must be known of it to use the net, in a checkpoint, too. */
export interface TrainedOn {
  readonly classNames: readonly string[];
  /** Channels, rows and columns of the images that the net is given. */
  readonly input: InputSize;
  /** Mean and deviation of `x / 255`, by which images are normalised. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** The images of a run, and the net that is to learn them. */
export interface Subject {
  readonly images: Images;
  readonly network: Network;
  readonly trainedOn: TrainedOn;
  readonly pipelines: Pipelines;
  /** Draws the weights. */
  readonly weights: Generator;
  /** Draws the order of the images, and what augmentation does. */
  readonly orders: Generator;
}

/** The generators of a run.
 * @returns what draws the weights, the order of the images, and what is held out */
export function generatorsOf(seed: number): readonly [weights: Generator, orders: Generator, parts: Generator] {
  const random = generator(seed);
  return [random.split(), random.split(), random.split()];
}

/** Loads images and net, and looks whether they fit.
 * @throws ValueError if they do not; DataError if a file is not there or damaged */
export async function loadSubject(op: string, settings: TrainSettings): Promise<Subject> {
  const [weights, orders, parts] = generatorsOf(settings.seed);
  const images = await loadImages(op, settings, parts);
  const { classNames, mean = [0.5], std = [0.5] } = images.train;
  const network = await loadNetwork(op, settings.model, { input: sizeOf(images.train), classNames }, settings.size);
  const trainedOn = { classNames, input: network.input, mean, std };
  const pipelines = pipelinesOf(op, images.train, trainedOn, settings.recipe.augment ?? []);
  return { images, network, trainedOn, pipelines, weights, orders };
}

/** Channels, rows and columns of images; null where they are not of one size. */
function sizeOf(images: TrainingImages): InputSize | null {
  return "get" in images ? null : [images.channels, images.height, images.width];
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
  images: TrainingImages,
  batchSize: number,
): DataLoader<unknown, LabelledBatch> {
  return new DataLoader(unnormalised(images), { batchSize, transform: pipelines.evaluate }) as DataLoader<
    unknown,
    LabelledBatch
  >;
}

/** Images of which the loader knows no mean and deviation: the pipelines normalise them. */
function unnormalised(images: TrainingImages): Dataset<LabelledImage> {
  const items = itemsOf(images) as LabelledImages;
  return { length: items.length, get: (index) => items.get(index) };
}
