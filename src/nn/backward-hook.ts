/** Backward hooks of modules: how each call of a module pairs the gradients at its first input and at its output. */
import { currentPass, whenPassEnds } from "../autograd/backward.js";
import { Tensor } from "../autograd/tensor.js";
import { leavesOf, mapTensors } from "../autograd/transforms/tree.js";
import { identity } from "../ops/shape/identity.js";
import type { Module } from "./module.js";

/** Sees the gradients at a module's output and at its first input (null where that requires none). Where a module returns
 * several tensors, in arrays or objects, `gradOutput` has their form, with null for each that no gradient reached.
 * @category Modules */
export type BackwardHook = (module: Module, gradInput: Tensor | null, gradOutput: Tensor) => void;

/** One call of a module and one of its backward hooks: what comes back to this call and to no other. */
export class HookedCall {
  readonly #module: Module;
  readonly #hook: BackwardHook;
  #entrance: Tensor | null = null;
  #output: unknown = null;
  /** What the pass that came last brought to each tensor of the output. */
  #arrived: { readonly pass: object; readonly gradients: Map<Tensor, Tensor> } | null = null;

  constructor(module: Module, hook: BackwardHook) {
    this.#module = module;
    this.#hook = hook;
  }

  /** @returns the inputs that the call goes on with */
  enter(inputs: readonly Tensor[]): readonly Tensor[] {
    const [first, ...rest] = inputs;
    const entrance = first instanceof Tensor ? identity(first) : null; // this module's own path of the gradient
    if (entrance === null || !entrance.requiresGrad) return inputs; // not even of an input that does, inside noGrad
    this.#entrance = entrance;
    entrance.registerHook((gradInput) => {
      if (this.#arrived?.pass === currentPass()) this.#call(gradInput, this.#arrived.gradients);
    });
    return [entrance, ...rest];
  }

  /** @returns the output that the call goes on with */
  leave(output: Tensor): Tensor {
    if (!leavesOf(output).some(({ tensor }) => tensor.requiresGrad)) return output;
    this.#output = mapTensors(output, (tensor) => {
      if (!tensor.requiresGrad) return tensor;
      const exit = tensor === this.#entrance ? identity(tensor) : tensor; // two places on the tape
      exit.registerHook((gradient) => this.#arrive(exit, gradient));
      return exit;
    });
    return this.#output as Tensor;
  }

  #arrive(exit: Tensor, gradient: Tensor): void {
    const pass = currentPass();
    if (this.#arrived?.pass !== pass) {
      const gradients = new Map<Tensor, Tensor>();
      this.#arrived = { pass, gradients };
      if (this.#entrance === null && this.#output !== exit) whenPassEnds(() => this.#call(null, gradients));
    }
    this.#arrived.gradients.set(exit, gradient);
    if (this.#entrance === null && this.#output === exit) this.#call(null, this.#arrived.gradients);
  }

  #call(gradInput: Tensor | null, arrived: ReadonlyMap<Tensor, Tensor>): void {
    const gradOutput = mapTensors(this.#output, (exit) => arrived.get(exit) ?? null) as Tensor;
    this.#hook(this.#module, gradInput, gradOutput);
  }
}

export const noCalls: readonly HookedCall[] = [];

/** A call as each of a module's backward hooks sees it. */
export function hookedCalls(module: Module, hooks: Iterable<BackwardHook>): readonly HookedCall[] {
  return Array.from(hooks, (hook) => new HookedCall(module, hook));
}
