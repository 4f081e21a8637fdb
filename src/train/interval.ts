/** Things that happen at the first step and then at every n-th. */
import { describe, ValueError } from "../errors.js";

/** @throws ValueError unless n is an integer of at least 1 */
export function checkInterval(op: string, n: number): void {
  if (Number.isSafeInteger(n) && n >= 1) return;
  throw new ValueError(op, `it takes how many steps lie between, an integer of at least 1, got ${describe(n)}`);
}

/** Whether the turn has come at a step; the first is 1. */
export function isDue(n: number, step: number): boolean {
  return step === 1 || step % n === 0;
}
