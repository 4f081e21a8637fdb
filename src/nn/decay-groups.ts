/** Parameters with weight decay and without. */
import type { Tensor } from "../autograd/tensor.js";
import { describe, ValueError } from "../errors.js";
import { BatchNorm2d } from "./batch-norm2d.js";
import { GroupNorm } from "./group-norm.js";
import { InstanceNorm2d } from "./instance-norm2d.js";
import { LayerNorm } from "./layer-norm.js";
import { type AnyModule, Module } from "./module.js";

/** Parameters and their weight decay, as an optimiser takes them.
 * @category Optimisers */
export interface DecayGroup {
  /** What is moved. */
  readonly params: readonly Tensor[];
  /** λ. */
  readonly weightDecay: number;
}

/** Two groups for an optimiser: weights, with weight decay; biases, other parameters of one axis and those of normalisations, without.
 *
 * ```ts
 * const optimizer = new AdamW(decayGroups(model, 0.05), { lr: 1e-3 });
 * ```
 * @returns the groups that have a parameter
 * @throws ValueError unless it is given a module and a weight decay of at least 0
 * @category Optimisers */
export function decayGroups(model: AnyModule, weightDecay: number): readonly DecayGroup[] {
  if (!(model instanceof Module)) throw new ValueError("decayGroups", `it takes a module, got ${describe(model)}`);
  if (!(Number.isFinite(weightDecay) && weightDecay >= 0))
    throw new ValueError(
      "decayGroups",
      `weightDecay must be a finite number of at least 0, got ${describe(weightDecay)}`,
    );
  const norms = model.namedModules().flatMap(([, module]) => (isNorm(module) ? module.parameters() : []));
  const spared = new Set<Tensor>(norms);
  const decays = (parameter: Tensor): boolean => parameter.rank >= 2 && !spared.has(parameter);
  const parameters: readonly Tensor[] = model.parameters();
  const groups = [
    { params: parameters.filter(decays), weightDecay },
    { params: parameters.filter((parameter) => !decays(parameter)), weightDecay: 0 },
  ];
  return groups.filter(({ params }) => params.length > 0);
}

function isNorm(module: AnyModule): boolean {
  return [BatchNorm2d, GroupNorm, InstanceNorm2d, LayerNorm].some((Norm) => module instanceof Norm);
}
