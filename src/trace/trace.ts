/** trace: records what happens to activations and gradients of a model, layer by layer, at every backward pass. */

import { type BackwardPass, passUnderWay } from "../autograd/passes.js";
import type { TapeNode } from "../autograd/tape.js";
import type { Tensor } from "../autograd/tensor.js";
import { refuseOthersModule } from "../copies.js";
import { describe, ValueError } from "../errors.js";
import { type AnyModule, Module } from "../nn/module.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../options.js";
import { attach, type Listener } from "./attached.js";
import type { Call } from "./call.js";
import { CallRecorder } from "./calls.js";
import { FinishedPass } from "./finished-pass.js";
import { type ParameterNumbers, PassNumbers } from "./pass-numbers.js";
import type { PassRecord } from "./records.js";
import { checkChosen, StructureReader } from "./structure.js";

/** Options of `trace`.
 * @category Tracing */
export interface TraceOptions {
  /** The layers to record, by path (`layer1.0`) or as modules; each then has the parameters of everything inside it. Default:
   * every module that has no children or has parameters of its own beside them, and every one in which ways come together. */
  readonly layers?: readonly (string | AnyModule)[] | undefined;
}

export const traceOptions: OptionKinds<TraceOptions> = { layers: ownCheck };

/** A trace at work.
 * @category Tracing */
export interface Trace {
  /** The passes since the last read, oldest first. The `updateRatio` of a pass is known once the optimiser has stepped: read
   * after it. */
  read(): Promise<PassRecord[]>;
  /** The trace hears no more of the model, which costs nothing from then on. What was recorded can still be read. */
  remove(): void;
}

/** Attaches a trace to a model; from then on every backward pass that goes back through it leaves a record.
 *
 * Per call of a layer: ‖∂L/∂h‖ and ‖∂L/∂W‖, mean and deviation of the activation, dead units, and how far the optimiser moved
 * the weights; and how deep it lies. Where several ways lead from one tensor to an addition or a concatenation, the innermost
 * module in which they come together is a layer, too, with the part of the tensor's gradient that came through each way; they
 * sum (as tensors) to the whole. All of this is found on the tape: the model says nothing of it.
 *
 * A pass is a call of `backward` or `gradients`; it lists every call of a layer in the forward passes that it went back
 * through, be they one or several: a layer that was called twice is listed as `relu` and `relu#2`. What a number does not
 * exist for is null, with the reason: a layer that did not run, was not recorded or was not reached, weights that are frozen.
 * Parameters have their numbers one by one, too. Passes of function transforms (`grad`, `vjp`, …) leave no record.
 *
 * Records are kept until they are read.
 *
 * ```ts
 * const tracing = trace(model);
 * crossEntropy(model.forward(images), labels).backward();
 * const [record] = await tracing.read();
 * tracing.remove();
 * ```
 * @throws ValueError if the model is no module or has no layer to trace
 * @category Tracing */
export function trace(model: AnyModule, options: TraceOptions = {}): Trace {
  if (!(model instanceof Module)) {
    refuseOthersModule("trace", "the model", model);
    throw new ValueError("trace", `it traces a module, got ${describe(model)}`);
  }
  const { layers = null } = checkedOptions("trace", options, traceOptions);
  if (layers !== null && !Array.isArray(layers)) {
    throw new ValueError("trace", `layers must be a list of layers, got ${describe(layers)}`);
  }
  if (layers !== null) checkChosen(model, layers);
  return new ModelTrace(model, layers);
}

class ModelTrace implements Trace, Listener {
  /** Ends what it hears. */
  readonly #detach: () => void;
  readonly #recorder: CallRecorder;
  #isRemoved = false;
  /** Numbers by pass under way: one that fails is forgotten with it. */
  readonly #numbers = new WeakMap<BackwardPass, PassNumbers>();
  #passes: FinishedPass[] = [];
  /** Passes whose records were handed out. */
  #read = 0;
  /** The parameters as the last pass left them, until a step moves them. */
  #unmoved = new Map<Tensor, ParameterNumbers>();

  constructor(model: AnyModule, layers: readonly (string | AnyModule)[] | null) {
    this.#recorder = new CallRecorder(new StructureReader(model, layers), (call, gradient) =>
      this.#seen(call, gradient),
    );
    if (this.#recorder.structure.layers.size === 0) {
      throw new ValueError("trace", `${model.constructor.name} has no layer to trace`);
    }
    this.#detach = attach(model, this);
  }

  async read(): Promise<PassRecord[]> {
    const passes = this.#passes;
    const first = this.#read;
    this.#passes = [];
    this.#read += passes.length;
    this.#unmoved.clear(); // what was handed out does not change any more
    return Promise.all(passes.map((pass, i) => pass.record(first + i)));
  }

  remove(): void {
    if (this.#isRemoved) return;
    this.#isRemoved = true;
    this.#unmoved.clear();
    this.#detach();
  }

  enter(module: AnyModule, inputs: readonly Tensor[]): readonly Tensor[] {
    return this.#recorder.enter(module, inputs);
  }

  leave(module: AnyModule, output: Tensor): Tensor {
    return this.#recorder.leave(module, output);
  }

  fail(module: AnyModule): void {
    this.#recorder.fail(module);
  }

  #seen(call: Call, gradient: Tensor): void {
    const pass = passUnderWay();
    if (pass === null || this.#isRemoved) return;
    this.#numbersOf(pass).add(call.original, gradient);
  }

  cameBack(node: TapeNode, input: number, gradient: Tensor): void {
    const source = node.inputs[input]?.node;
    const pass = passUnderWay();
    if (source == null || pass === null) return;
    for (const split of this.#recorder.splitsAt(source)) {
      this.#numbersOf(pass).comeBack(split, split.partOf(node, input), gradient);
    }
  }

  arrived(node: TapeNode, gradient: Tensor): void {
    const pass = passUnderWay();
    if (pass === null) return;
    this.#recorder.arrived(node);
    for (const split of this.#recorder.splitsAt(node)) this.#numbersOf(pass).arrive(split, gradient);
  }

  #numbersOf(pass: BackwardPass): PassNumbers {
    const numbers = this.#numbers.get(pass) ?? new PassNumbers();
    this.#numbers.set(pass, numbers);
    return numbers;
  }

  passed(pass: BackwardPass): void {
    const numbers = this.#numbersOf(pass);
    const { structure } = this.#recorder;
    const hasReached = numbers.forwards.length > 0 || [...structure.names.keys()].some((p) => pass.leaves.has(p));
    if (!hasReached) return;
    const finished = new FinishedPass(pass, numbers, this.#recorder);
    this.#passes.push(finished);
    this.#unmoved = new Map(finished.parameters);
  }

  updating(tensor: Tensor, next: Tensor | null): void {
    const numbers = this.#unmoved.get(tensor);
    if (numbers === undefined) return;
    this.#unmoved.delete(tensor);
    if (next !== null) numbers.moveTo(next);
  }
}
