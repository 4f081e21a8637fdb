/** How far a function is rounded, as seen from outside: what its values near a point do that no smooth function does. */
import { kinkAmong, type Line } from "./line.js";
import type { Evaluation } from "./subject.js";

/** Distances of the points that are looked at, from large to small: far above the resolution of t, far below the length of any smooth function. No
 * multiples of each other, for rounded values may happen to climb evenly at some of them. */
const spacings = [1e-4, 5.3e-5, 2.9e-5, 1.7e-5, 7.1e-6, 3.1e-6, 1.1e-6];
const binomials = [1, -6, 15, -20, 15, -6, 1];
/** What sixth differences make of independent errors of size 1: √(Σ binomials²). */
const amplification = Math.sqrt(924);

/** The rounding of Σ ⟨g, output⟩ along a line. That of a result is known from its size, but not that of what it was made from:
 * a rule such as 1 − y² is 1e-9 where y is close to 1, and has the rounding of 1. Of nine values close together, sixth differences leave nothing
 * of a smooth function, but all of its rounding (after Moré and Wild, Estimating Computational Noise, 2011). */
export function noiseAlong(line: Line): number {
  const rows = spacings
    .map((spacing) => [-4, -3, -2, -1, 1, 2, 3, 4].map((i) => line.at(i * spacing)))
    .filter((points) => kinkAmong(line.base, points) === null)
    .map((points) => [...points.slice(0, 4), line.base, ...points.slice(4)]);
  if (rows.length === 0) return 0;
  const far = farPoints(line);
  let noise = 0;
  line.gradOutputs.forEach((g, k) => {
    for (let i = 0; i < g.length; i++) {
      const values = (points: readonly Evaluation[]) => points.map((point) => point.values[k]?.[i] as number);
      noise +=
        Math.abs(g[i] as number) *
        Math.max(...rows.map((row) => scatter(values(row))), jump(rows.map(values), values(far)));
    }
  });
  return Number.isFinite(noise) ? noise : 0;
}

function scatter(values: readonly number[]): number {
  const differences = [0, 1, 2].map((start) =>
    binomials.reduce((sum, b, j) => sum + b * (values[start + j] as number), 0),
  );
  return Math.max(...differences.map(Math.abs)) / amplification;
}

/** How far an output jumps that rounding holds in place nearest to the point, though it moves farther away: as the nearest values
 * that do move show, and no less than numbers of its own size or of the order of 1 are rounded. */
function jump(near: readonly (readonly number[])[], far: readonly number[]): number {
  const y = near[0]?.[4] as number;
  const changes = near.map((values) => Math.max(...values.map((value) => Math.abs(value - y))));
  const moves = changes.filter((change) => change > 0);
  if (moves.length === near.length) return 0;
  if (moves.length === 0 && !far.some((value) => value !== y && Number.isFinite(value))) return 0;
  return Math.max(moves.at(-1) ?? 0, 4 * Number.EPSILON * Math.max(1, Math.abs(y)));
}

function farPoints(line: Line): Evaluation[] {
  const far = Math.max(...line.steps);
  return [far, -far, 10 * far, -10 * far, 100 * far, -100 * far]
    .map((t) => line.at(t))
    .filter((point) => kinkAmong(line.base, [point]) === null);
}
