/** fit: trains a model. */

import { currentDevice } from "../device/select.js";
import { DivergenceError } from "../errors.js";
import type { AnyModule } from "../nn/module.js";
import { Checkpoints } from "./checkpoints/checkpoints.js";
import type { MetricValues, StopReason } from "./events.js";
import { type FitOptions, fitSettings, stepsPerEpoch } from "./fit-options.js";
import type { LabelledBatch } from "./objective.js";
import { type EpochRecord, Run } from "./run.js";

/** What became of a run.
 * @category Training */
export interface FitResult {
  /** Steps made, those before a checkpoint included. */
  readonly step: number;
  /** Epochs complete. */
  readonly epoch: number;
  /** Its epochs, one by one. */
  readonly history: readonly EpochRecord[];
  /** The last evaluation's metrics; null without any. */
  readonly validation: MetricValues | null;
  /** Why it ended early; null where it came to its end. */
  readonly stopped: StopReason | null;
}

/** Trains a model: for every batch the loss, its gradients and a step of the optimiser, after every epoch an evaluation. It leaves the model
 * in training mode.
 *
 * ```ts
 * const { validation } = await fit(model, {
 *   train: new DataLoader(train, { batchSize: 128, shuffle: true, generator: generator(0) }),
 *   validation: new DataLoader(test, { batchSize: 250 }),
 *   epochs: 10,
 *   optimizer: new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 }),
 *   metrics: [accuracy()],
 * });
 * ```
 * What it does is this, and may as well be written by hand, with the same loaders, optimisers, schedules and {@link evaluate}:
 *
 * ```ts
 * for (let epoch = 0; epoch < 10; epoch++) {
 *   model.train();
 *   for await (const { images, labels } of train) {
 *     const loss = tidy(() => {
 *       const loss = crossEntropy(model.forward(tensor(images)), tensor(labels, { dtype: "int32" }));
 *       optimizer.zeroGrad();
 *       loss.backward();
 *       return loss;
 *     });
 *     optimizer.step();
 *   }
 *   await evaluate(model, validation, { metrics: [accuracy()] });
 * }
 * ```
 * @throws ValueError if an option is missing, unknown or out of range, or a source gives no batch; DivergenceError at the first loss or weight
 * that is not finite, which says where it arose; DataError if a checkpoint cannot be written
 * or is of another run; what callbacks and sinks throw
 * @category Training */
export async function fit<Model extends AnyModule, Batch = LabelledBatch>(
  model: Model,
  options: FitOptions<Model, Batch>,
): Promise<FitResult> {
  const started = performance.now();
  const settings = fitSettings(model, options);
  const checkpoints = settings.checkpoints === null ? null : new Checkpoints(settings.checkpoints);
  try {
    const run = new Run(model, settings, checkpoints);
    checkpoints?.begin(run);
    await tellStart(run);
    await train(run).finally(() => end(run, started));
    const { step, epoch, history, validation, stopped } = run;
    return { step, epoch, history, validation, stopped: stopped?.reason ?? null };
  } finally {
    checkpoints?.close();
  }
}

async function train<Model extends AnyModule, Batch>(run: Run<Model, Batch>): Promise<void> {
  try {
    for (const callback of run.settings.callbacks) await callback.onStart?.(run);
    while (!run.isDone) await run.goThroughEpoch();
    await run.checkpoints?.atEnd(run);
  } catch (error) {
    const reason = error instanceof DivergenceError ? "diverged" : "failed";
    run.stopped = { reason, message: error instanceof Error ? error.message : String(error) };
    throw error;
  }
}

async function tellStart<Model extends AnyModule, Batch>(run: Run<Model, Batch>): Promise<void> {
  const { settings, step, epoch } = run;
  const perEpoch = stepsPerEpoch(settings);
  const ofEpochs =
    perEpoch === null || settings.epochs === Number.POSITIVE_INFINITY ? null : perEpoch * settings.epochs;
  await run.tell({
    kind: "start",
    step,
    epoch,
    totalSteps: settings.steps === Number.POSITIVE_INFINITY ? ofEpochs : settings.steps,
    stepsPerEpoch: perEpoch,
    totalEpochs: settings.epochs === Number.POSITIVE_INFINITY ? null : settings.epochs,
    classNames: settings.classNames,
    configuration: settings.configuration,
  });
}

async function end<Model extends AnyModule, Batch>(run: Run<Model, Batch>, started: number): Promise<void> {
  const { step, epoch, stopped, validation, model, settings } = run;
  run.close();
  if (stopped !== null) await run.tell({ kind: "stop", step, epoch, ...stopped });
  const device = model.parameters()[0]?.device ?? currentDevice();
  await run.tell({
    kind: "end",
    step,
    epoch,
    stopped: stopped?.reason ?? null,
    validation,
    seconds: (performance.now() - started) / 1000,
    device: device.name,
    provenance: device.provenance,
  });
  for (const callback of settings.callbacks) await callback.onEnd?.(run);
}
