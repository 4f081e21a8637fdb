/** Early stopping: ends a run that does not get better any more. */
import { ValueError } from "../../errors.js";
import { checkedOptions, count, number, type OptionKinds, oneOf, text } from "../../options.js";
import type { Callback } from "../callback.js";
import { type Goal, goalOf, isBetter } from "../goal.js";
import { numberNamed } from "../schedule.js";

/** Options of `earlyStopping`.
 * @category Training */
export interface EarlyStoppingOptions {
  /** The metric that is to get better: of the validation data, or without any of the training data. Default `"loss"`. */
  readonly metric?: string | undefined;
  /** Whether better is less or more. Default: `"min"` for `loss`, else `"max"`. */
  readonly goal?: Goal | undefined;
  /** Epochs in a row without anything better before the run ends. Default 5. */
  readonly patience?: number | undefined;
  /** By how much it must be better to count, at least 0. Default 0. */
  readonly minDelta?: number | undefined;
}

const earlyStoppingOptions: OptionKinds<EarlyStoppingOptions> = {
  metric: text,
  goal: oneOf("min", "max"),
  patience: count,
  minDelta: number,
};

/** Where it stands between two epochs. */
interface Waiting {
  readonly best: number | null;
  readonly epochs: number;
}

/** A callback that ends the run once a metric has not got better for some epochs. (Prechelt 1998, "Early stopping: but when?")
 *
 * ```ts
 * await fit(model, { …, validation, callbacks: [earlyStopping({ metric: "accuracy", patience: 3 })] });
 * ```
 * @throws ValueError if an option is out of range; at the end of the first epoch, if there is no such metric
 * @category Training */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const given = checkedOptions("earlyStopping", options, earlyStoppingOptions);
  const { metric = "loss", patience = 5, minDelta = 0 } = given;
  if (minDelta < 0) throw new ValueError("earlyStopping", `minDelta must be at least 0, got ${minDelta}`);
  const goal = goalOf(metric, given.goal);
  let waiting: Waiting = { best: null, epochs: 0 };
  return {
    name: "earlyStopping",
    onEpoch(run, { train, validation }) {
      const value = numberNamed("earlyStopping", metric, validation ?? train);
      if (isBetter(goal, value, waiting.best, minDelta)) waiting = { best: value, epochs: 0 };
      else waiting = { ...waiting, epochs: waiting.epochs + 1 };
      if (waiting.epochs >= patience)
        run.stop(`${metric} has not got better than ${waiting.best} for ${patience} epochs`);
    },
    stateDict: () => waiting,
    loadStateDict(state: Waiting) {
      waiting = state;
    },
  };
}
