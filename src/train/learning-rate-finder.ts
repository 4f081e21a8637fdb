/** findLearningRate: which learning rates a training can take. */
import { breathe } from "../device/event-loop.js";
import { describe, ValueError } from "../errors.js";
import type { AbortLike } from "../io/byte-source.js";
import type { AnyModule } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import { callback, checkedOptions, count, number, type OptionKinds, stopSignal } from "../options.js";
import type { BatchLoader, BatchSource } from "./data-source.js";
import { walk } from "./data-source.js";
import { checkModel, objectiveOf } from "./evaluate.js";
import { optimizerKind, sourceKind } from "./fit-options.js";
import { DrawnGenerators } from "./generators.js";
import type { LabelledBatch, LossFunction, Objective } from "./objective.js";
import { passes } from "./training-step.js";
import { WorldBefore } from "./world-before.js";

/** Options of `findLearningRate`.
 * @typeParam Model the model's class
 * @typeParam Batch what the loader gives
 * @category Training */
export interface LearningRateFinderOptions<Model extends AnyModule = AnyModule, Batch = LabelledBatch> {
  /** Batches to train on; where an epoch has less than `steps` of them, another one is walked. */
  readonly train: BatchSource<Batch>;
  /** The optimiser to be used, with its other options. */
  readonly optimizer: Optimizer;
  /** Compares logits and labels. Default: `crossEntropy`. */
  readonly loss?: LossFunction | undefined;
  /** What is computed of a batch, in place of the logits of its images and their loss. */
  readonly objective?: Objective<Model, Batch> | undefined;
  /** Batches whose mean gradient makes a step. Default 1. */
  readonly accumulate?: number | undefined;
  /** Rate of the first step, above 0. Default 1e-7. */
  readonly minLr?: number | undefined;
  /** Rate of the last step, above `minLr`. Default 10. */
  readonly maxLr?: number | undefined;
  /** Steps from the one to the other, 2 or more. Default 100. */
  readonly steps?: number | undefined;
  /** The part of a smoothed loss that comes from the one before, from 0 (not smoothed) to below 1. Default 0.98. */
  readonly smoothing?: number | undefined;
  /** Ends where the smoothed loss is this many times the lowest one; above 1, `Infinity` to go on. Default 4. */
  readonly stopAbove?: number | undefined;
  /** Points at the beginning where no rate is suggested. Default 10. */
  readonly skipBegin?: number | undefined;
  /** Points at the end where no rate is suggested. Default 1. */
  readonly skipEnd?: number | undefined;
  /** An `AbortSignal`: ends the sweep when it is aborted, after the step under way. */
  readonly signal?: AbortLike | undefined;
}

const finderOptions: OptionKinds<LearningRateFinderOptions> = {
  ...{ train: sourceKind, optimizer: optimizerKind, loss: callback, objective: callback, accumulate: count },
  ...{ minLr: number, maxLr: number, steps: count, smoothing: number },
  stopAbove: { means: "a number above 1, or Infinity", fits: (value) => typeof value === "number" && value > 1 },
  ...{ skipBegin: number, skipEnd: number, signal: stopSignal },
};

/** A step of a sweep.
 * @category Training */
export interface LearningRatePoint {
  /** The rate of the first parameter group. */
  readonly lr: number;
  /** The loss of the batch, measured before the weights move at this rate. */
  readonly loss: number;
  /** Exponential moving average of the losses, corrected for its start. */
  readonly smoothed: number;
}

/** What a sweep through the learning rates found.
 * @category Training */
export interface LearningRateSweep {
  /** Its steps, rates rising. */
  readonly points: readonly LearningRatePoint[];
  /** The rate at which the smoothed loss falls most steeply; null where it falls nowhere, or there are too few points. */
  readonly suggestion: number | null;
  /** Whether the loss grew beyond measure, or was no finite number any more, before the last rate. */
  readonly diverged: boolean;
}

