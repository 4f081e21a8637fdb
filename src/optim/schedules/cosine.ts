/** Schedules along a cosine (Loshchilov & Hutter 2016). */
import { count } from "../../options.js";
import type { Optimizer } from "../optimizer.js";
import { notNegative } from "../option-kinds.js";
import { type RateRule, RuleSchedule } from "./rule-schedule.js";

/** Options of `CosineAnnealingLR`.
 * @category Schedules */
export interface CosineAnnealingLROptions {
  /** Steps until the rate is least; after it, it rises again. */
  readonly tMax: number;
  /** The least rate, at least 0. Default 0. */
  readonly etaMin?: number | undefined;
}

const cosineRule: RateRule<CosineAnnealingLROptions> = {
  name: "CosineAnnealingLR",
  kinds: { tMax: count, etaMin: notNegative },
  defaults: { etaMin: 0 },
  next({ epoch, lr, base }, { tMax, etaMin }) {
    if (epoch === 0) return lr;
    if ((epoch - 1 - tMax) % (2 * tMax) === 0) return lr + ((base - etaMin) * (1 - Math.cos(Math.PI / tMax))) / 2;
    const height = (step: number): number => 1 + Math.cos((Math.PI * step) / tMax);
    return (height(epoch) / height(epoch - 1)) * (lr - etaMin) + etaMin;
  },
};

/** etaMin + (base − etaMin)(1 + cos(πk/tMax))/2 at step k, as PyTorch's.
 * @category Schedules */
export class CosineAnnealingLR extends RuleSchedule<CosineAnnealingLROptions> {
  /** @throws ValueError if an option is missing or out of range */
  constructor(optimizer: Optimizer, options: CosineAnnealingLROptions) {
    super(cosineRule, optimizer, options);
  }
}

/** Options of `CosineAnnealingWarmRestarts`.
 * @category Schedules */
export interface CosineAnnealingWarmRestartsOptions {
  /** Steps until the first restart. */
  readonly t0: number;
  /** What the next period is longer by. Default 1. */
  readonly tMult?: number | undefined;
  /** The least rate, at least 0. Default 0. */
  readonly etaMin?: number | undefined;
}

const restartsRule: RateRule<CosineAnnealingWarmRestartsOptions> = {
  name: "CosineAnnealingWarmRestarts",
  kinds: { t0: count, tMult: count, etaMin: notNegative },
  defaults: { tMult: 1, etaMin: 0 },
  next({ epoch, base }, { t0, tMult, etaMin }) {
    let period = t0;
    let step = tMult === 1 ? epoch % t0 : epoch;
    for (; step >= period; period *= tMult) step -= period;
    return etaMin + ((base - etaMin) * (1 + Math.cos((Math.PI * step) / period))) / 2;
  },
};

/** A cosine from the base rate to the least one, again and again, each time `tMult` times as long, as PyTorch's (SGDR).
 * @category Schedules */
export class CosineAnnealingWarmRestarts extends RuleSchedule<CosineAnnealingWarmRestartsOptions> {
  /** @throws ValueError if an option is missing or out of range */
  constructor(optimizer: Optimizer, options: CosineAnnealingWarmRestartsOptions) {
    super(restartsRule, optimizer, options);
  }
}
