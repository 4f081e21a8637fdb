/** Adamax: Adam with a norm that keeps the largest gradient. */
import type { Tensor } from "../autograd/tensor.js";
import { adamaxStep, infinityNorm } from "../ops/optimizer.js";
import { flag } from "../options.js";
import { type MomentOptions, momentKinds, moments } from "./moments.js";
import { type Move, Optimizer } from "./optimizer.js";
import type { ParametersOrGroups } from "./param-group.js";
import type { OptimizerRules } from "./rules.js";

/** Options of `Adamax`; the names are the symbols of its equations.
 * @category Optimisers */
export interface AdamaxOptions extends MomentOptions {
  /** Whether the loss is to grow: the gradient counts with its sign changed, before λθ is added. Default false. */
  readonly maximize?: boolean | undefined;
}

const rules: OptimizerRules<AdamaxOptions> = {
  name: "Adamax",
  kinds: { ...momentKinds, maximize: flag },
  defaults: { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false },
  numbers: ["step"],
  tensors: ["exp_avg", "exp_inf"],
  needs: () => ["step", "exp_avg", "exp_inf"],
};

/** Adamax, as PyTorch defines it (Kingma & Ba 2014, section 7.1):
 *
 * ```text
 * g ← ∇L(θ) + λθ
 * m ← β₁m + (1 − β₁)g,  u ← max(β₂u, |g| + ε), both from 0
 * θ ← θ − γ/(1 − β₁ᵗ) · m/u at the parameter's step t = 1, 2, …
 * ```
 * @category Optimisers */
export class Adamax extends Optimizer<AdamaxOptions> {
  /** @param parameters what to move, or groups with options of their own; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: ParametersOrGroups<AdamaxOptions>, options: AdamaxOptions = {}) {
    super(rules, parameters, options);
  }

  /** @internal */
  protected override update(move: Move<AdamaxOptions>): Tensor {
    const { parameter, gradient, state, group, rates } = move;
    const { lr, betas, eps, weightDecay, maximize } = group;
    const sign = maximize ? -1 : 1;
    const m = moments(move, betas, weightDecay, sign).first("exp_avg");
    const before = state.orZeros("exp_inf", parameter);
    const numbers = rates("norm", [betas[1], eps, weightDecay, sign]);
    const u = infinityNorm([before, gradient, parameter, numbers], { decays: weightDecay !== 0 });
    state.replace("exp_inf", u);
    return adamaxStep([parameter, m, u, rates("step", [lr / (1 - betas[0] ** state.countStep())])]);
  }
}
