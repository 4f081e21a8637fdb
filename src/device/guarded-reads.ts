/** Guarded reads: the reference device notices a kernel that reads outside of its inputs, where every other one returns anything. */
import { ValueError } from "../errors.js";
import type { Thread } from "../kernels/kernel.js";

/** A kernel read an element that its input does not have. */
export class OutsideReadError extends ValueError {}

let isGuarding = false;

/** Runs `fn`; a kernel that reads outside of an input on the reference device meanwhile throws OutsideReadError. */
export function guardingReads<T>(fn: () => T): T {
  const before = isGuarding;
  isGuarding = true;
  try {
    return fn();
  } finally {
    isGuarding = before;
  }
}

/** The inputs of a launch, guarded if they are to be.
 * @param thread the cell that is being computed */
export function guarded(
  kernel: { readonly name: string },
  inputs: readonly Float64Array[],
  thread: Thread,
): readonly ArrayLike<number>[] {
  if (!isGuarding) return inputs;
  return inputs.map((values, i) => {
    const get = (target: Float64Array, key: string | symbol): unknown => {
      const value = typeof key === "string" ? target[key as unknown as number] : undefined;
      if (value !== undefined) return value;
      const cell = `cell x ${thread.x}, y ${thread.y}, z ${thread.z}`;
      throw new OutsideReadError(
        kernel.name,
        `it reads its input ${i} at ${String(key)} (${cell}), which has ${values.length} elements`,
        { actual: key },
      );
    };
    return new Proxy(values, { get });
  });
}
