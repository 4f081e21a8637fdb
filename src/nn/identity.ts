/** The layer that does nothing. */
import type { Tensor } from "../autograd/tensor.js";
import { Module } from "./module.js";

/** Passes its input on: an identity shortcut, or a place where a layer was left out.
 * @category Layers */
export class Identity extends Module {
  override forward(x: Tensor): Tensor {
    return x;
  }
}
