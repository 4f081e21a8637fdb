/** Adagrad. */
import type { Tensor } from "../autograd/tensor.js";
import { full } from "../ops/create.js";
import { rootStep, secondMoment } from "../ops/optimizer.js";
import { flag } from "../options.js";
import { type Move, Optimizer } from "./optimizer.js";
import { notNegative } from "./option-kinds.js";
import type { ParametersOrGroups } from "./param-group.js";
import type { OptimizerOptions, OptimizerRules } from "./rules.js";

/** Options of `Adagrad`; the names are the symbols of its equations.
 * @category Optimisers */
export interface AdagradOptions extends OptimizerOptions {
  /** Learning rate γ, at least 0. Default 1e-2. */
  readonly lr?: number | undefined;
  /** η, at least 0: how fast the learning rate itself falls. Default 0. */
  readonly lrDecay?: number | undefined;
  /** λ, the L2 penalty, at least 0. Default 0. */
  readonly weightDecay?: number | undefined;
  /** τ, at least 0, from which the sum of squares starts. Default 0. */
  readonly initialAccumulatorValue?: number | undefined;
  /** ε, at least 0, added to the root. Default 1e-10. */
  readonly eps?: number | undefined;
  /** Whether the loss is to grow: the gradient counts with its sign changed, before λθ is added. Default false. */
  readonly maximize?: boolean | undefined;
}

const rules: OptimizerRules<AdagradOptions> = {
  name: "Adagrad",
  kinds: {
    lr: notNegative,
    lrDecay: notNegative,
    weightDecay: notNegative,
    initialAccumulatorValue: notNegative,
    eps: notNegative,
    maximize: flag,
  },
  defaults: { lr: 1e-2, lrDecay: 0, weightDecay: 0, initialAccumulatorValue: 0, eps: 1e-10, maximize: false },
  numbers: ["step"],
  tensors: ["sum"],
  needs: () => ["step", "sum"],
};

/** Adagrad, as PyTorch defines it (Duchi, Hazan & Singer 2011):
 *
 * ```text
 * g ← ∇L(θ) + λθ
 * s ← s + g², from τ
 * θ ← θ − γ/(1 + (t − 1)η) · g/(√s + ε) at the parameter's step t = 1, 2, …
 * ```
 * @category Optimisers */
export class Adagrad extends Optimizer<AdagradOptions> {
  /** @param parameters what to move, or groups with options of their own; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: ParametersOrGroups<AdagradOptions>, options: AdagradOptions = {}) {
    super(rules, parameters, options);
  }

  /** @internal */
  protected override update({ parameter, gradient, state, group, rates }: Move<AdagradOptions>): Tensor {
    const { lr, lrDecay, weightDecay, initialAccumulatorValue, eps, maximize } = group;
    const sign = maximize ? -1 : 1;
    const decays = weightDecay !== 0;
    const { shape, device } = parameter;
    const before = state.tensor("sum") ?? full(shape, initialAccumulatorValue, { device: device.name });
    const sums = rates("sum", [0, 0, 1, 1, weightDecay, sign]);
    const sum = state.replace("sum", secondMoment([before, gradient, parameter, sums], { decays }));
    const numbers = rates("step", [lr / (1 + (state.countStep() - 1) * lrDecay), 0, eps, weightDecay, sign]);
    return rootStep([parameter, gradient, sum, sum, numbers], { decays, centered: false });
  }
}
