/** Lion: the sign of a momentum. */
import type { Tensor } from "../autograd/tensor.js";
import { lionStep } from "../ops/optimizer.js";
import { flag } from "../options.js";
import { moments } from "./moments.js";
import { type Move, Optimizer } from "./optimizer.js";
import { notNegative, shares } from "./option-kinds.js";
import type { ParametersOrGroups } from "./param-group.js";
import type { OptimizerOptions, OptimizerRules } from "./rules.js";

/** Options of `Lion`; the names are the symbols of its equations.
 * @category Optimisers */
export interface LionOptions extends OptimizerOptions {
  /** Learning rate γ, at least 0; a third to a tenth of AdamW's. Default 1e-4. */
  readonly lr?: number | undefined;
  /** β₁, how much of the momentum counts in a step, and β₂, what a step keeps of it; from 0 to below 1. Default [0.9, 0.99]. */
  readonly betas?: readonly [beta1: number, beta2: number] | undefined;
  /** λ, at least 0, decoupled from the gradient; three to ten times AdamW's. Default 0. */
  readonly weightDecay?: number | undefined;
  /** Whether the loss is to grow: the gradient counts with its sign changed. Default false. */
  readonly maximize?: boolean | undefined;
}

const rules: OptimizerRules<LionOptions> = {
  name: "Lion",
  kinds: { lr: notNegative, betas: shares, weightDecay: notNegative, maximize: flag },
  defaults: { lr: 1e-4, betas: [0.9, 0.99], weightDecay: 0, maximize: false },
  numbers: [],
  tensors: ["exp_avg"],
  needs: () => ["exp_avg"],
  isDecoupled: true,
};

/** Evolved sign momentum (Chen et al. 2023, algorithm 2):
 *
 * ```text
 * g ← ∇L(θ)
 * θ ← θ − γ(sign(β₁m + (1 − β₁)g) + λθ), with sign(0) = 0
 * m ← β₂m + (1 − β₂)g, from 0
 * ```
 * @category Optimisers */
export class Lion extends Optimizer<LionOptions> {
  /** @param parameters what to move, or groups with options of their own; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: ParametersOrGroups<LionOptions>, options: LionOptions = {}) {
    super(rules, parameters, options);
  }

  /** @internal */
  protected override update(move: Move<LionOptions>): Tensor {
    const { parameter, gradient, state, group, rates } = move;
    const { lr, betas, weightDecay, maximize } = group;
    const [beta1, beta2] = betas;
    const sign = maximize ? -1 : 1;
    const before = state.orZeros("exp_avg", parameter);
    const numbers = rates("step", [lr, lr * weightDecay, beta1, 1 - beta1, sign]);
    const next = lionStep([parameter, gradient, before, numbers], { decays: weightDecay !== 0 });
    moments(move, [beta2, beta2], 0, sign).first("exp_avg");
    return next;
  }
}
