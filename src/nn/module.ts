/** Module: a part of a network, with its parameters, buffers and children. */

import { markListed } from "../autograd/listed.js";
import { isRecording } from "../autograd/modes.js";
import { tapePosition } from "../autograd/tape.js";
import { Tensor } from "../autograd/tensor.js";
import { forgetGradients } from "../autograd/zero-grad.js";
import { anotherCopy, moduleMark } from "../copies.js";
import { describe, ValueError } from "../errors.js";
import { checkedOptions } from "../options.js";
import { type BackwardHook, hookedCalls } from "./backward-hook.js";
import { callListener, heard } from "./calls.js";
import { loadFile, safetensorsOf, saveFile, type WeightsSource } from "./files.js";
import { checkedInputs, checkedOutput, checkHook, type ForwardHook, type ForwardPreHook } from "./hooks.js";
import type { Parameter } from "./parameter.js";
import { isParameter, partsOf, snakeCase } from "./parts.js";
import { type LoadStateOptions, type LoadStateResult, loadState, loadStateOptions } from "./state-dict.js";
import { watchUnlisted } from "./unlisted.js";

/** A module, whatever goes in and comes out.
 * @category Modules */
// biome-ignore lint/suspicious/noExplicitAny: only a subclass knows what its forward takes and returns
export type AnyModule = Module<any[], any>;

type Any = ReturnType<AnyModule["forward"]>;

/** A class without a constructor of its own hands on whatever it is given, as `new ReLU({ inplace: true })`. */
function checkNoArguments(name: string, given: readonly unknown[]): void {
  if (given.length === 0) return;
  const remedy = "a class that does declares a constructor, which begins with super()";
  throw new ValueError(name, `it takes no arguments, got ${describe(given[0])}; ${remedy}`, { actual: given[0] });
}

/** Modules whose forward is at work. */
let running = 0;

/** Base class of everything that has parameters. A subclass sets its parameters (`new Parameter(…)`) and children
 * (other modules) as properties, or in arrays, plain objects and maps that are properties, and defines `forward`; hooks run
 * whenever `forward` is called. What a `#private` field holds is found by nobody: a parameter that `forward` uses and no list
 * has is a GradientError in the backward pass.
 *
 * A module is an object, not a function: `model(x)` is JavaScript's TypeError "model is not a function"; call `model.forward(x)`.
 * A constructor must begin with `super()`; where it is forgotten, JavaScript throws a ReferenceError that says so.
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
 *
 * A module that takes or returns anything else than tensors one by one says what: one with an auxiliary classifier is a
 * `Module<[x: Tensor], { logits: Tensor; auxiliary: Tensor }>`. Hooks and traces see every tensor in it.
 * @typeParam Inputs what `forward` takes
 * @typeParam Output what it returns: a tensor, or tensors in arrays and objects
 * @category Modules */
export abstract class Module<Inputs extends readonly unknown[] = Tensor[], Output = Tensor> {
  /** Whether layers that differ (batch norm) behave as in training. Set by `train` and `eval`. */
  training = true;
  readonly #bufferNames = new Set<string>();
  readonly #preHooks = new Set<AnyFunction>();
  readonly #hooks = new Set<AnyFunction>();
  readonly #backwardHooks = new Set<BackwardHook<Any>>();
  #around: AnyFunction | null = null;
  #passes = 0;

  constructor(...given: readonly []) {
    checkNoArguments(this.constructor.name, given);
    Object.defineProperty(this, moduleMark, { value: true });
    this.#wrapForward();
  }

  /** The instance's own `forward` runs the hooks around the class's, so that no caller can pass them by. Where a subclass makes
   * `forward` a property of its own (`forward = (x) => …`), that takes the place of the wrapper, and is wrapped in turn. */
  #wrapForward(): void {
    const { forward } = this;
    // A class field is enumerable; what somebody set in the place of the wrapper, to call it, is not.
    if (this.#around !== null && !Object.prototype.propertyIsEnumerable.call(this, "forward")) return;
    this.#around = (...inputs) => {
      const listener = callListener();
      if (listener === null) return this.#run(forward, inputs);
      return heard(listener, this, inputs, (given) => this.#run(forward, given));
    };
    Object.defineProperty(this, "forward", {
      value: this.#around,
      configurable: true,
      writable: true,
      enumerable: false,
    });
  }

  /** Computes the output; call it as it is, hooks included. */
  abstract forward(...inputs: Inputs): Output;

  /** The arguments that `toString` prints after the name. */
  protected describe(): string {
    return "";
  }