/** Trains for a few steps while the learning rate rises from very small to too large, exponentially, and says where the loss falls most
 * steeply (Smith 2017, "Cyclical learning rates for training neural networks", section 3.3; the smoothing and the stop are those of
 * fastai and Lightning). `learningRateFigure` draws it.
 *
 * ```ts
 * const sweep = await findLearningRate(model, { train: loader, optimizer });
 * if (sweep.suggestion !== null) optimizer.lr = sweep.suggestion;
 * ```
 * Afterwards everything is as it was: weights, statistics of normalisations, gradients, modes, what the optimiser remembers and its
 * rates, the generators that drew, and the loader's position as its `stateDict` tells it. A source that draws at random in asynchronous
 * code needs a `stateDict` for this; a {@link DataLoader} has one. Where groups have rates of their own, these keep their ratios.
 * @throws ValueError if an option is missing, unknown or out of range, or the source gives no batch
 * @category Training */
export async function findLearningRate<Model extends AnyModule, Batch = LabelledBatch>(
  model: Model,
  options: LearningRateFinderOptions<Model, Batch>,
): Promise<LearningRateSweep> {
  const { skipBegin, skipEnd, ...settings } = checked(model, options);
  const before = new WorldBefore(model, settings.optimizer);
  try {
    const { points, diverged } = await sweep(model, settings, before);
    return { points, diverged, suggestion: steepest(points.slice(skipBegin, Math.max(0, points.length - skipEnd))) };
  } finally {
    before.restore();
  }
}

/** How a sweep is set up, with everything filled in. */
interface Settings<Model extends AnyModule, Batch> {
  readonly train: BatchSource<Batch>;
  readonly optimizer: Optimizer;
  readonly objective: Objective<Model, Batch>;
  readonly accumulate: number;
  readonly minLr: number;
  readonly maxLr: number;
  readonly steps: number;
  readonly smoothing: number;
  readonly stopAbove: number;
  readonly signal?: AbortLike | undefined;
}

const OP = "findLearningRate";

function checked<Model extends AnyModule, Batch>(
  model: Model,
  options: LearningRateFinderOptions<Model, Batch>,
): Settings<Model, Batch> & { readonly skipBegin: number; readonly skipEnd: number } {
  checkModel(OP, model);
  const given = checkedOptions(OP, options, finderOptions as OptionKinds<LearningRateFinderOptions<Model, Batch>>);
  const { train, optimizer, loss, objective, ...numbers } = given;
  if (train === undefined) throw new ValueError(OP, "it needs data to train on; pass train: a loader of batches");
  if (optimizer === undefined)
    throw new ValueError(OP, "it needs an optimizer, such as new SGD(model.parameters(), { lr: 0.1 })");
  const defaults = {
    ...{ accumulate: 1, minLr: 1e-7, maxLr: 10, steps: 100, smoothing: 0.98, stopAbove: 4 },
    ...{ skipBegin: 10, skipEnd: 1 },
  };
  const settings = { ...defaults, ...numbers };
  const { minLr, maxLr, steps, smoothing, skipBegin, skipEnd } = settings;
  if (!(minLr > 0 && maxLr > minLr && Number.isFinite(maxLr)))
    throw new ValueError(OP, `it takes 0 < minLr < maxLr, both finite, got minLr ${minLr} and maxLr ${maxLr}`);
  if (steps < 2) throw new ValueError(OP, `steps must be 2 or more, got ${steps}`);
  if (!(smoothing >= 0 && smoothing < 1))
    throw new ValueError(OP, `smoothing must be from 0 to below 1, got ${smoothing}`);
  for (const [name, skipped] of Object.entries({ skipBegin, skipEnd }))
    if (!(Number.isSafeInteger(skipped) && skipped >= 0))
      throw new ValueError(OP, `${name} must be a whole number of 0 or more, got ${describe(skipped)}`);
  return { ...settings, train, optimizer, objective: objectiveOf(OP, loss, objective) };
}

