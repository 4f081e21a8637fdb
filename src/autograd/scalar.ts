/** Scalars: a number as a tensor. */
import { isFloat } from "./dtype.js";
import { Tensor } from "./tensor.js";

/** A number as a scalar tensor on the device of `like`, of its dtype if that is a float one. */
export function scalarLike(like: Tensor, value: number): Tensor {
  const dtype = isFloat(like.dtype) ? like.dtype : like.device.floatType;
  return new Tensor(like.device, like.device.upload([value]), [], dtype);
}
