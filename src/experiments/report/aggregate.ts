/** Means over the seeds: what the figures draw and the tooltips say. */

import type { LayerQuantity } from "../../trace/records.js";
import type { RunRecord } from "../records.js";
import { type ConfigurationRuns, runsAt, type StepChoice } from "./configurations.js";
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

/** A quantity layer by layer in forward order, over the seeds of one configuration at one step. */
export function layerPoints(one: ConfigurationRuns, step: StepChoice, quantity: Quantity): (Point | null)[] {
  const runs = runsAt(one.runs, step);
  return layerNames([one]).map((_, index) => layerPoint(runs, index, quantity));
}

/** Names of the layers of the deepest of some runs, in forward order. */
export function layerNames(configurations: readonly ConfigurationRuns[]): readonly string[] {
  let names: readonly string[] = [];
  for (const run of configurations.flatMap(({ runs }) => runs)) {
    if (run.layers.length > names.length) names = run.layers.map(({ name }) => name);
  }
  return names;
}

/** log10 of a point; `null` where it has none, as it is 0 or not finite. */
export function log10Point(point: Point | null): Point | null {
  if (point === null || !(point.min > 0) || !Number.isFinite(point.max)) return null;
  return { mean: Math.log10(point.mean), min: Math.log10(point.min), max: Math.log10(point.max) };
}
