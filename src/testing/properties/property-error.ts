/** What a failed property says. */
import { LivegradError } from "../../errors.js";
import { GradcheckError } from "../gradcheck/index.js";
import type { OpCase } from "./case.js";

/** How a property failed.
 * @category Testing */
export interface PropertyFailure {
  /** The smallest case; null if there was no case to try the property on. */
  readonly case: OpCase | null;
  /** Repeats the search, together with `path`. */
  readonly seed: number;
  /** Leads to the smallest case. */
  readonly path: string | null;
  /** Cases that were tried until one failed. */
  readonly runs: number;
  /** Cases that said nothing, as they stood on kinks, or their derivatives were lost in rounding or undecided. */
  readonly skips: number;
  /** Steps from the first failing case to the smallest. */
  readonly shrinks: number;
  /** What was thrown for the smallest case. */
  readonly cause: unknown;
}

/** A property of an op does not hold: the message shows the smallest case, what is wrong with it, and how to repeat it.
 * @category Testing */
export class PropertyError extends LivegradError {
  /** The same for programs. */
  readonly failure: PropertyFailure;

  /** @param op the op; @param property what should hold; @param call the smallest case as code; @param failure how it failed */
  constructor(op: string, property: string, call: string | null, failure: PropertyFailure) {
    super(op, describe(property, call, failure), { cause: failure.cause, actual: failure.case });
    this.failure = failure;
  }
}

function describe(
  property: string,
  call: string | null,
  { seed, path, runs, skips, shrinks, cause }: PropertyFailure,
): string {
  if (call === null) {
    return (
      `"${property}" could not be checked: ${skips} cases stood on kinks or were lost in rounding or undecided, ${runs} were not; give inputs with a domain that ` +
      "keeps away from them"
    );
  }
  const why =
    cause instanceof GradcheckError ? cause.result.message : cause instanceof Error ? cause.message : String(cause);
  return [
    `"${property}" does not hold`,
    `  smallest case  ${call}`,
    ...why.split("\n").map((line, i) => (i === 0 ? `  there          ${line}` : `                 ${line}`)),
    `  found in case ${runs}, after ${shrinks} steps of shrinking; repeat it with { seed: ${seed}, path: "${path}" }`,
  ].join("\n");
}
