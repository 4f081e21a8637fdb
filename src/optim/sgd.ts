/** Stochastic gradient descent. */

import type { Tensor } from "../autograd/tensor.js";
import { ValueError } from "../errors.js";
import { sgdStep, sgdVelocity } from "../ops/optimizer.js";
import { type Complete, checkedOptions, flag, number, type OptionKinds } from "../options.js";
import { checkedState, checkNotNegative, Optimizer } from "./optimizer.js";
import { ParameterState } from "./parameter-state.js";
import { Rates } from "./rates.js";

/** Options of `SGD`; the names are the symbols of its equations.
 * @category Optimisers */
export interface SGDOptions {
  /** Learning rate γ, above or at 0. */
  readonly lr: number;
  /** μ, at least 0. Default 0. */
  readonly momentum?: number | undefined;
  /** τ, how much of a new gradient the momentum leaves out. Default 0. */
  readonly dampening?: number | undefined;
  /** λ, the L2 penalty, at least 0. Default 0. */
  readonly weightDecay?: number | undefined;
  /** Whether the step looks ahead along the momentum (Nesterov). Default false. */
  readonly nesterov?: boolean | undefined;
}

const sGDOptions: OptionKinds<SGDOptions> = {
  lr: number,
  momentum: number,
  dampening: number,
  weightDecay: number,
  nesterov: flag,
};

/** What an `SGD` remembers between steps, one entry a parameter; null before its first step.
 * @category Optimisers */
export interface SGDState {
  /** Velocities b. */
  readonly momentumBuffers: readonly (Tensor | null)[];
}

/** Stochastic gradient descent with momentum, as PyTorch defines it (Sutskever et al. 2013):
 *
 * ```text
 * g ← ∇L(θ) + λθ
 * b ← g at the first step, then μb + (1 − τ)g
 * θ ← θ − γ(g + μb) with Nesterov, else θ − γb
 * ```
 * @category Optimisers */
export class SGD extends Optimizer<SGDState> {
  readonly #options: Complete<Omit<SGDOptions, "lr">>;
  readonly #rates: Rates = new Rates();
  readonly #velocities: ParameterState;

  /** @param parameters what to move; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: Iterable<Tensor>, options: SGDOptions) {
    const {
      lr,
      momentum = 0,
      dampening = 0,
      weightDecay = 0,
      nesterov = false,
    } = checkedOptions("SGD", options, sGDOptions);
    super("SGD", parameters, lr);
    checkNotNegative("SGD", { momentum, weightDecay });
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new ValueError("SGD", `Nesterov needs momentum above 0 and no dampening, got ${momentum} and ${dampening}`);
    }
    this.#options = { momentum, dampening, weightDecay, nesterov };
    this.#velocities = new ParameterState(this.parameters);
  }

  /** @internal */
  protected override update(parameter: Tensor, gradient: Tensor, i: number): Tensor {
    const { momentum, dampening, weightDecay, nesterov } = this.#options;
    const rates = this.#rates.beside(parameter, [this.lr, weightDecay, momentum, 1 - dampening]);
    const decays = weightDecay !== 0;
    if (momentum === 0) return sgdStep(parameter, gradient, null, rates, decays);
    const before = this.#velocities.of(i);
    const velocity = this.#velocities.replace(i, sgdVelocity(before, gradient, parameter, rates, decays));
    if (nesterov) return sgdStep(parameter, gradient, velocity, rates, decays);
    return sgdStep(parameter, velocity, null, rates, false); // the velocity has the decay in it
  }

  override stateDict(): SGDState {
    return { momentumBuffers: this.#velocities.saved() };
  }

  override loadStateDict(state: SGDState): void {
    const { momentumBuffers } = checkedState("SGD.loadStateDict", state);
    this.#velocities.check("SGD.loadStateDict", "velocities", momentumBuffers);
    this.#velocities.load(momentumBuffers);
  }
}
