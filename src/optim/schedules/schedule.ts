/** What all schedules share: rates for the groups of an optimiser, step by step. */
import { describe, ValueError } from "../../errors.js";
import { Optimizer } from "../optimizer.js";
import type { ParamGroup } from "../param-group.js";

/** The progress of a schedule, as JSON holds it, in PyTorch's words.
 * @category Schedules */
export interface ScheduleState {
  /** Calls of `step()` so far. */
  readonly last_epoch: number;
  /** The rate of each group before any schedule. */
  readonly base_lrs: readonly number[];
  /** The rate of each group in force. */
  readonly _last_lr: readonly number[];
  readonly [more: string]: unknown;
}

/** Rates that groups had when the first schedule met them: PyTorch's `initial_lr`. */
const initialRates = new WeakMap<ParamGroup, number>();

/** Sets the learning rates of an optimiser's groups: one when it is made, another whenever `step()` is called, after
 * `optimizer.step()`. Whether a step of the schedule is a step of the optimiser or an epoch is up to the caller.
 * @category Schedules */
export abstract class Schedule {
  /** Its class, for errors. @internal */
  protected readonly name: string;
  /** Whose rates it sets. @internal */
  readonly optimizer: Optimizer;
  #epoch = 0;

  /** @internal */
  protected constructor(name: string, optimizer: Optimizer) {
    if (!(optimizer instanceof Optimizer))
      throw new ValueError(name, `it takes an optimiser first, got ${describe(optimizer)}`, { actual: optimizer });
    this.name = name;
    this.optimizer = optimizer;
  }

  /** Calls of `step()` so far. */
  get lastEpoch(): number {
    return this.#epoch;
  }

  /** The rate of each group in force. */
  get lastLr(): readonly number[] {
    return this.groups.map(({ lr }) => lr);
  }

  /** Sets the next rates.
   * @param metric what `ReduceLROnPlateau` and `ResNetPaper` look at; others take none */
  step(metric?: number): void {
    if (metric !== undefined && !this.takesMetric)
      throw new ValueError(this.name, `its rates depend on no metric, got ${describe(metric)}`, { actual: metric });
    this.#epoch++;
    this.advance(metric);
  }

  /** Whether `step` takes a metric. @internal */
  protected get takesMetric(): boolean {
    return false;
  }

  /** Sets the rates of `lastEpoch`, which has just become one more. @internal */
  protected abstract advance(metric: number | undefined): void;

  /** Sets the rates of epoch 0, as if it began now. @internal */
  restart(): void {
    this.#epoch = 0;
    this.begin();
  }

  /** Sets the rates of epoch 0. @internal */
  protected abstract begin(): void;

  /** The groups, with a rate for certain. @internal */
  protected get groups(): readonly (ParamGroup & { lr: number })[] {
    return this.optimizer.paramGroups as readonly (ParamGroup & { lr: number })[];
  }

  /** The rate of a group before any schedule. @internal */
  protected baseOf(group: ParamGroup & { lr: number }): number {
    const known = initialRates.get(group);
    if (known !== undefined) return known;
    initialRates.set(group, group.lr);
    return group.lr;
  }

  /** Sets the rate that a group has before any schedule. @internal */
  protected rebase(group: ParamGroup, lr: number): void {
    initialRates.set(group, lr);
  }

  /** Its progress, to be saved with the optimiser's state; its options are not in it. */
  stateDict(): ScheduleState {
    const base = this.groups.map((group) => this.baseOf(group));
    return { last_epoch: this.#epoch, base_lrs: base, _last_lr: this.lastLr };
  }

  /** Takes over what `stateDict` gave, or PyTorch's `state_dict()` of the same schedule, and sets the rates that were in force.
   * @throws ValueError if it is not the state of such a schedule over as many groups */
  loadStateDict(state: ScheduleState | object): void {
    const { last_epoch: epoch, base_lrs: base, _last_lr: last } = (state ?? {}) as Readonly<Record<string, unknown>>;
    const isRates = (rates: unknown): rates is readonly number[] =>
      Array.isArray(rates) &&
      rates.length === this.groups.length &&
      rates.every((lr) => Number.isFinite(lr) && lr >= 0);
    if (
      !(Number.isInteger(epoch) && (epoch as number) >= 0 && isRates(last) && (base === undefined || isRates(base)))
    ) {
      const needed = "last_epoch, a count, and base_lrs and _last_lr, a rate for each of";
      throw new ValueError(
        `${this.name}.loadStateDict`,
        `it takes what stateDict() gave: ${needed} ${this.groups.length} groups, got ${describe(state)}`,
        { actual: state },
      );
    }
    this.#epoch = epoch as number;
    for (const [i, group] of this.groups.entries()) {
      if (base !== undefined) this.rebase(group, base[i] as number);
      group.lr = last[i] as number;
    }
  }
}
