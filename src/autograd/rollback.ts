/** Rollback: what a backward pass that fails has changed on its way is put back. */

let undo: (() => void)[] | null = null;

/** Runs `fn`; where it throws, what was noted meanwhile is done, the latest first. */
export function allOrNothing(fn: () => void): void {
  const around = undo;
  const own: (() => void)[] = [];
  undo = own;
  try {
    fn();
  } catch (error) {
    for (const step of own.reverse()) step();
    throw error;
  } finally {
    undo = around;
  }
}

/** Says how to put back a change that is about to be made. */
export function onRollback(step: () => void): void {
  undo?.push(step);
}
