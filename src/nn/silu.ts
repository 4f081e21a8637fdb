/** The SiLU layer. */
import type { Tensor } from "../autograd/tensor.js";
import { silu } from "../ops/elementwise/activation.js";
import { Module } from "./module.js";

/** x · σ(x); see `silu`.
 * @category Layers */
export class SiLU extends Module {
  override forward(x: Tensor): Tensor {
    return silu(x);
  }
}
