/** Groups of numbers that are compared together and reported in one line. */
import { type Comparison, compareNumbers, type Outcome } from "../outcome.js";

/** A group came to this: its first deviation stands for all. */
export function grouped(model: string, group: string, comparisons: readonly Comparison[]): Outcome {
  const wrong = comparisons.filter(({ passed }) => !passed);
  const [first] = wrong;
  const more = wrong.length > 1 ? `; and ${wrong.length - 1} more of ${comparisons.length}` : "";
  const result: Comparison =
    first === undefined
      ? { what: `${comparisons.length} numbers`, passed: comparisons.length > 0, detail: "there is nothing to compare" }
      : { ...first, detail: `${first.detail}${more}` };
  return { name: model, op: group, skipped: false, comparisons: [result] };
}

/** A group that could not be computed. */
export function threw(model: string, group: string, error: unknown): Outcome {
  const detail = error instanceof Error ? error.message : String(error);
  return { name: model, op: group, skipped: false, comparisons: [{ what: "threw", passed: false, detail }] };
}

/** Numbers by name, none of which may be missing or more than expected. */
export function compareRecords(
  got: Readonly<Record<string, number | null>>,
  expected: Readonly<Record<string, number | null>>,
  tolerance: number,
): Comparison[] {
  const unexpected = Object.keys(got).filter((name) => !(name in expected));
  return [
    ...Object.entries(expected).map(([name, value]) => {
      const actual = got[name];
      if (actual === undefined) return { what: name, passed: false, detail: `expected ${value}, it is missing` };
      return compareNumbers(name, actual, value, tolerance);
    }),
    ...unexpected.map((name) => ({ what: name, passed: false, detail: `got ${got[name]}, none was expected` })),
  ];
}

/** Lists that must be the same, entry by entry. */
export function compareLists(got: readonly unknown[], expected: readonly unknown[]): Comparison[] {
  return Array.from({ length: Math.max(got.length, expected.length) }, (_, i) => {
    const [actual, wanted] = [JSON.stringify(got[i]), JSON.stringify(expected[i])];
    return { what: `entry ${i}`, passed: actual === wanted, detail: `expected ${wanted}, got ${actual}` };
  });
}
