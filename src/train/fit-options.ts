/** The options of fit, and their check. */
import { describe, ValueError } from "../errors.js";
import type { AbortLike } from "../io/byte-source.js";
import type { AnyModule } from "../nn/module.js";
import { Optimizer } from "../optim/optimizer.js";
import {
  callback,
  checkedOptions,
  count,
  type OptionKind,
  type OptionKinds,
  ownCheck,
  stopSignal,
} from "../options.js";
import { type Callback, checkCallbacks } from "./callback.js";
import { type CheckpointOptions, checkedCheckpoints } from "./checkpoints/checkpoints.js";
import { type BatchSource, isSource, lengthOf } from "./data-source.js";
import { checkModel, objectiveOf } from "./evaluate.js";
import type { EventSink, Json } from "./events.js";
import { checkMetrics, type Metric } from "./metrics.js";
import type { LabelledBatch, LossFunction, Objective } from "./objective.js";
import { checkedSchedule, type FitSchedule } from "./schedule.js";

/** Options of `fit`.
 * @typeParam Model the model's class
 * @typeParam Batch what the loaders give
 * @category Training */
export interface FitOptions<Model extends AnyModule = AnyModule, Batch = LabelledBatch> {
  /** Batches to train on; a walk is an epoch. */
  readonly train: BatchSource<Batch>;
  /** Batches to evaluate after every epoch. Default: none. */
  readonly validation?: BatchSource<Batch> | undefined;
  /** Epochs to train, those before a checkpoint included; or give `steps`. */
  readonly epochs?: number | undefined;
  /** Steps to train, those before a checkpoint included; or give `epochs`. */
  readonly steps?: number | undefined;
  /** Moves the weights. */
  readonly optimizer: Optimizer;
  /** Moves the learning rate: `{ step: schedule }` after every step, `{ epoch: schedule }` after every epoch. Default: nothing does. */
  readonly schedule?: FitSchedule | undefined;
  /** Compares logits and labels. Default: `crossEntropy`. */
  readonly loss?: LossFunction | undefined;
  /** What is computed of a batch, in place of the logits of its images and their loss. */
  readonly objective?: Objective<Model, Batch> | undefined;
  /** What to measure beside the loss, in training and validation. Default: nothing. */
  readonly metrics?: readonly Metric[] | undefined;
  /** What else is done at the turning points of the run, in this order. Default: nothing. */
  readonly callbacks?: readonly Callback[] | undefined;
  /** Batches whose mean gradient makes a step. Default 1. */
  readonly accumulate?: number | undefined;
  /** Saves the run, so that it can go on where it stopped: in which folder, and how often. Default: nothing is saved. */
  readonly checkpoints?: CheckpointOptions | undefined;
  /** Who is told of what happens: logs, progress bars, reports. Default: nobody. */
  readonly sinks?: readonly EventSink[] | undefined;
  /** An `AbortSignal`: ends the run when it is aborted, after the step under way. */
  readonly signal?: AbortLike | undefined;
  /** Names of the classes, for reports. */
  readonly classNames?: readonly string[] | undefined;
  /** How the run was set up, for logs and reports: names and numbers. */
  readonly configuration?: { readonly [name: string]: Json } | undefined;
}

/** What batches come from. */
export const sourceKind: OptionKind<never> = {
  means: "a loader, an array of batches, or a function that gives one",
  fits: isSource,
};
/** An optimiser. */
export const optimizerKind: OptionKind<Optimizer> = {
  means: "an optimiser, such as new SGD(model.parameters(), { lr: 0.1 })",
  fits: (value) => value instanceof Optimizer,
};
const functions: OptionKind<never> = {
  means: "a list of functions",
  fits: (value) => Array.isArray(value) && value.every((entry) => typeof entry === "function"),
};

const texts: OptionKind<readonly string[]> = {
  means: "a list of strings",
  fits: (value) => Array.isArray(value) && value.every((entry) => typeof entry === "string"),
};
const record: OptionKind<{ readonly [name: string]: Json }> = {
  means: "an object of names and numbers",
  fits: (value) => typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype,
};

const fitOptions: OptionKinds<FitOptions> = {
  train: sourceKind,
  validation: sourceKind,
  epochs: count,
  steps: count,
  optimizer: optimizerKind,
  schedule: ownCheck,
  loss: callback,
  objective: callback,
  metrics: ownCheck,
  callbacks: ownCheck,
  accumulate: count,
  checkpoints: ownCheck,
  sinks: functions,
  signal: stopSignal,
  classNames: texts,
  configuration: record,
};

/** How a run is set up, with everything filled in. */
export interface FitSettings<Model extends AnyModule, Batch> {
  readonly train: BatchSource<Batch>;
  readonly validation: BatchSource<Batch> | null;
  readonly epochs: number;
  readonly steps: number;
  /** Batches of an epoch; null where the source does not say. */
  readonly batches: number | null;
  readonly optimizer: Optimizer;
  readonly schedule: FitSchedule;
  readonly objective: Objective<Model, Batch>;
  readonly metrics: readonly Metric[];
  readonly callbacks: readonly Callback[];
  readonly accumulate: number;
  readonly checkpoints: CheckpointOptions | null;
  readonly sinks: readonly EventSink[];
  readonly signal: AbortLike | null;
  readonly classNames: readonly string[] | null;
  readonly configuration: { readonly [name: string]: Json };
}

/** @throws ValueError if an option is missing, unknown, of the wrong kind, or contradicts another one */
export function fitSettings<Model extends AnyModule, Batch>(
  model: Model,
  options: FitOptions<Model, Batch>,
): FitSettings<Model, Batch> {
  checkModel("fit", model);
  const given = checkedOptions("fit", options, fitOptions as OptionKinds<FitOptions<Model, Batch>>);
  const { train, optimizer, epochs, steps, metrics = [], callbacks = [], classNames = null } = given;
  if (train === undefined) throw new ValueError("fit", "it needs data to train on; pass train: a loader of batches");
  if (optimizer === undefined)
    throw new ValueError("fit", "it needs an optimizer, such as new SGD(model.parameters(), { lr: 0.1 })");
  if ((epochs === undefined) === (steps === undefined))
    throw new ValueError("fit", `give either epochs or steps, got ${describe({ epochs, steps })}`);
  checkMetrics("fit", metrics);
  checkCallbacks("fit", callbacks);
  return {
    train,
    validation: given.validation ?? null,
    epochs: epochs ?? Number.POSITIVE_INFINITY,
    steps: steps ?? Number.POSITIVE_INFINITY,
    batches: lengthOf(train),
    optimizer,
    schedule: given.schedule === undefined ? {} : checkedSchedule("fit", given.schedule),
    objective: objectiveOf("fit", given.loss, given.objective),
    metrics,
    callbacks,
    accumulate: given.accumulate ?? 1,
    checkpoints: given.checkpoints === undefined ? null : checkedCheckpoints("fit", given.checkpoints, train),
    sinks: given.sinks ?? [],
    signal: given.signal ?? null,
    classNames,
    configuration: given.configuration ?? {},
  };
}

/** Steps of an epoch; null where it is not known. */
export function stepsPerEpoch({
  batches,
  accumulate,
}: Pick<FitSettings<AnyModule, unknown>, "batches" | "accumulate">): number | null {
  return batches === null ? null : Math.ceil(batches / accumulate);
}
