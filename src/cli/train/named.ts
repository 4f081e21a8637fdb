/** What is chosen by name: optimisers, schedules, transforms, recipes, kinds of data. */
import { distance } from "fastest-levenshtein";
import { describe, ValueError } from "../../errors.js";
import type { Json } from "../../train/events.js";

/** Something by its name, with its options. */
export interface Part {
  readonly name: string;
  readonly [option: string]: Json;
}

/** A part as a recipe has it: the name alone stands for one without options.
 * @throws ValueError if it is neither */
export function partOf(op: string, what: string, given: unknown): Part {
  if (typeof given === "string") return { name: given };
  if (typeof given === "object" && given !== null && typeof (given as Part).name === "string") return given as Part;
  throw new ValueError(op, `${what} must be a name, or { "name": …, options }, got ${describe(given)}`, {
    actual: given,
  });
}

/** The entry of a table by its name.
 * @param what it is, for the error
 * @throws ValueError that names the nearest one */
export function named<T>(op: string, what: string, table: Readonly<Record<string, T>>, name: string): T {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found !== undefined) return found;
  throw new ValueError(op, `there is no ${what} ${describe(name)}; ${nearest(name, Object.keys(table))}`, {
    expected: Object.keys(table),
    actual: name,
  });
}

/** `did you mean sgd? (there are …)`. */
export function nearest(word: string, names: readonly string[]): string {
  const edits = (name: string) => distance(name.toLowerCase(), word.toLowerCase());
  const [best = ""] = names.toSorted((one, other) => edits(one) - edits(other));
  const isNear = edits(best) < Math.max(best.length, word.length) / 2;
  return isNear ? `did you mean ${best}? (there are ${names.join(", ")})` : `there are ${names.join(", ")}`;
}
