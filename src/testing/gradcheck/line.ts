/** Ways through a point, and the kinks that lie on them. */
import type { Evaluation, Region } from "./subject.js";

/** A straight way through a point: `at(t)` evaluates at point + t · direction. */
export interface Line {
  readonly base: Evaluation;
  readonly at: (t: number) => Evaluation;
  /** What the outputs are weighed with: the derivative is that of Σ ⟨g, output⟩. */
  readonly gradOutputs: readonly Float64Array[];
  /** The derivative by the rules. */
  readonly analytic: number;
  /** The size of the derivative that is expected: its error is judged against it. */
  readonly magnitude: number;
  /** Steps to try, in this order. */
  readonly steps: readonly number[];
}

/** The op whose kink lies between a point and others; null if all lie on one piece. */
export function kinkAmong(base: Evaluation, points: readonly Evaluation[]): string | null {
  for (const { regions } of points) {
    const count = Math.max(regions.length, base.regions.length);
    for (let i = 0; i < count; i++) {
      const [a, b] = [base.regions[i], regions[i]];
      if (a === undefined || b === undefined || !sameRegion(a, b)) return (a ?? b)?.op ?? null;
    }
  }
  return null;
}

function sameRegion(a: Region, b: Region): boolean {
  if (a.op !== b.op || a.values.length !== b.values.length) return false;
  for (let i = 0; i < a.values.length; i++) {
    const [p, q] = [a.values[i] as number, b.values[i] as number];
    if (p !== q && !(Number.isNaN(p) && Number.isNaN(q))) return false;
  }
  return true;
}
