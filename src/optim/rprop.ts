/** Rprop: steps whose sizes depend on the signs of gradients alone. */
import type { Tensor } from "../autograd/tensor.js";
import { full } from "../ops/create.js";
import { rpropGradient, rpropSize, signStep } from "../ops/optimizer.js";
import { flag } from "../options.js";
import { type Move, Optimizer } from "./optimizer.js";
import { notNegative, pairWhere } from "./option-kinds.js";
import type { ParametersOrGroups } from "./param-group.js";
import type { OptimizerOptions, OptimizerRules } from "./rules.js";

/** Options of `Rprop`; the names are the symbols of its equations.
 * @category Optimisers */
export interface RpropOptions extends OptimizerOptions {
  /** Size of the first step, at least 0. Default 1e-2. */
  readonly lr?: number | undefined;
  /** η₋ between 0 and 1, and η₊ above 1: what a size is multiplied by where the sign changed, and where it stayed. Default
   * [0.5, 1.2]. */
  readonly etas?: readonly [etaMinus: number, etaPlus: number] | undefined;
  /** The least and the largest size of a step. Default [1e-6, 50]. */
  readonly stepSizes?: readonly [min: number, max: number] | undefined;
  /** Whether the loss is to grow: the gradient counts with its sign changed. Default false. */
  readonly maximize?: boolean | undefined;
}

const rules: OptimizerRules<RpropOptions> = {
  name: "Rprop",
  kinds: {
    lr: notNegative,
    etas: pairWhere("a number between 0 and 1, and one above 1", (minus, plus) => 0 < minus && minus < 1 && 1 < plus),
    stepSizes: pairWhere("two numbers from 0 on, the smaller one first", (min, max) => 0 <= min && min <= max),
    maximize: flag,
  },
  defaults: { lr: 1e-2, etas: [0.5, 1.2], stepSizes: [1e-6, 50], maximize: false },
  numbers: ["step"],
  tensors: ["prev", "step_size"],
  needs: () => ["step", "prev", "step_size"],
};

/** Resilient backpropagation, as PyTorch defines it (Riedmiller & Braun 1993), for whole batches:
 *
 * ```text
 * g ← ∇L(θ)
 * s ← η₊s where g has the sign of the step before, η₋s where it has the other one, s elsewhere; from γ, within the bounds
 * g ← 0 where the sign changed; that is what the next step compares with
 * θ ← θ − sign(g) s
 * ```
 * @category Optimisers */
export class Rprop extends Optimizer<RpropOptions> {
  /** @param parameters what to move, or groups with options of their own; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: ParametersOrGroups<RpropOptions>, options: RpropOptions = {}) {
    super(rules, parameters, options);
  }

  /** @internal */
  protected override update({ parameter, gradient, state, group, rates }: Move<RpropOptions>): Tensor {
    const { lr, etas, stepSizes, maximize } = group;
    const { shape, device } = parameter;
    state.countStep();
    const numbers = rates("step", [...etas, ...stepSizes, maximize ? -1 : 1]);
    const before = state.orZeros("prev", parameter);
    const sizeBefore = state.tensor("step_size") ?? full(shape, lr, { device: device.name });
    const size = rpropSize([sizeBefore, gradient, before, numbers]);
    const g = rpropGradient([gradient, before, numbers]);
    state.replace("step_size", size);
    state.replace("prev", g);
    return signStep([parameter, g, size]);
  }
}
