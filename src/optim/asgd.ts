/** Averaged stochastic gradient descent. */
import type { Tensor } from "../autograd/tensor.js";
import { firstMoment, sgdStep } from "../ops/optimizer.js";
import { flag } from "../options.js";
import { type Move, Optimizer } from "./optimizer.js";
import { finite, notNegative } from "./option-kinds.js";
import type { ParametersOrGroups } from "./param-group.js";
import type { OptimizerOptions, OptimizerRules } from "./rules.js";

/** Options of `ASGD`; the names are the symbols of its equations.
 * @category Optimisers */
export interface ASGDOptions extends OptimizerOptions {
  /** Learning rate γ, at least 0. Default 1e-2. */
  readonly lr?: number | undefined;
  /** Λ, the decay of the parameters and of their rate. Default 1e-4. */
  readonly lambd?: number | undefined;
  /** α, the power with which the rate falls. Default 0.75. */
  readonly alpha?: number | undefined;
  /** t₀, the step from which the average begins. Default 1e6. */
  readonly t0?: number | undefined;
  /** λ, the L2 penalty, at least 0. Default 0. */
  readonly weightDecay?: number | undefined;
  /** Whether the loss is to grow: the gradient counts with its sign changed, before λθ is added. Default false. */
  readonly maximize?: boolean | undefined;
}

const rules: OptimizerRules<ASGDOptions> = {
  name: "ASGD",
  kinds: { lr: notNegative, lambd: finite, alpha: finite, t0: finite, weightDecay: notNegative, maximize: flag },
  defaults: { lr: 1e-2, lambd: 1e-4, alpha: 0.75, t0: 1e6, weightDecay: 0, maximize: false },
  numbers: ["step", "eta", "mu"],
  tensors: ["ax"],
  needs: () => ["step", "eta", "mu", "ax"],
};

/** Averaged stochastic gradient descent, as PyTorch defines it (Polyak & Juditsky 1992):
 *
 * ```text
 * g ← ∇L(θ) + λθ
 * θ ← θ(1 − Λη) − ηg, with η = γ at first
 * a ← a + μ(θ − a), with μ = 1 at first
 * η ← γ/(1 + Λγt)^α,  μ ← 1/max(1, t − t₀) at the parameter's step t = 1, 2, …
 * ```
 * The average a is `state.0.ax` of `stateDict()`.
 * @category Optimisers */
export class ASGD extends Optimizer<ASGDOptions> {
  /** @param parameters what to move, or groups with options of their own; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: ParametersOrGroups<ASGDOptions>, options: ASGDOptions = {}) {
    super(rules, parameters, options);
  }

  /** @internal */
  protected override update({ parameter, gradient, state, group, rates }: Move<ASGDOptions>): Tensor {
    const { lr, lambd, alpha, t0, weightDecay, maximize } = group;
    const [eta, mu] = [state.number("eta") ?? lr, state.number("mu") ?? 1];
    const decay = lambd + weightDecay; // θ(1 − Λη) − η(g + λθ) = θ − η(g + (Λ + λ)θ)
    const numbers = rates("step", [eta, decay, 0, 0, maximize ? -1 : 1]);
    const next = sgdStep([parameter, gradient, gradient, numbers], { decays: decay !== 0, looksAhead: false });
    const before = state.tensor("ax");
    const means = rates("average", [1 - mu, mu, 0, 0, 0, 1]);
    state.replace(
      "ax",
      before === null || mu === 1 ? next.detach() : firstMoment([before, next, next, means], { decays: false }),
    );
    const t = state.countStep();
    state.setNumber("eta", lr / (1 + lambd * lr * t) ** alpha);
    state.setNumber("mu", 1 / Math.max(1, t - t0));
    return next;
  }
}
