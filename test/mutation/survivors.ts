/** Mutants that no test can kill, and why: they change no result, or only the work that it takes.
 *
 * `npm run mutation` fails for a survivor that is missing here, and for an entry whose mutant is killed or gone. */

/** Changes of one file that survive for one reason. */
export interface Explanation {
  readonly file: string;
  readonly reason: string;
  /** The lines before and after, as the report prints them. */
  readonly changes: readonly (readonly [before: string, after: string])[];
}

/** All of them. */
export const explanations: readonly Explanation[] = [];
