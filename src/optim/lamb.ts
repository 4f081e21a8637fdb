/** LAMB: Adam's steps in proportion to the size of each parameter. */
import type { Tensor } from "../autograd/tensor.js";
import { lambDirection, lambStep } from "../ops/optimizer.js";
import { norm } from "../ops/reduce/norm.js";
import { flag } from "../options.js";
import { type MomentOptions, momentKinds, moments } from "./moments.js";
import { type Move, Optimizer } from "./optimizer.js";
import type { ParametersOrGroups } from "./param-group.js";
import type { OptimizerRules } from "./rules.js";

/** Options of `LAMB`; the names are the symbols of its equations.
 * @category Optimisers */
export interface LAMBOptions extends MomentOptions {
  /** Whether the loss is to grow: the gradient counts with its sign changed. Default false. */
  readonly maximize?: boolean | undefined;
}

const rules: OptimizerRules<LAMBOptions> = {
  name: "LAMB",
  kinds: { ...momentKinds, maximize: flag },
  defaults: { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-6, weightDecay: 0, maximize: false },
  numbers: ["step"],
  tensors: ["exp_avg", "exp_avg_sq"],
  needs: () => ["step", "exp_avg", "exp_avg_sq"],
  isDecoupled: true,
};

/** Layer-wise adaptive moments, for large batches (You et al. 2019, algorithm 2):
 *
 * ```text
 * m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g², both from 0, with g = ∇L(θ)
 * r = m̂/(√v̂ + ε) + λθ, with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ) at the parameter's step t = 1, 2, …
 * θ ← θ − γ(‖θ‖/‖r‖)r, the factor 1 where a norm is 0; norms are L2, of one parameter (tensor) each
 * ```
 * @category Optimisers */
export class LAMB extends Optimizer<LAMBOptions> {
  /** @param parameters what to move, or groups with options of their own; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: ParametersOrGroups<LAMBOptions>, options: LAMBOptions = {}) {
    super(rules, parameters, options);
  }

  /** @internal */
  protected override update(move: Move<LAMBOptions>): Tensor {
    const { parameter, state, group, rates } = move;
    const { lr, betas, eps, weightDecay, maximize } = group;
    const { first, second } = moments(move, betas, 0, maximize ? -1 : 1);
    const m = first("exp_avg");
    const v = second("exp_avg_sq");
    const t = state.countStep();
    const c = Math.sqrt(1 - betas[1] ** t); // m̂/(√v̂ + ε) = c/(1 − β₁ᵗ) · m/(√v + cε)
    const numbers = rates("direction", [c / (1 - betas[0] ** t), c * eps, weightDecay]);
    const direction = lambDirection([m, v, parameter, numbers]);
    return lambStep([parameter, direction, norm(parameter), norm(direction), rates("step", [lr])]);
  }
}
