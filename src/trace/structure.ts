/** What a trace looks at in a model: its layers and its parameters, as they are when a forward pass begins. */
import type { Tensor } from "../autograd/tensor.js";
import type { AnyModule } from "../nn/module.js";
import { ReLU } from "../nn/relu.js";
import type { Traceable, TraceLayer } from "../nn/residual.js";

/** The two ways into a residual block. */
export type PathPart = "branch" | "identity";

/** A layer of the model. */
export interface TracedLayer {
  readonly name: string;
  /** The module whose output is the layer's. */
  readonly output: AnyModule;
  readonly parameters: readonly Tensor[];
  readonly endsInReLU: boolean;
  /** Whether the residual addition is inside of `output`, not before it. */
  readonly isBlock: boolean;
  /** The module through which a block's input enters each path, where there is one. */
  readonly paths: Readonly<Partial<Record<PathPart, AnyModule>>>;
}

/** A way into the residual addition of a layer. */
export interface Entrance {
  readonly layer: TracedLayer;
  readonly part: PathPart;
}

/** A model at one moment. */
export interface Structure {
  readonly layers: readonly TracedLayer[];
  readonly layersByOutput: ReadonlyMap<AnyModule, readonly TracedLayer[]>;
  readonly entrances: ReadonlyMap<AnyModule, readonly Entrance[]>;
  /** Every parameter that is looked at, with all its names in `stateDict()`. */
  readonly names: ReadonlyMap<Tensor, readonly string[]>;
}

/** Finds the structure of a model, anew only where it has changed. */
export class StructureReader {
  readonly #model: AnyModule;
  readonly #given: readonly TraceLayer[] | null;
  #parts: readonly unknown[] = [];
  #structure: Structure | null = null;

  /** @param given the layers to look at; null for all */
  constructor(model: AnyModule, given: readonly TraceLayer[] | null) {
    this.#model = model;
    this.#given = given;
  }

  read(): Structure {
    const parts = this.#allParts();
    if (this.#structure === null || !isSame(parts, this.#parts)) this.#structure = this.#find();
    this.#parts = parts;
    return this.#structure;
  }

  #allParts(): unknown[] {
    const given = this.#given?.flatMap(({ modules }) => modules.flatMap((module) => module.parameters())) ?? [];
    return [...this.#model.namedModules().flat(), ...this.#model.namedParameters().flat(), ...given];
  }

  #find(): Structure {
    const model = this.#model;
    const said = this.#given ?? (isTraceable(model) ? model.traceLayers() : null);
    const layers = said?.map(layerOf) ?? layersOf(model);
    const names = new Map<Tensor, string[]>();
    for (const [name, parameter] of model.namedParameters()) {
      names.set(parameter, [...(names.get(parameter) ?? []), name]);
    }
    for (const layer of said ?? []) addForeign(names, layer);
    if (this.#given !== null) {
      const theirs = new Set(layers.flatMap((layer) => layer.parameters));
      for (const parameter of names.keys()) if (!theirs.has(parameter)) names.delete(parameter);
    }
    const entrances = layers.flatMap((layer) =>
      (["branch", "identity"] as const).flatMap((part): [AnyModule, Entrance][] => {
        const module = layer.paths[part];
        return module === undefined ? [] : [[module, { layer, part }]];
      }),
    );
    return {
      layers,
      layersByOutput: grouped(layers.map((layer) => [layer.output, layer])),
      entrances: grouped(entrances),
      names,
    };
  }
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((part, i) => part === other[i]);
}

function grouped<K, V>(pairs: readonly (readonly [K, V])[]): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

/** Layers may be given that are no part of the model: their parameters are called after them. */
function addForeign(names: Map<Tensor, string[]>, layer: TraceLayer): void {
  for (const [name, parameter] of layer.modules.flatMap((module) => module.namedParameters())) {
    if (!names.has(parameter)) names.set(parameter, [`${layer.name}.${name}`]);
  }
}

/** The layers of a model that does not say what they are: every module without children or with parameters of its own. */
function layersOf(model: AnyModule): TracedLayer[] {
  const named = new Map<AnyModule, string>();
  for (const [name, module] of model.namedModules()) if (!named.has(module)) named.set(module, name);
  return [...named].flatMap(([module, name]): TracedLayer[] => {
    const parameters = ownParameters(module);
    if (parameters.length === 0 && module.namedChildren().length > 0) return [];
    const label = name === "" ? model.constructor.name : name;
    return [{ name: label, output: module, parameters, endsInReLU: module instanceof ReLU, isBlock: false, paths: {} }];
  });
}

/** The parameters of a module that are not its children's. */
function ownParameters(module: AnyModule): readonly Tensor[] {
  const children = module.namedChildren().map(([name]) => `${name}.`);
  const own = module.namedParameters().filter(([name]) => !children.some((child) => name.startsWith(child)));
  return [...new Set(own.map(([, parameter]) => parameter))];
}

function layerOf({ name, output, modules, endsInReLU, residual }: TraceLayer): TracedLayer {
  const { branch, identity = null } = residual?.residualPaths() ?? {};
  return {
    name,
    output,
    parameters: [...new Set(modules.flatMap((module) => module.parameters()))],
    endsInReLU,
    isBlock: (residual as object | undefined) === output,
    paths: { ...(branch && { branch }), ...(identity && { identity }) },
  };
}

function isTraceable(model: AnyModule): model is AnyModule & Traceable {
  return "traceLayers" in model && typeof model.traceLayers === "function";
}
