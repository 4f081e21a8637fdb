/** Clipping the gradients of every step. */
import type { Tensor } from "../../autograd/tensor.js";
import { describe, ValueError } from "../../errors.js";
import { clipGradNorm, clipGradValue } from "../../optim/clip.js";
import { notNegative } from "../../optim/option-kinds.js";
import { checkedOptions, type OptionKinds } from "../../options.js";
import type { Callback, FitRun } from "../callback.js";

/** Options of `clipGradients`: one of them.
 * @category Training */
export interface ClipGradientsOptions {
  /** Largest Euclidean norm of all gradients together, at least 0: {@link clipGradNorm}. */
  readonly norm?: number | undefined;
  /** Largest absolute value of a gradient's numbers, at least 0: {@link clipGradValue}. */
  readonly value?: number | undefined;
}

const clipGradientsOptions: OptionKinds<ClipGradientsOptions> = { norm: notNegative, value: notNegative };

/** A callback that clips the gradients of what the optimiser moves, before each of its steps; with `accumulate`, their mean over the batches.
 *
 * ```ts
 * await fit(model, { …, callbacks: [clipGradients({ norm: 1 })] });
 * ```
 * @throws ValueError unless one option is given, and in range
 * @category Training */
export function clipGradients(options: ClipGradientsOptions): Callback {
  const { norm, value } = checkedOptions("clipGradients", options, clipGradientsOptions);
  if ((norm === undefined) === (value === undefined))
    throw new ValueError("clipGradients", `give either norm or value, got ${describe(options)}`);
  return {
    name: "clipGradients",
    onGradients(run) {
      if (norm !== undefined) clipGradNorm(movedBy(run), norm).dispose();
      if (value !== undefined) clipGradValue(movedBy(run), value);
    },
  };
}

function movedBy({ optimizer }: FitRun): readonly Tensor[] {
  return optimizer.paramGroups.flatMap(({ params }) => params);
}
