/** Trains one network of the degradation experiment, and tests it on the way. */
import { noGrad } from "../../autograd/modes.js";
import { tidy } from "../../autograd/scope.js";
import type { Tensor } from "../../autograd/tensor.js";
import type { Batch, ImageDataset } from "../../data/dataset.js";
import { flipCrop } from "../../data/flip-crop.js";
import { batches } from "../../data/loader.js";
import { breathe } from "../../device/event-loop.js";
import { CifarNet } from "../../models/cifar-net.js";
import { type ResNet, resnet18, resnet34, resnet50, resnet101, resnet152 } from "../../models/resnet.js";
import { tensor } from "../../ops/create.js";
import { crossEntropy } from "../../ops/loss/cross-entropy.js";
import { SGD } from "../../optim/sgd.js";
import { type Generator, generator } from "../../random.js";
import type { DegradationPoint } from "./records.js";
import { type DegradationPlan, type DegradationSettings, RECORDS } from "./settings.js";

/** What the networks of an experiment have in common. */
export interface DegradationTask {
  readonly settings: DegradationSettings;
  readonly train: ImageDataset;
  readonly test: ImageDataset;
}

/** Trains a network and yields a point each time it is looked at; ends before the next step on a signal. */
export async function* trainNetwork(
  plan: DegradationPlan,
  task: DegradationTask,
  signal?: { readonly aborted: boolean },
): AsyncGenerator<DegradationPoint> {
  const { batch, steps, lr } = task.settings;
  const weights = generator(plan.seed);
  const [images, moves] = [weights.split(), weights.split()]; // the same for every network of a seed
  const training = new Training(plan, task, weights);
  const looks = new Set(Array.from({ length: RECORDS }, (_, i) => Math.round(((i + 1) * steps) / RECORDS)));
  let step = 0;
  let since = new Tally();
  for (const one of batches(task.train, { batchSize: batch, generator: images, dropLast: true, epochs: Infinity })) {
    if (signal?.aborted === true) return;
    since.add(await training.step(one, moves, rateAt(step, steps, lr)));
    step++;
    if (looks.has(step)) {
      const { loss: trainingLoss, error: trainingError } = since;
      const { loss: testLoss, error: testError } = await training.test();
      yield { step, trainingLoss, trainingError, testLoss, testError };
      since = new Tally();
    }
    if (step === steps) return;
    await breathe(); // a signal is heard, and a page stays alive
  }
}

/** He et al.'s schedule on CIFAR-10: a tenth after half of the steps, and a tenth of that after three quarters; before, a warm-up. */
function rateAt(step: number, steps: number, lr: number): number {
  const done = step / steps;
  if (done < 0.1) return lr / 10;
  return done < 0.5 ? lr : done < 0.75 ? lr / 10 : lr / 100;
}

/** A network in training. */
export class Training {
  readonly #net: CifarNet | ResNet;
  readonly #optimizer: SGD;
  readonly #task: DegradationTask;

  constructor(plan: DegradationPlan, task: DegradationTask, weights: Generator) {
    const { lr, momentum, weightDecay } = task.settings;
    this.#net = makeNet(plan, task.settings, task.train, weights);
    this.#optimizer = new SGD(this.#net.parameters(), { lr, momentum, weightDecay });
    this.#task = task;
  }

  /** A step on a batch, whose images are flipped and moved by up to an eighth of their size, as in the paper.
   * @returns what the net said of them before it */
  async step({ images, labels }: Batch, moves: Generator, lr: number): Promise<Tally> {
    const padding = Math.floor(this.#task.train.height / 8);
    this.#optimizer.lr = lr;
    const said = tidy(() => {
      const logits = this.#net.forward(tensor(flipCrop(images, { generator: moves, padding })));
      const loss = crossEntropy(logits, tensor(labels, { dtype: "int32" }));
      this.#optimizer.zeroGrad();
      loss.backward();
      return { logits, loss };
    });
    this.#optimizer.step();
    return tallyOf(said, labels.data);
  }

  /** What the net says of the test images in evaluation. */
  async test(): Promise<Tally> {
    const { test, settings } = this.#task;
    const all = new Tally();
    this.#net.eval();
    for (const { images, labels } of batches(test, { batchSize: settings.batch, shuffle: false })) {
      const said = noGrad(() =>
        tidy(() => {
          const logits = this.#net.forward(tensor(images));
          return { logits, loss: crossEntropy(logits, tensor(labels, { dtype: "int32" })) };
        }),
      );
      all.add(await tallyOf(said, labels.data));
    }
    this.#net.train();
    return all;
  }
}

/** Makes a network of the experiment. */
export function makeNet(
  { kind, depth }: Pick<DegradationPlan, "kind" | "depth">,
  { form, width }: Pick<DegradationSettings, "form" | "width">,
  { classNames, channels }: ImageDataset,
  generator: Generator,
): CifarNet | ResNet {
  const shortcut = kind === "plain" ? "none" : "identity";
  const options = { generator, shortcut, width, numClasses: classNames.length } as const;
  if (form === "cifar") return new CifarNet({ ...options, depth, inChannels: channels });
  return (imageNetMakers[depth] as typeof resnet18)(options);
}

const imageNetMakers: Readonly<Record<number, typeof resnet18>> = {
  18: resnet18,
  34: resnet34,
  50: resnet50,
  101: resnet101,
  152: resnet152,
};

/** Losses and errors, counted image by image. */
class Tally {
  #images = 0;
  #wrong = 0;
  #losses = 0;

  count(images: number, wrong: number, loss: number): void {
    this.#images += images;
    this.#wrong += wrong;
    this.#losses += loss * images;
  }

  add(other: Tally): void {
    this.count(other.#images, other.#wrong, other.loss);
  }

  /** Mean over the images. */
  get loss(): number {
    return this.#losses / this.#images;
  }

  get error(): number {
    return this.#wrong / this.#images;
  }
}

/** Reads what a net said of a batch. */
async function tallyOf(said: { readonly logits: Tensor; readonly loss: Tensor }, labels: Int32Array): Promise<Tally> {
  const [logits, loss] = await Promise.all([said.logits.data(), said.loss.item()]);
  said.logits.dispose();
  said.loss.dispose();
  const classes = logits.length / labels.length;
  const wrong = labels.filter((label, image) => likeliest(logits, image * classes, classes) !== label).length;
  const tally = new Tally();
  tally.count(labels.length, wrong, loss);
  return tally;
}

/** The class of the largest logit, the first of several; none where one is NaN. */
function likeliest(logits: ArrayLike<number>, start: number, classes: number): number | null {
  let best = 0;
  for (let i = 0; i < classes; i++) {
    const value = logits[start + i] as number;
    if (Number.isNaN(value)) return null;
    if (value > (logits[start + best] as number)) best = i;
  }
  return best;
}
