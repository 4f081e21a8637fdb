/** The hyperbolic tangent layer. */
import type { Tensor } from "../autograd/tensor.js";
import { tanh } from "../ops/elementwise/unary.js";
import { Module } from "./module.js";

/** Hyperbolic tangent; see `tanh`.
 * @category Layers */
export class Tanh extends Module {
  override forward(x: Tensor): Tensor {
    return tanh(x);
  }
}
