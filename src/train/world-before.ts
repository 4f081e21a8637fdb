/** What a trial of training changes, as it was before: weights, statistics, gradients, modes, optimiser, generators and loaders. */
import { Tensor } from "../autograd/tensor.js";
import type { Before, Outside } from "../autograd/watch.js";
import { forgetGradients } from "../autograd/zero-grad.js";
import type { AnyModule } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import { type Generator, listenToDraws, type StoredGenerator } from "../random.js";
import type { BatchLoader } from "./data-source.js";

/** The world before a trial. It takes the gradients off at once, without disposing them. */
export class WorldBefore {
  readonly #optimizer: Optimizer;
  readonly #state: ReturnType<Optimizer["stateDict"]>;
  readonly #modes: readonly (readonly [AnyModule, boolean])[];
  readonly #gradients: ReadonlyMap<Tensor, Tensor | null>;
  readonly #tensors = new Map<Tensor, Before>();
  readonly #generators = new Map<Generator, StoredGenerator>();
  readonly #positions = new Map<BatchLoader<unknown>, unknown>();

  constructor(model: AnyModule, optimizer: Optimizer) {
    this.#optimizer = optimizer;
    this.#state = optimizer.stateDict();
    this.#modes = model.namedModules().map(([, module]) => [module, module.training]);
    const moved = optimizer.paramGroups.flatMap(({ params }) => params);
    this.#gradients = new Map([...model.parameters(), ...moved].map((one) => [one, one.grad]));
    for (const one of this.#gradients.keys()) one.grad = null;
  }

  /** Runs `fn`, and notes the generators that draw in it. */
  during<T>(fn: () => T): T {
    const stop = listenToDraws((generator, stored) => {
      if (!this.#generators.has(generator)) this.#generators.set(generator, stored());
    });
    try {
      return fn();
    } finally {
      stop();
    }
  }

  /** Notes where a loader is, if it can say so and be put back. */
  noteLoader(loader: BatchLoader<unknown>): void {
    if (loader?.loadStateDict === undefined || this.#positions.has(loader)) return;
    this.#positions.set(loader, loader.stateDict?.());
  }

  /** Notes what was touched, which now belongs to this. */
  note({ tensors, generators }: Outside): void {
    for (const [tensor, before] of tensors) {
      if (this.#tensors.has(tensor)) before.numbers.dispose();
      else this.#tensors.set(tensor, before);
    }
    for (const [generator, stored] of generators)
      if (!this.#generators.has(generator)) this.#generators.set(generator, stored);
  }

  /** Forgets the gradients of the trial. */
  forgetGradients(): void {
    forgetGradients(this.#gradients.keys());
  }

  /** Puts everything back. */
  restore(): void {
    this.forgetGradients();
    for (const [tensor, gradient] of this.#gradients) tensor.grad = gradient;
    for (const [module, training] of this.#modes) module.training = training;
    for (const [tensor, before] of this.#tensors) {
      tensor.restore(before);
      before.numbers.dispose();
    }
    this.#optimizer.loadStateDict(this.#state);
    for (const value of Object.values(this.#state)) if (value instanceof Tensor) value.dispose();
    for (const [loader, position] of this.#positions) loader.loadStateDict?.(position as never);
    for (const stored of this.#generators.values()) stored.restore();
  }
}
