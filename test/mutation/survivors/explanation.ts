/** Why a mutant survives. */

/** Changes of one file that survive for one reason. */
export interface Explanation {
  readonly file: string;
  readonly reason: string;
  /** The lines before and after, as the report prints them. */
  readonly changes: readonly (readonly [before: string, after: string])[];
}
