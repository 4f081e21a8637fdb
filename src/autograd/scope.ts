/** Scopes: what is made inside one is disposed at its end. */
import { checkFunction, refuseAsync } from "../device/synchronous.js";
import { describe, ValueError } from "../errors.js";
import { isPlainObject } from "./plain-object.js";
import type { Tensor } from "./tensor.js";

/** What was made in the scopes that are open, an inner one's after those of the one around it. It is a stack, for every op
 * opens a scope. */
const made: (Tensor | null)[] = [];
let count = 0;
let openScopes = 0;

/** Enters a new tensor into the scope that is open. */
export function enterScope(tensor: Tensor): void {
  if (openScopes > 0) made[count++] = tensor;
}

/** Opens a scope, which `closeScope` must close whatever happens.
 * @returns where it begins */
export function openScope(): number {
  openScopes++;
  return count;
}

/** Closes the scope that begins at `start`: what it made is disposed, but what is kept and the survivors, which belong to
 * the scope around it then. */
export function closeScope(start: number, survivors: ReadonlySet<Tensor | null>, result?: Tensor): void {
  const end = count;
  count = start;
  openScopes--;
  for (let i = start; i < end; i++) {
    const tensor = made[i] as Tensor;
    made[i] = null;
    if (tensor.kept) continue;
    if (tensor === result || survivors.has(tensor)) enterScope(tensor);
    else tensor.dispose();
  }
}

/** Whether a tensor was made in the scope that begins at `start`. */
export function wasMadeSince(start: number, tensor: Tensor): boolean {
  for (let i = start; i < count; i++) if (made[i] === tensor) return true;
  return false;
}

/** Protects tensors from the end of the scopes that are open, so that they live on.
 * @returns the same tensor
 * @throws ValueError if it is no tensor
 * @category Memory */
export function keep<T extends Tensor>(tensor: T): T {
  if (typeof tensor !== "object" || tensor === null || !isTensor(tensor)) {
    throw new ValueError("keep", `it protects one tensor, got ${describe(tensor)}`);
  }
  tensor.kept = true;
  tensor.isClaimed = true;
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
 * The scope ends when `fn` returns: read tensors after it.
 * @throws ValueError if `fn` goes on later: if it is async or a generator, or returns a promise or a thenable
 * @category Memory */
export function tidy<T>(fn: () => T): T {
  checkFunction("tidy", fn);
  return scoped(fn, (result) => tensorsIn(refuseAsync("tidy", result, "find its tensors alive")));
}

/** Runs `fn` in a scope; `survivorsOf` picks from its result what lives on. */
export function scoped<T>(fn: () => T, survivorsOf: (result: T) => Iterable<Tensor | null>): T {
  const start = openScope();
  let survivors: Set<Tensor | null> = new Set();
  try {
    const result = fn();
    survivors = new Set(survivorsOf(result));
    return result;
  } finally {
    closeScope(start, survivors);
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
    else if (Array.isArray(item)) for (const entry of item) stack.push(entry);
    else if (isPlainObject(item)) for (const key in item) stack.push(item[key]);
  }
}

function isTensor(value: object): value is Tensor {
  return (value as Partial<Tensor>).isTensor === true;
}
