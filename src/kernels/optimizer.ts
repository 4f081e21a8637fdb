/** Kernels that several optimisers share, and those of SGD and Adam: one step of one parameter. Numbers that may change from step to
 * step come in a small buffer, so that no new value compiles a new kernel; what an optimiser leaves out for good is a constant of 0
 * or 1. The gradient counts with a sign σ: −1 where the loss is to grow, else 1. */
import type { Flat, KernelThis } from "./kernel.js";

/** Velocity `μb + (1 − τ)(σg + λθ)`, or `σg + λθ` where it has not started. `rates` are γ, λ, μ, 1 − τ and σ. */
export function sgdVelocity(
  this: KernelThis<"started" | "decays">,
  velocity: Flat,
  gradient: Flat,
  parameter: Flat,
  rates: Flat,
): number {
  let g = rates[4]! * gradient[this.thread.x]!;
  if (this.constants.decays === 1) g += rates[1]! * parameter[this.thread.x]!;
  if (this.constants.started === 0) return g;
  return rates[2]! * velocity[this.thread.x]! + rates[3]! * g;
}

/** Parameter `θ − γ(σg + λθ + μb)`, with the same rates; the last two terms only where it decays and looks ahead. */
export function sgdStep(
  this: KernelThis<"decays" | "looksAhead">,
  parameter: Flat,
  gradient: Flat,
  velocity: Flat,
  rates: Flat,
): number {
  let g = rates[4]! * gradient[this.thread.x]!;
  if (this.constants.decays === 1) g += rates[1]! * parameter[this.thread.x]!;
  if (this.constants.looksAhead === 1) g += rates[2]! * velocity[this.thread.x]!;
  return parameter[this.thread.x]! - rates[0]! * g;
}

/** First moment `β₁m + (1 − β₁)σg`, of σg + λθ where it decays. `rates` are β₁, 1 − β₁, β₂, 1 − β₂, λ and σ. */
export function firstMoment(
  this: KernelThis<"decays">,
  moment: Flat,
  gradient: Flat,
  parameter: Flat,
  rates: Flat,
): number {
  let g = rates[5]! * gradient[this.thread.x]!;
  if (this.constants.decays === 1) g += rates[4]! * parameter[this.thread.x]!;
  return rates[0]! * moment[this.thread.x]! + rates[1]! * g;
}

/** Second moment `β₂v + (1 − β₂)g²` of the same g, with the same rates. */
export function secondMoment(
  this: KernelThis<"decays">,
  moment: Flat,
  gradient: Flat,
  parameter: Flat,
  rates: Flat,
): number {
  let g = rates[5]! * gradient[this.thread.x]!;
  if (this.constants.decays === 1) g += rates[4]! * parameter[this.thread.x]!;
  return rates[2]! * moment[this.thread.x]! + rates[3]! * g * g;
}

/** Parameter `θ − λθ − γm / (√v + ε)`, λθ only where it decays. `rates` are γ, ε and λ, as the step has them. */
export function adamStep(this: KernelThis<"decays">, parameter: Flat, first: Flat, second: Flat, rates: Flat): number {
  let theta = parameter[this.thread.x]!;
  if (this.constants.decays === 1) theta -= rates[2]! * theta;
  return theta - (rates[0]! * first[this.thread.x]!) / (Math.sqrt(second[this.thread.x]!) + rates[1]!);
}
