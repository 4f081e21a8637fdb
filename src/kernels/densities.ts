/** Elementwise kernels of densities, exact where they are tiny: the derivatives of smooth activations. */
import type { Flat, KernelThis } from "./kernel.js";

/** σ′(x) = e^−|x| / (1 + e^−|x|)², which keeps its digits where σ is 1 to all of them. */
export function logisticDensity(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  const e = Math.exp(-Math.abs(value));
  if (value > 0 || value <= 0) return e / ((1 + e) * (1 + e));
  return value;
}
