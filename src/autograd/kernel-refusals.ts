/** Errors in the name of a kernel, which the op that runs it tells in its own. */
import { LivegradError, retold } from "../errors.js";

const ofKernels = new WeakSet<LivegradError>();

/** An error that `run` throws in the name of a kernel. */
export function markedAsKernels(error: unknown): unknown {
  if (error instanceof LivegradError) ofKernels.add(error);
  return error;
}

/** The same as the op says it; any other error stays what it is. */
export function inNameOf(op: string, error: unknown): unknown {
  if (!(error instanceof LivegradError) || !ofKernels.has(error) || error.op === op) return error;
  return retold(error, op, "its kernel ");
}
