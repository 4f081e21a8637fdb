/** Modules one after the other. */
import type { Tensor } from "../autograd/tensor.js";
import { describe, ValueError } from "../errors.js";
import { checkModule, type NamedModules, namedEntries } from "./containers.js";
import { Module } from "./module.js";

/** Feeds each module's output to the next. The children are named `0`, `1`, …, or as the keys say.
 *
 * ```ts
 * const model = new Sequential(new Flatten(), new Linear(784, 10, { generator }));
 * const stem = new Sequential({ conv0: new Conv2d(3, 64, 7, { generator }), relu0: new ReLU() });
 * ```
 * @category Layers */
export class Sequential extends Module {
  readonly #modules: ReadonlyMap<string, Module>;

  /** Modules without names.
   * @throws ValueError if one is no module */
  constructor(...modules: readonly Module[]);
  /** Modules by name, in order.
   * @throws ValueError if one is no module, or a name is empty or has a dot */
  constructor(modules: NamedModules);
  constructor(...given: readonly (Module | NamedModules)[]) {
    super();
    const [first] = given;
    const isNamed = given.length === 1 && typeof first === "object" && first !== null && !(first instanceof Module);
    if (isNamed && !Array.isArray(first)) {
      this.#modules = namedEntries("Sequential", first as NamedModules);
      return;
    }
    for (const module of given) {
      checkModule(
        "Sequential",
        module,
        "it takes modules one by one (...list for a list), or one object of them by name",
      );
    }
    this.#modules = new Map((given as readonly Module[]).map((module, i) => [String(i), module]));
  }

  /** Number of modules. */
  get length(): number {
    return this.#modules.size;
  }

  /** The module at a place, counted from the end when negative, or of a name. */
  at(index: number | string): Module | undefined {
    if (typeof index === "string") return this.#modules.get(index);
    if (Number.isInteger(index)) return [...this.#modules.values()].at(index);
    throw new ValueError("Sequential", `at takes an integer or a name, got ${describe(index)}`);
  }

  /** The modules in their order. */
  [Symbol.iterator](): IterableIterator<Module> {
    return this.#modules.values();
  }

  override namedChildren(): [name: string, child: Module][] {
    return [...this.#modules];
  }

  override forward(x: Tensor): Tensor {
    let h = x;
    for (const module of this.#modules.values()) h = module.forward(h);
    return h;
  }
}
