/** Backward passes as others see them: who listens hears of each call of `backward` and `gradients` when it has succeeded. */
import type { Tensor } from "./tensor.js";

/** One call of `backward` or `gradients`; what checkpoints run again inside of it is part of it. */
export interface BackwardPass {
  readonly source: "backward" | "gradients";
  /** What it gave to each leaf, hooks included, apart from what earlier passes had left in `.grad`. */
  readonly leaves: ReadonlyMap<Tensor, Tensor>;
}

type Listener = (pass: BackwardPass) => void;

/** A pass under way, which fills in its leaves. */
export interface OpenPass extends BackwardPass {
  readonly leaves: Map<Tensor, Tensor>;
}

let listener: Listener | null = null;
let underWay: OpenPass | null = null;

/** Hears of every pass at its end, before its gradients are released; null for nobody. */
export function listenToPasses(next: Listener | null): void {
  listener = next;
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
    if (pass !== null) listener?.(pass);
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
