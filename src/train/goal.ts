/** What it means for a metric to be better. */

/** Whether less or more is better.
 * @category Training */
export type Goal = "min" | "max";

/** The goal of a metric, as asked for, or as its name has it: a loss is to be small, everything else large. */
export function goalOf(metric: string, goal: Goal | undefined): Goal {
  return goal ?? (metric === "loss" ? "min" : "max");
}

/** Whether a value is better than the best so far by more than `minDelta`; NaN is never, and the first other value always. */
export function isBetter(goal: Goal, value: number, best: number | null, minDelta: number): boolean {
  if (Number.isNaN(value)) return false;
  if (best === null) return true;
  return goal === "min" ? value < best - minDelta : value > best + minDelta;
}
