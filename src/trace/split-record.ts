/** How the record of a split is made of what came back to it. */
import type { Call, PlannedPart, PlannedSplit } from "./call.js";
import type { SplitNumbers } from "./pass-numbers.js";
import type { NullReason, Split, SplitPart } from "./records.js";
import { type Later, settle } from "./statistics.js";

/** A split at the end of the pass. */
export interface SeenSplit {
  readonly plan: PlannedSplit;
  readonly numbers: SplitNumbers;
  /** Weighted layers on the longest way of each part, where that is known. */
  readonly depths: ReadonlyMap<PlannedPart, number>;
  /** The call whose output was split; null if it was none's. */
  readonly from: Call | null;
}

/** A number, the reason why there is none, or null where the layer never has one. */
export type Entry = number | NullReason | null;

/** Waits for the numbers of a split. @param source what was split, by its name in the record, if it is a layer's output */
export async function splitRecord({ plan, numbers, depths }: SeenSplit, source: string | null): Promise<Split> {
  const { from, joins, parts } = plan;
  const isInput = from.inputs.length === 0 && from.standsFor === null;
  const missing = from.node === null ? "requires-none" : "no-gradient";
  const told = await Promise.all(
    parts.map(async (part) => ({
      ...part,
      depth: depths.get(part) ?? null,
      ...(await gradient(numbers.parts.get(part) ?? null, missing)),
    })),
  );
  const outside = numbers.parts.get(null);
  const rest: SplitPart[] =
    outside === undefined ? [] : [{ name: "outside", depth: null, ...(await gradient(outside, missing)) }];
  return {
    from: source ?? (isInput ? "input" : null),
    joins,
    ...(await gradient(numbers.whole, missing)),
    parts: [...told, ...rest],
  };
}

async function gradient(norm: Later | null, missing: NullReason): Promise<Pick<SplitPart, "gradNorm" | "reason">> {
  return norm === null ? { gradNorm: null, reason: missing } : { gradNorm: await settle(norm), reason: null };
}

/** The two paths of a residual addition, if the ways of a layer are that: the one with fewer weighted layers is the identity. */
export function twoPaths(splits: readonly Split[]): { identityGradNorm: Entry; branchGradNorm: Entry } {
  const [split] = splits;
  const [a, b, ...others] = split?.parts ?? [];
  const isAddition = splits.length === 1 && split?.joins.every((kind) => kind === "add") === true;
  if (!isAddition || a === undefined || b === undefined || others.length > 0) return neither;
  if (a.depth === null || b.depth === null || a.depth === b.depth) return neither;
  const [identity, branch] = a.depth < b.depth ? [a, b] : [b, a];
  return { identityGradNorm: identity.gradNorm ?? identity.reason, branchGradNorm: branch.gradNorm ?? branch.reason };
}

const neither = { identityGradNorm: null, branchGradNorm: null };
