/** Modules in a list. */
import type { Tensor } from "../autograd/tensor.js";
import { describe, ValueError } from "../errors.js";
import { checkModule } from "./containers.js";
import { Module } from "./module.js";

/** Modules in a list, which is a module itself, as PyTorch's `ModuleList`: the children are named `0`, `1`, …. It does not say how
 * they follow each other; whoever holds it calls their `forward`. (An array of modules as a property does the same, but cannot
 * be trained, printed or hooked by itself.)
 *
 * ```ts
 * const heads = new ModuleList(sizes.map((size) => new Linear(width, size, { generator })));
 * const outputs = [...heads].map((head) => head.forward(x));
 * ```
 * @category Modules */
export class ModuleList<Part extends Module = Module> extends Module {
  readonly #modules: Part[] = [];

  /** @throws ValueError if one is no module */
  constructor(modules: Iterable<Part> = []) {
    super();
    if (typeof (modules as Iterable<Part> | null)?.[Symbol.iterator] !== "function") {
      throw new ValueError("ModuleList", `it takes a list of modules, got ${describe(modules)}`, { actual: modules });
    }
    this.push(...modules);
  }

  /** Number of modules. */
  get length(): number {
    return this.#modules.length;
  }

  /** The module at a place, counted from the end when negative. */
  at(index: number): Part | undefined {
    if (!Number.isInteger(index)) throw new ValueError("ModuleList", `at takes an integer, got ${describe(index)}`);
    return this.#modules.at(index);
  }

  /** Appends modules. @returns how many there are
   * @throws ValueError if one is no module; then none is appended */
  push(...modules: readonly Part[]): number {
    for (const module of modules) checkModule("ModuleList", module, "it takes modules");
    return this.#modules.push(...modules);
  }

  /** The modules in their order. */
  [Symbol.iterator](): IterableIterator<Part> {
    return this.#modules.values();
  }

  override namedChildren(): [name: string, child: Module][] {
    return this.#modules.map((module, i) => [String(i), module]);
  }

  /** @throws ValueError always: a list has no order of calls. */
  override forward(): Tensor {
    throw new ValueError("ModuleList", "it has no forward; call that of each of its modules");
  }
}
