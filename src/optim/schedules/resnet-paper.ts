/** The schedule of the ResNet paper's CIFAR nets (He et al. 2015, section 4.2). */
import { describe, ValueError } from "../../errors.js";
import type { Complete } from "../../options.js";
import type { Optimizer } from "../optimizer.js";
import { finite, notNegative } from "../option-kinds.js";
import { milestones, orNull } from "./option-kinds.js";
import { optionsOf, type RateRule } from "./rule-schedule.js";
import { Schedule, type ScheduleState } from "./schedule.js";

/** Options of `ResNetPaper`.
 * @category Schedules */
export interface ResNetPaperOptions {
  /** The rate until the training error was below the threshold once; 0.01 in the paper for 110 layers. Default null: no warm-up. */
  readonly warmupLr?: number | null | undefined;
  /** A training error, as a share. Default 0.8. */
  readonly threshold?: number | undefined;
  /** Iterations at which the rate falls. Default [32000, 48000]. */
  readonly milestones?: readonly number[] | undefined;
  /** What it is multiplied by there. Default 0.1. */
  readonly gamma?: number | undefined;
}

const rules: Omit<RateRule<ResNetPaperOptions>, "next"> = {
  name: "ResNetPaper",
  kinds: { warmupLr: orNull(notNegative), threshold: finite, milestones, gamma: notNegative },
  defaults: { warmupLr: null, threshold: 0.8, milestones: [32_000, 48_000], gamma: 0.1 },
};

/** The optimiser's rate, a tenth of it from iteration 32,000 on, a hundredth from 48,000 on, of 64,000; for 110 layers it begins with
 * 0.01 until the training error is below 80 %. One step is one iteration, after which `step(trainingError)` may tell the error, a
 * share from 0 to 1.
 * @category Schedules */
export class ResNetPaper extends Schedule {
  readonly #options: Complete<ResNetPaperOptions>;
  #isWarm: boolean;

  /** @throws ValueError if an option is unknown or out of range */
  constructor(optimizer: Optimizer, options: ResNetPaperOptions = {}) {
    super(rules.name, optimizer);
    this.#options = optionsOf(rules, options);
    this.#isWarm = this.#options.warmupLr === null;
    this.#apply();
  }

  /** @internal */
  protected override get takesMetric(): boolean {
    return true;
  }

  /** @internal */
  protected override begin(): void {
    this.#isWarm = this.#options.warmupLr === null;
    this.#apply();
  }

  /** @internal */
  protected override advance(error: number | undefined): void {
    if (error !== undefined && error < this.#options.threshold) this.#isWarm = true;
    this.#apply();
  }

  #apply(): void {
    const { warmupLr, milestones, gamma } = this.#options;
    const falls = milestones.filter((step) => step <= this.lastEpoch).length;
    for (const group of this.groups) {
      const base = this.baseOf(group);
      group.lr = (this.#isWarm ? base : (warmupLr ?? base)) * gamma ** falls;
    }
  }

  override stateDict(): ScheduleState {
    return { ...super.stateDict(), is_warm: this.#isWarm };
  }

  override loadStateDict(state: object): void {
    const { is_warm: isWarm } = (state ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof isWarm !== "boolean")
      throw new ValueError(`${this.name}.loadStateDict`, `it takes is_warm, true or false, got ${describe(state)}`);
    super.loadStateDict(state);
    this.#isWarm = isWarm;
  }
}
