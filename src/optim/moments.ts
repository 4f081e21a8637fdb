/** The step that `Adam` and `AdamW` share. */

import type { Tensor } from "../autograd/tensor.js";
import { describe, ValueError } from "../errors.js";
import { zeros } from "../ops/create.js";
import { maximum } from "../ops/elementwise/arithmetic.js";
import { adamStep, firstMoment, secondMoment } from "../ops/optimizer.js";
import { type Complete, checkedOptions, flag, number, type OptionKinds, ownCheck } from "../options.js";
import { checkedState, checkNotNegative, Optimizer } from "./optimizer.js";
import { ParameterState } from "./parameter-state.js";
import { Rates } from "./rates.js";

/** Options of `Adam` and `AdamW`; the names are the symbols of their equations.
 * @category Optimisers */
export interface AdamOptions {
  /** Learning rate γ, at least 0. Default 1e-3. */
  readonly lr?: number | undefined;
  /** β₁ and β₂, what a step keeps of the means of g and g²; from 0 to below 1. Default [0.9, 0.999]. */
  readonly betas?: readonly [beta1: number, beta2: number] | undefined;
  /** ε, at least 0, which keeps steps finite where gradients vanish. Default 1e-8. */
  readonly eps?: number | undefined;
  /** λ, at least 0. Default 0 for `Adam`, 1e-2 for `AdamW`. */
  readonly weightDecay?: number | undefined;
  /** Whether the largest v so far takes the place of v (Reddi et al. 2018). Default false. */
  readonly amsgrad?: boolean | undefined;
}

const adamOptions: OptionKinds<AdamOptions> = {
  lr: number,
  betas: ownCheck,
  eps: number,
  weightDecay: number,
  amsgrad: flag,
};

/** What an `Adam` or `AdamW` remembers between steps, one entry a parameter; null before its first step.
 * @category Optimisers */
export interface AdamState {
  /** Steps t that the parameter has made. */
  readonly steps: readonly number[];
  /** Means m of its gradients. */
  readonly expAvgs: readonly (Tensor | null)[];
  /** Means v of their squares. */
  readonly expAvgSqs: readonly (Tensor | null)[];
  /** The largest v so far, element by element; null without `amsgrad`. */
  readonly maxExpAvgSqs: readonly (Tensor | null)[];
}

/** What `Adam` and `AdamW` do differently. */
interface Variant {
  readonly name: string;
  /** Default of λ. */
  readonly weightDecay: number;
  /** Whether λ takes its share off the parameter, rather than being a penalty in the gradient. */
  readonly isDecoupled: boolean;
}

/** Steps along the running mean of gradients, divided by the root of the running mean of their squares. */
export abstract class MomentOptimizer extends Optimizer<AdamState> {
  readonly #options: Complete<Omit<AdamOptions, "lr">>;
  readonly #penalizes: boolean;
  readonly #shrinks: boolean;
  readonly #momentRates: Rates = new Rates();
  readonly #stepRates: Rates = new Rates();
  readonly #steps: number[];
  readonly #firsts: ParameterState;
  readonly #seconds: ParameterState;
  readonly #largest: ParameterState;

  /** @internal */
  protected constructor(variant: Variant, parameters: Iterable<Tensor>, options: AdamOptions) {
    const { name, isDecoupled } = variant;
    const {
      lr = 1e-3,
      betas = [0.9, 0.999],
      eps = 1e-8,
      weightDecay = variant.weightDecay,
      amsgrad = false,
    } = checkedOptions(name, options, adamOptions);
    super(name, parameters, lr);
    checkNotNegative(name, { eps, weightDecay });
    this.#options = { betas: checkedBetas(name, betas), eps, weightDecay, amsgrad };
    this.#penalizes = !isDecoupled && weightDecay !== 0;
    this.#shrinks = isDecoupled && weightDecay !== 0;
    this.#steps = this.parameters.map(() => 0);
    this.#firsts = new ParameterState(this.parameters);
    this.#seconds = new ParameterState(this.parameters);
    this.#largest = new ParameterState(this.parameters);
  }

