/** Schedules whose next rate a formula tells. */
import { describe, ValueError } from "../../errors.js";
import { type Complete, checkedOptions, type OptionKind, type OptionKinds } from "../../options.js";
import type { Optimizer } from "../optimizer.js";
import { Schedule } from "./schedule.js";

/** What a formula may look at. */
export interface Moment {
  /** Calls of `step()` so far. */
  readonly epoch: number;
  /** The rate in force; at epoch 0 the base. */
  readonly lr: number;
  /** The rate before any schedule. */
  readonly base: number;
  /** Number of the group. */
  readonly group: number;
}

/** A schedule's options and its formula. */
export interface RateRule<Options extends object> {
  readonly name: string;
  readonly kinds: OptionKinds<Options>;
  /** Those that have one. */
  readonly defaults: Partial<Complete<Options>>;
  /** Throws unless they go together. */
  check?(options: Complete<Options>): void;
  /** The rate of an epoch, made of the one before as PyTorch does it, so that schedules may be chained. */
  next(moment: Moment, options: Complete<Options>): number;
}

/** The options with defaults.
 * @throws ValueError if one is missing, unknown or out of range */
export function optionsOf<Options extends object>(
  { name, kinds, defaults, check }: Omit<RateRule<Options>, "next">,
  given: Options,
): Complete<Options> {
  const options: Record<string, unknown> = { ...defaults, ...checkedOptions(name, given, kinds) };
  for (const [option, { fits, means }] of Object.entries(kinds as Readonly<Record<string, OptionKind>>)) {
    if (!fits(options[option]))
      throw new ValueError(name, `${option} must be ${means}, got ${describe(options[option])}`);
  }
  check?.(options as Complete<Options>);
  return options as Complete<Options>;
}

/** A schedule of a formula. */
export abstract class RuleSchedule<Options extends object> extends Schedule {
  readonly #rule: RateRule<Options>;
  readonly #options: Complete<Options>;

  /** @internal */
  protected constructor(rule: RateRule<Options>, optimizer: Optimizer, options: Options) {
    super(rule.name, optimizer);
    this.#rule = rule;
    this.#options = optionsOf(rule, options);
    for (const group of this.groups) this.baseOf(group);
    this.advance();
  }

  /** @internal */
  protected override advance(): void {
    for (const [i, group] of this.groups.entries()) {
      const base = this.baseOf(group);
      group.lr = this.#rule.next({ epoch: this.lastEpoch, lr: group.lr, base, group: i }, this.#options);
    }
  }

  /** @internal */
  protected override begin(): void {
    for (const group of this.groups) group.lr = this.baseOf(group);
    this.advance();
  }
}
