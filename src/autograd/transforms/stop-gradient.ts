/** stopGradient: a constant in the middle of a function. */
import { mapTensors } from "./tree.js";

/** The same numbers, which no gradient flows through, in any transform around; for a tree, every tensor in it.
 *
 * ```ts
 * grad((x: Tensor) => x.mul(stopGradient(x)).sum())(tensor([3])); // 3, not 6
 * ```
 * @returns views of the same buffers
 * @category Function transforms */
export function stopGradient<T>(tree: T): T {
  return mapTensors(tree, (tensor) => tensor.detach()) as T;
}
