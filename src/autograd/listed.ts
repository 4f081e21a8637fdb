/** Which tensors somebody would train: those that a module lists among its parameters, or an optimiser was given. */
import type { Tensor } from "./tensor.js";

const listed = new WeakSet<Tensor>();

/** Remembers that tensors are in such a list. */
export function markListed(tensors: Iterable<Tensor>): void {
  for (const tensor of tensors) listed.add(tensor);
}

/** Whether a tensor was in such a list. */
export function isListed(tensor: Tensor): boolean {
  return listed.has(tensor);
}
