/** Instance normalisation. */

import { noGrad } from "../../autograd/modes.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, flag, type OptionKinds, omit } from "../../options.js";
import { at, formatShape } from "../../shape.js";
import { checkFloat, checkOptional } from "../arguments.js";
import { mean } from "../reduce/reduce.js";
import { type BatchNormOptions, batchNorm, batchNormOptions, updateRunning } from "./batch-norm.js";
import { checkEps, checkMomentum, scaleChannels, standardizeParts } from "./standardize.js";

/** Options of `instanceNorm`.
 * @category Normalisation */
export interface InstanceNormOptions extends Omit<BatchNormOptions, "training"> {
  /** Normalises by the statistics of the input and updates the running ones if there are any, instead of using them.
   * Default true. */
  readonly useInputStats?: boolean | undefined;
}

const instanceNormOptions: OptionKinds<InstanceNormOptions> = {
  ...omit(batchNormOptions, "training"),
  useInputStats: flag,
};

/** `y = (x − mean) / √(variance + eps) · weight + bias`, with the mean and the (biased) variance of each channel of each
 * example, over the axes after the channels (Ulyanov, Vedaldi & Lempitsky 2016). Running statistics become
 * `(1 − momentum) · running + momentum · s`, where s is the mean over the examples of their means or unbiased variances.
 * @param x shape `[N, C, ...]`, with at least one axis after the channels
 * @param weight shape `[C]`, or null for 1
 * @param bias shape `[C]`, or null for 0
 * @throws ShapeError if a parameter does not fit; ValueError if one value a channel is to be normalised by itself, or the
 * running statistics are missing where they are to be used
 * @category Normalisation */
export function instanceNorm(
  x: Tensor,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  options: InstanceNormOptions = {},
): Tensor {
  checkFloat("instanceNorm", x);
  if (x.rank < 3) throw new ShapeError("instanceNorm", `input must be [N, C, ...sizes], got ${formatShape(x.shape)}`);
  const { useInputStats = true, ...rest } = checkedOptions("instanceNorm", options, instanceNormOptions);
  const { runningMean, runningVar, momentum = 0.1, eps = 1e-5 } = rest;
  const [batch, channels] = [at(x.shape, 0), at(x.shape, 1)];
  checkOptional("instanceNorm", x, { weight, bias, runningMean, runningVar }, [channels]);
  checkEps("instanceNorm", eps);
  checkMomentum("instanceNorm", momentum);
  if (!useInputStats) {
    if (runningMean == null || runningVar == null) {
      throw new ValueError("instanceNorm", "without useInputStats it needs runningMean and runningVar");
    }
    return batchNorm(x, weight, bias, rest);
  }
  if (x.size === batch * channels) {
    throw new ValueError(
      "instanceNorm",
      `it needs more than one value a channel of an example, got input ${formatShape(x.shape)}`,
    );
  }
  const standardized = standardizeParts(x, batch * channels, {
    eps,
    update: (each) =>
      noGrad(() => {
        const overExamples = (values: Tensor) => mean(values.view([batch, channels]), { axis: 0 });
        const statistics = { mean: overExamples(each.mean), variance: overExamples(each.variance), count: each.count };
        updateRunning({ runningMean, runningVar, momentum }, statistics);
      }),
  });
  return scaleChannels(standardized, weight, bias);
}
