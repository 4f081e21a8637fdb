/** Schedules that lead the rate from one value to another within a number of steps. */
import { count } from "../../options.js";
import type { Optimizer } from "../optimizer.js";
import { notNegative } from "../option-kinds.js";
import { factor, fraction } from "./option-kinds.js";
import { type RateRule, RuleSchedule } from "./rule-schedule.js";

/** Options of `ConstantLR`.
 * @category Schedules */
export interface ConstantLROptions {
  /** What the rate is multiplied by, above 0, at most 1. Default 1/3. */
  readonly factor?: number | undefined;
  /** For so many steps. Default 5. */
  readonly totalIters?: number | undefined;
}

const constantRule: RateRule<ConstantLROptions> = {
  name: "ConstantLR",
  kinds: { factor, totalIters: count },
  defaults: { factor: 1 / 3, totalIters: 5 },
  next({ epoch, lr }, options) {
    if (epoch === 0) return lr * options.factor;
    return epoch === options.totalIters ? lr * (1 / options.factor) : lr;
  },
};

/** Multiplies the rate by a factor until `totalIters` steps are made, as PyTorch's.
 * @category Schedules */
export class ConstantLR extends RuleSchedule<ConstantLROptions> {
  /** @throws ValueError if an option is out of range */
  constructor(optimizer: Optimizer, options: ConstantLROptions = {}) {
    super(constantRule, optimizer, options);
  }
}

/** Options of `LinearLR`.
 * @category Schedules */
export interface LinearLROptions {
  /** The factor at first, above 0, at most 1. Default 1/3. */
  readonly startFactor?: number | undefined;
  /** The factor at last, from 0 to 1. Default 1. */
  readonly endFactor?: number | undefined;
  /** Steps between the two. Default 5. */
  readonly totalIters?: number | undefined;
}

const linearRule: RateRule<LinearLROptions> = {
  name: "LinearLR",
  kinds: { startFactor: factor, endFactor: fraction, totalIters: count },
  defaults: { startFactor: 1 / 3, endFactor: 1, totalIters: 5 },
  next({ epoch, lr }, { startFactor, endFactor, totalIters }) {
    if (epoch === 0) return lr * startFactor;
    if (epoch > totalIters) return lr;
    const change = endFactor - startFactor;
    return lr * (1 + change / (totalIters * startFactor + (epoch - 1) * change));
  },
};

/** Leads the factor of the rate from one value to another in equal steps, as PyTorch's: a warm-up, before another schedule in
 * `SequentialLR`.
 * @category Schedules */
export class LinearLR extends RuleSchedule<LinearLROptions> {
  /** @throws ValueError if an option is out of range */
  constructor(optimizer: Optimizer, options: LinearLROptions = {}) {
    super(linearRule, optimizer, options);
  }
}

/** Options of `PolynomialLR`.
 * @category Schedules */
export interface PolynomialLROptions {
  /** Steps until the rate is 0. Default 5. */
  readonly totalIters?: number | undefined;
  /** The power, at least 0. Default 1. */
  readonly power?: number | undefined;
}

const polynomialRule: RateRule<PolynomialLROptions> = {
  name: "PolynomialLR",
  kinds: { totalIters: count, power: notNegative },
  defaults: { totalIters: 5, power: 1 },
  next({ epoch, lr }, { totalIters, power }) {
    if (epoch === 0 || epoch > totalIters) return lr;
    return lr * ((1 - epoch / totalIters) / (1 - (epoch - 1) / totalIters)) ** power;
  },
};

/** The base rate times (1 − k/totalIters)^power at step k, as PyTorch's.
 * @category Schedules */
export class PolynomialLR extends RuleSchedule<PolynomialLROptions> {
  /** @throws ValueError if an option is out of range */
  constructor(optimizer: Optimizer, options: PolynomialLROptions = {}) {
    super(polynomialRule, optimizer, options);
  }
}
