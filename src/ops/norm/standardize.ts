/** Standardising each channel by its own mean and variance: what all normalisations but the one by running statistics do,
 * for their groups are channels of another view. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { isRecording } from "../../autograd/modes.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import * as kernels from "../../kernels/batch-norm.js";
import type { KernelFunction } from "../../kernels/kernel.js";
import { sumChunk } from "../../kernels/reduce.js";
import { at, type Shape } from "../../shape.js";
import { add, div, mul, neg, sub } from "../elementwise/arithmetic.js";
import { rsqrt, square } from "../elementwise/unary.js";
import { centre, mean } from "../reduce/reduce.js";
import { partConstants, partsOf, reduceMiddle } from "../reduce/reduction.js";
import { squareScale } from "../reduce/square-scale.js";
import { reshapeTo, sum } from "../reduce/sum.js";

/** Mean and biased variance of each channel, over `count` values. */
export interface Statistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly count: number;
}

interface StandardizeOptions {
  readonly eps: number;
  /** Called with the statistics, unrecorded. */
  readonly update?: ((statistics: Statistics) => void) | undefined;
}

/** `(x − mean) / √(variance + eps) · weight + bias` with each channel's own statistics, over [N, C, …]. */
export const standardizeOp: Op<[x: Tensor, weight: Tensor | null, bias: Tensor | null], StandardizeOptions> = defineOp({
  name: "standardize",
  forward: ([x, weight, bias], { eps, update }) => {
    const count = x.size / at(x.shape, 1);
    const batchMean = div(perChannel(x), count);
    // What rounding left of the mean: x − batchMean is exact near it, so that nearly constant channels stay accurate.
    const residue = div(perChannel(x, kernels.sumDeviations, [batchMean]), count);
    const squares = div(perChannel(x, kernels.sumSquaredDeviations, [batchMean]), count);
    const variance = sub(squares, square(residue));
    const inverse = inverseDeviationOf(variance, x, batchMean, eps);
    const scale = weight === null ? inverse : mul(weight, inverse);
    const shift = neg(mul(residue, scale));
    const output = runChannels(kernels.normalize, x, [batchMean, scale, bias === null ? shift : add(bias, shift)]);
    update?.({ mean: batchMean, variance, count });
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
  const sumGX = sub(perChannel(g, kernels.sumWeightedDeviations, [x, batchMean]), mul(residue, sumG));
  const gradWeight = mul(sumGX, inverse);
  const slope = mul(div(gradWeight, count), inverse); // not by inverse²: it may be too small for a number
  const scale = weight === null ? inverse : mul(weight, inverse);
  const meanG = sub(div(sumG, count), mul(residue, slope));
  return [
    needsGrad[0] ? runChannels(kernels.inputGrad, g, [x, batchMean, scale, meanG, slope]) : null,
    needsGrad[1] ? gradWeight : null,
    needsGrad[2] ? sumG : null,
  ];
}

/** The same made of recorded ops, from x itself: right for every further derivative. */
function recordedGradients(g: Tensor, x: Tensor, weight: Tensor | null, eps: number): (Tensor | null)[] {
  const axis = x.shape.map((_, i) => i).filter((i) => i !== 1);
  const over = { axis, keepDims: true };
  const centred = centre(x, over);
  const scale = squareScale(centred, axis, "large"); // 1, or what keeps the squares in range
  const inverse = mul(scale, rsqrt(add(mean(square(mul(centred, scale)), over), mul(eps, square(scale)))));
  const normalized = mul(centred, inverse);
  const scaled = weight === null ? g : mul(g, reshapeTo(weight, channelShape(x.shape)));
  const inner = sub(sub(scaled, mean(scaled, over)), mul(normalized, mean(mul(scaled, normalized), over)));
  return [mul(inverse, inner), sum(mul(g, normalized), { axis }), sum(g, { axis })];
}

/** Σ over all axes but the channel's, unrecorded: of x, or of what a kernel of `kernels/batch-norm.ts` makes of its elements
 * and `others`. */
function perChannel(x: Tensor, kernel: KernelFunction = sumChunk, others: readonly Tensor[] = []): Tensor {
  const [batch, channels] = [at(x.shape, 0), at(x.shape, 1)];
  const plane = x.size / (batch * channels);
  const [size, inner] = plane === 1 ? [batch, channels] : [plane, 1];
  const parts = partsOf(size);
  const { whole, rest, step } = partConstants(size, inner, parts); // no spread: it takes longer than a short launch
  const baseZ = channels * plane;
  const sums = run(kernel, [x, ...others], {
    threads: plane === 1 ? [channels, parts, 1] : [parts, channels, batch],
    shape: plane === 1 ? [1, parts, channels] : [batch, channels, parts],
    constants:
      plane === 1
        ? { whole, rest, step, baseX: 1, baseY: channels, baseZ: 0, placeX: 0, placeY: 1, channelX: 1, channelY: 0 }
        : { whole, rest, step, baseX: 1, baseY: plane, baseZ, placeX: 1, placeY: 0, channelX: 0, channelY: 1 },
  });
  const rows = plane === 1 ? sums : reduceMiddle(sumChunk, sums, [batch * channels, parts, 1]);
  return reduceMiddle(sumChunk, rows, [1, plane === 1 ? parts : batch, channels]).view([channels]);
}

function inverseDeviationOf(variance: Tensor, x: Tensor, batchMean: Tensor, eps: number): Tensor {
  const [batch, channels] = [at(x.shape, 0), at(x.shape, 1)];
  const plane = x.size / (batch * channels);
  return run(kernels.inverseDeviation, [variance, x, batchMean], {
    constants: { sliceSize: channels * plane, rowSize: plane, batch, plane },
    floats: { eps },
  });
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

/** Every one of `count` neighbouring parts of x, standardised: with mean 0 and variance 1 (but for eps). */
export function standardizeParts(x: Tensor, count: number, options: StandardizeOptions): Tensor {
  return reshapeTo(standardizeOp(reshapeTo(x, [1, count, x.size / count]), null, null, options), x.shape);
}

/** x · weight + bias with one of each for every channel of [N, C, …]. */
export function scaleChannels(x: Tensor, weight: Tensor | null, bias: Tensor | null): Tensor {
  const channels = channelShape(x.shape);
  const scaled = weight === null ? x : mul(x, reshapeTo(weight, channels));
  return bias === null ? scaled : add(scaled, reshapeTo(bias, channels));
}

/** [1, C, 1, …] for a tensor of this shape. */
export function channelShape(shape: Shape): number[] {
  return shape.map((n, i) => (i === 1 ? n : 1));
}

/** Throws unless momentum is a share. */
export function checkMomentum(op: string, momentum: number): void {
  if (Number.isFinite(momentum) && momentum >= 0 && momentum <= 1) return;
  throw new ValueError(op, `momentum must be from 0 to 1, got ${momentum}`, { actual: momentum });
}

/** Throws unless eps is above 0. */
export function checkEps(op: string, eps: number): void {
  if (!(eps > 0 && Number.isFinite(eps))) throw new ValueError(op, `eps must be above 0, got ${eps}`, { actual: eps });
}
