/** The records of a network that a figure draws, each behind so many weighted layers. */
import type { LayerQuantity, LayerRecord } from "../../trace/records.js";
import type { RunRecord } from "../records.js";
import type { ConfigurationRuns } from "./configurations.js";

/** A record, where it stands on the way from the input. */
export interface Mark {
  /** Its place in `layers` of every run of the network. */
  readonly index: number;
  readonly name: string;
  /** Weighted layers on the way to its output, its own included. */
  readonly depth: number;
}

/** Numbers that only some layers have, wherever they stand. */
const OWN: ReadonlySet<LayerQuantity> = new Set<LayerQuantity>([
  "weightGradNorm",
  "weightNorm",
  "updateRatio",
  "identityGradNorm",
  "branchGradNorm",
]);

/** The records that a figure draws of a quantity, in the order of the forward pass. */
export function marksOf(one: ConfigurationRuns, quantity: LayerQuantity): readonly Mark[] {
  const run = one.runs.reduce((longest, next) => (next.layers.length > longest.layers.length ? next : longest));
  const isDrawn = (layer: LayerRecord) => layer[quantity] !== null || layer.reasons[quantity] !== undefined;
  return marks(run).filter(({ index }) => !OWN.has(quantity) || isDrawn(run.layers[index] as LayerRecord));
}

function marks({ layers, depth }: RunRecord): readonly Mark[] {
  return layers.map((layer, index) => ({
    index,
    name: layer.name,
    depth: layer.depth ?? Math.min(1 + 2 * index, depth),
  }));
}
