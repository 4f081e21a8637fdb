/** Forgetting gradients, for modules and optimisers. */
import type { Tensor } from "./tensor.js";

/** Takes the gradients off tensors, and disposes those that nobody has kept. */
export function forgetGradients(tensors: Iterable<Tensor>): void {
  for (const tensor of tensors) {
    if (tensor.grad?.isClaimed === false) tensor.grad.dispose();
    tensor.grad = null;
  }
}
