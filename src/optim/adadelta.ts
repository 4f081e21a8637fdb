/** Adadelta. */
import type { Tensor } from "../autograd/tensor.js";
import { adadeltaChange, secondMoment, sgdStep } from "../ops/optimizer.js";
import { flag, type OptionKind } from "../options.js";
import { moments } from "./moments.js";
import { type Move, Optimizer } from "./optimizer.js";
import { notNegative } from "./option-kinds.js";
import type { ParametersOrGroups } from "./param-group.js";
import type { OptimizerOptions, OptimizerRules } from "./rules.js";

/** Options of `Adadelta`; the names are the symbols of its equations.
 * @category Optimisers */
export interface AdadeltaOptions extends OptimizerOptions {
  /** Learning rate γ, at least 0. Default 1. */
  readonly lr?: number | undefined;
  /** ρ, what a step keeps of the means, from 0 to 1. Default 0.9. */
  readonly rho?: number | undefined;
  /** ε, at least 0, added inside of the roots. Default 1e-6. */
  readonly eps?: number | undefined;
  /** λ, the L2 penalty, at least 0. Default 0. */
  readonly weightDecay?: number | undefined;
  /** Whether the loss is to grow: the gradient counts with its sign changed, before λθ is added. Default false. */
  readonly maximize?: boolean | undefined;
}

const fraction: OptionKind<number> = {
  means: "a number from 0 to 1",
  fits: (value) => Number.isFinite(value) && (value as number) >= 0 && (value as number) <= 1,
};

const rules: OptimizerRules<AdadeltaOptions> = {
  name: "Adadelta",
  kinds: { lr: notNegative, rho: fraction, eps: notNegative, weightDecay: notNegative, maximize: flag },
  defaults: { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false },
  numbers: ["step"],
  tensors: ["square_avg", "acc_delta"],
  needs: () => ["step", "square_avg", "acc_delta"],
};

/** Adadelta, as PyTorch defines it (Zeiler 2012):
 *
 * ```text
 * g ← ∇L(θ) + λθ
 * v ← ρv + (1 − ρ)g², from 0
 * δ = g √(a + ε)/√(v + ε)
 * a ← ρa + (1 − ρ)δ², from 0
 * θ ← θ − γδ
 * ```
 * @category Optimisers */
export class Adadelta extends Optimizer<AdadeltaOptions> {
  /** @param parameters what to move, or groups with options of their own; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: ParametersOrGroups<AdadeltaOptions>, options: AdadeltaOptions = {}) {
    super(rules, parameters, options);
  }

  /** @internal */
  protected override update(move: Move<AdadeltaOptions>): Tensor {
    const { parameter, gradient, state, group, rates } = move;
    const { lr, rho, eps, weightDecay, maximize } = group;
    const sign = maximize ? -1 : 1;
    state.countStep();
    const v = moments(move, [rho, rho], weightDecay, sign).second("square_avg");
    const changes = state.orZeros("acc_delta", parameter);
    const numbers = rates("change", [eps, weightDecay, sign]);
    const change = adadeltaChange([gradient, changes, v, parameter, numbers], { decays: weightDecay !== 0 });
    const means = rates("changes", [rho, 1 - rho, rho, 1 - rho, 0, 1]);
    state.replace("acc_delta", secondMoment([changes, change, parameter, means], { decays: false }));
    const along = rates("along", [lr, 0, 0, 0, 1]);
    return sgdStep([parameter, change, change, along], { decays: false, looksAhead: false });
  }
}
