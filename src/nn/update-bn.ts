/** Running statistics that belong to other weights. */
import { noGrad } from "../autograd/modes.js";
import { tidy } from "../autograd/scope.js";
import type { Tensor } from "../autograd/tensor.js";
import { describe, ValueError } from "../errors.js";
import { BatchNorm2d } from "./batch-norm2d.js";
import { type AnyModule, Module } from "./module.js";

/** Finds the running statistics of all batch norms anew: the means over these batches, which count alike, as
 * `torch.optim.swa_utils.update_bn` does; for averaged weights, say. Modules are in the mode again that they were in.
 * @param batches inputs of the model, one after the other
 * @throws ValueError unless it is given a module and batches
 * @category Optimisers */
export async function updateBn(model: AnyModule, batches: Iterable<Tensor> | AsyncIterable<Tensor>): Promise<void> {
  if (!(model instanceof Module)) throw new ValueError("updateBn", `it takes a module, got ${describe(model)}`);
  const isList = typeof batches === "object" && batches !== null;
  if (!isList || !(Symbol.iterator in batches || Symbol.asyncIterator in batches))
    throw new ValueError("updateBn", `it takes batches, inputs of the model, got ${describe(batches)}`);
  const modules = model.namedModules().map(([, module]) => module);
  const modes = modules.map((module) => module.training);
  const norms = modules.filter((module) => module instanceof BatchNorm2d);
  const momenta = norms.map(({ momentum }) => momentum);
  for (const norm of norms) {
    norm.resetRunningStats();
    norm.momentum = null;
  }
  model.train();
  try {
    for await (const batch of batches) noGrad(() => tidy(() => void model.forward(batch)));
  } finally {
    norms.forEach((norm, i) => {
      norm.momentum = momenta[i] ?? null;
    });
    modules.forEach((module, i) => {
      module.training = modes[i] ?? true;
    });
  }
}
