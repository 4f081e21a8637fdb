/** The ReLU6 layer. */
import type { Tensor } from "../autograd/tensor.js";
import { relu6 } from "../ops/elementwise/hard-activations.js";
import { Module } from "./module.js";

/** min(max(x, 0), 6); see `relu6`.
 * @category Layers */
export class ReLU6 extends Module {
  override forward(x: Tensor): Tensor {
    return relu6(x);
  }
}
