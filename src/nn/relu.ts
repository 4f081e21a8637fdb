/** The ReLU layer. */
import type { Tensor } from "../autograd/tensor.js";
import { relu } from "../ops/elementwise/activation.js";
import { Module } from "./module.js";

/** max(x, 0); see `relu`.
 * @category Layers */
export class ReLU extends Module {
  override forward(x: Tensor): Tensor {
    return relu(x);
  }
}
