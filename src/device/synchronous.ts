/** Functions that must have done everything when they return. */
import { describe, ValueError } from "../errors.js";

/** Refuses a result that stands for work still to come: of an async function, of a generator, of one that returns a promise
 * or any other thenable. A mode, a scope or a recording ends when its function returns.
 * @param op who refuses
 * @param where what the rest would not be part of
 * @returns the result */
export function refuseAsync<T>(op: string, result: T, where = "be part of this"): T {
  const kind = kindOfLater(result);
  if (kind === null) return result;
  if (result instanceof Promise) result.catch(() => undefined); // its own failure would only hide this one
  throw new ValueError(op, `the function must not ${rules[kind]} would not ${where}; ${remedies[kind]}`);
}

/** Throws unless it is a function that can be run. */
export function checkFunction(op: string, fn: unknown): void {
  if (typeof fn !== "function") throw new ValueError(op, `it runs a function, got ${describe(fn)}`);
}

type Later = "promise" | "thenable" | "generator";

const rules: Readonly<Record<Later, string>> = {
  promise: "be async: what follows its first await",
  thenable: "return a thenable: what it does when it is awaited",
  generator: "be a generator or return an iterator: what runs at its next()",
};

const remedies: Readonly<Record<Later, string>> = {
  promise: "await outside of it",
  thenable: "await outside of it",
  generator: "collect its values inside, [...values]",
};

/** Iterators that run code of their own at each step; those of arrays and maps do not. */
const runsAtNext = /^\[object (Async)?Generator\]$|^\[object Iterator Helper\]$/;

/** What of a result is still to come; null if nothing is. */
export function kindOfLater(result: unknown): Later | null {
  if (result === null || (typeof result !== "object" && typeof result !== "function")) return null;
  if (result instanceof Promise) return "promise";
  if (runsAtNext.test(Object.prototype.toString.call(result))) return "generator";
  return typeof (result as { then?: unknown }).then === "function" ? "thenable" : null;
}
