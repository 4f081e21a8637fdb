/** The one-cycle policy (Smith & Topin 2017). */
import { ValueError } from "../../errors.js";
import { type Complete, count, flag, number, type OptionKind, type OptionKinds, oneOf } from "../../options.js";
import type { Optimizer } from "../optimizer.js";
import { setMomentum } from "./momentum.js";
import { fraction, orNull, perGroup } from "./option-kinds.js";
import { forGroup } from "./per-group.js";
import { optionsOf } from "./rule-schedule.js";
import { Schedule } from "./schedule.js";

/** Options of `OneCycleLR`.
 * @category Schedules */
export interface OneCycleLROptions {
  /** The largest rate; one for all groups, or one for each. */
  readonly maxLr: number | readonly number[];
  /** Steps of the cycle; or `epochs` and `stepsPerEpoch`, whose product it is. */
  readonly totalSteps?: number | null | undefined;
  /** How often the training data are gone through. */
  readonly epochs?: number | null | undefined;
  /** Steps of the optimiser in each. */
  readonly stepsPerEpoch?: number | null | undefined;
  /** Share of the steps in which the rate rises. Default 0.3. */
  readonly pctStart?: number | undefined;
  /** Whether it rises and falls along a cosine or a line. Default cos. */
  readonly annealStrategy?: "cos" | "linear" | undefined;
  /** Whether momentum (β₁ of an optimiser with betas) goes the other way. Default true. */
  readonly cycleMomentum?: boolean | undefined;
  /** The least momentum. Default 0.85. */
  readonly baseMomentum?: number | readonly number[] | undefined;
  /** The largest momentum. Default 0.95. */
  readonly maxMomentum?: number | readonly number[] | undefined;
  /** The first rate is maxLr / divFactor. Default 25. */
  readonly divFactor?: number | undefined;
  /** The last rate is the first one / finalDivFactor. Default 1e4. */
  readonly finalDivFactor?: number | undefined;
  /** Whether the rate falls back to the first one before it falls to the last. Default false. */
  readonly threePhase?: boolean | undefined;
}

const above0: OptionKind<number> = {
  means: "a number above 0",
  fits: (value) => number.fits(value) && (value as number) > 0,
};

const kinds: OptionKinds<OneCycleLROptions> = {
  maxLr: perGroup,
  totalSteps: orNull(count),
  epochs: orNull(count),
  stepsPerEpoch: orNull(count),
  pctStart: fraction,
  annealStrategy: oneOf("cos", "linear"),
  cycleMomentum: flag,
  baseMomentum: perGroup,
  maxMomentum: perGroup,
  divFactor: above0,
  finalDivFactor: above0,
  threePhase: flag,
};

const rules = {
  name: "OneCycleLR",
  kinds,
  defaults: {
    totalSteps: null,
    epochs: null,
    stepsPerEpoch: null,
    pctStart: 0.3,
    annealStrategy: "cos",
    cycleMomentum: true,
    baseMomentum: 0.85,
    maxMomentum: 0.95,
    divFactor: 25,
    finalDivFactor: 1e4,
    threePhase: false,
  },
} as const;

/** The way to a step: from which values to which. */
interface Phase {
  readonly end: number;
  readonly lr: readonly [from: Corner, to: Corner];
  readonly momentum: readonly [from: "base" | "max", to: "base" | "max"];
}

type Corner = "initial" | "max" | "min";

/** From a small rate up to the largest and down to nearly nothing, once, as PyTorch's; one step of it is one of the optimiser. The
 * step after the last one is let through, for a loop calls `step()` after it, too.
 * @category Schedules */
export class OneCycleLR extends Schedule {
  readonly #options: Complete<OneCycleLROptions>;
  readonly #total: number;
  readonly #phases: readonly Phase[];

  /** @throws ValueError if an option is missing, unknown or out of range, or if there is no momentum to cycle */
  constructor(optimizer: Optimizer, options: OneCycleLROptions) {
    super(rules.name, optimizer);
    this.#options = optionsOf(rules, options);
    this.#total = totalOf(this.#options);
    this.#phases = phasesOf(this.#total, this.#options);
    for (const [i, group] of this.groups.entries()) this.rebase(group, this.#corners(i).initial);
    this.begin();
  }

  #corners(i: number): Readonly<Record<Corner, number>> {
    const { maxLr, divFactor, finalDivFactor } = this.#options;
    const max = forGroup(rules.name, "maxLr", maxLr, i, this.groups.length);
    const initial = max / divFactor;
    return { initial, max, min: initial / finalDivFactor };
  }

  /** @internal */
  protected override begin(): void {
    this.#apply();
  }

  /** @throws ValueError where the cycle is over */
  override step(): void {
    if (this.lastEpoch >= this.#total)
      throw new ValueError(this.name, `its cycle of ${this.#total} steps is over; make one of more steps`);
    super.step();
  }

  /** @internal */
  protected override advance(): void {
    this.#apply();
  }

  #apply(): void {
    const { annealStrategy, cycleMomentum, baseMomentum, maxMomentum } = this.#options;
    const phase = this.#phases.find(({ end }) => this.lastEpoch <= end) ?? (this.#phases.at(-1) as Phase);
    const start = this.#phases[this.#phases.indexOf(phase) - 1]?.end ?? 0;
    const share = (this.lastEpoch - start) / (phase.end - start);
    const between = annealStrategy === "cos" ? alongCosine : alongLine;
    for (const [i, group] of this.groups.entries()) {
      const corners = this.#corners(i);
      group.lr = between(corners[phase.lr[0]], corners[phase.lr[1]], share);
      if (!cycleMomentum) continue;
      const momenta = {
        base: forGroup(this.name, "baseMomentum", baseMomentum, i, this.groups.length),
        max: forGroup(this.name, "maxMomentum", maxMomentum, i, this.groups.length),
      };
      setMomentum(this.name, group, between(momenta[phase.momentum[0]], momenta[phase.momentum[1]], share));
    }
  }

  override loadStateDict(state: object): void {
    super.loadStateDict(state);
    this.#apply();
  }
}

function totalOf({ totalSteps, epochs, stepsPerEpoch }: Complete<OneCycleLROptions>): number {
  if (totalSteps !== null) return totalSteps;
  if (epochs !== null && stepsPerEpoch !== null) return epochs * stepsPerEpoch;
  throw new ValueError(rules.name, "it needs totalSteps, or epochs and stepsPerEpoch");
}

function phasesOf(total: number, { pctStart, threePhase }: Complete<OneCycleLROptions>): readonly Phase[] {
  const top = pctStart * total - 1;
  const rise: Phase = { end: top, lr: ["initial", "max"], momentum: ["max", "base"] };
  if (!threePhase) return [rise, { end: total - 1, lr: ["max", "min"], momentum: ["base", "max"] }];
  return [
    rise,
    { end: 2 * pctStart * total - 2, lr: ["max", "initial"], momentum: ["base", "max"] },
    { end: total - 1, lr: ["initial", "min"], momentum: ["max", "max"] },
  ];
}

function alongCosine(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (Math.cos(Math.PI * share) + 1);
}

function alongLine(from: number, to: number, share: number): number {
  return (to - from) * share + from;
}
