/** Batch normalisation. */

import { noGrad } from "../../autograd/modes.js";
import type { Tensor } from "../../autograd/tensor.js";
import { tensorOrNull } from "../../autograd/tensor-kinds.js";
import { ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, flag, number, type OptionKinds } from "../../options.js";
import { at, formatShape } from "../../shape.js";
import { checkFloat, checkOptional } from "../arguments.js";
import { add, mul, sub } from "../elementwise/arithmetic.js";
import { rsqrt } from "../elementwise/unary.js";
import { reshapeTo } from "../reduce/sum.js";
import { channelShape, checkEps, checkMomentum, type Statistics, scaleChannels, standardizeOp } from "./standardize.js";

/** Options of `batchNorm`.
 * @category Normalisation */
export interface BatchNormOptions {
  /** Normalises by the batch's own statistics and updates the running ones, instead of using them. Default false. */
  readonly training?: boolean | undefined;
  /** Running mean, shape `[C]`; updated in place when training. */
  readonly runningMean?: Tensor | null | undefined;
  /** Running unbiased variance, shape `[C]`; updated in place when training. */
  readonly runningVar?: Tensor | null | undefined;
  /** Share of the batch in the updated running statistics, 0 to 1. Default 0.1. */
  readonly momentum?: number | undefined;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
}

export const batchNormOptions: OptionKinds<BatchNormOptions> = {
  training: flag,
  runningMean: tensorOrNull,
  runningVar: tensorOrNull,
  momentum: number,
  eps: number,
};

/** `y = (x − mean) / √(variance + eps) · weight + bias`, channel by channel (Ioffe & Szegedy 2015).
 *
 * In training mean and (biased) variance are those of the batch over all axes but the channel's; the running statistics
 * become `(1 − momentum) · running + momentum · batch`, with the unbiased variance. Otherwise the running ones are used.
 * @param x shape `[N, C]`, `[N, C, L]`, `[N, C, H, W]` or with still more axes
 * @param weight shape `[C]`, or null for 1
 * @param bias shape `[C]`, or null for 0
 * @throws ShapeError if a parameter does not fit; ValueError if one value a channel is to be normalised in training, or
 * the running statistics are missing outside of it
 * @category Normalisation */
export function batchNorm(
  x: Tensor,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  options: BatchNormOptions = {},
): Tensor {
  checkFloat("batchNorm", x);
  if (x.rank < 2) throw new ShapeError("batchNorm", `input must be [N, C, ...], got ${formatShape(x.shape)}`);
  const {
    training = false,
    runningMean,
    runningVar,
    momentum = 0.1,
    eps = 1e-5,
  } = checkedOptions("batchNorm", options, batchNormOptions);
  const channels = at(x.shape, 1);
  checkOptional("batchNorm", x, { weight, bias, runningMean, runningVar }, [channels]);
  checkEps("batchNorm", eps);
  checkMomentum("batchNorm", momentum);
  if (training) {
    if (x.size === channels) {
      throw new ValueError(
        "batchNorm",
        `training needs more than one value a channel, got input ${formatShape(x.shape)}`,
      );
    }
    const update = (batch: Statistics) => updateRunning({ runningMean, runningVar, momentum }, batch);
    return standardizeOp(x, weight, bias, { eps, update });
  }
  if (runningMean == null || runningVar == null) {
    throw new ValueError(
      "batchNorm",
      "outside of training it needs runningMean and runningVar; pass them, or training: true",
    );
  }
  const inverse = rsqrt(add(runningVar.detach(), eps));
  // The mean goes first, not into the bias: near it the difference is exact, where two large products would cancel.
  const centred = sub(x, reshapeTo(runningMean.detach(), channelShape(x.shape)));
  return scaleChannels(centred, weight === null ? inverse : mul(weight, inverse), bias);
}

/** Running statistics, and the share of a batch in the updated ones. */
interface Running {
  readonly runningMean: Tensor | null | undefined;
  readonly runningVar: Tensor | null | undefined;
  readonly momentum: number;
}

/** Blends statistics into the running ones, in place. */
export function updateRunning({ runningMean, runningVar, momentum }: Running, statistics: Statistics): void {
  const { mean: batchMean, variance, count } = statistics;
  const blend = (running: Tensor, value: Tensor) =>
    running.assign(add(mul(running, 1 - momentum), mul(value, momentum)));
  noGrad(() => {
    if (runningMean != null) blend(runningMean, batchMean);
    if (runningVar != null) blend(runningVar, mul(variance, count / (count - 1)));
  });
}
