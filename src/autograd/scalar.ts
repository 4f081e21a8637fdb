/** Scalars: a number as a tensor. */
import { Tensor } from "./tensor.js";

/** A number as a scalar tensor on the device of `like`, of its float type. */
export function scalarLike(like: Tensor, value: number): Tensor {
  return new Tensor(like.device, like.device.upload([value]), [], like.device.floatType);
}
