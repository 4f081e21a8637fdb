/** What the optimisers of running means share: their options, and how the means go on. */
import type { Tensor } from "../autograd/tensor.js";
import { firstMoment, secondMoment } from "../ops/optimizer.js";
import type { OptionKind } from "../options.js";
import type { Move } from "./optimizer.js";
import { notNegative, shares } from "./option-kinds.js";
import type { OptimizerOptions } from "./rules.js";

/** Options of the optimisers that keep running means; the names are the symbols of their equations.
 * @category Optimisers */
export interface MomentOptions extends OptimizerOptions {
  /** Learning rate γ, at least 0. Default 1e-3; 2e-3 for `Adamax` and `NAdam`. */
  readonly lr?: number | undefined;
  /** β₁ and β₂, what a step keeps of the means; from 0 to below 1. Default [0.9, 0.999]. */
  readonly betas?: readonly [beta1: number, beta2: number] | undefined;
  /** ε, at least 0, which keeps steps finite where gradients vanish. Default 1e-8; 1e-6 for `LAMB`. */
  readonly eps?: number | undefined;
  /** λ, at least 0. Default 0; 1e-2 for `AdamW`. */
  readonly weightDecay?: number | undefined;
}

/** Their kinds. */
export const momentKinds: {
  readonly [Name in keyof Required<MomentOptions>]: OptionKind<Exclude<MomentOptions[Name], undefined>>;
} = {
  lr: notNegative,
  betas: shares,
  eps: notNegative,
  weightDecay: notNegative,
};

/** Means of gradients and of their squares, one step on.
 * @param kept β of the first mean and of the second
 * @param decay λ, where it goes into the gradient; else 0
 * @param sign −1 where the loss is to grow, else 1
 * @returns the functions that make each of them */
export function moments(
  { parameter, gradient, state, rates }: Pick<Move<MomentOptions>, "parameter" | "gradient" | "state" | "rates">,
  kept: readonly [first: number, second: number],
  decay: number,
  sign: 1 | -1 = 1,
): { readonly first: (name: string) => Tensor; readonly second: (name: string) => Tensor } {
  const [beta1, beta2] = kept;
  const numbers = rates("moments", [beta1, 1 - beta1, beta2, 1 - beta2, decay, sign]);
  const next = (kernel: typeof firstMoment) => (name: string) =>
    state.replace(
      name,
      kernel([state.orZeros(name, parameter), gradient, parameter, numbers], { decays: decay !== 0 }),
    );
  return { first: next(firstMoment), second: next(secondMoment) };
}
