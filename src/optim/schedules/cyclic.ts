/** Cyclical learning rates (Smith 2015). */
import { type Complete, count, flag, type OptionKinds, oneOf } from "../../options.js";
import type { Optimizer } from "../optimizer.js";
import { notNegative } from "../option-kinds.js";
import { setMomentum } from "./momentum.js";
import { orNull, perGroup } from "./option-kinds.js";
import { forGroup } from "./per-group.js";
import { optionsOf } from "./rule-schedule.js";
import { Schedule } from "./schedule.js";

/** Options of `CyclicLR`.
 * @category Schedules */
export interface CyclicLROptions {
  /** The least rate; one for all groups, or one for each. */
  readonly baseLr: number | readonly number[];
  /** The largest rate; one for all groups, or one for each. */
  readonly maxLr: number | readonly number[];
  /** Steps in which it rises. Default 2000. */
  readonly stepSizeUp?: number | undefined;
  /** Steps in which it falls. Default: as many as it rises. */
  readonly stepSizeDown?: number | null | undefined;
  /** Whether every cycle is as high (triangular), half as high as the one before (triangular2), or lower by gamma with each step
   * (exp_range). Default triangular. */
  readonly mode?: "triangular" | "triangular2" | "exp_range" | undefined;
  /** Of exp_range. Default 1. */
  readonly gamma?: number | undefined;
  /** Whether momentum (β₁ of an optimiser with betas) goes the other way. Default true. */
  readonly cycleMomentum?: boolean | undefined;
  /** The least momentum. Default 0.8. */
  readonly baseMomentum?: number | readonly number[] | undefined;
  /** The largest momentum. Default 0.9. */
  readonly maxMomentum?: number | readonly number[] | undefined;
}

const kinds: OptionKinds<CyclicLROptions> = {
  baseLr: perGroup,
  maxLr: perGroup,
  stepSizeUp: count,
  stepSizeDown: orNull(count),
  mode: oneOf("triangular", "triangular2", "exp_range"),
  gamma: notNegative,
  cycleMomentum: flag,
  baseMomentum: perGroup,
  maxMomentum: perGroup,
};

const rules = {
  name: "CyclicLR",
  kinds,
  defaults: {
    stepSizeUp: 2000,
    stepSizeDown: null,
    mode: "triangular",
    gamma: 1,
    cycleMomentum: true,
    baseMomentum: 0.8,
    maxMomentum: 0.9,
  },
} as const;

/** Between two rates up and down, again and again, as PyTorch's; one step of it is one of the optimiser.
 * @category Schedules */
export class CyclicLR extends Schedule {
  readonly #options: Complete<CyclicLROptions>;

  /** @throws ValueError if an option is missing, unknown or out of range, or if there is no momentum to cycle */
  constructor(optimizer: Optimizer, options: CyclicLROptions) {
    super(rules.name, optimizer);
    this.#options = optionsOf(rules, options);
    for (const [i, group] of this.groups.entries()) this.rebase(group, this.#value("baseLr", i));
    this.begin();
  }

  #value(option: "baseLr" | "maxLr" | "baseMomentum" | "maxMomentum", i: number): number {
    return forGroup(this.name, option, this.#options[option], i, this.groups.length);
  }

  /** @internal */
  protected override begin(): void {
    this.advance();
  }

  /** @internal */
  protected override advance(): void {
    const { cycleMomentum } = this.#options;
    const height = this.#height();
    for (const [i, group] of this.groups.entries()) {
      const base = this.#value("baseLr", i);
      group.lr = base + (this.#value("maxLr", i) - base) * height;
      const most = this.#value("maxMomentum", i);
      if (cycleMomentum) setMomentum(this.name, group, most - (most - this.#value("baseMomentum", i)) * height);
    }
  }

  /** How far it is from the least rate to the largest, from 0 to 1. */
  #height(): number {
    const { stepSizeUp, stepSizeDown, mode, gamma } = this.#options;
    const period = stepSizeUp + (stepSizeDown ?? stepSizeUp);
    const rise = stepSizeUp / period;
    const cycle = Math.floor(1 + this.lastEpoch / period);
    const place = 1 + this.lastEpoch / period - cycle;
    const triangle = place <= rise ? place / rise : (place - 1) / (rise - 1);
    if (mode === "triangular2") return triangle / 2 ** (cycle - 1);
    return mode === "exp_range" ? triangle * gamma ** this.lastEpoch : triangle;
  }

  override loadStateDict(state: object): void {
    super.loadStateDict(state);
    this.advance();
  }
}
