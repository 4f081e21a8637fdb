/** What a gradient check comes to, and how it is told. */
import { GradientError } from "../../errors.js";
import { formatShape } from "../../shape.js";

/** Which check it was.
 * @category Testing */
export type CheckName = "gradcheck" | "gradgradcheck";

/** One derivative, computed twice: along a direction, or by one entry of an argument.
 * @category Testing */
export interface DerivativeComparison {
  /** The argument: its place among the inputs of `fn`, or `gradOutput` (`gradOutput 1` of the second output, and so on). */
  readonly argument: string;
  /** The entry's coordinates; null for a direction. */
  readonly index: readonly number[] | null;
  /** The argument's value there; null for a direction. */
  readonly at: number | null;
  /** From the backward rules. */
  readonly analytic: number;
  /** From central differences. */
  readonly numeric: number;
  /** |analytic − numeric| / max(|analytic|, |numeric|); for a direction, of the sum of the terms' magnitudes. */
  readonly relativeError: number;
}

/** What was left out, for a difference quotient would reach across a kink.
 * @category Testing */
export interface SkippedDerivative {
  /** The argument, as in `DerivativeComparison`. */
  readonly argument: string;
  /** The entry's coordinates; null for a whole direction. */
  readonly index: readonly number[] | null;
  /** The op that has the kink. */
  readonly op: string;
}

/** Why a check did not pass: a derivative is wrong; there is none to check (nothing recorded, NaN); it is undecided, for central
 * differences do not settle (near a pole or a jump, for instance), which says nothing against the rule; it is so small that
 * rounding hides it, and agrees with differences to within that; nothing but kinks was met; or two runs differ.
 * @category Testing */
export type GradcheckFailure =
  | "wrong"
  | "unchecked"
  | "undecided"
  | "lost in rounding"
  | "on a kink"
  | "not deterministic";

/** The outcome of `gradcheck` or `gradgradcheck`.
 * @category Testing */
export interface GradcheckResult {
  /** Whether every argument was checked and every derivative agreed. */
  readonly passed: boolean;
  /** Why it did not pass; null if it did. */
  readonly failure: GradcheckFailure | null;
  /** How many derivatives were compared. */
  readonly checked: number;
  /** How many of those agree, to three digits or more, but only to within the rounding of the differences. */
  readonly blurred: number;
  /** What stood on a kink and was left out. */
  readonly skipped: readonly SkippedDerivative[];
  /** The comparison with the largest relative error; of a wrong gradient, the worst entry. */
  readonly worst: DerivativeComparison | null;
  /** The op that was recorded last, which made the result; null if none was. */
  readonly op: string | null;
  /** All recorded ops, each once, in the order of recording. */
  readonly ops: readonly string[];
  /** Devices that inputs were moved from: the check itself runs in float64 on the reference device. */
  readonly movedFrom: readonly string[];
  /** Repeats the check: `{ seed }`. */
  readonly seed: number;
  /** What happened, for a person: that it passed and what was skipped, or why it failed. */
  readonly message: string;
}

/** A gradient is wrong, undecided, or could not be checked; `result` says which and where.
 * @category Testing */
export class GradcheckError extends GradientError {
  /** The outcome that the message tells of. */
  readonly result: GradcheckResult;

  /** @param check who checked; @param result the outcome */
  constructor(check: CheckName, result: GradcheckResult) {
    super(check, `${result.message}\n  repeat it with { seed: ${result.seed} }`, {
      expected: result.worst?.numeric,
      actual: result.worst?.analytic,
    });
    this.result = result;
  }
}

/** A place as messages print it: `argument 0 at [1, 2]`. */
export function describePlace(argument: string, index: readonly number[] | null): string {
  const name = /^\d/.test(argument) ? `argument ${argument}` : argument;
  return index === null ? name : `${name} at ${formatShape(index)}`;
}

/** The lines of a comparison, below a heading. */
export function describeComparison({ at, analytic, numeric, relativeError }: DerivativeComparison): string {
  return [
    ...(at === null ? [] : [`the argument there  ${at}`]),
    `analytic            ${analytic}`,
    `numeric             ${numeric}`,
    `relative error      ${relativeError.toPrecision(3)}`,
  ]
    .map((line) => `\n  ${line}`)
    .join("");
}

/** What was skipped, in one line an op. */
export function describeSkipped(skipped: readonly SkippedDerivative[]): string {
  const byOp = new Map<string, SkippedDerivative[]>();
  for (const item of skipped) byOp.set(item.op, [...(byOp.get(item.op) ?? []), item]);
  return [...byOp]
    .map(([op, items]) => {
      const places = items.slice(0, 4).map(({ argument, index }) => describePlace(argument, index));
      const more = items.length > 4 ? ` and ${items.length - 4} more` : "";
      return `\n  skipped on a kink of ${op}: ${places.join(", ")}${more}`;
    })
    .join("");
}
