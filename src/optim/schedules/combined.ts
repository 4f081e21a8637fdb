/** Schedules made of schedules. */
import { describe, ValueError } from "../../errors.js";
import type { OptionKind } from "../../options.js";
import type { Optimizer } from "../optimizer.js";
import { milestones } from "./option-kinds.js";
import { optionsOf } from "./rule-schedule.js";
import { Schedule, type ScheduleState } from "./schedule.js";

/** Options of `ChainedScheduler`.
 * @category Schedules */
export interface ChainedSchedulerOptions {
  /** Schedules of the same optimiser. */
  readonly schedules: readonly Schedule[];
}

/** Options of `SequentialLR`.
 * @category Schedules */
export interface SequentialLROptions extends ChainedSchedulerOptions {
  /** Steps at which the next one begins, one fewer than there are schedules, in rising order. */
  readonly milestones: readonly number[];
}

const schedules: OptionKind<readonly Schedule[]> = {
  means: "a list of schedules",
  fits: (value) => Array.isArray(value) && value.length > 0 && value.every((entry) => entry instanceof Schedule),
};

/** A schedule over others. */
abstract class CombinedSchedule extends Schedule {
  /** @internal */
  protected readonly parts: readonly Schedule[];

  /** @internal */
  protected constructor(name: string, optimizer: Optimizer, parts: readonly Schedule[]) {
    super(name, optimizer);
    if (parts.some((part) => part.optimizer !== optimizer))
      throw new ValueError(name, "its schedules must be made of the optimiser that it is made of");
    this.parts = parts;
  }

  override stateDict(): ScheduleState {
    return { ...super.stateDict(), _schedulers: this.parts.map((part) => part.stateDict()) };
  }

  override loadStateDict(state: object): void {
    const { _schedulers: parts } = (state ?? {}) as Readonly<Record<string, unknown>>;
    if (!(Array.isArray(parts) && parts.length === this.parts.length)) {
      const needed = `_schedulers, the states of its ${this.parts.length} schedules`;
      throw new ValueError(`${this.name}.loadStateDict`, `it takes ${needed}, got ${describe(state)}`);
    }
    for (const [i, part] of this.parts.entries()) part.loadStateDict(parts[i]);
    super.loadStateDict(state); // last, for the rates are those of all of them together
  }
}

/** One schedule after the other, each from its own beginning, as PyTorch's: a warm-up and what follows it.
 *
 * ```ts
 * const warmUp = new LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 });
 * const cosine = new CosineAnnealingLR(optimizer, { tMax: 25 });
 * const schedule = new SequentialLR(optimizer, { schedules: [warmUp, cosine], milestones: [5] });
 * ```
 * @category Schedules */
export class SequentialLR extends CombinedSchedule {
  readonly #milestones: readonly number[];

  /** @throws ValueError unless the schedules are those of the optimiser, and one more than the milestones */
  constructor(optimizer: Optimizer, options: SequentialLROptions) {
    const rules = { name: "SequentialLR", kinds: { schedules, milestones }, defaults: {} };
    const given = optionsOf<SequentialLROptions>(rules, options);
    super(rules.name, optimizer, given.schedules);
    if (given.milestones.length !== given.schedules.length - 1) {
      const counts = `${given.schedules.length} schedules and ${given.milestones.length} milestones`;
      throw new ValueError(rules.name, `it needs one schedule more than milestones, got ${counts}`);
    }
    this.#milestones = given.milestones;
    this.begin();
  }

  /** @internal */
  protected override begin(): void {
    this.parts[0]?.restart();
  }

  /** @internal */
  protected override advance(metric: number | undefined): void {
    const at = this.#milestones.filter((step) => step <= this.lastEpoch).length;
    const part = this.parts[at] as Schedule;
    if (this.#milestones[at - 1] === this.lastEpoch) part.restart();
    else part.step(metric);
  }

  /** @internal */
  protected override get takesMetric(): boolean {
    return true; // each part says whether it takes one
  }
}

/** Schedules that all step at once, each on the rates that the others have left, as PyTorch's.
 * @category Schedules */
export class ChainedScheduler extends CombinedSchedule {
  /** @throws ValueError unless the schedules are those of the optimiser */
  constructor(optimizer: Optimizer, options: ChainedSchedulerOptions) {
    const rules = { name: "ChainedScheduler", kinds: { schedules }, defaults: {} };
    super(rules.name, optimizer, optionsOf<ChainedSchedulerOptions>(rules, options).schedules);
  }

  /** @internal */
  protected override begin(): void {
    for (const group of this.groups) group.lr = this.baseOf(group);
    for (const part of this.parts) part.restart();
  }

  /** @internal */
  protected override advance(): void {
    for (const part of this.parts) part.step();
  }
}