  /** @internal */
  protected override update(parameter: Tensor, gradient: Tensor, i: number): Tensor {
    const { betas, eps, weightDecay } = this.#options;
    const [beta1, beta2] = betas;
    const rates = this.#momentRates.beside(parameter, [beta1, 1 - beta1, beta2, 1 - beta2, weightDecay]);
    const next = (moments: ParameterState, kernel: typeof firstMoment): Tensor => {
      const before = moments.of(i) ?? zeros(parameter.shape, { device: parameter.device.name });
      return moments.replace(i, kernel(before, gradient, parameter, rates, this.#penalizes));
    };
    const first = next(this.#firsts, firstMoment);
    const second = this.#largestSoFar(next(this.#seconds, secondMoment), i);
    const t = (this.#steps[i] ?? 0) + 1;
    this.#steps[i] = t;
    // m̂/(√v̂ + ε) with c = √(1 − β₂ᵗ) is c/(1 − β₁ᵗ) · m/(√v + cε): numbers for all elements instead of two divisions each.
    const c = Math.sqrt(1 - beta2 ** t);
    const numbers = [(this.lr * c) / (1 - beta1 ** t), c * eps, this.lr * weightDecay];
    return adamStep(parameter, first, second, this.#stepRates.beside(parameter, numbers), this.#shrinks);
  }

  #largestSoFar(second: Tensor, i: number): Tensor {
    if (!this.#options.amsgrad) return second;
    const before = this.#largest.of(i);
    return this.#largest.replace(i, before === null ? second.detach() : maximum(before, second));
  }

  override stateDict(): AdamState {
    return {
      steps: [...this.#steps],
      expAvgs: this.#firsts.saved(),
      expAvgSqs: this.#seconds.saved(),
      maxExpAvgSqs: this.#largest.saved(),
    };
  }

  override loadStateDict(state: AdamState): void {
    const op = `${this.name}.loadStateDict`;
    const { steps, expAvgs, expAvgSqs, maxExpAvgSqs } = checkedState(op, state);
    this.#firsts.check(op, "expAvgs", expAvgs);
    this.#seconds.check(op, "expAvgSqs", expAvgSqs);
    this.#largest.check(op, "maxExpAvgSqs", maxExpAvgSqs);
    this.#checkSteps(op, { steps, expAvgs, expAvgSqs, maxExpAvgSqs });
    this.#firsts.load(expAvgs);
    this.#seconds.load(expAvgSqs);
    this.#largest.load(maxExpAvgSqs);
    this.#steps.length = 0;
    for (const step of steps) this.#steps.push(step);
  }

  /** Throws unless what has stepped, and only that, has its moments. */
  #checkSteps(op: string, { steps, expAvgs, expAvgSqs, maxExpAvgSqs }: AdamState): void {
    const { amsgrad } = this.#options;
    const isCount = (t: unknown): boolean => Number.isInteger(t) && (t as number) >= 0;
    if (!(Array.isArray(steps) && steps.length === this.parameters.length && steps.every(isCount))) {
      throw new ValueError(op, `steps must be ${this.parameters.length} counts from 0 on, got ${describe(steps)}`);
    }
    const wrong = steps.findIndex((t, i) => {
      const needed = [t > 0, t > 0, t > 0 && amsgrad];
      return [expAvgs, expAvgSqs, maxExpAvgSqs].some((moments, j) => (moments[i] !== null) !== needed[j]);
    });
    if (wrong < 0) return;
    throw new ValueError(
      op,
      `only a parameter that has stepped has expAvgs and expAvgSqs, and maxExpAvgSqs with amsgrad: parameter ${wrong} ` +
        `made ${steps[wrong]} steps, and amsgrad is ${amsgrad}`,
    );
  }
}

function checkedBetas(name: string, betas: readonly [number, number]): readonly [number, number] {
  const isShare = (beta: unknown): boolean => typeof beta === "number" && beta >= 0 && beta < 1;
  if (Array.isArray(betas) && betas.length === 2 && betas.every(isShare)) return [betas[0], betas[1]];
  throw new ValueError(name, `betas must be two numbers from 0 to below 1, got ${describe(betas)}`, { actual: betas });
}
