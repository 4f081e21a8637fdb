/** A run of training under way: where it stands, its steps and its epochs. */
import { breathe } from "../device/event-loop.js";
import { DivergenceError, ValueError } from "../errors.js";
import type { AnyModule } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import { evaluateWithin, type FitRun } from "./callback.js";
import type { Checkpoints } from "./checkpoints/checkpoints.js";
import { walk } from "./data-source.js";
import { explain, notFinite } from "./diagnosis.js";
import { evaluated } from "./evaluate.js";
import type { EpochEvent, FitEvent, MetricValues, StepEvent, StopReason } from "./events.js";
import type { FitSettings } from "./fit-options.js";
import { DrawnGenerators } from "./generators.js";
import { addBatch, type BatchResult, noTotals, type Totals, valuesOf } from "./metrics.js";
import { numberNamed } from "./schedule.js";
import { forget, type Passes, passes } from "./training-step.js";

/** An epoch that a run has completed.
 * @category Training */
export type EpochRecord = Omit<EpochEvent, "kind" | "seconds">;

/** Why a run ends early. */
interface Stop {
  readonly reason: StopReason;
  readonly message: string;
}

/** A run: what it has made of its settings so far. */
export class Run<Model extends AnyModule, Batch> implements FitRun<Model> {
  readonly model: Model;
  readonly settings: FitSettings<Model, Batch>;
  readonly checkpoints: Checkpoints | null;
  readonly generators: DrawnGenerators = new DrawnGenerators();
  step = 0;
  epoch = 0;
  /** Batches of the epoch under way. */
  batch = 0;
  /** Sums over the epoch under way. */
  totals: Totals;
  history: EpochRecord[] = [];
  validation: MetricValues | null = null;
  stopped: Stop | null = null;
  /** The last step's passes, in case what it did is found out by the next one. */
  #before: readonly Passes[] = [];
  /** Learning rate of each parameter group in the last step. */
  lr: readonly number[] = [];

  constructor(model: Model, settings: FitSettings<Model, Batch>, checkpoints: Checkpoints | null) {
    this.model = model;
    this.settings = settings;
    this.checkpoints = checkpoints;
    this.totals = noTotals(settings.metrics);
  }

  get optimizer(): FitSettings<Model, Batch>["optimizer"] {
    return this.settings.optimizer;
  }

  /** Whether nothing is left to do. */
  get isDone(): boolean {
    return this.stopped !== null || this.step >= this.settings.steps || this.epoch >= this.settings.epochs;
  }

  stop(message: string): void {
    this.stopped ??= { reason: "callback", message };
  }

  async tell(event: FitEvent): Promise<void> {
    for (const sink of this.settings.sinks) await sink(event);
  }

  /** Goes through an epoch, or through what is left of it. */
  async goThroughEpoch(): Promise<void> {
    const started = performance.now();
    this.model.train();
    const batches = walk("fit", this.settings.train, this.epoch);
    const isComplete = await this.#makeSteps(batches).finally(() => batches.return?.());
    if (isComplete) await this.#finishEpoch(started);
    else if (this.stopped?.reason !== "interrupted") await this.#evaluate(this.epoch + 1);
  }