  #run(forward: AnyFunction | undefined, given: readonly Any[]): Any {
    const name = this.constructor.name;
    if (typeof forward !== "function") throw new ValueError(name, "it has no forward; define forward(x) in its class");
    // A search of the tape at the 1st, 2nd, 4th, … pass costs nothing in the long run.
    const isOutermost = running === 0 && isRecording();
    const since = isOutermost && (++this.#passes & (this.#passes - 1)) === 0 ? tapePosition() : null;
    let output: Any;
    running++;
    try {
      let inputs = given;
      for (const hook of this.#preHooks) inputs = checkedInputs(name, hook(this, inputs)) ?? inputs;
      const calls = hookedCalls(this, this.#backwardHooks);
      for (const call of calls) inputs = call.enter(inputs);
      output = checkedOutput(name, "forward", forward.apply(this, [...inputs]));
      for (const hook of this.#hooks)
        output = checkedOutput(name, "a forward hook", hook(this, inputs, output)) ?? output;
      for (const call of calls) output = call.leave(output);
    } finally {
      running--;
    }
    if (since !== null && output instanceof Tensor) watchUnlisted(name, output, since, () => this.parameters());
    return output;
  }

  /** Adds a hook that runs before `forward`. @returns a function that removes it */
  registerForwardPreHook(hook: ForwardPreHook<Inputs>): () => void {
    checkHook("registerForwardPreHook", hook);
    this.#wrapForward();
    this.#preHooks.add(hook);
    return () => this.#preHooks.delete(hook);
  }

  /** Adds a hook that runs after `forward`. @returns a function that removes it */
  registerForwardHook(hook: ForwardHook<Inputs, Output>): () => void {
    checkHook("registerForwardHook", hook);
    this.#wrapForward();
    this.#hooks.add(hook);
    return () => this.#hooks.delete(hook);
  }

  /** Adds a hook that runs in every backward pass, once the gradient at the module's first input is known.
   * @returns a function that removes it */
  registerBackwardHook(hook: BackwardHook<Output>): () => void {
    checkHook("registerBackwardHook", hook);
    this.#wrapForward();
    this.#backwardHooks.add(hook);
    return () => this.#backwardHooks.delete(hook);
  }

  /** Declares properties that hold tensors which are saved with the module but not learned. */
  protected registerBuffers(...names: readonly string[]): void {
    for (const name of names) this.#bufferNames.add(name);
  }

  /** The direct children by name, in the order of their properties. A property's name is written as PyTorch writes it
   * (`selfAttention` is `self_attention`), here as in `stateDict()`, traces and messages; those in arrays, plain objects and
   * maps, however deep, have the key, as it is, as a part of their name (`heads.a`, `grid.0.1`). */
  namedChildren(): [name: string, child: AnyModule][] {
    return partsOf(this, isModule);
  }

  /** This module (with the empty name) and all below it, by path; a parent comes before its children.
   * @throws ValueError if a module is a part of itself: a child refers to its parent */
  namedModules(): [path: string, module: AnyModule][] {
    const found: [string, AnyModule][] = [];
    const stack: Place[] = [{ path: "", module: this, above: null }];
    for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
      checkNoCycle(place);
      const { path, module } = place;
      module.#wrapForward();
      found.push([path, module]);
      const above = place;
      const children = module
        .namedChildren()
        .map(([name, child]) => ({ path: join(path, name), module: child, above }));
      for (const child of children.reverse()) stack.push(child);
    }
    return found;
  }

  /** Every parameter by its path, as in `stateDict()`. */
  namedParameters(): [name: string, parameter: Parameter][] {
    const found = this.namedModules().flatMap(([path, module]) =>
      partsOf(module, isParameter).map(([name, parameter]): [string, Parameter] => [join(path, name), parameter]),
    );
    markListed(found.map(([, parameter]) => parameter));
    return found;
  }

  /** Every parameter, for an optimiser; one that several modules share stands here once. */
  parameters(): Parameter[] {
    return [...new Set(this.namedParameters().map(([, parameter]) => parameter))];
  }

  /** Every buffer by its path, as in `stateDict()`. */
  namedBuffers(): [name: string, buffer: Tensor][] {
    return this.namedModules().flatMap(([path, module]) =>
      module.#ownBuffers().map(([name, buffer]): [string, Tensor] => [join(path, name), buffer]),
    );
  }

  #ownBuffers(): [name: string, buffer: Tensor][] {
    return [...this.#bufferNames].flatMap((name): [string, Tensor][] => {
      const value = (this as unknown as Record<string, Tensor | null>)[name];
      return value == null ? [] : [[snakeCase(name), value]];
    });
  }