/** The steps. */
async function sweep<Model extends AnyModule, Batch>(
  model: Model,
  settings: Settings<Model, Batch>,
  before: WorldBefore,
): Promise<Pick<LearningRateSweep, "points" | "diverged">> {
  const { optimizer, minLr, maxLr, steps, smoothing, stopAbove } = settings;
  const ratios = ratiosOf(optimizer);
  const points: LearningRatePoint[] = [];
  let average = 0;
  let lowest = Number.POSITIVE_INFINITY;
  model.train();
  const groups = groupsOf(settings, before);
  try {
    for (let step = 0; step < steps; step++) {
      const lr = minLr * (maxLr / minLr) ** (step / (steps - 1));
      const loss = await gradients(model, settings, groups, before);
      if (!Number.isFinite(loss)) return { points, diverged: true };
      average = smoothing * average + (1 - smoothing) * loss;
      const smoothed = average / (1 - smoothing ** (step + 1));
      points.push({ lr, loss, smoothed });
      if (smoothed > stopAbove * lowest) return { points, diverged: true };
      lowest = Math.min(lowest, smoothed);
      for (const [i, group] of optimizer.paramGroups.entries()) group.lr = lr * (ratios[i] as number);
      optimizer.step();
      await breathe(); // a page stays alive, and a signal is heard
      if (settings.signal?.aborted === true) break;
    }
    return { points, diverged: false };
  } finally {
    await groups.return();
  }
}

/** The rate of each group beside that of the first. */
function ratiosOf({ paramGroups }: Optimizer): readonly number[] {
  const rates = paramGroups.map(({ lr }) => lr);
  const [first = 0] = rates;
  if (rates.every((lr) => lr === first)) return rates.map(() => 1);
  if (first > 0) return rates.map((lr) => lr / first);
  throw new ValueError(
    OP,
    `the rates of groups keep their ratio to the first one, which must be above 0, got ${rates}`,
  );
}

/** Computes the gradients of a step. @returns its loss */
async function gradients<Model extends AnyModule, Batch>(
  model: Model,
  { objective }: Settings<Model, Batch>,
  groups: Groups<Batch>,
  before: WorldBefore,
): Promise<number> {
  const group = (await groups.next()).value as readonly Batch[]; // there is always one
  const share = 1 / group.length;
  before.forgetGradients();
  let sum = 0;
  for (const batch of group) {
    const done = await passes(OP, model, batch, { objective, share, generators: new DrawnGenerators() });
    before.note(done.before);
    sum += done.result.loss;
  }
  return sum * share;
}

type Groups<Batch> = AsyncGenerator<readonly Batch[], void, undefined>;

/** The batches of one step after another, epoch after epoch without end; the last step of an epoch may have fewer. */
async function* groupsOf<Model extends AnyModule, Batch>(
  { train, accumulate }: Settings<Model, Batch>,
  before: WorldBefore,
): Groups<Batch> {
  for (let epoch = 0; ; epoch++) {
    const batches = before.during(() => {
      const loader: BatchLoader<Batch> = typeof train === "function" ? train(epoch) : train;
      before.noteLoader(loader);
      return walk(OP, loader, epoch);
    });
    let [group, count] = [[] as Batch[], 0];
    try {
      for (;;) {
        const { value, done } = await before.during(() => batches.next());
        if (done === true) break;
        count++;
        group.push(value);
        if (group.length < accumulate) continue;
        yield group;
        group = [];
      }
      if (group.length > 0) yield group;
    } finally {
      await batches.return?.();
    }
    if (count > 0) continue;
    const rule = `train gave no batch in epoch ${epoch + 1}; an iterator can be walked once`;
    throw new ValueError(OP, `${rule}: pass a DataLoader, or (epoch) => batches(…)`);
  }
}

/** The rate where the smoothed loss falls most steeply, by central differences along log lr. */
function steepest(points: readonly LearningRatePoint[]): number | null {
  let [lr, slope] = [null as number | null, 0];
  for (const [i, point] of points.entries()) {
    const [left, right] = [points[Math.max(i - 1, 0)] ?? point, points[i + 1] ?? point];
    const here = left === right ? 0 : (right.smoothed - left.smoothed) / Math.log(right.lr / left.lr);
    if (here < slope) [lr, slope] = [point.lr, here];
  }
  return lr;
}
