/** NAdam: Adam with Nesterov's momentum. */
import type { Tensor } from "../autograd/tensor.js";
import { nadamStep } from "../ops/optimizer.js";
import { type MomentOptions, momentKinds, moments } from "./moments.js";
import { type Move, Optimizer } from "./optimizer.js";
import { notNegative } from "./option-kinds.js";
import type { ParametersOrGroups } from "./param-group.js";
import type { OptimizerRules } from "./rules.js";

/** Options of `NAdam`; the names are the symbols of its equations.
 * @category Optimisers */
export interface NAdamOptions extends MomentOptions {
  /** ψ, at least 0: how fast the momentum grows to β₁. Default 4e-3. */
  readonly momentumDecay?: number | undefined;
}

const rules: OptimizerRules<NAdamOptions> = {
  name: "NAdam",
  kinds: { ...momentKinds, momentumDecay: notNegative },
  defaults: { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, momentumDecay: 4e-3 },
  numbers: ["step", "mu_product"],
  tensors: ["exp_avg", "exp_avg_sq"],
  needs: () => ["step", "mu_product", "exp_avg", "exp_avg_sq"],
};

/** Adam with Nesterov's momentum, as PyTorch defines it (Dozat 2016):
 *
 * ```text
 * g ← ∇L(θ) + λθ
 * m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g², both from 0,  v̂ = v/(1 − β₂ᵗ)
 * μₜ = β₁(1 − ½ · 0.96^(tψ)) at the parameter's step t = 1, 2, …,  Π = μ₁ μ₂ … μₜ
 * θ ← θ − γ(1 − μₜ)/(1 − Π) · g/(√v̂ + ε) − γμₜ₊₁/(1 − Πμₜμₜ₊₁) · m/(√v̂ + ε)
 * ```
 * The last product has μₜ twice, as PyTorch 1.13 has it; Dozat's paper, and PyTorch from 2.0 on, have it once. The two differ in the
 * first steps alone.
 * @category Optimisers */
export class NAdam extends Optimizer<NAdamOptions> {
  /** @param parameters what to move, or groups with options of their own; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: ParametersOrGroups<NAdamOptions>, options: NAdamOptions = {}) {
    super(rules, parameters, options);
  }

  /** @internal */
  protected override update(move: Move<NAdamOptions>): Tensor {
    const { parameter, gradient, state, group, rates } = move;
    const { lr, betas, eps, weightDecay, momentumDecay } = group;
    const { first, second } = moments(move, betas, weightDecay);
    const m = first("exp_avg");
    const v = second("exp_avg_sq");
    const t = state.countStep();
    const momentumAt = (step: number): number => betas[0] * (1 - 0.5 * 0.96 ** (step * momentumDecay));
    const [mu, next] = [momentumAt(t), momentumAt(t + 1)];
    const product = state.setNumber("mu_product", (state.number("mu_product") ?? 1) * mu);
    const c = Math.sqrt(1 - betas[1] ** t); // √v̂ + ε is (√v + cε)/c
    const ofGradient = (c * lr * (1 - mu)) / (1 - product);
    const ofMean = (c * lr * next) / (1 - product * mu * next);
    const numbers = rates("step", [ofGradient, ofMean, c * eps, weightDecay, 1]);
    return nadamStep([parameter, gradient, m, v, numbers], { decays: weightDecay !== 0 });
  }
}
