/** The places of a model that a plot shows: one for each depth, out of all the layers of a record. */
import { describe, ValueError } from "../errors.js";
import type { LayerRecord, PassRecord } from "./records.js";

/** Reduces a record to one place for each number of weighted layers, from 1 on, in the order of the pass: what a plot of a norm
 * over depth shows.
 *
 * A place is a layer whose output every way from the loss to the input passes, so that the gradient there is the whole one: the
 * layers in the branches of a residual net are none, and every block is one; in a plain net every weighted layer is one. Of the
 * layers of one depth it is the one in which ways come together; else the last whose output has the shape that the first has
 * (the ReLU after a convolution and its normalisation, not the pooling after it). A module that other places lie in is none.
 *
 * `weightGradNorm`, `weightNorm` and `updateRatio` of a place are those of all layers that returned after the place before it,
 * up to itself: no layer is lost, and none counts twice. (Weights that modules share count at each.)
 * @returns records as in `record.layers`, in which these three numbers are replaced; none where depths are not known
 * @throws ValueError if it is no record of a pass
 * @category Tracing */
export function placesOf(record: PassRecord): LayerRecord[] {
  const layers: unknown = (record as PassRecord | null | undefined)?.layers;
  if (!isLayers(layers)) {
    throw new ValueError("placesOf", `it takes the record of a pass, as a trace reads them, got ${describe(record)}`);
  }
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const places: LayerRecord[] = [];
  let [previous, forward]: [number, number | null] = [-1, null];
  for (const group of groupsOf(layers, byName)) {
    const place = group.findLast(({ splits }) => splits.length > 0) ?? lastOfShape(group);
    if (place.forward !== forward) previous = layers.findIndex((layer) => layer.forward === place.forward) - 1;
    forward = place.forward;
    const [from, to] = [previous, place.index];
    const stretch = layers.filter(({ index, forward }) => index > from && index <= to && forward === place.forward);
    places.push(withWeightsOf(stretch, place));
    previous = place.index;
  }
  return places;
}

function isLayers(layers: unknown): layers is readonly LayerRecord[] {
  const isRecord = (one: unknown) => typeof one === "object" && one !== null && "splits" in one && "reasons" in one;
  return Array.isArray(layers) && layers.every(isRecord);
}

/** The layers that may be a place, by forward pass and depth, in the order of the first of each. */
function groupsOf(layers: readonly LayerRecord[], byName: ReadonlyMap<string, LayerRecord>): LayerRecord[][] {
  const whole = layers.filter(({ isBottleneck, depth }) => isBottleneck === true && depth !== null && depth > 0);
  const spanning = new Set<string>();
  for (const { depth, within } of whole) {
    let around = within === null ? undefined : byName.get(within);
    for (; around !== undefined; around = around.within === null ? undefined : byName.get(around.within)) {
      if (around.depth !== depth) spanning.add(around.name);
    }
  }
  const groups = new Map<string, LayerRecord[]>();
  for (const layer of whole) {
    if (spanning.has(layer.name)) continue;
    const key = `${layer.forward} ${layer.depth}`;
    groups.set(key, [...(groups.get(key) ?? []), layer]);
  }
  return [...groups.values()];
}

function lastOfShape(group: readonly LayerRecord[]): LayerRecord {
  const shape = String(group[0]?.outputShape);
  return group.findLast(({ outputShape }) => String(outputShape) === shape) as LayerRecord;
}

/** A place with the weights of all layers that lie on the way to it. */
function withWeightsOf(stretch: readonly LayerRecord[], place: LayerRecord): LayerRecord {
  const layers = [...new Map(stretch.map((layer) => [layer.name.replace(/#\d+$/, ""), layer])).values()];
  const norms = layers.flatMap(({ weightNorm }) => weightNorm ?? []);
  const gradients = layers.flatMap(({ weightGradNorm }) => weightGradNorm ?? []);
  const moves = layers.flatMap(({ updateRatio, weightNorm }) =>
    updateRatio === null || weightNorm === null ? [] : updateRatio * weightNorm,
  );
  const weightNorm = norms.length === 0 ? null : Math.hypot(...norms);
  const { weightGradNorm: _, updateRatio: __, ...others } = place.reasons;
  return {
    ...place,
    weightNorm,
    weightGradNorm: gradients.length === 0 ? null : Math.hypot(...gradients),
    updateRatio: moves.length === 0 || weightNorm === null ? null : Math.hypot(...moves) / weightNorm,
    reasons: {
      ...others,
      ...(gradients.length === 0 && reasonOf(layers, "weightGradNorm")),
      ...(moves.length === 0 && reasonOf(layers, "updateRatio")),
    },
  };
}

/** The reason why none of some layers has a number. */
function reasonOf(layers: readonly LayerRecord[], quantity: "weightGradNorm" | "updateRatio"): LayerRecord["reasons"] {
  const reason = layers.find(({ reasons }) => reasons[quantity] !== undefined)?.reasons[quantity];
  return reason === undefined ? {} : { [quantity]: reason };
}
