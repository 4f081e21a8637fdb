/** Central differences along a line, with an estimate of their own error, that stay on one side of every kink. */
import { kinkAmong, type Line } from "./line.js";
import { noiseAlong } from "./noise.js";
import type { Evaluation } from "./subject.js";

/** How exact a derivative has to be. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** A derivative by differences: settled within tolerance; or only known to agree with the analytic one to within its own error,
 * which is larger; or neither; or cut off by a kink. */
export type Difference =
  | { readonly kind: "settled"; readonly value: number; readonly tolerance: number; readonly isZero: boolean }
  | { readonly kind: "blurred"; readonly value: number; readonly error: number }
  | { readonly kind: "unsettled"; readonly value: number; readonly error: number }
  | { readonly kind: "kink"; readonly op: string };

/** The derivative along a line at t = 0. The first step whose own error is within tolerance and that agrees with the analytic one
 * gives it; a step across a kink or out of the domain (NaN) is not taken, a shorter one is tried. Before anything contradicts the
 * analytic one, and where no step settles, the function's rounding is measured: what that can make of a quotient is no
 * contradiction. Nor is a quotient whose shorter steps say something else: only `decisive` ones contradict. */
export function derivativeAlong(line: Line, tolerance: Tolerance): Difference {
  const quotients: Quotient[] = [];
  const found = settle(line, tolerance, quotients);
  if (found.kind === "kink" || quotients.length === 0) return found;
  if (found.kind === "settled" && Math.abs(line.analytic - found.value) <= found.tolerance) return found;
  const noise = noiseAlong(line);
  const best = quotients
    .map(({ value, step, error }) => ({ value, error: error + (20 * noise) / step }))
    .reduce((a, b) => (b.error < a.error ? b : a));
  return Math.abs(line.analytic - best.value) <= best.error ? { kind: "blurred", ...best } : found;
}

function settle(line: Line, tolerance: Tolerance, quotients: Quotient[]): Difference {
  let kink: string | null = null;
  const against: Quotient[] = [];
  for (const step of line.steps) {
    const points = [step, -step, step / 2, -step / 2].map(line.at);
    const op = kinkAmong(line.base, points);
    if (op !== null) {
      kink = op;
      continue;
    }
    const quotient = extrapolate(line, points, step);
    if (!(quotient.error < Number.POSITIVE_INFINITY)) continue;
    quotients.push(quotient);
    const { value, error, change } = quotient;
    const allowed = allowedError(line, value, tolerance);
    if (error <= allowed) {
      if (Math.abs(line.analytic - value) <= allowed)
        return { kind: "settled", value, tolerance: allowed, isZero: false };
      against.push(quotient);
    } else if (line.magnitude === 0 && change === 0 && staysFar(line)) {
      return { kind: "settled", value: 0, tolerance: 0, isZero: true };
    }
  }
  if (decisive(against)) return contradiction(line, against, tolerance);
  const best = quotients.reduce((a, b) => (b.error < a.error ? b : a), nowhere);
  const zero = against.length === 0 ? zeroOf(line, quotients, tolerance) : null;
  if (zero !== null) return { kind: "settled", value: best.value, tolerance: zero, isZero: true };
  if (kink !== null && against.length === 0) return { kind: "kink", op: kink };
  return { kind: "unsettled", value: best.value, error: best.error };
}

function allowedError({ magnitude }: Line, value: number, { relative, absolute }: Tolerance): number {
  return relative * Math.max(magnitude, Math.abs(value)) + absolute;
}

/** What quotients come to that all contradict the analytic derivative: the first one that is known in itself, if there is one. */
function contradiction(line: Line, against: readonly Quotient[], tolerance: Tolerance): Difference {
  const { value } = against.find(isKnown) ?? (against.at(-1) as Quotient);
  return { kind: "settled", value, tolerance: allowedError(line, value, tolerance), isZero: false };
}

