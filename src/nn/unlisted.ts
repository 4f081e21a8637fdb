/** Parameters that a forward pass used and no list knows, so that nobody would train, save or trace them. */
import { isListed } from "../autograd/listed.js";
import type { TapeNode } from "../autograd/tape.js";
import type { Tensor } from "../autograd/tensor.js";
import { GradientError } from "../errors.js";
import { formatShape } from "../shape.js";
import { Parameter } from "./parameter.js";

/** Watches the parameters that `output` was computed from, since a place on the tape, and that are not among `own`: the first
 * gradient of one that nobody lists is an error in the module's name. */
export function watchUnlisted(module: string, output: Tensor, since: number, own: () => Iterable<Tensor>): void {
  const used = parametersUsed(output, since);
  if (used.size === 0) return;
  for (const parameter of own()) used.delete(parameter);
  for (const [parameter, op] of used) {
    const stop = parameter.registerHook(() => {
      stop();
      if (isListed(parameter)) return;
      throw new GradientError(
        module,
        `its forward used a parameter of shape ${formatShape(parameter.shape)} (in ${op}) that parameters() does not list, ` +
          "so it would be neither trained nor saved; hold it, or the module it belongs to, in a property that is not " +
          "#private (arrays, objects and maps are searched, too), or give it to an optimiser by itself",
      );
    });
  }
}

/** Each parameter that was read on the way to `output`, with an op that read it. */
function parametersUsed(output: Tensor, since: number): Map<Parameter, string> {
  const used = new Map<Parameter, string>();
  const nodes = new Set<TapeNode>(output.node === null ? [] : [output.node]);
  for (const node of nodes) {
    if (node.index < since) continue;
    for (const input of node.inputs) {
      if (input === null) continue;
      if (input.node !== null) nodes.add(input.node);
      else if (input instanceof Parameter && input.requiresGrad) used.set(input, node.op);
    }
  }
  return used;
}
