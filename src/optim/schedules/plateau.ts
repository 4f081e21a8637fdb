/** A schedule that waits for a metric to stop improving. */
import { describe, ValueError } from "../../errors.js";
import { type Complete, type OptionKind, type OptionKinds, oneOf } from "../../options.js";
import type { Optimizer } from "../optimizer.js";
import { finite, notNegative } from "../option-kinds.js";
import { countFromZero, perGroup } from "./option-kinds.js";
import { forGroup } from "./per-group.js";
import { optionsOf } from "./rule-schedule.js";
import { Schedule, type ScheduleState } from "./schedule.js";

/** Options of `ReduceLROnPlateau`.
 * @category Schedules */
export interface ReduceLROnPlateauOptions {
  /** Whether a smaller metric is better, or a larger one. Default min. */
  readonly mode?: "min" | "max" | undefined;
  /** What the rate is multiplied by, from 0 to below 1. Default 0.1. */
  readonly factor?: number | undefined;
  /** Steps without a better metric that are let pass. Default 10. */
  readonly patience?: number | undefined;
  /** How much better it must be to count. Default 1e-4. */
  readonly threshold?: number | undefined;
  /** Whether the threshold is a share of the best metric, or a difference from it. Default rel. */
  readonly thresholdMode?: "rel" | "abs" | undefined;
  /** Steps after a fall that are not counted. Default 0. */
  readonly cooldown?: number | undefined;
  /** The least rate; one for all groups, or one for each. Default 0. */
  readonly minLr?: number | readonly number[] | undefined;
  /** A change of the rate that is not worth making. Default 1e-8. */
  readonly eps?: number | undefined;
}

const below1: OptionKind<number> = {
  means: "a number from 0 to below 1",
  fits: (value) => Number.isFinite(value) && (value as number) >= 0 && (value as number) < 1,
};

const kinds: OptionKinds<ReduceLROnPlateauOptions> = {
  mode: oneOf("min", "max"),
  factor: below1,
  patience: countFromZero,
  threshold: finite,
  thresholdMode: oneOf("rel", "abs"),
  cooldown: countFromZero,
  minLr: perGroup,
  eps: notNegative,
};

const rules = {
  name: "ReduceLROnPlateau",
  kinds,
  defaults: {
    mode: "min",
    factor: 0.1,
    patience: 10,
    threshold: 1e-4,
    thresholdMode: "rel",
    cooldown: 0,
    minLr: 0,
    eps: 1e-8,
  },
} as const;

/** Multiplies the rate by a factor when a metric has not become better for more than `patience` steps, as PyTorch's; NaN is never
 * better. `step(metric)` wants the metric.
 * @category Schedules */
export class ReduceLROnPlateau extends Schedule {
  readonly #options: Complete<ReduceLROnPlateauOptions>;
  /** Null before the first metric. */
  #best: number | null = null;
  #bad = 0;
  #cooldown = 0;

  /** @throws ValueError if an option is unknown or out of range */
  constructor(optimizer: Optimizer, options: ReduceLROnPlateauOptions = {}) {
    super(rules.name, optimizer);
    this.#options = optionsOf(rules, options);
    for (const group of this.groups) this.baseOf(group);
  }

  /** @internal */
  protected override get takesMetric(): boolean {
    return true;
  }

  /** @throws ValueError without a metric */
  override step(metric?: number): void {
    if (typeof metric !== "number")
      throw new ValueError(this.name, `step(metric) takes the metric that it waits for, got ${describe(metric)}`);
    super.step(metric);
  }

  /** @internal */
  protected override begin(): void {
    for (const group of this.groups) group.lr = this.baseOf(group);
    [this.#best, this.#bad, this.#cooldown] = [null, 0, 0];
  }

  /** @internal */
  protected override advance(metric: number): void {
    if (this.#isBetter(metric)) {
      this.#best = metric;
      this.#bad = 0;
    } else this.#bad++;
    if (this.#cooldown > 0) {
      this.#cooldown--;
      this.#bad = 0;
    }
    if (this.#bad <= this.#options.patience) return;
    this.#reduce();
    this.#cooldown = this.#options.cooldown;
    this.#bad = 0;
  }

  #isBetter(metric: number): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    const sign = mode === "min" ? 1 : -1;
    const best = this.#best ?? sign * Number.POSITIVE_INFINITY;
    const needed = thresholdMode === "rel" ? best * (1 - sign * threshold) : best - sign * threshold;
    return mode === "min" ? metric < needed : metric > needed;
  }

  #reduce(): void {
    const { factor, minLr, eps } = this.#options;
    for (const [i, group] of this.groups.entries()) {
      const next = Math.max(group.lr * factor, forGroup(this.name, "minLr", minLr, i, this.groups.length));
      if (group.lr - next > eps) group.lr = next;
    }
  }

  override stateDict(): ScheduleState {
    const own = { best: this.#best, num_bad_epochs: this.#bad, cooldown_counter: this.#cooldown };
    return { ...super.stateDict(), ...own };
  }

  override loadStateDict(state: object): void {
    const { best = null, num_bad_epochs: bad, cooldown_counter: cooldown } = (state ?? {}) as Record<string, unknown>;
    if (!((best === null || typeof best === "number") && countFromZero.fits(bad) && countFromZero.fits(cooldown))) {
      throw new ValueError(
        `${this.name}.loadStateDict`,
        `it takes best, a number or null, num_bad_epochs and cooldown_counter, counts, got ${describe(state)}`,
      );
    }
    super.loadStateDict(state);
    this.#best = Number.isFinite(best) ? (best as number) : null;
    this.#bad = bad as number;
    this.#cooldown = cooldown as number;
  }
}
