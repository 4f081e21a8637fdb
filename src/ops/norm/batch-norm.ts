/** Batch normalisation. */
import { defineOp, type Op } from "../../autograd/define-op.js";
import { isRecording, noGrad } from "../../autograd/modes.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import * as kernels from "../../kernels/batch-norm.js";
import type { KernelFunction } from "../../kernels/kernel.js";
import { sumChunk } from "../../kernels/reduce.js";
import { at, formatShape, type Shape } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { add, mul, neg, sub } from "../elementwise/arithmetic.js";
import { rsqrt, square } from "../elementwise/unary.js";
import { centre, mean } from "../reduce/reduce.js";
import { reduceAxes } from "../reduce/reduction.js";
import { reshapeTo, sum } from "../reduce/sum.js";

/** Options of `batchNorm`.
 * @category Normalisation */
export interface BatchNormOptions {
  /** Normalises by the batch's own statistics and updates the running ones, instead of using them. Default false. */
  readonly training?: boolean;
  /** Running mean, shape `[C]`; updated in place when training. */
  readonly runningMean?: Tensor | null;
  /** Running unbiased variance, shape `[C]`; updated in place when training. */
  readonly runningVar?: Tensor | null;
  /** Share of the batch in the updated running statistics, 0 to 1. Default 0.1. */
  readonly momentum?: number;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
}

/** `y = (x − mean) / √(variance + eps) · weight + bias`, channel by channel (Ioffe & Szegedy 2015).
 *
 * In training mean and (biased) variance are those of the batch over all axes but the channel's; the running statistics
 * become `(1 − momentum) · running + momentum · batch`, with the unbiased variance. Otherwise the running ones are used.
 * @param x shape `[N, C]`, `[N, C, L]` or `[N, C, H, W]`
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
  checkArguments(x, weight, bias, options);
  const { training = false, eps = 1e-5 } = options;
  if (training) return trainingOp(x, weight, bias, { eps, update: (statistics) => updateRunning(options, statistics) });
  const { runningMean, runningVar } = options;
  if (runningMean == null || runningVar == null) {
    throw new ValueError(
      "batchNorm",
      "outside of training it needs runningMean and runningVar; pass them, or training: true",
    );
  }
  // Constant statistics make an affine map: y = x · scale + (bias − mean · scale).
  const inverse = rsqrt(add(runningVar.detach(), eps));
  const scale = weight === null ? inverse : mul(weight, inverse);
  const shift = neg(mul(runningMean.detach(), scale));
  const channels = channelShape(x.shape);
  return add(mul(x, reshapeTo(scale, channels)), reshapeTo(bias === null ? shift : add(bias, shift), channels));
}

interface Statistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly count: number;
}

interface TrainingOptions {
  readonly eps: number;
  readonly update: (statistics: Statistics) => void;
}

const trainingOp: Op<[x: Tensor, weight: Tensor | null, bias: Tensor | null], TrainingOptions> = defineOp({
  name: "batchNorm",
  forward: ([x, weight, bias], { eps, update }) => {
    checkFloat("batchNorm", x);
    const count = x.size / at(x.shape, 1);
    const batchMean = mul(perChannel(x), 1 / count);
    // What rounding left of the mean: x − batchMean is exact near it, so that nearly constant channels stay accurate.
    const residue = mul(perChannel(runChannels(kernels.deviation, x, [batchMean])), 1 / count);
    const squares = mul(perChannel(runChannels(kernels.squaredDeviation, x, [batchMean])), 1 / count);
    const variance = sub(squares, square(residue));
    const inverse = rsqrt(add(variance, eps));
    const scale = weight === null ? inverse : mul(weight, inverse);
    const shift = neg(mul(residue, scale));
    const output = runChannels(kernels.normalize, x, [batchMean, scale, bias === null ? shift : add(bias, shift)]);
    update({ mean: batchMean, variance, count });
    return { output, saved: { x, weight, batchMean, residue, inverse } };
  },
  // With x̂ = (x − mean)·inverse: ∂bias = Σ g, ∂weight = Σ g x̂, ∂x = weight·inverse·(g − mean(g) − x̂·mean(g x̂))
  backward: (g, saved, { options: { eps }, needsGrad }) =>
    isRecording() ? recordedGradients(g, saved.x, saved.weight, eps) : fusedGradients(g, saved, needsGrad),
});

interface Saved {
  readonly x: Tensor;
  readonly weight: Tensor | null;
  readonly batchMean: Tensor;
  readonly residue: Tensor;
  readonly inverse: Tensor;
}

/** The three gradients by kernels of their own, for when nobody differentiates them again. */
function fusedGradients(
  g: Tensor,
  { x, weight, batchMean, residue, inverse }: Saved,
  needsGrad: readonly boolean[],
): (Tensor | null)[] {
  const count = x.size / at(x.shape, 1);
  const sumG = perChannel(g);
  const sumGX = sub(perChannel(runChannels(kernels.weightedDeviation, g, [x, batchMean])), mul(residue, sumG));
  const slope = mul(mul(sumGX, 1 / count), square(inverse));
  const scale = weight === null ? inverse : mul(weight, inverse);
  const meanG = sub(mul(sumG, 1 / count), mul(residue, slope));
  return [
    needsGrad[0] ? runChannels(kernels.inputGrad, g, [x, batchMean, scale, meanG, slope]) : null,
    needsGrad[1] ? mul(sumGX, inverse) : null,
    needsGrad[2] ? sumG : null,
  ];
}

