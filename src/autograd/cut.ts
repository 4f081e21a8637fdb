/** Gradients with zeros that say that none comes there, such as those of the side that `where` does not take. */
import type { Tensor } from "./tensor.js";

/** Notes that a 0 in this gradient stands for none at all; others may have been rounded to 0 from something.
 * @returns the gradient */
export function cutGradient(gradient: Tensor): Tensor {
  gradient.isCut = true;
  return gradient;
}

/** What was made of a gradient element by element, by moving its elements or as sums of them: as cut as that is.
 * @returns the result */
export function onward(gradient: Tensor, result: Tensor): Tensor {
  return gradient.isCut ? cutGradient(result) : result;
}
