/** RAdam: Adam that trusts its step sizes only once they are worth it. */
import type { Tensor } from "../autograd/tensor.js";
import { adamStep, sgdStep } from "../ops/optimizer.js";
import { type MomentOptions, momentKinds, moments } from "./moments.js";
import { type Move, Optimizer } from "./optimizer.js";
import type { ParametersOrGroups } from "./param-group.js";
import type { OptimizerRules } from "./rules.js";

const rules: OptimizerRules<MomentOptions> = {
  name: "RAdam",
  kinds: momentKinds,
  defaults: { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 },
  numbers: ["step"],
  tensors: ["exp_avg", "exp_avg_sq"],
  needs: () => ["step", "exp_avg", "exp_avg_sq"],
};

/** Rectified Adam, as PyTorch defines it (Liu et al. 2019):
 *
 * ```text
 * g ← ∇L(θ) + λθ
 * m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g², both from 0,  m̂ = m/(1 − β₁ᵗ)
 * ρ∞ = 2/(1 − β₂) − 1,  ρ = ρ∞ − 2tβ₂ᵗ/(1 − β₂ᵗ) at the parameter's step t = 1, 2, …
 * θ ← θ − γm̂ r √(1 − β₂ᵗ)/(√v + ε) where ρ > 5, with r² = (ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ)
 * θ ← θ − γm̂ elsewhere
 * ```
 * @category Optimisers */
export class RAdam extends Optimizer<MomentOptions> {
  /** @param parameters what to move, or groups with options of their own; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: ParametersOrGroups<MomentOptions>, options: MomentOptions = {}) {
    super(rules, parameters, options);
  }

  /** @internal */
  protected override update(move: Move<MomentOptions>): Tensor {
    const { parameter, state, group, rates } = move;
    const { lr, betas, eps, weightDecay } = group;
    const { first, second } = moments(move, betas, weightDecay);
    const m = first("exp_avg");
    const v = second("exp_avg_sq");
    const t = state.countStep();
    const rate = lr / (1 - betas[0] ** t);
    const rectified = rectification(betas[1], t);
    if (rectified === null)
      return sgdStep([parameter, m, m, rates("plain", [rate, 0, 0, 0, 1])], { decays: false, looksAhead: false });
    const c = Math.sqrt(1 - betas[1] ** t);
    return adamStep([parameter, m, v, rates("step", [rate * rectified * c, eps, 0])], { decays: false });
  }
}

/** r; null as long as too few gradients were seen. */
function rectification(beta2: number, t: number): number | null {
  const most = 2 / (1 - beta2) - 1;
  const length = most - (2 * t * beta2 ** t) / (1 - beta2 ** t);
  if (length <= 5) return null;
  return Math.sqrt(((length - 4) * (length - 2) * most) / ((most - 4) * (most - 2) * length));
}
