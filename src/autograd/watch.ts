/** Watching a function: which tensors and generators that it did not make it reads or changes. */
import { type Generator, listenToDraws, type StoredGenerator } from "../random.js";
import type { Tensor } from "./tensor.js";

/** A tensor as it was when the function first touched it. */
export interface Before {
  /** A view of the numbers it had. */
  readonly numbers: Tensor;
  readonly version: number;
}

/** What a function touched of the world outside of it. */
export interface Outside {
  readonly tensors: ReadonlyMap<Tensor, Before>;
  readonly generators: ReadonlyMap<Generator, StoredGenerator>;
}

interface Watch {
  readonly around: Watch | null;
  readonly made: Set<Tensor>;
  readonly tensors: Map<Tensor, Before>;
}

let current: Watch | null = null;

/** A tensor was made: what is being watched knows it as its own. */
export function noteMade(tensor: Tensor): void {
  for (let watch = current; watch !== null; watch = watch.around) watch.made.add(tensor);
}

/** The numbers of a tensor are about to be read or replaced. */
export function noteTouched(tensor: Tensor): void {
  for (let watch = current; watch !== null; watch = watch.around) {
    if (!watch.made.has(tensor) && !watch.tensors.has(tensor)) watch.tensors.set(tensor, tensor.remember());
  }
}

/** Runs `fn` and says what it touched outside of itself, as it was before. */
export function watched<T>(fn: () => T): { readonly result: T; readonly outside: Outside } {
  const watch: Watch = { around: current, made: new Set(), tensors: new Map() };
  const generators = new Map<Generator, StoredGenerator>();
  current = watch;
  const stopListening = listenToDraws((generator, stored) => {
    if (!generators.has(generator)) generators.set(generator, stored());
  });
  try {
    return { result: fn(), outside: { tensors: watch.tensors, generators } };
  } catch (error) {
    for (const { numbers } of watch.tensors.values()) numbers.dispose();
    throw error;
  } finally {
    stopListening();
    current = watch.around;
  }
}

/** Runs `fn`, and puts back what it changed of the world outside of it, whatever happens. */
export function undone<T>(fn: () => T): T {
  const attempt = (): { readonly value: T } | { readonly failure: unknown } => {
    try {
      return { value: fn() };
    } catch (failure) {
      return { failure };
    }
  };
  const { result, outside } = watched(attempt);
  for (const [tensor, before] of outside.tensors) {
    tensor.restore(before);
    before.numbers.dispose();
  }
  for (const stored of outside.generators.values()) stored.restore();
  if ("failure" in result) throw result.failure;
  return result.value;
}

/** Runs `fn` in the world as it was, and afterwards puts everything back to what it is now. */
export function replayed<T>({ tensors, generators }: Outside, fn: () => T): T {
  const now = [...tensors.keys()].map((tensor) => [tensor, tensor.remember()] as const);
  const drawn = [...generators.values()].map((stored) => stored.now());
  for (const [tensor, before] of tensors) tensor.restore(before);
  for (const stored of generators.values()) stored.restore();
  try {
    return fn();
  } finally {
    for (const [tensor, later] of now) {
      tensor.restore(later);
      later.numbers.dispose();
    }
    for (const later of drawn) later.restore();
  }
}
