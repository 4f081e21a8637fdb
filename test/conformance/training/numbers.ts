/** Numbers of the training files: how they are written, and when two agree. */
import type { DeviceName, Tensor } from "../../../src/index.js";
import type { Comparison, Outcome } from "../outcome.js";

/** A number; what JSON cannot write is a string. */
export type Written = number | string;

/** A tensor, row-major. */
export interface WrittenTensor {
  readonly shape: readonly number[];
  readonly values: readonly Written[];
}

/** The numbers themselves. */
export function numbersOf(values: readonly Written[]): number[] {
  return values.map(Number);
}

/** An object whose numbers are written so, at any depth. */
export function withNumbers(value: unknown): unknown {
  if (typeof value === "string" && /^(NaN|-?Infinity|-0|-?\d+)$/.test(value)) return Number(value);
  if (Array.isArray(value)) return value.map(withNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withNumbers(entry)]));
}

/** How far numbers may lie from what is expected: `absolute + relative · |expected|`. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** A tolerance relative to the expected number, to 1 where that is smaller. */
export function atLeastOne(tolerance: number): Tolerance {
  return { absolute: tolerance, relative: tolerance };
}

/** Whether a number agrees with the expected one, as these files mean it. */
function agrees(got: number, expected: number, { absolute, relative }: Tolerance): boolean {
  if (!Number.isFinite(expected)) return Object.is(got, expected);
  return Math.abs(got - expected) <= Math.max(absolute, relative * Math.abs(expected));
}

/** Compares lists entry by entry; null is a list that does not exist. */
export function compareLists(
  what: string,
  got: ArrayLike<number> | null,
  expected: readonly number[] | null,
  tolerance: Tolerance,
): Comparison {
  if (got === null || expected === null) {
    const detail = got === expected ? "" : `expected ${expected === null ? "nothing" : "numbers"}, got the other`;
    return { what, passed: got === expected, detail };
  }
  if (got.length !== expected.length)
    return { what, passed: false, detail: `expected ${expected.length} numbers, got ${got.length}` };
  const place = expected.findIndex((value, i) => !agrees(got[i] as number, value, tolerance));
  const detail = place < 0 ? "" : `at ${place} expected ${expected[place]}, got ${got[place]}`;
  return { what, passed: place < 0, detail };
}

/** The numbers of a tensor that may not be there. */
export async function read(x: Tensor | null): Promise<ArrayLike<number> | null> {
  return x === null ? null : x.data();
}

/** Whether a device computes in float64. */
export function isExact(device: DeviceName): boolean {
  return device === "reference";
}

/** Runs a case; what it throws is a failure of it. */
export async function outcomeOf(
  name: string,
  op: string,
  run: () => Promise<readonly Comparison[]> | readonly Comparison[],
): Promise<Outcome> {
  try {
    return { name, op, skipped: false, comparisons: await run() };
  } catch (error) {
    const detail = error instanceof Error ? error.message.slice(0, 600) : String(error);
    return { name, op, skipped: false, comparisons: [{ what: "threw", passed: false, detail }] };
  }
}
