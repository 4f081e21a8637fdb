/** Stochastic gradient descent. */
import type { Tensor } from "../autograd/tensor.js";
import { ValueError } from "../errors.js";
import { sgdStep, sgdVelocity } from "../ops/optimizer.js";
import { flag } from "../options.js";
import { type Move, Optimizer } from "./optimizer.js";
import { finite, notNegative } from "./option-kinds.js";
import type { ParametersOrGroups } from "./param-group.js";
import type { OptimizerOptions, OptimizerRules } from "./rules.js";

/** Options of `SGD`; the names are the symbols of its equations.
 * @category Optimisers */
export interface SGDOptions extends OptimizerOptions {
  /** Learning rate γ, at least 0. */
  readonly lr: number;
  /** μ, at least 0. Default 0. */
  readonly momentum?: number | undefined;
  /** τ, how much of a new gradient the momentum leaves out. Default 0. */
  readonly dampening?: number | undefined;
  /** λ, the L2 penalty, at least 0. Default 0. */
  readonly weightDecay?: number | undefined;
  /** Whether the step looks ahead along the momentum (Nesterov). Default false. */
  readonly nesterov?: boolean | undefined;
  /** Whether the loss is to grow: the gradient counts with its sign changed, before λθ is added. Default false. */
  readonly maximize?: boolean | undefined;
}

const rules: OptimizerRules<SGDOptions> = {
  name: "SGD",
  kinds: {
    lr: notNegative,
    momentum: notNegative,
    dampening: finite,
    weightDecay: notNegative,
    nesterov: flag,
    maximize: flag,
  },
  defaults: { momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false },
  check({ momentum, dampening, nesterov }) {
    if (!nesterov || (momentum > 0 && dampening === 0)) return;
    throw new ValueError("SGD", `Nesterov needs momentum above 0 and no dampening, got ${momentum} and ${dampening}`);
  },
  numbers: [],
  tensors: ["momentum_buffer"],
  needs: ({ momentum }) => (momentum === 0 ? [] : ["momentum_buffer"]),
};

/** Stochastic gradient descent with momentum, as PyTorch defines it (Sutskever et al. 2013):
 *
 * ```text
 * g ← ∇L(θ) + λθ
 * b ← g at the first step, then μb + (1 − τ)g
 * θ ← θ − γ(g + μb) with Nesterov, else θ − γb
 * ```
 * @category Optimisers */
export class SGD extends Optimizer<SGDOptions> {
  /** @param parameters what to move, or groups with options of their own; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: ParametersOrGroups<SGDOptions>, options: SGDOptions) {
    super(rules, parameters, options);
  }

  /** @internal */
  protected override update({ parameter, gradient, state, group, rates }: Move<SGDOptions>): Tensor {
    const { lr, momentum, dampening, weightDecay, nesterov, maximize } = group;
    const sign = maximize ? -1 : 1;
    const numbers = rates("step", [lr, weightDecay, momentum, 1 - dampening, sign]);
    const decays = weightDecay !== 0;
    if (momentum === 0) return sgdStep([parameter, gradient, gradient, numbers], { decays, looksAhead: false });
    const before = state.tensor("momentum_buffer");
    const isGradient = before === null && !decays && !maximize; // then nothing needs to run
    const velocity = isGradient
      ? gradient.detach()
      : sgdVelocity([before ?? gradient, gradient, parameter, numbers], { started: before !== null, decays });
    state.replace("momentum_buffer", velocity);
    if (nesterov) return sgdStep([parameter, gradient, velocity, numbers], { decays, looksAhead: true });
    const along = rates("along", [lr, 0, 0, 0, 1]); // the velocity has decay and sign in it
    return sgdStep([parameter, velocity, velocity, along], { decays: false, looksAhead: false });
  }
}
