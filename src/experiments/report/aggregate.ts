/** Means over the seeds: what the figures draw and the tooltips say. */

import type { LayerQuantity } from "../../trace/records.js";
import type { RunRecord } from "../records.js";
import { meanOf, spreadOf } from "./statistics.js";

/** The quantities of a layer that are numbers. */
export type Quantity = LayerQuantity;

/** A value over the seeds, with its band. */
export interface Point {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

/** Quantities that span powers of ten: their mean is the geometric one. */
const GEOMETRIC: ReadonlySet<Quantity> = new Set<Quantity>([
  "activationGradNorm",
  "weightGradNorm",
  "identityGradNorm",
  "branchGradNorm",
  "activationStd",
  "weightNorm",
  "updateRatio",
]);

/** A quantity of one layer over some runs; `null` where no run has it. */
export function layerPoint(runs: readonly RunRecord[], index: number, quantity: Quantity): Point | null {
  const values = runs.flatMap((run) => run.layers[index]?.[quantity] ?? []);
  if (values.length === 0) return null;
  return GEOMETRIC.has(quantity) ? spreadOf(values) : meanOf(values);
}

/** log10 of a point; `null` where it has none, as it is 0 or not finite. */
export function log10Point(point: Point | null): Point | null {
  if (point === null || !(point.min > 0) || !Number.isFinite(point.max)) return null;
  return { mean: Math.log10(point.mean), min: Math.log10(point.min), max: Math.log10(point.max) };
}
