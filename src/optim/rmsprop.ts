/** RMSprop. */
import type { Tensor } from "../autograd/tensor.js";
import { rmspropVelocity, rootStep, sgdStep } from "../ops/optimizer.js";
import { flag } from "../options.js";
import { moments } from "./moments.js";
import { type Move, Optimizer } from "./optimizer.js";
import { notNegative } from "./option-kinds.js";
import type { ParametersOrGroups } from "./param-group.js";
import type { OptimizerOptions, OptimizerRules } from "./rules.js";

/** Options of `RMSprop`; the names are the symbols of its equations.
 * @category Optimisers */
export interface RMSpropOptions extends OptimizerOptions {
  /** Learning rate γ, at least 0. Default 1e-2. */
  readonly lr?: number | undefined;
  /** α, what a step keeps of the mean of squares, at least 0. Default 0.99. */
  readonly alpha?: number | undefined;
  /** ε, at least 0, added to the root. Default 1e-8. */
  readonly eps?: number | undefined;
  /** λ, the L2 penalty, at least 0. Default 0. */
  readonly weightDecay?: number | undefined;
  /** μ, at least 0. Default 0. */
  readonly momentum?: number | undefined;
  /** Whether the variance of gradients takes the place of their mean square. Default false. */
  readonly centered?: boolean | undefined;
  /** Whether the loss is to grow: the gradient counts with its sign changed, before λθ is added. Default false. */
  readonly maximize?: boolean | undefined;
}

const rules: OptimizerRules<RMSpropOptions> = {
  name: "RMSprop",
  kinds: {
    lr: notNegative,
    alpha: notNegative,
    eps: notNegative,
    weightDecay: notNegative,
    momentum: notNegative,
    centered: flag,
    maximize: flag,
  },
  defaults: { lr: 1e-2, alpha: 0.99, eps: 1e-8, weightDecay: 0, momentum: 0, centered: false, maximize: false },
  numbers: ["step"],
  tensors: ["square_avg", "grad_avg", "momentum_buffer"],
  needs: ({ momentum, centered }) => [
    ...["step", "square_avg"],
    ...(centered ? ["grad_avg"] : []),
    ...(momentum === 0 ? [] : ["momentum_buffer"]),
  ],
};

/** RMSprop, as PyTorch defines it (Tieleman & Hinton 2012; centred: Graves 2013):
 *
 * ```text
 * g ← ∇L(θ) + λθ
 * v ← αv + (1 − α)g², from 0
 * m ← αm + (1 − α)g, from 0, where it is centred; else m = 0
 * d = g/(√(v − m²) + ε)
 * θ ← θ − γd, with momentum b ← μb + d and θ ← θ − γb
 * ```
 * @category Optimisers */
export class RMSprop extends Optimizer<RMSpropOptions> {
  /** @param parameters what to move, or groups with options of their own; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: ParametersOrGroups<RMSpropOptions>, options: RMSpropOptions = {}) {
    super(rules, parameters, options);
  }

  /** @internal */
  protected override update(move: Move<RMSpropOptions>): Tensor {
    const { parameter, gradient, state, group, rates } = move;
    const { lr, alpha, eps, weightDecay, momentum, centered, maximize } = group;
    const sign = maximize ? -1 : 1;
    const { first, second } = moments(move, [alpha, alpha], weightDecay, sign);
    state.countStep();
    const v = second("square_avg");
    const m = centered ? first("grad_avg") : v; // not read
    const switches = { decays: weightDecay !== 0, centered };
    const numbers = rates("step", [lr, momentum, eps, weightDecay, sign]);
    if (momentum === 0) return rootStep([parameter, gradient, v, m, numbers], switches);
    const before = state.orZeros("momentum_buffer", parameter);
    const velocity = rmspropVelocity([before, gradient, v, m, parameter, numbers], switches);
    state.replace("momentum_buffer", velocity);
    const along = rates("along", [lr, 0, 0, 0, 1]);
    return sgdStep([parameter, velocity, velocity, along], { decays: false, looksAhead: false });
  }
}
