/** What optimisers declare: their options with kinds and defaults, and what they remember. */
import { describe, ValueError } from "../errors.js";
import { type Complete, checkedOptions, type OptionKind, type OptionKinds } from "../options.js";

/** What all optimisers take.
 * @category Optimisers */
export interface OptimizerOptions {
  /** Learning rate γ, at least 0. */
  readonly lr?: number | undefined;
}

/** What an optimiser declares beside its step. */
export interface OptimizerRules<Options extends OptimizerOptions> {
  /** Its class, for errors and profiles. */
  readonly name: string;
  readonly kinds: OptionKinds<Options>;
  /** Those that have one. */
  readonly defaults: Partial<Complete<Options>>;
  /** Throws unless they go together. */
  check?(options: Complete<Options>): void;
  /** Names of the numbers that it may remember of a parameter. */
  readonly numbers: readonly string[];
  /** Names of the tensors that it may remember of a parameter. */
  readonly tensors: readonly string[];
  /** Which of them a parameter has once it has stepped. */
  needs(options: Complete<Options>): readonly string[];
  /** Whether its weight decay keeps out of the gradient. */
  readonly isDecoupled?: boolean;
}

/** The options of a group: its own, else those of the optimiser, else the defaults.
 * @throws ValueError if one is missing, unknown, out of range or at odds with another */
export function completeOptions<Options extends OptimizerOptions>(
  { name, kinds, defaults, check }: OptimizerRules<Options>,
  ...given: readonly Partial<Options>[]
): Complete<Options> {
  const options: Record<string, unknown> = { ...defaults };
  for (const some of given) Object.assign(options, checkedOptions(name, some as Options, kinds));
  for (const [option, { fits, means }] of Object.entries(kinds as Kinds)) {
    if (!fits(options[option]))
      throw new ValueError(name, `${option} must be ${means}, got ${describe(options[option])}`);
  }
  check?.(options as Complete<Options>);
  return options as Complete<Options>;
}

/** Kinds of options by name. */
export type Kinds = Readonly<Record<string, OptionKind>>;
