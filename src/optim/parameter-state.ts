/** What an optimiser remembers of one parameter from step to step. */
import { keep } from "../autograd/scope.js";
import type { Tensor } from "../autograd/tensor.js";
import { zeros } from "../ops/create.js";

/** Numbers, such as the steps a parameter has made, and tensors of its shape, such as its velocity, by PyTorch's names. */
export class ParameterState {
  readonly #numbers = new Map<string, number>();
  readonly #tensors = new Map<string, Tensor>();

  /** A number; undefined before it is set. */
  number(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  /** Sets a number.
   * @returns the same number */
  setNumber(name: string, value: number): number {
    this.#numbers.set(name, value);
    return value;
  }

  /** Counts a step. @returns how many there are with this one */
  countStep(): number {
    return this.setNumber("step", (this.number("step") ?? 0) + 1);
  }

  /** A tensor; null before the first step. */
  tensor(name: string): Tensor | null {
    return this.#tensors.get(name) ?? null;
  }

  /** A tensor, which starts as zeros. */
  orZeros(name: string, { shape, device }: Tensor): Tensor {
    return this.tensor(name) ?? zeros(shape, { device: device.name });
  }

  /** Takes over `tensor`, which lives on, in the place of the one of its name.
   * @returns the same tensor */
  replace(name: string, tensor: Tensor): Tensor {
    const before = this.tensor(name);
    this.#tensors.set(name, keep(tensor));
    before?.dispose();
    return tensor;
  }

  /** All of it: numbers, and snapshots of the tensors that later steps do not change. */
  saved(): (readonly [name: string, value: number | Tensor])[] {
    const tensors = [...this.#tensors].map(([name, tensor]) => [name, keep(tensor.detach())] as const);
    return [...this.#numbers, ...tensors];
  }

  /** Forgets everything. */
  clear(): void {
    this.#numbers.clear();
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }
}
