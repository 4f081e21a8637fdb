/** Calls of ops as others see them: who listens hears of each when it has returned, recorded or not. */
import type { Tensor } from "./tensor.js";

/** Hears of an op that was called, not of those that its own forward calls. */
export type OpListener = (op: string, inputs: readonly (Tensor | null)[], output: Tensor) => void;

let listener: OpListener | null = null;

/** Hears of every call of an op from now on; null for nobody.
 * @returns who heard of them before */
export function hearOps(next: OpListener | null): OpListener | null {
  const before = listener;
  listener = next;
  return before;
}
