/** The rule by which a deeper net does worse than a shallower one, or better, or neither. */
import { meanOf } from "../report/statistics.js";
import { checkResult } from "./files.js";
import type { DegradationPoint, DegradationResult, TrainedNetwork } from "./records.js";
import { KINDS, type NetKind } from "./settings.js";

/** What becomes of an error with depth.
 *
 * `higher`, `lower`: with every seed of the deeper net it is so than with any seed of the shallower one. `alike`: the ranges over the
 * seeds overlap. `one-seed`: there is no spread to compare a difference with. `guesses`: neither net is better than guessing.
 * `diverged`: a loss is not finite.
 * @category Degradation */
export type DepthVerdict = "higher" | "lower" | "alike" | "one-seed" | "guesses" | "diverged";

/** An error over the seeds, as shares from 0 to 1.
 * @category Degradation */
export interface ErrorRange {
  /** Arithmetic mean. */
  readonly mean: number;
  /** Of the best seed. */
  readonly min: number;
  /** Of the worst seed. */
  readonly max: number;
}

/** An error of two nets that differ in depth.
 * @category Degradation */
export interface ErrorComparison {
  /** Of the shallower net. */
  readonly shallow: ErrorRange;
  /** Of the deeper net. */
  readonly deep: ErrorRange;
  /** What becomes of it with depth. */
  readonly verdict: DepthVerdict;
}

/** Two nets of one kind that differ in depth, after equally many steps.
 * @category Degradation */
export interface DepthComparison {
  /** Plain, or with identity shortcuts. */
  readonly kind: NetKind;
  /** Weighted layers of the shallower net. */
  readonly shallow: number;
  /** Weighted layers of the deeper net. */
  readonly deep: number;
  /** Optimiser steps taken. */
  readonly step: number;
  /** Seeds of the net with fewer that has come so far. */
  readonly seeds: number;
  /** Errors on images that the nets are trained on: what degradation is about. */
  readonly training: ErrorComparison;
  /** Errors on other images. */
  readonly test: ErrorComparison;
}

/** From this share of the error of who guesses on, a net does no better than guessing. */
const GUESSES_FROM = 0.95;

/** The rule in words.
 * @param seeds of each net */
export function depthRule(seeds: number): string {
  const rule =
    "A difference counts where the ranges over the seeds do not overlap: every seed of one net is above every seed of the other.";
  if (seeds < 2) return `${rule} One seed has no range, so that nothing can be said of its differences.`;
  return `${rule} Of two nets that are alike, chance alone makes the deeper one so much the worse once in ${orders(seeds)} experiments with ${seeds} seeds each.`;
}

/** In how many ways two groups of a size can be mixed: `(2n)! / n!²`. */
function orders(n: number): number {
  return Array.from({ length: n }, (_, i) => i + 1).reduce((ways, i) => Math.round((ways * (n + i)) / i), 1);
}

/** Compares the shallowest net of each kind with every deeper one, after the most steps that both have taken with a seed or more.
 * Nets without a point in common are left out.
 * @throws ValueError if the result lacks a field
 * @category Degradation */
export function depthComparisons(result: DegradationResult): DepthComparison[] {
  checkResult("depthComparisons", result);
  const [shallow, ...deeper] = result.settings.depths;
  return KINDS.flatMap((kind) => deeper.flatMap((deep) => comparison(result, kind, shallow as number, deep) ?? []));
}

function comparison(
  { networks, classes }: DegradationResult,
  kind: NetKind,
  shallow: number,
  deep: number,
): DepthComparison | null {
  const nets = [shallow, deep].map((depth) => networks.filter((one) => one.kind === kind && one.depth === depth));
  const stepsOf = (net: readonly TrainedNetwork[]) => net.flatMap(({ points }) => points.map(({ step }) => step));
  const [ours, others] = nets.map((net) => new Set(stepsOf(net))) as [Set<number>, Set<number>];
  const shared = [...ours].filter((step) => others.has(step));
  if (shared.length === 0) return null;
  const step = Math.max(...shared);
  const [one, other] = nets.map((net) => pointsAt(net, step)) as [DegradationPoint[], DegradationPoint[]];
  const seeds = Math.min(one.length, other.length);
  const compared = (error: "trainingError" | "testError") => compare(one, other, error, { seeds, classes });
  return { kind, shallow, deep, step, seeds, training: compared("trainingError"), test: compared("testError") };
}

/** What networks showed after so many steps, those that have come so far. */
export function pointsAt(networks: readonly TrainedNetwork[], step: number): DegradationPoint[] {
  return networks.flatMap(({ points }) => points.find((point) => point.step === step) ?? []);
}

function compare(
  one: readonly DegradationPoint[],
  other: readonly DegradationPoint[],
  error: "trainingError" | "testError",
  { seeds, classes }: { readonly seeds: number; readonly classes: number },
): ErrorComparison {
  const [shallow, deep] = [one, other].map((points) => meanOf(points.map((point) => point[error]))) as [
    ErrorRange,
    ErrorRange,
  ];
  const verdict = (): DepthVerdict => {
    if (![...one, ...other].every(({ trainingLoss }) => Number.isFinite(trainingLoss))) return "diverged";
    if (isGuessing(shallow, classes) && isGuessing(deep, classes)) return "guesses";
    if (seeds < 2) return "one-seed";
    return deep.min > shallow.max ? "higher" : deep.max < shallow.min ? "lower" : "alike";
  };
  return { shallow, deep, verdict: verdict() };
}

/** Whether a net does no better than who guesses. */
export function isGuessing({ mean }: ErrorRange, classes: number): boolean {
  return mean >= GUESSES_FROM * (1 - 1 / classes);
}
