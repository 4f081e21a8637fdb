/** State dicts: the names in them, and how they are loaded. */

import { isPlainObject } from "../autograd/plain-object.js";
import { Tensor } from "../autograd/tensor.js";
import { loading } from "../autograd/updates.js";
import { anotherCopy, isTensorOfAnyCopy } from "../copies.js";
import { describe, ShapeError, ValueError } from "../errors.js";
import { zeros } from "../ops/create.js";
import { cast } from "../ops/elementwise/compare.js";
import { to } from "../ops/shape/identity.js";
import { flag, type OptionKinds } from "../options.js";
import { at, formatShape, type Shape, sameShape } from "../shape.js";

/** Options of `Module.loadStateDict`.
 * @category Modules */
export interface LoadStateOptions {
  /** Whether missing and unexpected keys are errors. Default true. */
  readonly strict?: boolean | undefined;
}

export const loadStateOptions: OptionKinds<LoadStateOptions> = { strict: flag };

/** The keys that did not match.
 * @category Modules */
export interface LoadStateResult {
  /** Keys of the module that the state dict did not have. */
  readonly missing: readonly string[];
  /** Keys of the state dict that the module does not have. */
  readonly unexpected: readonly string[];
}

/** Who loads, and how what is wrong with the state dict is said to be of a file. */
interface Loader {
  readonly op: string;
  readonly from: string;
}

/** A state dict that fits: what belongs together, and how it is taken over. */
interface FittingState<Source> extends LoadStateResult {
  readonly pairs: readonly (readonly [key: string, target: Tensor, source: Source])[];
  /** Gives the targets the values of these tensors, which are of their dtypes and devices: one for each pair. */
  assign(converted: readonly Tensor[]): void;
}

/** Checks names and shapes of a state dict against the tensors it is for. */
export function checkedState<Source extends { readonly shape: Shape }>(
  { op, from }: Loader,
  who: string,
  own: ReadonlyMap<string, Tensor>,
  state: ReadonlyMap<string, Source | undefined>,
  strict: boolean,
): FittingState<Source> {
  // PyTorch's checkpoints of before 1.0 lack the counter, and count from 0 when they are loaded there.
  const uncounted = [...own].filter(([key]) => isCounter(key) && state.get(key) === undefined);
  const missing = [...own.keys()].filter((key) => state.get(key) === undefined && !isCounter(key));
  const unexpected = [...state.keys()].filter((key) => !own.has(key));
  if (strict && missing.length + unexpected.length > 0) {
    const lists = [
      missing.length > 0 ? `missing: ${missing.join(", ")}` : "",
      unexpected.length > 0 ? `unexpected: ${unexpected.join(", ")}` : "",
    ];
    throw new ValueError(
      op,
      `${from}the keys are not those of ${who}; ${lists.filter(Boolean).join("; ")}; pass { strict: false } to load the rest`,
      { expected: [...own.keys()], actual: [...state.keys()] },
    );
  }
  const pairs = [...own].flatMap(([key, target]): [string, Tensor, Source][] => {
    const source = state.get(key);
    return source === undefined ? [] : [[key, target, source]];
  });
  const wrong = pairs.filter(([, target, source]) => !sameShape(target.shape, source.shape));
  if (wrong.length > 0) {
    const list = wrong.map(([key, t, s]) => `${key} is ${formatShape(t.shape)}, got ${formatShape(s.shape)}`);
    throw new ShapeError(op, `${from}shapes differ: ${list.join("; ")}`);
  }
  const assign = (converted: readonly Tensor[]): void =>
    loading(() => {
      pairs.forEach(([, target], i) => {
        target.assign(at(converted, i));
      });
      for (const [, counter] of uncounted)
        counter.assign(to(zeros(counter.shape, { dtype: counter.dtype }), counter.device.name));
    });
  return { missing, unexpected, pairs, assign };
}

/** Checks a state dict against the tensors it is for, converts it to their dtypes and devices, and then assigns it. */
export function loadState(
  who: string,
  own: ReadonlyMap<string, Tensor>,
  state: Readonly<Record<string, Tensor>>,
  strict: boolean,
): LoadStateResult {
  checkState(state);
  const loader = { op: "loadStateDict", from: "" };
  const { pairs, assign, ...result } = checkedState(loader, who, own, new Map(Object.entries(state)), strict);
  const disposed = pairs.flatMap(([key, , source]) => (source.isDisposed ? [key] : []));
  if (disposed.length > 0)
    throw new ValueError("loadStateDict", `these were disposed: ${disposed.join(", ")}; \`keep\` them`);
  assign(pairs.map(([, target, source]) => cast(to(source.detach(), target.device.name), target.dtype)));
  return result;
}

function isCounter(key: string): boolean {
  return key === "num_batches_tracked" || key.endsWith(".num_batches_tracked");
}

/** Throws unless these are tensors by name. */
function checkState(state: Readonly<Record<string, Tensor>>): void {
  if (!isPlainObject(state)) {
    throw new ValueError("loadStateDict", `a state dict is an object of tensors by name, got ${describe(state)}`);
  }
  const wrong = Object.entries(state).filter(([, value]) => value !== undefined && !(value instanceof Tensor));
  if (wrong.length === 0) return;
  if (wrong.some(([, value]) => isTensorOfAnyCopy(value))) throw new ValueError("loadStateDict", anotherCopy);
  const list = wrong.slice(0, 3).map(([key, value]) => `${key} is ${describe(value)}`);
  throw new ValueError(
    "loadStateDict",
    `every value must be a tensor, but ${list.join(", ")}; make them with tensor(…)`,
  );
}
