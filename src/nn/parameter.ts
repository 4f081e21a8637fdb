/** Parameter: a tensor that a module learns. */
import { Tensor } from "../autograd/tensor.js";
import { checkTensors } from "../ops/arguments.js";

/** A leaf tensor that requires a gradient and belongs to a module. It outlives every scope it is made in.
 * @category Modules */
export class Parameter extends Tensor {
  /** @param values the initial numbers; the buffer is shared, nothing is copied
   * @throws ValueError if they are no tensor */
  constructor(values: Tensor) {
    checkTensors("Parameter", values);
    super(values.device, values.storage, values.shape, values.dtype);
    this.kept = true;
    this.requiresGrad = true;
  }
}
