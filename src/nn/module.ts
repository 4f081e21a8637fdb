/** Module: a part of a network, with its parameters, buffers and children. */

import type { Tensor } from "../autograd/tensor.js";
import { checkedOptions } from "../options.js";
import { type BackwardHook, hookedCalls, noCalls } from "./backward-hook.js";
import { callListener, heard } from "./calls.js";
import { Parameter } from "./parameter.js";
import { type LoadStateOptions, type LoadStateResult, loadState, loadStateOptions, snakeCase } from "./state-dict.js";

/** Sees a module's inputs before `forward`; inputs it returns take their place.
 * @category Modules */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that returns nothing is the usual one
export type ForwardPreHook = (module: Module, inputs: readonly Tensor[]) => readonly Tensor[] | void;

/** Sees a module's inputs and output after `forward`; an output it returns takes its place.
 * @category Modules */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that returns nothing is the usual one
export type ForwardHook = (module: Module, inputs: readonly Tensor[], output: Tensor) => Tensor | void;

/** Base class of everything that has parameters. A subclass sets its parameters (`new Parameter(…)`) and children
 * (other modules, or arrays of them) as properties and defines `forward`; hooks run whenever `forward` is called.
 *
 * ```ts
 * class Mlp extends Module {
 *   readonly hidden: Linear;
 *   readonly out: Linear;
 *   constructor(generator: Generator) {
 *     super();
 *     this.hidden = new Linear(784, 128, { generator });
 *     this.out = new Linear(128, 10, { generator });
 *   }
 *   override forward(x: Tensor): Tensor {
 *     return this.out.forward(relu(this.hidden.forward(x)));
 *   }
 * }
 * ```
 * @category Modules */
export abstract class Module {
  /** Whether layers that differ (batch norm) behave as in training. Set by `train` and `eval`. */
  training = true;
  readonly #bufferNames = new Set<string>();
  readonly #preHooks = new Set<ForwardPreHook>();
  readonly #hooks = new Set<ForwardHook>();
  readonly #backwardHooks = new Set<BackwardHook>();

