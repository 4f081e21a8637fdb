/** The net that is trained: of the zoo, or of a file of the user's. */
import { resolve } from "node:path";
import { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import type { InputSize } from "../../experiments/fit-images.js";
import { type ExperimentModel, lossOf, type ModelCost, makeModel, tryModel } from "../../experiments/models.js";
import { zoo, zooModel } from "../../models/zoo.js";
import type { WithAuxiliary, ZooModel } from "../../models/zoo-model.js";
import type { AnyModule } from "../../nn/module.js";
import { tensor } from "../../ops/create.js";
import type { Generator } from "../../random.js";
import type { LabelledBatch, Objective } from "../../train/objective.js";
import { isFile, modelsIn } from "../model-file.js";

/** The word for a model, whole: `resnet20` becomes the zoo's `cifarResnet20`, and the path of a file absolute.
 * @throws ValueError if the zoo has no such model */
export function modelNamed(word: string): string {
  if (isFile(word)) return resolve(word);
  const ofCifar = `cifar${word}`.toLowerCase(); // papers call them without
  return zoo.find(({ name }) => name.toLowerCase() === ofCifar)?.name ?? zooModel(word).name;
}

/** A net that can be made. */
export interface Network {
  /** For people: `ResNet-20 (CIFAR)`. */
  readonly title: string;
  /** Channels, rows and columns of the images that it is given. */
  readonly input: InputSize;
  /** What a batch of so many images takes. */
  readonly cost: ModelCost & { readonly batch: number };
  make(generator: Generator): AnyModule;
  /** Loss and logits of a batch; auxiliary classifiers take part by their weights. */
  readonly objective: Objective<AnyModule, LabelledBatch>;
}

/** Images that a net is tried on: enough for batch norm. */
const TRIED = 2;

/** Images as a net sees them. */
export interface ImageKind {
  /** Channels, rows and columns; null where they are not of one size. */
  readonly input: InputSize | null;
  readonly classNames: readonly string[];
}

/** The model of a word, for these images: in their own size, or else in the one that the zoo's net was made for.
 * @param size pixels a side that were asked for
 * @throws ValueError if it does not take them, or does not return logits of their classes; DataError if its file cannot be loaded */
export async function loadNetwork(op: string, word: string, images: ImageKind, size?: number): Promise<Network> {
  const found = isFile(word) ? await ownModel(op, word) : ofZoo(zooModel(word), images);
  const { title, usual, ...model } = found;
  const channels = usual?.[0] ?? images.input?.[0] ?? COLOURS;
  const sides = [
    size === undefined ? images.input?.slice(1) : [size, size],
    size === undefined ? usual?.slice(1) : undefined,
  ];
  const inputs = sides.flatMap((sizes): InputSize[] => (sizes === undefined ? [] : [[channels, ...sizes] as never]));
  if (inputs.length === 0)
    throw new ValueError(op, "the images are not of one size; say which the net takes: --size 64");
  const { input, cost } = firstThatFits(op, model, images, inputs);
  return { title, input, cost, make: (generator) => makeModel(model, generator), objective: objectiveOf(model) };
}

/** Channels of photographs. */
const COLOURS = 3;

interface Found extends ExperimentModel {
  readonly title: string;
  /** What it was made for, where that is known. */
  readonly usual: InputSize | null;
}

function ofZoo({ name, title, input, make, auxiliaryWeights = {} }: ZooModel, { classNames }: ImageKind): Found {
  const numClasses = classNames.length;
  return { name, title, usual: input, auxiliaryWeights, make: (generator) => make({ generator, numClasses }) };
}

async function ownModel(op: string, path: string): Promise<Found> {
  const makers = await modelsIn(op, path);
  const [first, ...more] = makers;
  if (first === undefined || more.length > 0) {
    const names = makers.map(([name]) => name).join(", ");
    throw new ValueError(op, `${path} must export one model to train, and it exports ${names}`, { actual: names });
  }
  const [name, make] = first;
  return { name, title: name, usual: null, auxiliaryWeights: {}, make };
}

/** The first size of images that a model takes.
 * @throws ValueError of the first, if it takes none of them */
function firstThatFits(
  op: string,
  model: ExperimentModel,
  { classNames }: ImageKind,
  inputs: readonly InputSize[],
): Pick<Network, "input" | "cost"> {
  const refusals: ValueError[] = [];
  for (const input of inputs) {
    const [channels, height, width] = input;
    try {
      return { input, cost: { ...tryModel(model, TRIED, { channels, height, width, classNames }), batch: TRIED } };
    } catch (cause) {
      if (!(cause instanceof ValueError)) throw cause;
      refusals.push(cause);
    }
  }
  const [first] = refusals;
  throw new ValueError(op, `${first?.message.replace(/^gradientFlow: /, "")}; --size gives others`, { cause: first });
}

function objectiveOf(model: ExperimentModel): Objective<AnyModule, LabelledBatch> {
  return (module, { images, labels }) => {
    const device = module.parameters()[0]?.device.name;
    const output: unknown = module.forward(tensor(images, { device }));
    const targets = tensor(labels, { dtype: "int32", device });
    const outputs = output instanceof Tensor ? output : (output as WithAuxiliary).logits;
    return { loss: lossOf(model, output, targets), outputs, targets };
  };
}
