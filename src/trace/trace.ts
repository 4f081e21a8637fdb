/** trace: records what happens to activations and gradients of a model, layer by layer, at every backward pass. */

import { isRecording } from "../autograd/modes.js";
import type { Tensor } from "../autograd/tensor.js";
import { ValueError } from "../errors.js";
import type { Module } from "../nn/module.js";
import type { Parameter } from "../nn/parameter.js";
import { ReLU } from "../nn/relu.js";
import type { Traceable, TraceLayer } from "../nn/residual.js";
import { identity } from "../ops/shape/identity.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../options.js";
import { at } from "../shape.js";
import type { LayerRecord } from "./records.js";
import { deadFraction, distance, type Later, moments, norm, settle } from "./statistics.js";

/** What one backward pass left in a trace.
 * @category Tracing */
export interface PassRecord {
  /** Backward passes that the trace had seen before this one. */
  readonly pass: number;
  /** In forward order. */
  readonly layers: readonly LayerRecord[];
  /** ‖∂L/∂W‖ of every parameter of these layers, by its name in `stateDict()`. */
  readonly parameterGradNorms: Readonly<Record<string, number>>;
}

/** Options of `trace`.
 * @category Tracing */
export interface TraceOptions {
  /** The layers to record. Default: the model's own `traceLayers()`, or else every module that has no children. */
  readonly layers?: readonly TraceLayer[] | undefined;
}

const traceOptions: OptionKinds<TraceOptions> = { layers: ownCheck };

/** A trace at work.
 * @category Tracing */
export interface Trace {
  /** The passes since the last read, oldest first. A pass's `updateRatio` is known once the optimiser has stepped. */
  read(): Promise<PassRecord[]>;
  /** Takes every hook off the model: from then on it costs nothing. What was recorded can still be read. */
  remove(): void;
}

/** Attaches a trace to a model; from then on every forward pass that a backward follows is recorded.
 *
 * Per layer: ‖∂L/∂h‖ and ‖∂L/∂W‖, mean and deviation of the activation, dead units, and how far the optimiser moved the
 * weights; at a residual addition also the parts of the gradient that came through the identity and through the branch,
 * which sum (as vectors) to the gradient at the block's input. A layer that no gradient reaches (it did not run, or its
 * output requires none) is left out, frozen parameters are passed over, and a module that runs again in the same pass is a
 * layer of its own: `relu`, `relu#2`. Several backward passes over one forward pass leave the numbers of the last. Records
 * are kept until they are read.
 *
 * ```ts
 * const tracing = trace(model);
 * crossEntropy(model.forward(images), labels).backward();
 * const [record] = await tracing.read();
 * tracing.remove();
 * ```
 * @throws ValueError if the model has no layer to trace
 * @category Tracing */
export function trace(model: Module, options: TraceOptions = {}): Trace {
  const { layers = layersOf(model) } = checkedOptions("trace", options, traceOptions);
  return new ModelTrace(model, layers);
}

/** The layers of a model in forward order. */
function layersOf(model: Module): readonly TraceLayer[] {
  if (isTraceable(model)) return model.traceLayers();
  const leaves = model.namedModules().filter(([, module]) => module.namedChildren().length === 0);
  return leaves.map(([name, module]) => ({
    name: name === "" ? model.constructor.name : name,
    output: module,
    modules: [module],
    endsInReLU: module instanceof ReLU,
  }));
}

function isTraceable(model: Module): model is Module & Traceable {
  return "traceLayers" in model && typeof model.traceLayers === "function";
}

/** What is known of a layer in one pass; the numbers are filled in as the pass goes on. */
interface LayerState {
  mean?: Later;
  std?: Later;
  dead?: Later | null;
  activation?: Later;
  identity?: Later;
  branch?: Later;
  readonly parameters: Map<string, ParameterState>;
}

interface ParameterState {
  readonly gradient: Later;
  readonly weight: Later;
  readonly parameter: Parameter;
  /** The numbers before the optimiser's step: a view, for a step puts new ones in their place. */
  readonly before: Tensor;
  readonly version: number;
  moved?: Later;
}

/** The state of a call whose output a gradient can reach. */
type RanState = LayerState & { readonly mean: Later; readonly std: Later };

function hasRun(state: LayerState): state is RanState {
  return state.mean !== undefined && state.std !== undefined;
}

class ModelTrace implements Trace {
  readonly #removers: (() => void)[] = [];
  readonly #layers: readonly TraceLayer[];
  #passes: LayerState[][][] = [];
  /** Per layer, one state for each time it ran in the current forward pass. */
  #current: LayerState[][];
  #count = 0;

  constructor(model: Module, layers: readonly TraceLayer[]) {
    if (layers.length === 0) throw new ValueError("trace", `${model.constructor.name} has no layer to trace`);
    const wrong = layers.find((layer) => typeof layer?.output?.registerForwardHook !== "function");
    if (wrong !== undefined) {
      throw new ValueError(
        "trace",
        "layers are objects { name, output, modules, endsInReLU } whose output is a module",
      );
    }
    this.#layers = layers;
    this.#current = this.#blank();
    // A forward pass that is not recorded may come between another and its backward: it begins nothing.
    this.#removers.push(model.registerForwardPreHook(() => (isRecording() ? this.#begin() : undefined)));
    const names = new Map<Tensor, string>(model.namedParameters().map(([name, parameter]) => [parameter, name]));
    for (const [i, layer] of layers.entries()) this.#attach(layer, i, names);
  }

