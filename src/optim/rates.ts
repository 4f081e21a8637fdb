/** Numbers of an optimiser's equations, as its kernels read them. */
import { keep } from "../autograd/scope.js";
import { Tensor } from "../autograd/tensor.js";
import type { Shape } from "../shape.js";

interface Uploaded {
  readonly numbers: readonly number[];
  readonly tensor: Tensor;
}

/** A few numbers as a tensor beside the parameters, uploaded anew only where one has changed. */
export class Rates {
  readonly #uploaded = new Map<Tensor["device"], Uploaded>();

  /** The numbers on the device of `parameter`. */
  beside({ device }: Tensor, numbers: readonly number[]): Tensor {
    const before = this.#uploaded.get(device);
    if (before?.numbers.every((value, i) => value === numbers[i])) return before.tensor;
    const shape: Shape = [numbers.length];
    const tensor = keep(new Tensor(device, device.upload(numbers), shape, device.floatType));
    this.#uploaded.set(device, { numbers, tensor });
    before?.tensor.dispose();
    return tensor;
  }
}
