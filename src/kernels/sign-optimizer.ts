/** Kernels of the optimisers that follow the signs of gradients, and of those that keep a step in proportion to its parameter. As in
 * `optimizer.ts`, `rates` may change from step to step, and the gradient counts with a sign σ. */
import type { Flat, KernelThis } from "./kernel.js";

/** Lion's parameter `θ − γ(sign(β₁m + (1 − β₁)g) + λθ)`. `rates` are γ, γλ, β₁, 1 − β₁ and σ. */
export function lionStep(
  this: KernelThis<"decays">,
  parameter: Flat,
  gradient: Flat,
  first: Flat,
  rates: Flat,
): number {
  let theta = parameter[this.thread.x]!;
  const along = rates[2]! * first[this.thread.x]! + rates[3]! * (rates[4]! * gradient[this.thread.x]!);
  if (this.constants.decays === 1) theta -= rates[1]! * theta;
  if (along > 0) return theta - rates[0]!;
  if (along < 0) return theta + rates[0]!;
  return theta + along; // 0, or NaN
}

/** Rprop's gradient: 0 where its sign has changed. `rates` are η₋, η₊, the least and the largest size, and σ. */
export function rpropGradient(this: KernelThis, gradient: Flat, previous: Flat, rates: Flat): number {
  const g = rates[4]! * gradient[this.thread.x]!;
  const before = previous[this.thread.x]!;
  if (g > 0 && before < 0) return 0;
  if (g < 0 && before > 0) return 0;
  return g;
}

/** Rprop's size of a step: larger where the sign stayed, smaller where it changed, within bounds. */
export function rpropSize(this: KernelThis, size: Flat, gradient: Flat, previous: Flat, rates: Flat): number {
  const g = rates[4]! * gradient[this.thread.x]!;
  const before = previous[this.thread.x]!;
  let next = size[this.thread.x]!;
  if ((g > 0 && before > 0) || (g < 0 && before < 0)) next *= rates[1]!;
  if ((g > 0 && before < 0) || (g < 0 && before > 0)) next *= rates[0]!;
  if (next < rates[2]!) return rates[2]!;
  if (next > rates[3]!) return rates[3]!;
  return next;
}

/** Parameter `θ − sign(g) s`. */
export function signStep(this: KernelThis, parameter: Flat, gradient: Flat, size: Flat): number {
  const theta = parameter[this.thread.x]!;
  const g = gradient[this.thread.x]!;
  if (g > 0) return theta - size[this.thread.x]!;
  if (g < 0) return theta + size[this.thread.x]!;
  return theta + g; // 0, or NaN
}

/** LARS's velocity `μv + γq(g + λθ)` with `q = c‖θ‖ / (‖g‖ + λ‖θ‖ + ε)`, 1 where a norm is 0. `rates` are γ, μ, λ, c, ε and σ. */
export function larsVelocity(
  this: KernelThis,
  velocity: Flat,
  gradient: Flat,
  parameter: Flat,
  gradientNorm: Flat,
  parameterNorm: Flat,
  rates: Flat,
): number {
  const size = parameterNorm[0]!;
  let q = 1;
  if (size !== 0 && gradientNorm[0]! !== 0) {
    q = (rates[3]! * size) / (gradientNorm[0]! + rates[2]! * size + rates[4]!);
  }
  const g = rates[5]! * gradient[this.thread.x]! + rates[2]! * parameter[this.thread.x]!;
  return rates[1]! * velocity[this.thread.x]! + rates[0]! * q * g;
}

/** LAMB's direction `am / (√v + ε) + λθ`. `rates` are a, ε (as the step has them) and λ. */
export function lambDirection(this: KernelThis, first: Flat, second: Flat, parameter: Flat, rates: Flat): number {
  const along = (rates[0]! * first[this.thread.x]!) / (Math.sqrt(second[this.thread.x]!) + rates[1]!);
  return along + rates[2]! * parameter[this.thread.x]!;
}

/** LAMB's parameter `θ − γ (‖θ‖ / ‖r‖) r`, the factor 1 where a norm is 0. `rates` hold γ. */
export function lambStep(
  this: KernelThis,
  parameter: Flat,
  direction: Flat,
  parameterNorm: Flat,
  directionNorm: Flat,
  rates: Flat,
): number {
  let trust = 1;
  if (parameterNorm[0]! !== 0 && directionNorm[0]! !== 0) trust = parameterNorm[0]! / directionNorm[0]!;
  return parameter[this.thread.x]! - rates[0]! * trust * direction[this.thread.x]!;
}
