/** What an optimiser remembers of each parameter from step to step. */
import { isFloat } from "../autograd/dtype.js";
import { keep } from "../autograd/scope.js";
import { Tensor } from "../autograd/tensor.js";
import { ShapeError } from "../errors.js";
import { to } from "../ops/shape/identity.js";
import { formatShape, sameShape } from "../shape.js";

/** One tensor for each parameter, of its shape, such as its velocity; null before its first step. */
export class ParameterState {
  readonly #parameters: readonly Tensor[];
  readonly #tensors: (Tensor | null)[];

  constructor(parameters: readonly Tensor[]) {
    this.#parameters = parameters;
    this.#tensors = parameters.map(() => null);
  }

  /** That of parameter `i`. */
  of(i: number): Tensor | null {
    return this.#tensors[i] ?? null;
  }

  /** Takes over `tensor`, which lives on, in the place of what parameter `i` had.
   * @returns the same tensor */
  replace<T extends Tensor | null>(i: number, tensor: T): T {
    const before = this.of(i);
    this.#tensors[i] = tensor === null ? null : keep(tensor);
    before?.dispose();
    return tensor;
  }

  /** All of them, which later steps do not change. */
  saved(): (Tensor | null)[] {
    return this.#tensors.map((tensor) => (tensor === null ? null : keep(tensor.detach())));
  }

  /** Throws unless these are tensors of the parameters' shapes, or null.
   * @param op who asks
   * @param what they are called in the error */
  check(op: string, what: string, tensors: readonly (Tensor | null)[]): void {
    const fits =
      Array.isArray(tensors) &&
      tensors.length === this.#parameters.length &&
      this.#parameters.every(({ shape }, i) => isOfShape(tensors[i], shape));
    if (fits) return;
    const shapes = this.#parameters.map(({ shape }) => formatShape(shape)).join(", ");
    throw new ShapeError(op, `the ${what} must be null or have the shapes of the parameters: ${shapes}`);
  }

  /** Takes over saved ones that `check` let pass, copied to the devices of the parameters. */
  load(tensors: readonly (Tensor | null)[]): void {
    this.#parameters.forEach(({ device }, i) => {
      const tensor = tensors[i] ?? null;
      this.replace(i, tensor === null ? null : to(tensor.detach(), device.name));
    });
  }
}

function isOfShape(tensor: unknown, shape: readonly number[]): boolean {
  return tensor === null || (tensor instanceof Tensor && isFloat(tensor.dtype) && sameShape(tensor.shape, shape));
}
