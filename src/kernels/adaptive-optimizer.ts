/** Kernels of the optimisers that scale each number by the size of its own gradients, but for Adam's. As in `optimizer.ts`, `rates`
 * may change from step to step, the gradient counts with a sign σ, and as σg + λθ where it decays. */
import type { Flat, KernelThis } from "./kernel.js";

/** Adamax's norm `max(β₂u, |g| + ε)`. `rates` are β₂, ε, λ and σ. */
export function infinityNorm(
  this: KernelThis<"decays">,
  norm: Flat,
  gradient: Flat,
  parameter: Flat,
  rates: Flat,
): number {
  let g = rates[3]! * gradient[this.thread.x]!;
  if (this.constants.decays === 1) g += rates[2]! * parameter[this.thread.x]!;
  const kept = rates[0]! * norm[this.thread.x]!;
  const size = Math.abs(g) + rates[1]!;
  if (kept >= size) return kept;
  if (size > kept) return size;
  return kept + size; // NaN
}

/** Adamax's parameter `θ − γm/u`. `rates` hold γ, as the step has it. */
export function adamaxStep(this: KernelThis, parameter: Flat, first: Flat, norm: Flat, rates: Flat): number {
  return parameter[this.thread.x]! - (rates[0]! * first[this.thread.x]!) / norm[this.thread.x]!;
}

/** NAdam's parameter `θ − (ag + bm) / (√v + ε)`. `rates` are a, b, ε (as the step has them), λ and σ. */
export function nadamStep(
  this: KernelThis<"decays">,
  parameter: Flat,
  gradient: Flat,
  first: Flat,
  second: Flat,
  rates: Flat,
): number {
  let g = rates[4]! * gradient[this.thread.x]!;
  if (this.constants.decays === 1) g += rates[3]! * parameter[this.thread.x]!;
  const along = rates[0]! * g + rates[1]! * first[this.thread.x]!;
  return parameter[this.thread.x]! - along / (Math.sqrt(second[this.thread.x]!) + rates[2]!);
}

/** RMSprop's velocity `μb + g / (√(v − m²) + ε)`, m only where it is centred. `rates` are γ, μ, ε, λ and σ. */
export function rmspropVelocity(
  this: KernelThis<"decays" | "centered">,
  velocity: Flat,
  gradient: Flat,
  second: Flat,
  first: Flat,
  parameter: Flat,
  rates: Flat,
): number {
  let g = rates[4]! * gradient[this.thread.x]!;
  if (this.constants.decays === 1) g += rates[3]! * parameter[this.thread.x]!;
  let variance = second[this.thread.x]!;
  if (this.constants.centered === 1) variance -= first[this.thread.x]! * first[this.thread.x]!;
  return rates[1]! * velocity[this.thread.x]! + g / (Math.sqrt(variance) + rates[2]!);
}

/** Parameter `θ − γg / (√(v − m²) + ε)` of RMSprop and Adagrad, with the same rates. */
export function rootStep(
  this: KernelThis<"decays" | "centered">,
  parameter: Flat,
  gradient: Flat,
  second: Flat,
  first: Flat,
  rates: Flat,
): number {
  const theta = parameter[this.thread.x]!;
  let g = rates[4]! * gradient[this.thread.x]!;
  if (this.constants.decays === 1) g += rates[3]! * theta;
  let variance = second[this.thread.x]!;
  if (this.constants.centered === 1) variance -= first[this.thread.x]! * first[this.thread.x]!;
  return theta - (rates[0]! * g) / (Math.sqrt(variance) + rates[2]!);
}

/** Adadelta's change `g √(a + ε) / √(v + ε)`. `rates` are ε, λ and σ. */
export function adadeltaChange(
  this: KernelThis<"decays">,
  gradient: Flat,
  changes: Flat,
  second: Flat,
  parameter: Flat,
  rates: Flat,
): number {
  let g = rates[2]! * gradient[this.thread.x]!;
  if (this.constants.decays === 1) g += rates[1]! * parameter[this.thread.x]!;
  return (Math.sqrt(changes[this.thread.x]! + rates[0]!) / Math.sqrt(second[this.thread.x]! + rates[0]!)) * g;
}
