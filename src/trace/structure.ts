/** What a trace looks at in a model: its layers and its parameters, as they are when a forward pass begins. */
import type { Tensor } from "../autograd/tensor.js";
import { describe, ValueError } from "../errors.js";
import type { AnyModule } from "../nn/module.js";
import { ReLU } from "../nn/relu.js";

/** A layer of the model. */
export interface TracedLayer {
  readonly name: string;
  /** The module whose output is the layer's. */
  readonly module: AnyModule;
  readonly parameters: readonly Tensor[];
  readonly isReLU: boolean;
  /** Whether it is a layer for the ways alone that come together in it. */
  readonly isBlock: boolean;
}

/** A model at one moment. */
export interface Structure {
  /** The layers that are listed whether or not they run. */
  readonly layers: ReadonlyMap<AnyModule, TracedLayer>;
  /** The first path of every module. */
  readonly paths: ReadonlyMap<AnyModule, string>;
  /** Modules with a parameter of two or more axes of their own. */
  readonly weighted: ReadonlySet<AnyModule>;
  /** Every parameter that is looked at, with all its names in `stateDict()`. */
  readonly names: ReadonlyMap<Tensor, readonly string[]>;
  /** A module as the layer that it is where ways come together in it; null where only chosen layers are looked at. */
  blockOf(module: AnyModule): TracedLayer | null;
}

/** Finds the structure of a model, anew only where it has changed. */
export class StructureReader {
  readonly #model: AnyModule;
  readonly #chosen: readonly (string | AnyModule)[] | null;
  #parts: readonly unknown[] = [];
  #structure: Structure | null = null;

  /** @param chosen the layers to look at, by path or as modules; null for all */
  constructor(model: AnyModule, chosen: readonly (string | AnyModule)[] | null) {
    this.#model = model;
    this.#chosen = chosen;
  }

  read(): Structure {
    const modules = this.#model.namedModules();
    const parts = [...modules.flat(), ...this.#model.namedParameters().flat()];
    if (this.#structure === null || !isSame(parts, this.#parts)) this.#structure = this.#find(modules);
    this.#parts = parts;
    return this.#structure;
  }

  #find(modules: readonly (readonly [string, AnyModule])[]): Structure {
    const paths = new Map<AnyModule, string>();
    for (const [path, module] of modules) if (!paths.has(module)) paths.set(module, path);
    const chosen = this.#chosen === null ? null : new Set(this.#chosen.map((one) => chosenOf(one, modules)));
    const own = new Map([...paths.keys()].map((module) => [module, ownParameters(module)]));
    const layerOf = (module: AnyModule, parameters: readonly Tensor[], isBlock: boolean): TracedLayer => {
      const name = paths.get(module) || module.constructor.name;
      return { name, module, parameters, isReLU: module instanceof ReLU, isBlock };
    };
    const layers = new Map<AnyModule, TracedLayer>();
    for (const [module, parameters] of own) {
      const isChosen = chosen?.has(module) ?? (parameters.length > 0 || module.namedChildren().length === 0);
      if (isChosen) layers.set(module, layerOf(module, chosen === null ? parameters : module.parameters(), false));
    }
    const names = new Map<Tensor, string[]>();
    for (const [name, parameter] of this.#model.namedParameters()) {
      names.set(parameter, [...(names.get(parameter) ?? []), name]);
    }
    if (chosen !== null) {
      const theirs = new Set([...layers.values()].flatMap(({ parameters }) => parameters));
      for (const parameter of names.keys()) if (!theirs.has(parameter)) names.delete(parameter);
    }
    const weighted = [...own].flatMap(([module, parameters]) =>
      parameters.some(({ rank }) => rank > 1) ? module : [],
    );
    const blockOf = (module: AnyModule) => (chosen === null ? layerOf(module, [], true) : null);
    return { layers, paths, weighted: new Set(weighted), names, blockOf };
  }
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((part, i) => part === other[i]);
}

/** The module of a choice; none where the model has lost it. */
function chosenOf(chosen: string | AnyModule, modules: readonly (readonly [string, AnyModule])[]): AnyModule | null {
  return modules.find(([path, module]) => path === chosen || module === chosen)?.[1] ?? null;
}

/** @throws ValueError unless a model has every layer that is chosen */
export function checkChosen(model: AnyModule, chosen: readonly unknown[]): void {
  const modules = model.namedModules();
  for (const one of chosen) {
    if (chosenOf(one as string | AnyModule, modules) !== null) continue;
    const rule = "layers are modules of the model, or their paths as namedModules() lists them";
    throw new ValueError("trace", `${rule}, got ${describe(one)}`, { actual: one });
  }
}

/** The parameters of a module that are not its children's. */
function ownParameters(module: AnyModule): readonly Tensor[] {
  const children = module.namedChildren().map(([name]) => `${name}.`);
  const own = module.namedParameters().filter(([name]) => !children.some((child) => name.startsWith(child)));
  return [...new Set(own.map(([, parameter]) => parameter))];
}
