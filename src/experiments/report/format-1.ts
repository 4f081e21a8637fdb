/** Traces of the first format: CIFAR nets alone, whose layers did not say where they stand. */
import { isPlainObject } from "../../autograd/plain-object.js";

/** The same trace in the present format; what is not of the first one comes back as it is. */
export function fromFormat1(trace: unknown): unknown {
  if (!isPlainObject(trace) || trace["format"] !== undefined || !Array.isArray(trace["runs"])) return trace;
  return { ...trace, format: 2, runs: trace["runs"].map(runFromFormat1) };
}

function runFromFormat1(run: unknown): unknown {
  if (!isPlainObject(run) || !Array.isArray(run["layers"])) return run;
  const { depth, shortcut, norm, init, width, layers, ...rest } = run;
  const model = `depth ${depth}, shortcut ${shortcut}, norm ${norm}, ${init}`;
  return {
    ...{ model, depth, cifar: { shortcut, norm, init, width } },
    ...rest,
    layers: (layers as unknown[]).map((layer, index) => layerFromFormat1(layer, index, layers.length)),
  };
}

/** The stem, blocks of two weighted layers, and the classifier. */
function layerFromFormat1(layer: unknown, index: number, count: number): unknown {
  if (!isPlainObject(layer)) return layer;
  const depth = index === count - 1 ? 2 * index : 2 * index + 1;
  return { isBottleneck: true, outputShape: null, within: null, splits: [], ...layer, depth };
}