  constructor() {
    const { forward } = this;
    // The instance's own `forward` runs the hooks around the class's, so that no caller can pass them by.
    Object.defineProperty(this, "forward", {
      value: (...inputs: Tensor[]) => {
        const listener = callListener();
        if (listener === null) return this.#run(forward, inputs);
        return heard(listener, this, inputs, (given) => this.#run(forward, given));
      },
      configurable: true,
    });
  }

  /** Computes the output; call it as it is, hooks included. */
  abstract forward(...inputs: Tensor[]): Tensor;

  /** The arguments that `toString` prints after the name. */
  protected describe(): string {
    return "";
  }

  #run(forward: (...inputs: Tensor[]) => Tensor, given: readonly Tensor[]): Tensor {
    let inputs = given;
    for (const hook of this.#preHooks) inputs = hook(this, inputs) ?? inputs;
    const calls = this.#backwardHooks.size === 0 ? noCalls : hookedCalls(this, this.#backwardHooks);
    for (const call of calls) inputs = call.enter(inputs);
    let output = forward.apply(this, [...inputs]);
    for (const hook of this.#hooks) output = hook(this, inputs, output) ?? output;
    for (const call of calls) output = call.leave(output);
    return output;
  }

  /** Adds a hook that runs before `forward`. @returns a function that removes it */
  registerForwardPreHook(hook: ForwardPreHook): () => void {
    this.#preHooks.add(hook);
    return () => this.#preHooks.delete(hook);
  }

  /** Adds a hook that runs after `forward`. @returns a function that removes it */
  registerForwardHook(hook: ForwardHook): () => void {
    this.#hooks.add(hook);
    return () => this.#hooks.delete(hook);
  }

  /** Adds a hook that runs in every backward pass, once the gradient at the module's first input is known.
   * @returns a function that removes it */
  registerBackwardHook(hook: BackwardHook): () => void {
    this.#backwardHooks.add(hook);
    return () => this.#backwardHooks.delete(hook);
  }

  /** Declares properties that hold tensors which are saved with the module but not learned. */
  protected registerBuffers(...names: readonly string[]): void {
    for (const name of names) this.#bufferNames.add(name);
  }

  /** The direct children by name, in the order of their properties. */
  namedChildren(): [name: string, child: Module][] {
    return Object.entries(this).flatMap(([name, value]): [string, Module][] => {
      if (value instanceof Module) return [[name, value]];
      if (!Array.isArray(value)) return [];
      return value.flatMap((item, i): [string, Module][] => (item instanceof Module ? [[`${name}.${i}`, item]] : []));
    });
  }

  /** This module (with the empty name) and all below it, by path; a parent comes before its children. */
  namedModules(): [path: string, module: Module][] {
    const found: [string, Module][] = [];
    const stack: [string, Module][] = [["", this]];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const [path, module] = top;
      found.push(top);
      const children = module.namedChildren().map(([name, child]): [string, Module] => [join(path, name), child]);
      stack.push(...children.reverse());
    }
    return found;
  }

  /** Every parameter by its path, as in `stateDict()`. */
  namedParameters(): [name: string, parameter: Parameter][] {
    return this.namedModules().flatMap(([path, module]) =>
      Object.entries(module).flatMap(([name, value]): [string, Parameter][] =>
        value instanceof Parameter ? [[join(path, snakeCase(name)), value]] : [],
      ),
    );
  }

  /** Every parameter, for an optimiser; one that several modules share stands here once. */
  parameters(): Parameter[] {
    return [...new Set(this.namedParameters().map(([, parameter]) => parameter))];
  }

  /** Every buffer by its path, as in `stateDict()`. */
  namedBuffers(): [name: string, buffer: Tensor][] {
    return this.namedModules().flatMap(([path, module]) =>
      [...module.#bufferNames].flatMap((name): [string, Tensor][] => {
        const value = (module as unknown as Record<string, Tensor | null>)[name];
        return value == null ? [] : [[join(path, snakeCase(name)), value]];
      }),
    );
  }

  /** A snapshot of all parameters and buffers under PyTorch's names (`layer1.0.bn2.running_var`). */
  stateDict(): Record<string, Tensor> {
    return Object.fromEntries(
      [...this.namedParameters(), ...this.namedBuffers()].map(([name, tensor]) => {
        const snapshot = tensor.detach();
        snapshot.kept = true;
        return [name, snapshot];
      }),
    );
  }

  /** Takes over the numbers of a state dict. Nothing changes unless everything fits.
   * @returns the keys that were missing and those that were not expected
   * @throws ValueError, ShapeError that lists every key that does not fit */
  loadStateDict(state: Readonly<Record<string, Tensor>>, options: LoadStateOptions = {}): LoadStateResult {
    const { strict = true } = checkedOptions("loadStateDict", options, loadStateOptions);
    const own = new Map([...this.namedParameters(), ...this.namedBuffers()]);
    return loadState(this.constructor.name, own, state, strict);
  }

  /** Sets this module and all below it to training (or, with false, to evaluation). @returns this module */
  train(mode = true): this {
    for (const [, module] of this.namedModules()) module.training = mode;
    return this;
  }

  /** Sets this module and all below it to evaluation. @returns this module */
  eval(): this {
    return this.train(false);
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) {
      parameter.grad?.dispose();
      parameter.grad = null;
    }
  }

  /** The tree of modules, as PyTorch prints it. */
  toString(): string {
    const children = this.namedChildren();
    const name = this.constructor.name;
    if (children.length === 0) return `${name}(${this.describe()})`;
    const lines = children.map(([path, child]) => `  (${path}): ${child.toString().replaceAll("\n", "\n  ")}`);
    const head = this.describe();
    return `${name}(${head}\n${lines.join("\n")}\n)`;
  }
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
