/** The sigmoid layer. */
import type { Tensor } from "../autograd/tensor.js";
import { sigmoid } from "../ops/elementwise/activation.js";
import { Module } from "./module.js";

/** 1 / (1 + e⁻ˣ); see `sigmoid`.
 * @category Layers */
export class Sigmoid extends Module {
  override forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}
