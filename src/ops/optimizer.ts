/** The updates of the optimisers: unrecorded results of their kernels, one launch each. */
import { run } from "../autograd/run.js";
import type { Tensor } from "../autograd/tensor.js";
import type { KernelFunction } from "../kernels/kernel.js";
import * as kernels from "../kernels/optimizer.js";

/** The velocity of SGD; where it starts without weight decay it is the gradient itself, and nothing runs.
 * @param velocity the one before; null at the first step
 * @param rates γ, λ, μ and 1 − τ
 * @param decays whether λ counts */
export function sgdVelocity(
  velocity: Tensor | null,
  gradient: Tensor,
  parameter: Tensor,
  rates: Tensor,
  decays: boolean,
): Tensor {
  if (velocity === null && !decays) return gradient.detach();
  return run(kernels.sgdVelocity, [velocity ?? gradient, gradient, parameter, rates], {
    constants: { started: Number(velocity !== null), decays: Number(decays) },
  });
}

/** The parameter after a step of SGD.
 * @param gradient what it moves against: the gradient, or the velocity
 * @param ahead the velocity along which it looks ahead; null if it does not
 * @param rates γ, λ, μ and 1 − τ
 * @param decays whether λ counts */
export function sgdStep(
  parameter: Tensor,
  gradient: Tensor,
  ahead: Tensor | null,
  rates: Tensor,
  decays: boolean,
): Tensor {
  return run(kernels.sgdStep, [parameter, gradient, ahead ?? gradient, rates], {
    constants: { decays: Number(decays), looksAhead: Number(ahead !== null) },
  });
}

/** The next of a running mean, of gradients or of their squares.
 * @param rates β₁, 1 − β₁, β₂, 1 − β₂ and λ
 * @param decays whether λθ is added to the gradient */
type Moment = (moment: Tensor, gradient: Tensor, parameter: Tensor, rates: Tensor, decays: boolean) => Tensor;

export const firstMoment: Moment = momentOf(kernels.firstMoment);
export const secondMoment: Moment = momentOf(kernels.secondMoment);

function momentOf(kernel: KernelFunction): Moment {
  return (moment, gradient, parameter, rates, decays) =>
    run(kernel, [moment, gradient, parameter, rates], { constants: { decays: Number(decays) } });
}

/** The parameter after a step of Adam.
 * @param rates γ, ε and λ, as the step has them
 * @param decays whether λ counts */
export function adamStep(parameter: Tensor, first: Tensor, second: Tensor, rates: Tensor, decays: boolean): Tensor {
  return run(kernels.adamStep, [parameter, first, second, rates], { constants: { decays: Number(decays) } });
}
