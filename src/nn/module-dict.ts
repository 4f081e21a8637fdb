/** Modules by name. */
import type { Tensor } from "../autograd/tensor.js";
import { ValueError } from "../errors.js";
import { checkModule, checkName, type NamedModules, namedEntries } from "./containers.js";
import { Module } from "./module.js";

/** Modules by name, which are a module together, as PyTorch's `ModuleDict`: the names, as they are, stand in the paths of
 * `stateDict()`. It does not say how they follow each other; whoever holds it calls their `forward`.
 *
 * ```ts
 * const branches = new ModuleDict({ "1x1": new Conv2d(8, 4, 1, { generator }), pool: new MaxPool2d(3) });
 * branches.get("pool")?.forward(x);
 * ```
 * @category Modules */
export class ModuleDict<Part extends Module = Module> extends Module {
  readonly #modules: Map<string, Part>;

  /** @throws ValueError if one is no module, or a name is empty or has a dot */
  constructor(modules: NamedModules<Part> = {}) {
    super();
    this.#modules = namedEntries("ModuleDict", modules);
  }

  /** Number of modules. */
  get size(): number {
    return this.#modules.size;
  }

  /** The module of a name; undefined if there is none. */
  get(name: string): Part | undefined {
    return this.#modules.get(name);
  }

  /** Whether there is a module of a name. */
  has(name: string): boolean {
    return this.#modules.has(name);
  }

  /** Adds a module, or puts it in the place of the one that has its name.
   * @throws ValueError if it is none, or the name is empty or has a dot */
  set(name: string, module: Part): this {
    checkName("ModuleDict", name);
    checkModule("ModuleDict", module, `${JSON.stringify(name)} must be a module`);
    this.#modules.set(name, module);
    return this;
  }

  /** The names, in the order in which they were added. */
  keys(): IterableIterator<string> {
    return this.#modules.keys();
  }

  /** Names and modules, in the order in which they were added. */
  [Symbol.iterator](): IterableIterator<[name: string, module: Part]> {
    return this.#modules.entries();
  }

  override namedChildren(): [name: string, child: Module][] {
    return [...this.#modules];
  }

  /** @throws ValueError always: names have no order of calls. */
  override forward(): Tensor {
    throw new ValueError("ModuleDict", "it has no forward; call that of each of its modules");
  }
}
