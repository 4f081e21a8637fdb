/** Means over the seeds of the degradation experiment: what its figures and tables show. */
import type { Point } from "../report/aggregate.js";
import { meanOf } from "../report/statistics.js";
import { pointsAt } from "./compare.js";
import type { DegradationPoint, DegradationResult } from "./records.js";
import { KINDS, type NetKind, netName } from "./settings.js";

/** What a curve can show of a point. */
export type CurveQuantity = Exclude<keyof DegradationPoint, "step">;

/** The networks of one kind and depth, whatever their seeds. */
export interface Curve {
  readonly kind: NetKind;
  readonly depth: number;
  readonly model: string;
  readonly steps: readonly number[];
  /** Seeds that reached each step. */
  readonly seeds: readonly number[];
  /** Means and ranges over them, one for each step. */
  of(quantity: CurveQuantity): readonly Point[];
}

/** A curve for each kind and depth that was trained: plain ones first, shallow ones first. */
export function curvesOf({ networks, settings }: DegradationResult): Curve[] {
  return KINDS.flatMap((kind) =>
    settings.depths.flatMap((depth): Curve[] => {
      const seeds = networks.filter((one) => one.kind === kind && one.depth === depth);
      const steps = [...new Set(seeds.flatMap(({ points }) => points.map(({ step }) => step)))].sort((a, b) => a - b);
      if (steps.length === 0) return [];
      const atSteps = steps.map((step) => pointsAt(seeds, step));
      return [
        {
          ...{ kind, depth, steps, model: netName(kind, depth) },
          seeds: atSteps.map(({ length }) => length),
          of: (quantity) => atSteps.map((points) => meanOf(points.map((point) => point[quantity])) as Point),
        },
      ];
    }),
  );
}
