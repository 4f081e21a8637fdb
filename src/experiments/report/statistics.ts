/** Means over seeds of norms that span many powers of ten, some of them exactly zero, infinite or NaN. */

import { logAverage, mean, standardDeviation } from "simple-statistics";

/** How a positive quantity spreads over the seeds. If the value of a seed is NaN, so are `mean`, `min` and `max`.
 * @category Gradient flow */
export interface Spread {
  /** Geometric mean `(Π xᵢ)^(1/n)`; 0 if a seed has exactly 0 (underflow), `Infinity` if a seed has that (overflow). */
  readonly mean: number;
  /** Geometric standard deviation `exp(σ(ln xᵢ))`, ≥ 1, biased; `null` if a value is 0 or not finite, or n = 1. */
  readonly factor: number | null;
  /** Smallest value. */
  readonly min: number;
  /** Largest value. */
  readonly max: number;
}

/** The spread of non-negative values; the empty list gives zeros.
 * @category Gradient flow */
export function spreadOf(values: readonly number[]): Spread {
  const known = values.map(Math.abs);
  if (known.length === 0) return { mean: 0, factor: null, min: 0, max: 0 };
  const { min, max } = rangeOf(known);
  if (Number.isNaN(max)) return { mean: Number.NaN, factor: null, min, max };
  if (max === Number.POSITIVE_INFINITY) return { mean: max, factor: null, min, max };
  if (min === 0) return { mean: 0, factor: null, min, max };
  const factor = known.length < 2 ? null : Math.exp(standardDeviation(known.map(Math.log)));
  // logAverage sums logarithms; geometricMean would multiply the norms first, and underflow.
  return { mean: logAverage(known), factor, min, max };
}

/** `first / last`: NaN where either is; infinite on either side is an overflow, a first of exactly 0 an underflow. */
export function safeRatio(first: number, last: number): number {
  if (Number.isNaN(first) || Number.isNaN(last)) return Number.NaN;
  if (!Number.isFinite(first) || !Number.isFinite(last)) return Number.POSITIVE_INFINITY;
  if (first === 0) return 0;
  return last === 0 ? Number.POSITIVE_INFINITY : first / last;
}

/** Arithmetic mean, minimum and maximum, NaN if a value is; `null` without values. */
export function meanOf(values: readonly number[]): { mean: number; min: number; max: number } | null {
  if (values.length === 0) return null;
  return { mean: mean([...values]), ...rangeOf(values) };
}

function rangeOf(values: readonly number[]): { min: number; max: number } {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [min, max] = [Math.min(min, value), Math.max(max, value)];
  return { min, max };
}

/** Writes a norm as `1.2e-5`; exactly 0 as `0`, an overflow as `∞`, and NaN as itself. */
export function formatNorm(value: number): string {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return notFinite(value);
  return value.toExponential(1).replace("e+", "e");
}

function notFinite(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "∞" : "−∞";
}

/** Writes a factor as `0.68`, `17` or `1e11`, whichever is plain. */
export function formatFactor(value: number): string {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return notFinite(value);
  if (value >= 1e4 || value < 0.01) return value.toExponential(0).replace("e+", "e");
  if (value >= 100) return String(Number(value.toPrecision(2)));
  return value >= 10 ? value.toFixed(0) : value.toFixed(2);
}

/** Writes a multiplicative spread as ` ×÷1.4`, or nothing where there is none. */
export function formatSpread(factor: number | null): string {
  if (factor === null) return "";
  return ` ×÷${factor < 100 ? factor.toFixed(1) : factor.toExponential(0).replace("e+", "e")}`;
}
