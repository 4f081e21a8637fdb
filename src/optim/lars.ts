/** LARS: steps in proportion to the size of each parameter. */
import type { Tensor } from "../autograd/tensor.js";
import { larsVelocity, sgdStep } from "../ops/optimizer.js";
import { norm } from "../ops/reduce/norm.js";
import { flag } from "../options.js";
import { type Move, Optimizer } from "./optimizer.js";
import { notNegative } from "./option-kinds.js";
import type { ParametersOrGroups } from "./param-group.js";
import type { OptimizerOptions, OptimizerRules } from "./rules.js";

/** Options of `LARS`; the names are the symbols of its equations.
 * @category Optimisers */
export interface LARSOptions extends OptimizerOptions {
  /** Learning rate γ, at least 0. Default 0.1. */
  readonly lr?: number | undefined;
  /** μ, at least 0. Default 0.9. */
  readonly momentum?: number | undefined;
  /** λ, at least 0. Default 0. */
  readonly weightDecay?: number | undefined;
  /** c, at least 0: the size of a step in proportion to its parameter's. Default 1e-3. */
  readonly trustCoefficient?: number | undefined;
  /** ε, at least 0. Default 0. */
  readonly eps?: number | undefined;
  /** Whether the loss is to grow: the gradient counts with its sign changed. Default false. */
  readonly maximize?: boolean | undefined;
}

const rules: OptimizerRules<LARSOptions> = {
  name: "LARS",
  kinds: {
    lr: notNegative,
    momentum: notNegative,
    weightDecay: notNegative,
    trustCoefficient: notNegative,
    eps: notNegative,
    maximize: flag,
  },
  defaults: { lr: 0.1, momentum: 0.9, weightDecay: 0, trustCoefficient: 1e-3, eps: 0, maximize: false },
  numbers: [],
  tensors: ["momentum_buffer"],
  needs: () => ["momentum_buffer"],
};

/** Layer-wise adaptive rate scaling, for large batches (You, Gitman & Ginsburg 2017, algorithm 1):
 *
 * ```text
 * q = c‖θ‖/(‖g‖ + λ‖θ‖ + ε), 1 where ‖θ‖ or ‖g‖ is 0, with g = ∇L(θ); norms are L2, of one parameter (tensor) each
 * v ← μv + γq(g + λθ), from 0
 * θ ← θ − v
 * ```
 * @category Optimisers */
export class LARS extends Optimizer<LARSOptions> {
  /** @param parameters what to move, or groups with options of their own; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: ParametersOrGroups<LARSOptions>, options: LARSOptions = {}) {
    super(rules, parameters, options);
  }

  /** @internal */
  protected override update({ parameter, gradient, state, group, rates }: Move<LARSOptions>): Tensor {
    const { lr, momentum, weightDecay, trustCoefficient, eps, maximize } = group;
    const before = state.orZeros("momentum_buffer", parameter);
    const numbers = rates("velocity", [lr, momentum, weightDecay, trustCoefficient, eps, maximize ? -1 : 1]);
    const velocity = larsVelocity([before, gradient, parameter, norm(gradient), norm(parameter), numbers]);
    state.replace("momentum_buffer", velocity);
    return sgdStep([parameter, velocity, velocity, rates("along", [1, 0, 0, 0, 1])], {
      decays: false,
      looksAhead: false,
    });
  }
}
