/** Backward hooks of modules: how each call of a module pairs the gradients at its first input and at its output. */

import { tapePosition } from "../autograd/tape.js";
import { Tensor } from "../autograd/tensor.js";
import { leavesOf, mapTensors } from "../autograd/transforms/tree.js";
import { currentPass, whenPassEnds } from "../autograd/walk.js";
import { identity } from "../ops/shape/identity.js";
import type { AnyModule } from "./module.js";

/** Sees the gradients at a module's output and at its first input (null where that requires none). Where a module returns
 * several tensors, in arrays or objects, `gradOutput` has their form, with null for each that no gradient reached.
 * @category Modules */
export type BackwardHook<Output = Tensor> = (
  module: AnyModule,
  gradInput: Tensor | null,
  gradOutput: GradOutputOf<Output>,
) => void;

/** The gradient at a module's output: a tensor's is a tensor, several have their form.
 * @typeParam None what stands in the place of a gradient that did not come
 * @category Modules */
export type GradOutputOf<Output, None = never> = Output extends Tensor
  ? Tensor | None
  : Output extends object
    ? { readonly [K in keyof Output]: GradOutputOf<Output[K], null> }
    : Output;

/** One call of a module and one of its backward hooks: what comes back to this call and to no other. */
class HookedCall {
  readonly #module: AnyModule;
  readonly #hook: BackwardHook;
  #entrance: Tensor | null = null;
  #output: unknown = null;
  /** Where on the tape the module's own operations begin. */
  #since = 0;
  /** What the pass that came last brought to each tensor of the output, until the hook has been told. */
  #arrived: { readonly pass: object; readonly gradients: Map<Tensor, Tensor> } | null = null;

  constructor(module: AnyModule, hook: BackwardHook) {
    this.#module = module;
    this.#hook = hook;
  }

  /** @returns the inputs that the call goes on with */
  enter(inputs: readonly Tensor[]): readonly Tensor[] {
    const [first, ...rest] = inputs;
    const entrance = first instanceof Tensor ? identity(first) : null; // this module's own path of the gradient
    this.#since = tapePosition();
    if (entrance === null || !entrance.requiresGrad) return inputs; // not even of an input that does, inside noGrad
    this.#entrance = entrance;
    entrance.registerHook((gradInput) => {
      if (this.#arrived?.pass === currentPass()) this.#call(gradInput);
    });
    return [entrance, ...rest];
  }

  /** @returns the output that the call goes on with */
  leave(output: Tensor): Tensor {
    if (!leavesOf(output).some(({ tensor }) => tensor.requiresGrad)) return output;
    this.#output = mapTensors(output, (tensor) => {
      if (!tensor.requiresGrad) return tensor;
      // What the module did not make, but hands on, has other uses: this one takes a place of its own on the tape.
      const isOwn = tensor.node !== null && tensor.node.index >= this.#since;
      const exit = isOwn ? tensor : identity(tensor);
      exit.registerHook((gradient) => this.#arrive(exit, gradient));
      return exit;
    });
    return this.#output as Tensor;
  }

  #arrive(exit: Tensor, gradient: Tensor): void {
    const pass = currentPass();
    if (this.#arrived?.pass !== pass) {
      const arrived = { pass, gradients: new Map<Tensor, Tensor>() };
      this.#arrived = arrived;
      // Nothing says that the last of several has come, or that none will come to the input.
      whenPassEnds(() => {
        if (this.#arrived === arrived) this.#call(null);
      });
    }
    this.#arrived.gradients.set(exit, gradient);
    if (this.#entrance === null && this.#output === exit) this.#call(null);
  }

  #call(gradInput: Tensor | null): void {
    const arrived = this.#arrived?.gradients;
    this.#arrived = null;
    const gradOutput = mapTensors(this.#output, (exit) => arrived?.get(exit) ?? null) as Tensor;
    this.#hook(this.#module, gradInput, gradOutput);
  }
}

const none: readonly HookedCall[] = [];

/** A call as each of a module's backward hooks sees it. */
export function hookedCalls(module: AnyModule, hooks: ReadonlySet<BackwardHook>): readonly HookedCall[] {
  return hooks.size === 0 ? none : Array.from(hooks, (hook) => new HookedCall(module, hook));
}
