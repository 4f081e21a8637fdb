/** Schedules that multiply the rate at certain steps, or at each. */
import { describe, ValueError } from "../../errors.js";
import { count, type OptionKind } from "../../options.js";
import type { Optimizer } from "../optimizer.js";
import { notNegative } from "../option-kinds.js";
import { milestones } from "./option-kinds.js";
import { type RateRule, RuleSchedule } from "./rule-schedule.js";

/** Options of `StepLR`.
 * @category Schedules */
export interface StepLROptions {
  /** Steps between two falls. */
  readonly stepSize: number;
  /** What the rate is multiplied by, at least 0. Default 0.1. */
  readonly gamma?: number | undefined;
}

const stepRule: RateRule<StepLROptions> = {
  name: "StepLR",
  kinds: { stepSize: count, gamma: notNegative },
  defaults: { gamma: 0.1 },
  next: ({ epoch, lr }, { stepSize, gamma }) => (epoch > 0 && epoch % stepSize === 0 ? lr * gamma : lr),
};

/** Multiplies the rate by gamma every `stepSize` steps, as PyTorch's.
 * @category Schedules */
export class StepLR extends RuleSchedule<StepLROptions> {
  /** @throws ValueError if an option is missing or out of range */
  constructor(optimizer: Optimizer, options: StepLROptions) {
    super(stepRule, optimizer, options);
  }
}

/** Options of `MultiStepLR`.
 * @category Schedules */
export interface MultiStepLROptions {
  /** Steps at which the rate falls, in rising order; one that is listed twice counts twice. */
  readonly milestones: readonly number[];
  /** What the rate is multiplied by, at least 0. Default 0.1. */
  readonly gamma?: number | undefined;
}

const multiStepRule: RateRule<MultiStepLROptions> = {
  name: "MultiStepLR",
  kinds: { milestones, gamma: notNegative },
  defaults: { gamma: 0.1 },
  next: ({ epoch, lr }, options) => lr * options.gamma ** options.milestones.filter((step) => step === epoch).length,
};

/** Multiplies the rate by gamma at each milestone, as PyTorch's.
 * @category Schedules */
export class MultiStepLR extends RuleSchedule<MultiStepLROptions> {
  /** @throws ValueError if an option is missing or out of range */
  constructor(optimizer: Optimizer, options: MultiStepLROptions) {
    super(multiStepRule, optimizer, options);
  }
}

/** Options of `ExponentialLR`.
 * @category Schedules */
export interface ExponentialLROptions {
  /** What the rate is multiplied by at each step, at least 0. */
  readonly gamma: number;
}

const exponentialRule: RateRule<ExponentialLROptions> = {
  name: "ExponentialLR",
  kinds: { gamma: notNegative },
  defaults: {},
  next: ({ epoch, lr }, { gamma }) => (epoch > 0 ? lr * gamma : lr),
};

/** Multiplies the rate by gamma at each step, as PyTorch's.
 * @category Schedules */
export class ExponentialLR extends RuleSchedule<ExponentialLROptions> {
  /** @throws ValueError if gamma is missing or out of range */
  constructor(optimizer: Optimizer, options: ExponentialLROptions) {
    super(exponentialRule, optimizer, options);
  }
}

/** Options of `LambdaLR` and `MultiplicativeLR`.
 * @category Schedules */
export interface LambdaLROptions {
  /** The factor of a step, counted from 0 on; one function for all groups, or one for each. */
  readonly lrLambda: ((epoch: number) => number) | readonly ((epoch: number) => number)[];
}

const lrLambda: OptionKind<LambdaLROptions["lrLambda"]> = {
  means: "a function, or a list of one for each group",
  fits: (value) =>
    typeof value === "function" || (Array.isArray(value) && value.every((entry) => typeof entry === "function")),
};

/** The factor of a step for a group.
 * @throws ValueError unless the function gives one */
function factorOf(op: string, { lrLambda }: LambdaLROptions, epoch: number, group: number): number {
  const lambda = typeof lrLambda === "function" ? lrLambda : lrLambda[group];
  const factor: unknown = lambda?.(epoch);
  if (notNegative.fits(factor)) return factor as number;
  const what = lambda === undefined ? `there is no function for group ${group}` : `got ${describe(factor)}`;
  throw new ValueError(op, `the factor of step ${epoch} must be ${notNegative.means}; ${what}`, { actual: factor });
}

const lambdaRule: RateRule<LambdaLROptions> = {
  name: "LambdaLR",
  kinds: { lrLambda },
  defaults: {},
  next: ({ epoch, base, group }, options) => base * factorOf("LambdaLR", options, epoch, group),
};

/** The base rate times a factor of one's own, as PyTorch's; `linearWarmupCosine` and others make such factors.
 * @category Schedules */
export class LambdaLR extends RuleSchedule<LambdaLROptions> {
  /** @throws ValueError unless it is given a function, whose factors are finite and make no rate below 0 */
  constructor(optimizer: Optimizer, options: LambdaLROptions) {
    super(lambdaRule, optimizer, options);
  }
}

const multiplicativeRule: RateRule<LambdaLROptions> = {
  name: "MultiplicativeLR",
  kinds: { lrLambda },
  defaults: {},
  next: ({ epoch, lr, group }, options) => (epoch > 0 ? lr * factorOf("MultiplicativeLR", options, epoch, group) : lr),
};

/** Multiplies the rate by a factor of one's own at each step, as PyTorch's.
 * @category Schedules */
export class MultiplicativeLR extends RuleSchedule<LambdaLROptions> {
  /** @throws ValueError unless it is given a function, whose factors are finite and make no rate below 0 */
  constructor(optimizer: Optimizer, options: LambdaLROptions) {
    super(multiplicativeRule, optimizer, options);
  }
}
