/** Kernels of numbers with an exponent of their own: m · 2^(64 e), whose products leave no device's range. */
import type { Flat, KernelThis } from "./kernel.js";

/** `up` is 2⁶⁴ and `down` 2⁻⁶⁴. */
type Steps = "steps" | "up" | "down";

/** How many times x is to be multiplied by 2⁶⁴ to be from `low` = 2⁻³² to below `high` = 2³²; negative for large ones, 0 for 0 and NaN. */
export function shortfall(this: KernelThis<Steps | "low" | "high">, x: Flat): number {
  let size = Math.abs(x[this.thread.x]!);
  let count = 0;
  for (let i = 0; i < this.constants.steps; i++) {
    if (size >= this.constants.high) {
      size *= this.constants.down;
      count -= 1;
    } else if (size > 0 && size < this.constants.low) {
      size *= this.constants.up;
      count += 1;
    }
  }
  return count;
}

/** x · 2^(64 e), for e that are integers; e beyond ±`steps` are Infinity or 0 before. */
export function scaledBy(this: KernelThis<Steps>, x: Flat, e: Flat): number {
  let value = x[this.thread.x]!;
  const count = e[this.thread.x]!;
  for (let i = 0; i < this.constants.steps; i++) {
    if (count > i) value *= this.constants.up;
    if (-count > i) value *= this.constants.down;
  }
  return value;
}