  /** @returns whether the epoch came to its end */
  async #makeSteps(batches: Batches<Batch>): Promise<boolean> {
    for (;;) {
      const asked = performance.now();
      const group = await this.#nextBatches(batches);
      if (group.length === 0) return true;
      await this.#makeStep(group, asked);
      await breathe(); // a signal is heard, and a page stays alive
      this.#hearSignal();
      const isLast = this.batch === this.settings.batches; // what is next is the epoch's end
      if (this.stopped?.reason === "interrupted" || (this.isDone && !isLast)) return false;
      if (!isLast) await this.checkpoints?.afterStep(this);
    }
  }

  /** The batches of a step; none at the end of the epoch. */
  async #nextBatches(batches: Batches<Batch>): Promise<Batch[]> {
    const group: Batch[] = [];
    while (group.length < this.settings.accumulate) {
      const { value, done } = await batches.next();
      if (done === true) break;
      group.push(value);
    }
    this.batch += group.length;
    return group;
  }

  async #makeStep(group: readonly Batch[], asked: number): Promise<void> {
    const { objective, optimizer, callbacks, metrics, schedule } = this.settings;
    const waited = secondsSince(asked);
    for (const callback of callbacks) await callback.onStepStart?.(this);
    optimizer.zeroGrad();
    const done: Passes[] = [];
    for (const batch of group) {
      const { generators } = this;
      const one = await passes("fit", this.model, batch, { objective, share: 1 / group.length, generators });
      done.push(one);
      if (!Number.isFinite(one.result.loss)) await this.#diverge(`the loss is ${one.result.loss}`, one);
    }
    this.generators.checkMet("fit");
    for (const callback of callbacks) await callback.onGradients?.(this);
    this.lr = ratesOf(optimizer);
    optimizer.step();
    forget(this.#before);
    this.#before = done;
    this.step++;
    const results = done.map(({ result }) => result);
    for (const result of results) this.totals = addBatch("fit", this.totals, result, metrics);
    schedule.step?.step();
    const event = { ...this.#measured(results), waited, seconds: secondsSince(asked) };
    await this.tell(event);
    for (const callback of callbacks) await callback.onStep?.(this, event);
  }

  #measured(results: readonly BatchResult[]): Omit<StepEvent, "waited" | "seconds"> {
    const { metrics } = this.settings;
    const none = noTotals(metrics);
    const sums = results.reduce((totals, result) => addBatch("fit", totals, result, metrics), none);
    const numbers = Object.entries(valuesOf(sums, metrics)).filter(
      ([name, value]) => name !== "loss" && typeof value === "number",
    );
    return {
      kind: "step",
      step: this.step,
      epoch: this.epoch + 1,
      loss: results.reduce((sum, { loss }) => sum + loss, 0) / results.length,
      lr: this.lr,
      metrics: Object.fromEntries(numbers) as Record<string, number>,
      examples: sums.examples,
    };
  }

  async #finishEpoch(started: number): Promise<void> {
    if (this.totals.examples === 0) {
      const rule = `train gave no batch in epoch ${this.epoch + 1}`;
      throw new ValueError(
        "fit",
        `${rule}; an iterator can be walked once: pass a DataLoader, or (epoch) => batches(…)`,
      );
    }
    await this.checkWeights();
    const train = valuesOf(this.totals, this.settings.metrics);
    const validation = await this.#evaluate(this.epoch + 1);
    this.#moveSchedule(validation ?? train);
    this.epoch++;
    this.batch = 0;
    this.totals = noTotals(this.settings.metrics);
    const record: EpochRecord = { epoch: this.epoch, step: this.step, train, validation, lr: this.lr };
    this.history = [...this.history, record];
    const event = { kind: "epoch", ...record, seconds: secondsSince(started) } as const;
    await this.tell(event);
    for (const callback of this.settings.callbacks) await callback.onEpoch?.(this, event);
    this.#hearSignal();
    await this.checkpoints?.afterEpoch(this);
  }

  #moveSchedule(metrics: MetricValues): void {
    const { epoch: schedule, metric } = this.settings.schedule;
    if (metric === undefined) schedule?.step();
    else schedule?.step(numberNamed("fit", metric, metrics));
  }

  async #evaluate(epoch: number): Promise<MetricValues | null> {
    const { validation, metrics, objective, callbacks } = this.settings;
    if (validation === null) return null;
    const started = performance.now();
    const found = await evaluateWithin(callbacks, this, () =>
      evaluated("fit", this.model, validation, { metrics, objective }),
    );
    this.validation = found.metrics;
    await this.tell({ kind: "evaluation", step: this.step, epoch, ...found, seconds: secondsSince(started) });
    return found.metrics;
  }

  /** Throws DivergenceError if a weight is not finite. */
  async checkWeights(): Promise<void> {
    const wrong = await notFinite(this.model.namedParameters());
    if (wrong.length > 0) await this.#diverge("the weights are not finite", null);
  }

  async #diverge(what: string, found: Passes | null): Promise<never> {
    const lr = ratesOf(this.optimizer);
    const why = await explain({ model: this.model, passes: found, before: this.#before, lr });
    const at = found === null ? `after step ${this.step}` : `in step ${this.step + 1}`;
    throw new DivergenceError("fit", `${what} ${at} (epoch ${this.epoch + 1}): ${why}`);
  }

  #hearSignal(): void {
    if (this.settings.signal?.aborted === true)
      this.stopped ??= { reason: "interrupted", message: "it was interrupted" };
  }

  /** Lets go of what it remembers. */
  close(): void {
    forget(this.#before);
    this.#before = [];
  }
}

type Batches<Batch> = AsyncIterator<Batch> | Iterator<Batch>;

function ratesOf({ paramGroups }: Optimizer): readonly number[] {
  return paramGroups.map(({ lr }) => lr);
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