/** Whether two steps agree to three digits of their own value. */
function isKnown({ value, error }: Quotient): boolean {
  return error <= 1e-3 * Math.abs(value);
}

/** Whether quotients can contradict. Against the analytic derivative their errors are small, but so they are where steps jump across
 * a pole: there quotients are small and the derivative is large. Known in themselves they must be: two steps agree to three
 * digits of their own value; or none is larger than those of longer steps (but for rounding), as where the derivative is 0.
 * Across a pole or a jump they grow the shorter the steps are. */
function decisive(quotients: readonly Quotient[]): boolean {
  if (quotients.length === 0) return false;
  if (quotients.some(isKnown)) return true;
  const byLength = [...quotients].sort((a, b) => b.step - a.step);
  const slopes = byLength.flatMap(({ coarse, fine, rounded, step }) =>
    [coarse, fine].map((slope) => ({ size: Math.abs(slope), rounding: (4 * rounded) / step })),
  );
  return slopes.every(({ size, rounding }, i) => size - rounding <= 1.001 * (slopes[i - 1]?.size ?? size));
}

interface Quotient {
  readonly step: number;
  readonly value: number;
  /** By the whole step, and by half of it: `value` is extrapolated from both. */
  readonly coarse: number;
  readonly fine: number;
  /** Of truncation (by two step sizes) and rounding. */
  readonly error: number;
  /** Σ |g · (y − y₀)| of a step, and how much of it rounding alone can make. */
  readonly change: number;
  readonly rounded: number;
}

const nowhere: Quotient = {
  step: Number.NaN,
  value: Number.NaN,
  coarse: Number.NaN,
  fine: Number.NaN,
  error: Number.POSITIVE_INFINITY,
  change: Number.NaN,
  rounded: 0,
};

/** No relative error settles a derivative that is 0. It is taken for 0, with the tolerance that this returns, if no step moves
 * the outputs by more than rounding; or if it vanishes against the slopes nearby, as where x³ is flat. Beside a pole it vanishes
 * against them too, by steps across it, but there the slopes are the larger the shorter the steps are. */
function zeroOf({ magnitude }: Line, quotients: readonly Quotient[], { relative }: Tolerance): number | null {
  if (quotients.length === 0 || isSteeper(quotients)) return null;
  const rounded = 16 * Math.max(...quotients.map((q) => q.rounded));
  if (magnitude <= rounded && quotients.every(({ change }) => change <= rounded)) {
    return rounded / Math.min(...quotients.map(({ step }) => step));
  }
  const slope = Math.max(...quotients.map(({ change, step }) => change / step));
  const least = Math.min(...quotients.map(({ value, error }) => Math.abs(value) + error));
  return magnitude <= relative * slope && least <= relative * slope ? relative * slope : null;
}

/** Whether the shortest step shows slopes far above those that the longest does, and above rounding. */
function isSteeper(quotients: readonly Quotient[]): boolean {
  const longest = quotients.reduce((a, b) => (b.step > a.step ? b : a));
  const shortest = quotients.reduce((a, b) => (b.step < a.step ? b : a));
  return (shortest.change - 16 * shortest.rounded) / shortest.step > (10 * longest.change) / longest.step;
}

/** Whether a long step moves nothing either (or cannot be taken): where a short one does not, it may only be too short. */
function staysFar(line: Line): boolean {
  const far = Math.max(...line.steps);
  return [far, -far].every((t) => {
    const point = line.at(t);
    const { change } = difference(point, line.base, line.gradOutputs);
    return change === 0 || Number.isNaN(change) || kinkAmong(line.base, [point]) !== null;
  });
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
  const change = Math.max(plus.change, minus.change);
  // Outputs are rounded to ε of themselves, and so are inputs, which shows where the function is steep.
  const rounded = Number.EPSILON * (Math.max(plus.magnitude, minus.magnitude) + change / step);
  return { step, value, coarse, fine, error: Math.abs(value - fine) + (4 * rounded) / step, change, rounded };
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