/** The same made of recorded ops, from x itself: right for every further derivative. */
function recordedGradients(g: Tensor, x: Tensor, weight: Tensor | null, eps: number): (Tensor | null)[] {
  const axis = x.shape.map((_, i) => i).filter((i) => i !== 1);
  const over = { axis, keepDims: true };
  const centred = centre(x, over);
  const inverse = rsqrt(add(mean(square(centred), over), eps));
  const normalized = mul(centred, inverse);
  const scaled = weight === null ? g : mul(g, reshapeTo(weight, channelShape(x.shape)));
  const inner = sub(sub(scaled, mean(scaled, over)), mul(normalized, mean(mul(scaled, normalized), over)));
  return [mul(inverse, inner), sum(mul(g, normalized), { axis }), sum(g, { axis })];
}

function updateRunning({ runningMean, runningVar, momentum = 0.1 }: BatchNormOptions, statistics: Statistics): void {
  const { mean: batchMean, variance, count } = statistics;
  const blend = (running: Tensor, value: Tensor) =>
    running.assign(add(mul(running, 1 - momentum), mul(value, momentum)));
  noGrad(() => {
    if (runningMean != null) blend(runningMean, batchMean);
    if (runningVar != null) blend(runningVar, mul(variance, count / (count - 1)));
  });
}

/** Σ over all axes but the channel's, unrecorded. */
function perChannel(x: Tensor): Tensor {
  return reduceAxes(sumChunk, x, { axes: x.shape.map((_, i) => i).filter((i) => i !== 1), keepDims: false });
}

/** Runs a kernel of `kernels/batch-norm.ts`. */
function runChannels(kernel: KernelFunction, x: Tensor, others: readonly Tensor[]): Tensor {
  const [batch, channels] = [at(x.shape, 0), at(x.shape, 1)];
  const plane = x.size / (batch * channels);
  return run(kernel, [x, ...others], {
    threads: plane === 1 ? [channels, batch, 1] : [plane, channels, batch],
    constants:
      plane === 1
        ? { sliceSize: 0, rowSize: channels, channelX: 1, channelY: 0 }
        : { sliceSize: channels * plane, rowSize: plane, channelX: 0, channelY: 1 },
  });
}

/** [1, C, 1, …] for a tensor of this shape. */
function channelShape(shape: Shape): number[] {
  return shape.map((n, i) => (i === 1 ? n : 1));
}

function checkArguments(x: Tensor, weight: Tensor | null, bias: Tensor | null, options: BatchNormOptions): void {
  if (x.rank < 2) throw new ShapeError("batchNorm", `input must be [N, C, ...], got ${formatShape(x.shape)}`);
  const channels = at(x.shape, 1);
  const { training = false, runningMean, runningVar, momentum = 0.1, eps = 1e-5 } = options;
  for (const [name, tensor] of Object.entries({ weight, bias, runningMean, runningVar })) {
    if (tensor != null && (tensor.rank !== 1 || tensor.size !== channels)) {
      throw new ShapeError(
        "batchNorm",
        `${name} must have shape [${channels}] for input ${formatShape(x.shape)}, got ${formatShape(tensor.shape)}`,
        {
          expected: [channels],
          actual: tensor.shape,
        },
      );
    }
  }
  if (!(eps > 0)) throw new ValueError("batchNorm", `eps must be above 0, got ${eps}`);
  if (!(momentum >= 0 && momentum <= 1))
    throw new ValueError("batchNorm", `momentum must be from 0 to 1, got ${momentum}`);
  if (training && x.size === channels) {
    throw new ValueError(
      "batchNorm",
      `training needs more than one value a channel, got input ${formatShape(x.shape)}`,
    );
  }
}
