/** Scopes: what is made inside one is disposed at its end. */
import { ValueError } from "../errors.js";
import type { Tensor } from "./tensor.js";

let current: Set<Tensor> | null = null;

/** Enters a new tensor into the scope that is open. */
export function enterScope(tensor: Tensor): void {
  current?.add(tensor);
}

/** Protects tensors from the end of the scopes that are open, so that they live on.
 * @returns the same tensor
 * @category Memory */
export function keep<T extends Tensor>(tensor: T): T {
  tensor.kept = true;
  return tensor;
}

/** Runs `fn` and then disposes every tensor made inside, but those it returns (also in arrays and objects), those it
 * `keep`s, and gradients. Needed on GPU devices only; elsewhere the garbage collector is enough.
 *
 * ```ts
 * const loss = tidy(() => {
 *   const loss = crossEntropy(model.forward(images), labels);
 *   loss.backward();
 *   return loss;
 * });
 * ```
 * @throws ValueError if `fn` returns a promise: a scope ends when `fn` returns
 * @category Memory */
export function tidy<T>(fn: () => T): T {
  return scoped(fn, (result) => {
    if (result instanceof Promise) {
      throw new ValueError("tidy", "the function must not be async: read tensors after the scope, not inside it");
    }
    return tensorsIn(result);
  });
}

/** Runs `fn` in a scope; `survivorsOf` picks from its result, and from all that was made inside, what lives on. */
export function scoped<T>(
  fn: () => T,
  survivorsOf: (result: T, made: ReadonlySet<Tensor>) => Iterable<Tensor | null>,
): T {
  const outer = current;
  const made = new Set<Tensor>();
  current = made;
  let survivors: Set<Tensor | null> = new Set();
  try {
    const result = fn();
    survivors = new Set(survivorsOf(result, made));
    return result;
  } finally {
    current = outer;
    for (const tensor of made) {
      if (tensor.kept) continue;
      if (survivors.has(tensor)) outer?.add(tensor);
      else tensor.dispose();
    }
  }
}

/** Every tensor in a nested structure of arrays and plain objects. */
function* tensorsIn(value: unknown): Generator<Tensor> {
  const stack: unknown[] = [value];
  const seen = new Set<unknown>();
  while (stack.length > 0) {
    const item = stack.pop();
    if (typeof item !== "object" || item === null || seen.has(item)) continue;
    seen.add(item);
    if (isTensor(item)) yield item;
    else if (Array.isArray(item)) stack.push(...item);
    else if (Object.getPrototypeOf(item) === Object.prototype) stack.push(...Object.values(item));
  }
}

function isTensor(value: object): value is Tensor {
  return (value as Partial<Tensor>).isTensor === true;
}
