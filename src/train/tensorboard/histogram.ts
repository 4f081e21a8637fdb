/** The histogram of numbers as TensorBoard takes it: buckets whose limits grow by a tenth, from 10⁻¹² on, of both signs. */
import { describe, ValueError } from "../../errors.js";

/** TensorFlow's `HistogramProto`. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  /** How many numbers there are. */
  readonly num: number;
  readonly sum: number;
  readonly sumSquares: number;
  /** Upper limits; the first is the lower one of the first bucket that holds any. */
  readonly limits: readonly number[];
  /** Numbers below each limit and not below the one before it. */
  readonly counts: readonly number[];
}

/** Those of TensorFlow's `histogram.cc` and PyTorch's `add_histogram`; the ends are the largest numbers there are. */
const LIMITS: Float64Array = bucketLimits();

function bucketLimits(): Float64Array {
  const positive: number[] = [];
  for (let limit = 1e-12; limit < 1e20; limit *= 1.1) positive.push(limit);
  positive.push(Number.MAX_VALUE);
  const negative = positive.map((limit) => -limit).reverse();
  return Float64Array.from([...negative, 0, ...positive]);
}

/** Counts the numbers in buckets.
 * @param op whom errors name
 * @param tag what they call the numbers
 * @throws ValueError if there are none, or one is not finite */
export function histogramOf(op: string, tag: string, values: ArrayLike<number>): Histogram {
  if (!(values?.length > 0)) throw new ValueError(op, `"${tag}" takes one number or more, got ${describe(values)}`);
  const buckets = new Float64Array(LIMITS.length); // buckets[i] lies below LIMITS[i]
  let [min, max, sum, sumSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) {
      throw new ValueError(op, `"${tag}" takes finite numbers, got ${describe(value)} at ${i}`, { actual: value });
    }
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    sumSquares += value * value;
    const bucket = bucketOf(value);
    buckets[bucket] = (buckets[bucket] as number) + 1;
  }
  const first = buckets.findIndex((count) => count > 0) - 1; // an empty one, for its limit
  const last = buckets.findLastIndex((count) => count > 0);
  const part = (list: Float64Array) => Array.from(list.subarray(first, last + 1));
  return { min, max, num: values.length, sum, sumSquares, limits: part(LIMITS), counts: part(buckets) };
}

/** The place of the first limit above the value; for the largest number, of itself. */
function bucketOf(value: number): number {
  let [low, high] = [1, LIMITS.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((LIMITS[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
