/** gradcheck and gradgradcheck: the gradients of a function against central differences, in float64. */
import { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import { checkedOptions, flag, type Given, number, type OptionKinds, oneOf } from "../../options.js";
import type { CheckPlan } from "./check.js";
import { firstOrder, secondOrder } from "./orders.js";
import { type CheckName, GradcheckError, type GradcheckResult } from "./result.js";
import { type CheckedFunction, type CheckedInputs, subjectOf } from "./subject.js";

/** Options of `gradcheck` and `gradgradcheck`.
 * @category Testing */
export interface GradcheckOptions {
  /** `directions` compares ⟨v, Jᵀg⟩ with ⟨g, Jv⟩ for random v and g, argument by argument; `entries` the gradient of every
   * entry, for one random g. Default `directions`. */
  readonly mode?: "directions" | "entries" | undefined;
  /** How many random directions for each argument. Default 2. */
  readonly directions?: number | undefined;
  /** Where the random numbers come from; a failure names it. Default 0. */
  readonly seed?: number | undefined;
  /** Largest error relative to the derivative (of a direction: to the sum of its terms' magnitudes; of an entry: or to a
   * thousandth of the argument's largest). Default 1e-6. */
  readonly relative?: number | undefined;
  /** Error that is allowed on top, however small the derivative is. Default 0. */
  readonly absolute?: number | undefined;
  /** First step, relative to the argument's entries; down to 1e-5 of it is tried. Default 1e-3. */
  readonly step?: number | undefined;
  /** Whether anything but a pass throws a `GradcheckError`; else look at `passed`. Default true. */
  readonly raiseException?: boolean | undefined;
}

const gradcheckOptions: OptionKinds<GradcheckOptions> = {
  mode: oneOf("directions", "entries"),
  directions: number,
  seed: number,
  relative: number,
  absolute: number,
  step: number,
  raiseException: flag,
};

/** Checks the gradients of `fn` at a point: the backward rules against central differences (extrapolated, and with an estimate
 * of their own error), in float64 on the reference device, whichever device the inputs live on.
 *
 * It checks the float inputs that require a gradient, or all float inputs if none does; integers, bools and null are passed on
 * to `fn` as they are. Where a difference quotient would reach across a kink (see `region` of `defineOp`), it takes a shorter
 * step; an entry that stands on one is skipped, and the result lists it.
 *
 * Nor does it call a rule wrong for what rounding may have made: where the two sides differ, the rounding of `fn` is measured at
 * points nearby. What agrees to within that passes if it can be seen to three digits (`blurred` counts these); else the check
 * fails as `"lost in rounding"`. Nor for differences that do not know themselves: quotients contradict if two steps agree to three
 * digits. Where a pole or a jump is nearer than the steps are long they do not, and the check fails as `"undecided"`. The step
 * is chosen for each entry: by the argument's largest first, by the entry's own size where that does not agree.
 *
 * It never passes for want of a check: where nothing was recorded, an argument has no entry off a kink, a number is NaN or
 * infinite, differences do not settle, or two calls of `fn` or of its backward differ, it fails and says so. What it cannot see
 * is a wrong derivative whose effect on the result is below rounding, or one in a place where you do not check.
 *
 * ```ts
 * gradcheck((x, w) => conv2d(x, w, null, { padding: 1 }), [x, w]);
 * ```
 * @returns the outcome, which tells what was skipped
 * @throws GradcheckError unless it passed (or `raiseException` is false); ValueError if there is nothing to call, no float
 * input, or an unknown option
 * @category Testing */
export function gradcheck(fn: CheckedFunction, inputs: CheckedInputs, options: GradcheckOptions = {}): GradcheckResult {
  const given = optionsOf("gradcheck", options);
  const plan = planOf("gradcheck", given);
  return conclude("gradcheck", firstOrder(subjectOf("gradcheck", fn, inputs), plan), given);
}

/** Checks the second derivatives of `fn` at a point: the gradient as a function of the inputs and of `gradOutput`, itself checked
 * by `gradcheck`'s means. A rule that is right once and wrong twice (a saved tensor that was detached) fails here.
 *
 * The backward pass must also give the same gradient whether it is recorded or not. Where every rule answers null, `fn`
 * must be flat, and that is what is checked.
 * @returns the outcome
 * @throws GradcheckError unless it passed (or `raiseException` is false); ValueError if there is nothing to call, no float
 * input, or an unknown option
 * @category Testing */
export function gradgradcheck(
  fn: CheckedFunction,
  inputs: CheckedInputs,
  options: GradcheckOptions = {},
): GradcheckResult {
  const given = optionsOf("gradgradcheck", options);
  const plan = planOf("gradgradcheck", given);
  const subject = subjectOf("gradgradcheck", fn, inputs);
  return conclude("gradgradcheck", secondOrder(subject, plan), given);
}

function optionsOf(check: CheckName, options: GradcheckOptions): Given<GradcheckOptions> {
  if (options instanceof Tensor)
    throw new ValueError(check, `several inputs are a list: ${check}(fn, [a, b], options)`);
  return checkedOptions(check, options, gradcheckOptions);
}

function planOf(check: CheckName, options: Given<GradcheckOptions>): CheckPlan {
  const { mode = "directions", directions = 2, seed = 0, relative = 1e-6, absolute = 0, step = 1e-3 } = options;
  if (!Number.isInteger(directions) || directions < 1) {
    throw new ValueError(check, `directions must be a positive integer, got ${directions}`);
  }
  for (const [name, value] of Object.entries({ relative, absolute, step })) {
    const inRange = value < 1 && (name === "absolute" ? value >= 0 : value > 0);
    if (!inRange) throw new ValueError(check, `${name} must be above 0 (absolute: or 0) and below 1, got ${value}`);
  }
  return { mode, directions, seed, relative, absolute, step };
}

function conclude(
  check: CheckName,
  result: GradcheckResult,
  { raiseException = true }: GradcheckOptions,
): GradcheckResult {
  if (raiseException && !result.passed) throw new GradcheckError(check, result);
  return result;
}
