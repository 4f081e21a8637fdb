/** Regions: on which piece of a piecewise function each element lies, told to whoever listens (a gradient checker). */
import { withRecording } from "./modes.js";
import { scoped } from "./scope.js";
import type { Tensor } from "./tensor.js";

/** Called with the op and its regions, which are released when it returns. */
export type RegionListener = (op: string, regions: readonly Tensor[]) => void;

let current: RegionListener | null = null;

/** Runs `fn` and tells `listener` the regions of the kinked operations that are recorded meanwhile. */
export function listenToRegions<T>(listener: RegionListener, fn: () => T): T {
  const before = current;
  current = listener;
  try {
    return fn();
  } finally {
    current = before;
  }
}

/** Whether anybody listens: most ops need not even ask for their regions. */
export function hasRegionListener(): boolean {
  return current !== null;
}

/** Computes regions, unrecorded, and hands them to the listener; does nothing where nobody listens. */
export function tellRegions(op: string, regions: () => Tensor | readonly Tensor[]): void {
  const listener = current;
  if (listener === null) return;
  withRecording(false, () =>
    scoped(
      () => listener(op, [regions()].flat()),
      () => [],
    ),
  );
}