  async read(): Promise<PassRecord[]> {
    this.#begin();
    const passes = this.#passes;
    this.#passes = [];
    const records: PassRecord[] = [];
    for (const states of passes) {
      const read = await Promise.all(this.#ran(states).map(({ name, state }, i) => record(name, i, state)));
      records.push({
        pass: this.#count++,
        layers: read.map(({ layer }) => layer),
        parameterGradNorms: Object.fromEntries(read.flatMap(({ gradients }) => gradients)),
      });
    }
    return records;
  }

  remove(): void {
    for (const remove of this.#removers.splice(0)) remove();
  }

  #blank(): LayerState[][] {
    return this.#layers.map(() => []);
  }

  /** The state that the next (or the running) call of a layer fills in. */
  #open(i: number): LayerState {
    const calls = at(this.#current, i);
    const last = calls.at(-1);
    if (last !== undefined && last.mean === undefined) return last;
    const state = { parameters: new Map() };
    calls.push(state);
    return state;
  }

  /** The calls that a gradient could reach, named: `relu`, and `relu#2` where a layer runs again in the same pass. */
  #ran(states: readonly LayerState[][]): { name: string; state: RanState }[] {
    return states.flatMap((calls, i) =>
      calls.flatMap((state, call) =>
        hasRun(state) ? [{ name: at(this.#layers, i).name + (call > 0 ? `#${call + 1}` : ""), state }] : [],
      ),
    );
  }

  /** A new forward pass: what the last backward left is complete, and the optimiser has stepped if it ever will. */
  #begin(): void {
    const states = this.#current;
    this.#current = this.#blank();
    const calls = states.flat();
    if (calls.every((s) => s.activation === undefined && s.parameters.size === 0)) return;
    for (const state of calls) for (const parameter of state.parameters.values()) finish(parameter);
    this.#passes.push(states);
  }

  #attach(layer: TraceLayer, i: number, names: ReadonlyMap<Tensor, string>): void {
    this.#removers.push(
      layer.output.registerForwardHook((_module, _inputs, output) => {
        if (!output.requiresGrad) return;
        const mine = this.#open(i);
        Object.assign(mine, moments(output), { dead: layer.endsInReLU ? deadFraction(output) : null });
        const seen = output.isLeaf ? identity(output) : output; // a hook on a leaf would outlive the pass
        seen.registerHook((gradient) => {
          mine.activation = norm(gradient);
        });
        return seen;
      }),
    );
    for (const parameter of new Set(layer.modules.flatMap((module) => module.parameters()))) {
      if (!parameter.requiresGrad) continue; // frozen
      this.#removers.push(
        parameter.registerHook((gradient) => {
          const [first = this.#open(i)] = at(this.#current, i);
          first.parameters.set(names.get(parameter) ?? "", observe(parameter, gradient));
        }),
      );
    }
    const paths = layer.residual?.residualPaths();
    this.#split(i, paths?.branch, "branch");
    this.#split(i, paths?.identity, "identity");
  }

  /** Gives a path its own node on the tape, so that the gradient that comes back through it is seen alone. */
  #split(i: number, entrance: Module | null | undefined, part: "branch" | "identity"): void {
    if (entrance == null) return;
    this.#removers.push(
      entrance.registerForwardPreHook((_module, [input, ...rest]) => {
        const path = input === undefined ? null : identity(input);
        if (path === null || !path.requiresGrad) return; // not even of an input that does, inside noGrad
        const mine = this.#open(i);
        path.registerHook((gradient) => {
          mine[part] = norm(gradient);
        });
        return [path, ...rest];
      }),
    );
  }
}

function observe(parameter: Parameter, gradient: Tensor): ParameterState {
  const before = parameter.detach();
  before.kept = true;
  return { gradient: norm(gradient), weight: norm(parameter), parameter, before, version: parameter.version };
}

/** Measures how far the optimiser moved a parameter, if it did. */
function finish(state: ParameterState): void {
  if (state.parameter.version !== state.version) state.moved = distance(state.parameter, state.before);
  state.before.dispose();
}

async function record(
  name: string,
  index: number,
  state: RanState,
): Promise<{ layer: LayerRecord; gradients: [name: string, norm: number][] }> {
  const entries = [...state.parameters];
  const gradients = await Promise.all(entries.map(([, p]) => settle(p.gradient)));
  const weights = await Promise.all(entries.map(([, p]) => settle(p.weight)));
  const moves = await Promise.all(entries.map(([, p]) => (p.moved === undefined ? null : settle(p.moved))));
  const optional = async (value: Later | null | undefined) => (value == null ? null : await settle(value));
  const weightNorm = together(weights);
  const moved = moves.some((m) => m !== null) ? together(moves.map((m) => m ?? 0)) : null;
  const layer = {
    index,
    name,
    forward: 0,
    activationGradNorm: await optional(state.activation),
    weightGradNorm: together(gradients),
    identityGradNorm: await optional(state.identity),
    branchGradNorm: await optional(state.branch),
    activationMean: await settle(state.mean),
    activationStd: await settle(state.std),
    deadFraction: await optional(state.dead),
    weightNorm,
    updateRatio: moved !== null && weightNorm !== null && weightNorm > 0 ? moved / weightNorm : null,
    reasons: {},
  };
  return { layer, gradients: entries.map(([key], i) => [key, at(gradients, i)]) };
}

/** √Σ n², without overflow; null without numbers. */
function together(norms: readonly number[]): number | null {
  return norms.length === 0 ? null : Math.hypot(...norms);
}
