/** Finds what a zoo file says of a model without numbers: parameters, operations, shapes, keys. */

import { shapesOnly } from "../../../src/autograd/shapes-only.js";
import { type AnyModule, BatchNorm2d, Conv2d, Linear, ModuleList, Sequential, zeros } from "../../../src/index.js";
import { productsOf } from "../../../src/summary/multiply-accumulates.js";
import { isModuleCall, type ModuleCall, type OpCall, recordCalls } from "../../../src/summary/record.js";
import { activationsOf } from "./activations.js";
import type { Named, Static } from "./zoo-file.js";

/** What is said of a model, made without numbers, from one image in evaluation. Stages without parameters are among the children
 * only if they are `known`: what is a function in one framework may be a module in the other. */
export function staticOf(make: () => AnyModule, input: readonly number[], known: ReadonlySet<string>): Static {
  return shapesOnly(() => {
    const model = make().eval();
    const { calls } = recordCalls(() => model.forward(zeros([1, ...input])));
    const perLayer = productsIn(calls, pathsOf(model));
    return {
      params: parametersOf(model),
      layers: layersOf(model, calls),
      macs: { input, perLayer, ...totalsOf(perLayer) },
      activations: activationsOf(calls),
      children: childrenOf(model, calls, known),
      stateDict: Object.entries(model.stateDict()).map(([key, { shape }]) => [key, shape]),
    };
  });
}

function parametersOf(model: AnyModule): Static["params"] {
  const parameters = new Map(model.namedParameters().map(([name, parameter]) => [parameter, name]));
  const sum = (isCounted: (name: string, trains: boolean) => boolean) =>
    [...parameters].reduce((n, [p, name]) => n + (isCounted(name, p.requiresGrad) ? p.size : 0), 0);
  return {
    total: sum(() => true),
    trainable: sum((_, trains) => trains),
    withoutAux: sum((name) => !/^(aux\d|AuxLogits)\./.test(name)),
    stateElements: Object.values(model.stateDict()).reduce((n, { size }) => n + size, 0),
  };
}

function layersOf(model: AnyModule, calls: readonly ModuleCall[]): Static["layers"] {
  const modules = new Set(model.namedModules().map(([, module]) => module));
  const count = (Layer: abstract new (...given: never[]) => object) =>
    [...modules].filter((module) => module instanceof Layer).length;
  const [conv, linear, batchNorm] = [count(Conv2d), count(Linear), count(BatchNorm2d)];
  const ran = new Set(allCalls(calls).map(({ module }) => module));
  const withWeightsRunInEval = [...ran].filter((m) => m instanceof Conv2d || m instanceof Linear).length;
  return { conv, linear, batchNorm, withWeights: conv + linear, withWeightsRunInEval };
}

function allCalls(calls: readonly ModuleCall[]): ModuleCall[] {
  return calls.flatMap((call) => [call, ...allCalls(call.steps.filter(isModuleCall))]);
}

type Product = readonly [name: string, kind: string, macs: number, shape: readonly number[]];

function productsIn(calls: readonly ModuleCall[], paths: ReadonlyMap<AnyModule, string>): Product[] {
  return allCalls(calls).flatMap(({ module, steps }) =>
    steps
      .filter((step): step is OpCall => !isModuleCall(step))
      .flatMap((step): Product[] => {
        const products = productsOf(step);
        return products === null
          ? []
          : [[paths.get(module) ?? "?", products.kind, products.macs, step.output.slice(1)]];
      }),
  );
}

function totalsOf(products: readonly Product[]): Record<"total" | "conv" | "linear", number> {
  const sum = (isCounted: (kind: string) => boolean) =>
    products.reduce((n, [, kind, macs]) => n + (isCounted(kind) ? macs : 0), 0);
  return { total: sum(() => true), conv: sum((kind) => kind === "conv"), linear: sum((kind) => kind === "linear") };
}

function pathsOf(model: AnyModule): ReadonlyMap<AnyModule, string> {
  return new Map(model.namedModules().map(([path, module]) => [module, path]));
}

/** The stages of a model: its children, and those of lists among them. */
export function stagesOf(model: AnyModule): [name: string, stage: AnyModule][] {
  return model.namedChildren().flatMap(([name, child]): [string, AnyModule][] => {
    const [path, list] = listIn(name, child) ?? [];
    const inside = list?.namedChildren().map(([key, one]): [string, AnyModule] => [`${path}.${key}`, one]) ?? [];
    return [[name, child], ...inside];
  });
}

/** A list, or the one that is all that a child holds (WideResNet's `block1.layer`). */
function listIn(name: string, child: AnyModule): [path: string, list: AnyModule] | null {
  const isList = (module: AnyModule) => module instanceof Sequential || module instanceof ModuleList;
  if (isList(child)) return [name, child];
  const [only, ...others] = child.namedChildren();
  return only !== undefined && others.length === 0 && isList(only[1]) ? [`${name}.${only[0]}`, only[1]] : null;
}

/** The stages in the order in which they ended, the last time where one ran several times. */
function childrenOf(model: AnyModule, calls: readonly ModuleCall[], known: ReadonlySet<string>): Named[] {
  const names = new Map(
    stagesOf(model)
      .filter(([name, stage]) => known.has(name) || Object.keys(stage.stateDict()).length > 0)
      .map(([name, stage]) => [stage, name]),
  );
  const shapes = new Map<string, readonly number[]>();
  const visit = (call: ModuleCall): void => {
    call.steps.filter(isModuleCall).forEach(visit);
    const name = names.get(call.module);
    if (name === undefined) return;
    shapes.delete(name); // or it would keep the place of its first call
    shapes.set(name, call.outputs[0]?.slice(1) ?? []);
  };
  calls.forEach(visit);
  return [...shapes];
}
