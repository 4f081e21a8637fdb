/** What a conformance case came to, and how it is printed. */
import type { Tensor } from "../../src/index.js";

/** One compared tensor or number. */
export interface Comparison {
  readonly what: string;
  readonly passed: boolean;
  /** For a failure: where, what was expected and what came instead. */
  readonly detail: string;
  /** Compared with float64 on the inputs rounded to float32, because rounding them is itself beyond the tolerance. */
  readonly rounded?: boolean;
}

/** One case. */
export interface Outcome {
  readonly name: string;
  readonly op: string;
  readonly skipped: boolean;
  /** Why it was skipped. Default: the op does not exist. */
  readonly because?: string;
  readonly comparisons: readonly Comparison[];
}

/** Expected tensors whose largest entry is below this are zeros that PyTorch's own rounding left. */
const roundingNoise = 1e-12;

/** Reads and compares entry by entry; the tolerance is relative to the largest expected entry (to 1 where all are 0). */
export async function compare(
  what: string,
  got: Tensor | null,
  shape: readonly number[],
  expected: readonly number[],
  tolerance: number,
): Promise<Comparison> {
  const values = got === null ? new Array<number>(expected.length).fill(0) : Array.from(await got.data());
  if (got !== null && got.shape.join() !== shape.join()) {
    return { what, passed: false, detail: `expected shape [${shape.join(", ")}], got [${got.shape.join(", ")}]` };
  }
  const largest = Math.max(0, ...expected.filter(Number.isFinite).map(Math.abs));
  const scale = largest < roundingNoise ? 1 : largest;
  const place = expected.findIndex((value, i) => !agrees(values[i] as number, value, tolerance * scale));
  const detail =
    place < 0
      ? ""
      : `at ${place} expected ${expected[place]}, got ${values[place]} (tolerance ${tolerance} of ${scale})`;
  return { what, passed: place < 0, detail };
}

/** Compares one number, relative to its own size; null is a number that does not exist. */
export function compareNumbers(
  what: string,
  got: number | null,
  expected: number | null,
  tolerance: number,
): Comparison {
  const passed =
    got === null || expected === null ? got === expected : agrees(got, expected, tolerance * Math.abs(expected));
  return { what, passed, detail: passed ? "" : `expected ${expected}, got ${got} (relative tolerance ${tolerance})` };
}

function agrees(got: number, expected: number, tolerance: number): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(got);
  if (!Number.isFinite(expected)) return got === expected;
  return Math.abs(got - expected) <= tolerance;
}

/** Whether every comparison of a case passed. */
export function passed({ comparisons }: Outcome): boolean {
  return comparisons.every((c) => c.passed);
}

function whySkipped({ because = "the op does not exist" }: Outcome): string {
  return because;
}

/** The failures, one line each, then what was skipped, by op, then the counts. */
export function report(outcomes: readonly Outcome[], device: string): { lines: string[]; failed: number } {
  const skipped = outcomes.filter((o) => o.skipped);
  const failed = outcomes.filter((o) => !o.skipped && !passed(o));
  const lines = failed.flatMap((o) =>
    o.comparisons
      .filter((c) => !c.passed)
      .map((c) => `FAILED ${o.name} (${o.op}) on ${device}: ${c.what}: ${c.detail}`),
  );
  for (const { name, op, comparisons } of outcomes) {
    const rounded = comparisons.filter((c) => c.rounded === true && c.passed);
    if (rounded.length === 0) continue;
    lines.push(
      `note: ${name} (${op}) on ${device}: rounding its inputs to float32 alone moves ${rounded.map((c) => c.what).join(", ")} ` +
        "beyond the tolerance; compared with float64 on the rounded inputs",
    );
  }
  const reasons = new Set(skipped.map(whySkipped));
  for (const reason of reasons) {
    const ops = skipped.filter((o) => whySkipped(o) === reason).map(({ op }) => op);
    const counts = [...new Set(ops)].map((op) => `${op} ${ops.filter((one) => one === op).length}`);
    lines.push(`skipped, for ${reason}: ${counts.join(", ")}`);
  }
  const ran = outcomes.length - failed.length - skipped.length;
  lines.push(`${device}: ${ran} passed, ${failed.length} failed, ${skipped.length} skipped`);
  return { lines, failed: failed.length };
}
