/** Central differences along a line, with an estimate of their own error, that stay on one side of every kink. */
import type { Evaluation, Region } from "./subject.js";

/** A straight way through a point: `at(t)` evaluates at point + t · direction. */
export interface Line {
  readonly base: Evaluation;
  readonly at: (t: number) => Evaluation;
  /** What the outputs are weighed with: the derivative is that of Σ ⟨g, output⟩. */
  readonly gradOutputs: readonly Float64Array[];
  /** The size of the derivative that is expected: its error is judged against it. */
  readonly magnitude: number;
  /** Steps to try, in this order. */
  readonly steps: readonly number[];
}

/** How exact a derivative has to be. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** A derivative by differences: settled within tolerance, or not, or cut off by a kink. */
export type Difference =
  | { readonly kind: "settled"; readonly value: number; readonly tolerance: number; readonly isZero: boolean }
  | { readonly kind: "unsettled"; readonly value: number; readonly error: number }
  | { readonly kind: "kink"; readonly op: string };

/** The derivative along a line at t = 0. The first step whose own error is within tolerance gives it; a step across a kink
 * or out of the domain (NaN) is not taken, a shorter one is tried. */
export function derivativeAlong(line: Line, tolerance: Tolerance): Difference {
  let best = { value: Number.NaN, error: Number.POSITIVE_INFINITY };
  let kink: string | null = null;
  for (const step of line.steps) {
    const points = [step, -step, step / 2, -step / 2].map(line.at);
    const op = kinkAmong(line.base, points);
    if (op !== null) {
      kink = op;
      continue;
    }
    const quotient = extrapolate(line, points, step);
    if (!(quotient.error < Number.POSITIVE_INFINITY)) continue;
    const allowed = tolerance.relative * Math.max(line.magnitude, Math.abs(quotient.value)) + tolerance.absolute;
    if (quotient.error <= allowed) {
      return { kind: "settled", value: quotient.value, tolerance: allowed, isZero: false };
    }
    if (line.magnitude <= quotient.zero && Math.abs(quotient.value) <= quotient.noise) {
      // 0, but for rounding, on both sides
      return { kind: "settled", value: quotient.value, tolerance: quotient.noise, isZero: true };
    }
    if (quotient.error < best.error) best = quotient;
  }
  return kink === null ? { kind: "unsettled", ...best } : { kind: "kink", op: kink };
}

interface Quotient {
  readonly value: number;
  /** Of truncation (by two step sizes) and rounding. */
  readonly error: number;
  /** What rounding alone can make of a derivative that is 0. */
  readonly noise: number;
  /** Below this, an analytic derivative is 0 but for rounding. */
  readonly zero: number;
}

/** Richardson's extrapolation: D(h) = f′ + c·h² + …, so (4·D(h/2) − D(h))/3 loses the h² term. */
function extrapolate({ base, gradOutputs }: Line, points: readonly Evaluation[], step: number): Quotient {
  const [plus, minus, halfPlus, halfMinus] = points.map((point) => difference(point, base, gradOutputs)) as [
    Weighed,
    Weighed,
    Weighed,
    Weighed,
  ];
  const coarse = (plus.value - minus.value) / (2 * step);
  const fine = (halfPlus.value - halfMinus.value) / step;
  const value = (4 * fine - coarse) / 3;
  // Outputs are rounded to ε of themselves, and so are inputs, which shows where the function is steep.
  const slope = Math.max(plus.change, minus.change) / step;
  const rounded = Number.EPSILON * (Math.max(plus.magnitude, minus.magnitude) + slope);
  return {
    value,
    error: Math.abs(value - fine) + (4 * rounded) / step,
    noise: (16 * rounded) / step,
    zero: 100 * rounded,
  };
}

interface Weighed {
  /** Σ g · (y − y₀) */
  readonly value: number;
  /** Σ |g · y| */
  readonly magnitude: number;
  /** Σ |g · (y − y₀)| */
  readonly change: number;
}

function difference(point: Evaluation, base: Evaluation, gradOutputs: readonly Float64Array[]): Weighed {
  let [value, magnitude, change] = [0, 0, 0];
  gradOutputs.forEach((g, k) => {
    const [y, y0] = [point.values[k] as Float64Array, base.values[k] as Float64Array];
    for (let i = 0; i < g.length; i++) {
      const moved = (g[i] as number) * ((y[i] as number) - (y0[i] as number));
      value += moved;
      change += Math.abs(moved);
      magnitude += Math.abs((g[i] as number) * (y[i] as number));
    }
  });
  return { value, magnitude, change };
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
