/** Averaging the weights along a run. */
import { describe, ValueError } from "../../errors.js";
import { AveragedWeights } from "../../optim/averaged-weights.js";
import type { Callback } from "../callback.js";

/** A callback that takes the weights of every step into their average, and evaluates the average in place of the weights. Training goes on
 * with the weights as they are, which are what checkpoints call `model`; the average is saved beside them.
 *
 * ```ts
 * const average = new AveragedWeights(model.parameters(), { decay: 0.99 });
 * await fit(model, { …, validation, callbacks: [averageWeights(average)] });
 * const { metrics } = await average.apply(() => evaluate(model, test));
 * ```
 * @throws ValueError if it is given anything else
 * @category Training */
export function averageWeights(average: AveragedWeights): Callback {
  if (!(average instanceof AveragedWeights)) {
    const remedy = "pass new AveragedWeights(model.parameters())";
    throw new ValueError("averageWeights", `it takes AveragedWeights, got ${describe(average)}; ${remedy}`);
  }
  return {
    name: "averageWeights",
    onStep: () => average.update(),
    aroundEvaluation: (_, evaluate) => average.apply(evaluate),
    stateDict: () => average.stateDict(),
    loadStateDict: (state: ReturnType<AveragedWeights["stateDict"]>) => average.loadStateDict(state),
  };
}
