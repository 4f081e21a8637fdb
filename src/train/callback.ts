/** Callbacks: what can be done at the turning points of a run. */
import { describe, ValueError } from "../errors.js";
import type { AnyModule } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import { callback, checkedOptions, type OptionKinds, text } from "../options.js";
import type { EpochEvent, FitEvent, StepEvent } from "./events.js";

/** A run under way, as callbacks see it.
 * @category Training */
export interface FitRun<Model extends AnyModule = AnyModule> {
  /** What is trained. */
  readonly model: Model;
  /** What moves its weights. */
  readonly optimizer: Optimizer;
  /** Steps made. */
  readonly step: number;
  /** Epochs complete. */
  readonly epoch: number;
  /** Ends the run when the step or the epoch under way is complete, its evaluation and checkpoint included.
   * @param message in words, why */
  stop(message: string): void;
  /** Tells the sinks something. */
  tell(event: FitEvent): Promise<void>;
}

/** Does something at the turning points of a run; each of its functions is waited for.
 * @category Training */
export interface Callback {
  /** What it is called in checkpoints and errors. */
  readonly name: string;
  /** Before the first step, or the first one after a checkpoint, whose state was put back. */
  onStart?(run: FitRun): void | Promise<void>;
  /** Before each step: nothing of it has been computed. */
  onStepStart?(run: FitRun): void | Promise<void>;
  /** The gradients of a step are complete, and the optimiser has not moved yet. */
  onGradients?(run: FitRun): void | Promise<void>;
  /** The optimiser has moved. */
  onStep?(run: FitRun, event: StepEvent): void | Promise<void>;
  /** Goes around the evaluation after an epoch, where other weights may take the place of those in training.
   * @param evaluate evaluates; to be called once
   * @returns what it gave */
  aroundEvaluation?<Found>(run: FitRun, evaluate: () => Promise<Found>): Promise<Found>;
  /** An epoch is complete, its evaluation included. */
  onEpoch?(run: FitRun, event: EpochEvent): void | Promise<void>;
  /** The run ends, whatever the reason. */
  onEnd?(run: FitRun): void | Promise<void>;
  /** What it must remember, for checkpoints: tensors and what JSON can say, in objects and lists. */
  stateDict?(): unknown;
  /** Takes over what `stateDict` gave. */
  loadStateDict?(state: never): void;
}

const parts: OptionKinds<Callback> = {
  name: text,
  onStart: callback,
  onStepStart: callback,
  onGradients: callback,
  onStep: callback,
  aroundEvaluation: callback,
  onEpoch: callback,
  onEnd: callback,
  stateDict: callback,
  loadStateDict: callback,
};

/** Evaluates, the callbacks around it: the first one is outermost. */
export function evaluateWithin<Found>(
  callbacks: readonly Callback[],
  run: FitRun,
  evaluate: () => Promise<Found>,
): Promise<Found> {
  const around = callbacks.reduceRight((inner, callback) => {
    if (callback.aroundEvaluation === undefined) return inner;
    return async () => {
      const found = await callback.aroundEvaluation?.(run, inner);
      if (found !== undefined) return found;
      throw new ValueError("fit", `aroundEvaluation of the callback ${callback.name} must return what evaluate() gave`);
    };
  }, evaluate);
  return around();
}

/** Throws unless these are callbacks, with names of their own and no function that would never be called. */
export function checkCallbacks(op: string, callbacks: readonly Callback[]): void {
  if (!Array.isArray(callbacks))
    throw new ValueError(op, `callbacks must be a list of callbacks, got ${describe(callbacks)}`);
  const names = new Set<string>();
  for (const given of callbacks) {
    const { name } = checkedOptions(`${op}: a callback`, given, parts);
    if (name === undefined) throw new ValueError(op, "a callback must have a name");
    if (names.has(name)) throw new ValueError(op, `two callbacks are called ${name}; give one another name`);
    names.add(name);
    if ((given.stateDict === undefined) === (given.loadStateDict === undefined)) continue;
    throw new ValueError(op, `the callback ${name} must have both stateDict and loadStateDict, or neither`);
  }
}
