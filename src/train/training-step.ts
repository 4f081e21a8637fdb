/** One step of training: forward and backward passes of its batches, in such a way that they can be run again as they were. */
import { tidy } from "../autograd/scope.js";
import { type Outside, watched } from "../autograd/watch.js";
import type { AnyModule } from "../nn/module.js";
import { mul } from "../ops/elementwise/arithmetic.js";
import { read } from "./evaluate.js";
import type { DrawnGenerators } from "./generators.js";
import type { BatchResult } from "./metrics.js";
import { checkedOutcome, type Objective, type Outcome } from "./objective.js";

/** The passes of one batch: what they found, and how the world was before. */
export interface Passes {
  readonly result: BatchResult;
  /** Computes the outcome again; to be called in the world as it was. */
  readonly again: () => Outcome;
  /** The weights and generators that they read, as they were. */
  readonly before: Outside;
}

/** Runs a batch forwards and backwards; its gradients add to those that are there.
 * @param share of the batch in the step's loss: 1, or 1/n where a step has n batches */
export async function passes<Model extends AnyModule, Batch>(
  op: string,
  model: Model,
  batch: Batch,
  {
    objective,
    share,
    generators,
  }: {
    readonly objective: Objective<Model, Batch>;
    readonly share: number;
    readonly generators: DrawnGenerators;
  },
): Promise<Passes> {
  const again = () => checkedOutcome(op, objective(model, batch));
  const { result, outside } = generators.during(() =>
    watched(() =>
      tidy(() => {
        const outcome = again();
        (share === 1 ? outcome.loss : mul(outcome.loss, share)).backward();
        return { reading: read(outcome) };
      }),
    ),
  );
  return { result: await result.reading, again, before: outside };
}

/** Lets go of what is remembered of how the world was. */
export function forget(list: readonly Passes[]): void {
  for (const { before } of list) for (const { numbers } of before.tensors.values()) numbers.dispose();
}
