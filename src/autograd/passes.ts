/** Backward passes as others see them: who listens hears of gradients on their way, and of each call of `backward` and
 * `gradients` when it has succeeded. */
import type { TapeNode } from "./tape.js";
import type { Tensor } from "./tensor.js";

/** One call of `backward` or `gradients`; what checkpoints run again inside of it is part of it. */
export interface BackwardPass {
  readonly source: "backward" | "gradients";
  /** What it gave to each leaf, hooks included, apart from what earlier passes had left in `.grad`. */
  readonly leaves: ReadonlyMap<Tensor, Tensor>;
}

/** What can be heard of the passes that somebody calls for; of those of function transforms nothing is. */
export interface PassListener {
  /** The gradient of a node's result is complete; no hook has seen it yet. */
  arrived(node: TapeNode, gradient: Tensor): void;
  /** A part of the gradient of an operation's input, the result of another one, has come back through the operation. What
   * comes back to what a checkpointed function captured is heard of once, as it comes through the checkpoint. */
  cameBack(node: TapeNode, input: number, gradient: Tensor): void;
  /** A pass has succeeded; its gradients are still there. */
  passed(pass: BackwardPass): void;
}

/** A pass under way, which fills in its leaves. */
export interface OpenPass extends BackwardPass {
  readonly leaves: Map<Tensor, Tensor>;
}

let listener: PassListener | null = null;
let underWay: OpenPass | null = null;

/** Hears of every pass that begins from now on; null for nobody. */
export function listenToPasses(next: PassListener | null): void {
  listener = next;
}

/** Who hears of the gradients of the pass under way; null for nobody. */
export function gradientListener(): PassListener | null {
  return underWay === null ? null : listener;
}

/** The pass that a gradient hook is called in: null in one that a function transform makes, which differentiates a tape of
 * its own, and where nobody listens. */
export function passUnderWay(): BackwardPass | null {
  return underWay;
}

/** Runs a pass, and tells who listens if it succeeds. */
export function asPass<T>(source: BackwardPass["source"], run: (pass: OpenPass | null) => T): T {
  if (listener === null) return within(null, run);
  return within({ source, leaves: new Map() }, (pass) => {
    const result = run(pass);
    if (pass !== null) listener?.passed(pass);
    return result;
  });
}

/** Runs a pass that nobody hears of. */
export function unheard<T>(run: () => T): T {
  return within(null, run);
}

function within<T>(pass: OpenPass | null, run: (pass: OpenPass | null) => T): T {
  const around = underWay;
  underWay = pass;
  try {
    return run(pass);
  } finally {
    underWay = around;
  }
}
