/** Modules one after the other. */
import type { Tensor } from "../autograd/tensor.js";
import { refuseOthersModule } from "../copies.js";
import { describe, ValueError } from "../errors.js";
import { Module } from "./module.js";

/** Feeds each module's output to the next; the children are named `0`, `1`, ….
 *
 * ```ts
 * const model = new Sequential(new Flatten(), new Linear(784, 10, { generator }));
 * ```
 * @category Layers */
export class Sequential extends Module {
  readonly #modules: readonly Module[];

  constructor(...modules: readonly Module[]) {
    super();
    const wrong = modules.find((module) => !(module instanceof Module));
    if (wrong !== undefined) {
      refuseOthersModule("Sequential", "a module", wrong);
      throw new ValueError("Sequential", `it takes modules one by one (...list for a list), got ${describe(wrong)}`);
    }
    this.#modules = modules;
  }

  /** Number of modules. */
  get length(): number {
    return this.#modules.length;
  }

  /** The module at a place, counted from the end when negative. */
  at(index: number): Module | undefined {
    if (!Number.isInteger(index)) throw new ValueError("Sequential", `at takes an integer, got ${describe(index)}`);
    return this.#modules.at(index);
  }

  override namedChildren(): [name: string, child: Module][] {
    return this.#modules.map((module, i) => [String(i), module]);
  }

  override forward(x: Tensor): Tensor {
    return this.#modules.reduce((h, module) => module.forward(h), x);
  }
}