  /** A snapshot of all parameters and buffers under PyTorch's names (`layer1.0.bn2.running_var`): properties in snake_case, keys
   * of containers as they are. In PyTorch's order: module by module, its parameters before its buffers. */
  stateDict(): Record<string, Tensor> {
    return Object.fromEntries(
      this.#state().map(([name, tensor]) => {
        const snapshot = tensor.detach();
        snapshot.kept = true;
        return [name, snapshot];
      }),
    );
  }

  #state(): [name: string, tensor: Tensor][] {
    return this.namedModules().flatMap(([path, module]) =>
      [...partsOf(module, isParameter), ...module.#ownBuffers()].map(([name, tensor]): [string, Tensor] => [
        join(path, name),
        tensor,
      ]),
    );
  }

  /** Takes over the numbers of a state dict. Nothing changes unless everything fits.
   * @returns the keys that were missing and those that were not expected
   * @throws ValueError, ShapeError that lists every key that does not fit */
  loadStateDict(state: Readonly<Record<string, Tensor>>, options: LoadStateOptions = {}): LoadStateResult {
    const { strict = true } = checkedOptions("loadStateDict", options, loadStateOptions);
    return loadState(this.constructor.name, new Map(this.#state()), state, strict);
  }

  /** Takes over the weights of a file: `.safetensors`, PyTorch's `.pth` or `.pt`, or `.npz`, told apart by their content. Of a
   * checkpoint the weights are taken (`state_dict`, `model`, …), names lose what DataParallel, `torch.compile` or Lightning put
   * before all of them, counters of batches that an old file lacks become 0, and the numbers take the dtype of the module's.
   * Nothing of the file is run, and nothing changes unless everything fits.
   *
   * ```ts
   * await model.load("resnet20.pth");
   * await model.load(new URL("https://example.org/resnet20.safetensors"));
   * ```
   * @param source the path of a file (in a page: an address), a URL, bytes or a Blob
   * @returns the keys that were missing and those that were not expected
   * @throws FormatError if the file is damaged or of another format; ValueError, ShapeError that lists every key that does not fit;
   * DataError if it cannot be had */
  async load(source: WeightsSource, options: LoadStateOptions = {}): Promise<LoadStateResult> {
    const { strict = true } = checkedOptions("load", options, loadStateOptions);
    return await loadFile(this.constructor.name, new Map(this.#state()), source, strict);
  }

  /** Writes the weights, as `stateDict()` has them at the time of the call, into a `.safetensors` file, which PyTorch reads too
   * (`safetensors.torch.load_file`). At every moment the old file is there or the new one, whole. Needs a file system.
   * @param metadata texts that are written with them
   * @throws ValueError if the path does not end with `.safetensors`; DataError if it cannot be written */
  async save(path: string, metadata: Readonly<Record<string, string>> = {}): Promise<void> {
    await saveFile(path, () => this.stateDict(), metadata);
  }

  /** The bytes that `save` would write, for a page to keep or to offer.
   * @param metadata texts that are written with them */
  async toSafetensors(metadata: Readonly<Record<string, string>> = {}): Promise<Uint8Array> {
    return await safetensorsOf(this.stateDict(), metadata);
  }

  /** Sets this module and all below it to training (or, with false, to evaluation).
   * @returns this module
   * @throws ValueError unless `mode` is a boolean */
  train(mode = true): this {
    if (typeof mode !== "boolean") {
      throw new ValueError(this.constructor.name, `train takes true or false, got ${describe(mode)}`, { actual: mode });
    }
    for (const [, module] of this.namedModules()) module.training = mode;
    return this;
  }

  /** Sets this module and all below it to evaluation. @returns this module */
  eval(): this {
    return this.train(false);
  }

  /** Forgets the gradients of all parameters, and disposes them unless somebody has kept them (`keep(parameter.grad)`). */
  zeroGrad(): void {
    forgetGradients(this.parameters());
  }

  static {
    // What Node's console prints of a module.
    Object.defineProperty(Module.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: AnyModule) {
        return this.toString();
      },
    });
  }

  /** The tree of modules, as PyTorch prints it. */
  toString(): string {
    this.namedModules(); // throws where a module is a part of itself
    return this.#tree();
  }

  #tree(): string {
    const children = this.namedChildren();
    const name = this.constructor.name;
    if (children.length === 0) return `${name}(${this.describe()})`;
    const lines = children.map(([path, child]) => `  (${path}): ${child.#tree().replaceAll("\n", "\n  ")}`);
    const head = this.describe();
    return `${name}(${head}\n${lines.join("\n")}\n)`;
  }
}

type AnyFunction = (...inputs: Any[]) => Any;

/** A module, and those that it is a part of. */
interface Place {
  readonly path: string;
  readonly module: AnyModule;
  readonly above: Place | null;
}

/** Throws if a module is a part of itself. */
function checkNoCycle({ path, module, above }: Place): void {
  for (let place = above; place !== null; place = place.above) {
    if (place.module !== module) continue;
    const whole = module.constructor.name;
    throw new ValueError(
      whole,
      `its part ${path} is ${place.path === "" ? "the module itself" : `${place.path} again`}, a cycle without end; a child ` +
        "that must know its parent holds it in a #private field",
    );
  }
}

function isModule(value: object): value is AnyModule {
  if (value instanceof Module) return true;
  if (moduleMark in value) throw new ValueError("Module", anotherCopy);
  return false;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
