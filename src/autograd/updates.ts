/** Updates: who listens hears when a tensor is about to take over other numbers. */
import type { Tensor } from "./tensor.js";

/** Called before the change, with the tensor and what it takes over; null where that is no step but numbers put in their
 * place from outside, such as a state dict's. */
type Listener = (tensor: Tensor, source: Tensor | null) => void;

let listener: Listener | null = null;
let isLoading = false;

/** Hears of every assignment from now on; null for nobody. */
export function listenToUpdates(next: Listener | null): void {
  listener = next;
}

/** Tells who listens. */
export function tellUpdate(tensor: Tensor, source: Tensor): void {
  listener?.(tensor, isLoading ? null : source);
}

/** Runs `fn`, whose assignments are no steps of a training. */
export function loading<T>(fn: () => T): T {
  const before = isLoading;
  isLoading = true;
  try {
    return fn();
  } finally {
    isLoading = before;
  }
}
