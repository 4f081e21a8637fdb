/** The convolution of planes and its two gradients, each an op of its own: the derivative of any of them is made of the
 * other two. */
import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import {
  conv2d as conv2dKernel,
  conv2dWeightGrad,
  conv2dWidth3,
  interleavePhases,
  padPlanes as padPlanesKernel,
  phaseWeight,
} from "../../kernels/conv2d.js";
import { sumChunk } from "../../kernels/reduce.js";
import { at, type Shape, sameShape, sizeOf } from "../../shape.js";
import { reduceMiddle } from "../reduce/reduction.js";

/** Rows and columns. */
export type Pair = readonly [y: number, x: number];

/** The shape of a batch of planes, or of a weight. */
type Sizes4 = readonly [number, number, number, number];

/** Everything that the three ops share. */
export interface Geometry {
  /** `[N, C, H, W]`. */
  readonly input: Shape;
  /** `[O, C / groups, KH, KW]`. */
  readonly weight: Shape;
  /** Rows and columns of the output; windows that would start beyond them are left out. */
  readonly out: Pair;
  readonly stride: Pair;
  /** Zeros above and to the left of the input. */
  readonly padding: Pair;
  /** Rows and columns of the input with the zeros on all its sides. */
  readonly padded: Pair;
  readonly dilation: Pair;
  readonly groups: number;
}

/** The convolution: linear in the input and in the weight. */
export const conv2dOp: Op<[x: Tensor, weight: Tensor], Geometry> = defineOp({
  name: "conv2d",
  forward: ([x, weight], geometry) => ({
    output: convolve(padInput(x, geometry), weight, geometry),
    saved: { x, weight },
  }),
  backward: (gradOutput, { x, weight }, { options: geometry, needsGrad }) => [
    needsGrad[0] ? conv2dInputGradOp(gradOutput, weight, geometry) : null,
    needsGrad[1] ? conv2dWeightGradOp(gradOutput, x, geometry) : null,
  ],
});

/** Σ over the outputs that an input element took part in, which is the transposed convolution: linear in gradOutput and
 * in the weight. */
export const conv2dInputGradOp: Op<[gradOutput: Tensor, weight: Tensor], Geometry> = defineOp({
  name: "conv2dInputGrad",
  forward: ([gradOutput, weight], geometry) => ({
    output: inputGrad(gradOutput, weight, geometry),
    saved: { gradOutput, weight },
  }),
  backward: (g, { gradOutput, weight }, { options: geometry, needsGrad }) => [
    needsGrad[0] ? conv2dOp(g, weight, geometry) : null,
    needsGrad[1] ? conv2dWeightGradOp(gradOutput, g, geometry) : null,
  ],
});

/** Σ over the places a weight element was used at: linear in gradOutput and in the input. */
const conv2dWeightGradOp: Op<[gradOutput: Tensor, x: Tensor], Geometry> = defineOp({
  name: "conv2dWeightGrad",
  forward: ([gradOutput, x], geometry) => ({
    output: weightGrad(gradOutput, x, geometry),
    saved: { gradOutput, x },
  }),
  backward: (g, { gradOutput, x }, { options: geometry, needsGrad }) => [
    needsGrad[0] ? conv2dOp(x, g, geometry) : null,
    needsGrad[1] ? conv2dInputGradOp(gradOutput, g, geometry) : null,
  ],
});

/** Adds the padding that the windows reach into. */
function padInput(x: Tensor, { padding, padded }: Geometry): Tensor {
  return padPlanes(x, padded, padding);
}

/** Planes of another size: `from` zeros come first on each axis (elements are cut off where it is negative). */
function padPlanes(x: Tensor, size: Pair, from: Pair): Tensor {
  const [batch, channels, height, width] = x.shape as Sizes4;
  if (sameShape([height, width], size) && sameShape(from, [0, 0])) return x;
  return run(padPlanesKernel, [x], {
    shape: [batch, channels, ...size],
    threads: [size[0] * size[1], batch * channels, 1],
    constants: { height, width, outWidth: size[1], top: from[0], left: from[1] },
  });
}

/** The gradient to the input is a convolution of stride 1 with the weight reversed. Input rows with the same remainder
 * modulo the stride (a phase) see the same weights, so each phase of a channel is a channel of that convolution. */
function inputGrad(gradOutput: Tensor, weight: Tensor, geometry: Geometry): Tensor {
  const { groups, input } = geometry;
  const [outChannels, channels, kernelY, kernelX] = weight.shape as Sizes4;
  const [y, x] = [phasesOf(geometry, 0, kernelY), phasesOf(geometry, 1, kernelX)];
  const groupSize = outChannels / groups;
  const phaseChannels = y.phases * x.phases * channels * groups;
  const flipped = run(phaseWeight, [weight], {
    shape: [phaseChannels, groupSize, y.taps, x.taps],
    threads: [y.taps * x.taps, groupSize, phaseChannels],
    constants: {
      channels,
      groupSize,
      ...{ kernelY, kernelX, dilationY: geometry.dilation[0], dilationX: geometry.dilation[1] },
      ...{ phasesY: y.phases, phasesX: x.phases, stepY: y.step, stepX: x.step, tapsY: y.taps, tapsX: x.taps },
    },
  });
  const reach = [(y.taps - 1) * y.dilation, (x.taps - 1) * x.dilation] as const;
  const padded = padPlanes(
    gradOutput,
    [y.count + reach[0], x.count + reach[1]],
    [reach[0] - y.first, reach[1] - x.first],
  );
  const out = [y.count, x.count] as const;
  const phases = convolve(padded, flipped, { stride: [1, 1], dilation: [y.dilation, x.dilation], groups, out });
  if (y.stride === 1 && x.stride === 1) return phases;
  const [batch, allChannels, height, width] = input as Sizes4;
  return run(interleavePhases, [phases], {
    shape: input,
    threads: [height * width, allChannels, batch],
    constants: {
      ...{ channels, groups, phasesY: y.phases, phasesX: x.phases, rows: y.count, columns: x.count, width },
      ...{ fromY: y.from, fromX: x.from, strideY: y.stride, strideX: x.stride },
    },
  });
}

/** One axis of the gradient to the input: how many phases there are that any kernel element reaches, how many taps each
 * has, and which positions (`first` and `count`) of the padded input, divided by the stride, it covers. */
function phasesOf({ input, stride, padding, dilation }: Geometry, axis: 0 | 1, kernel: number): Phases {
  const [s, pad] = [stride[axis], padding[axis]];
  const reach = (kernel - 1) * dilation[axis] + 1;
  const first = Math.floor(pad / s);
  return {
    stride: s,
    phases: Math.min(s, reach),
    // Without a stride the taps are the kernel's and keep its dilation; with one the dilation goes into the weight.
    taps: s === 1 ? kernel : Math.ceil(reach / s),
    dilation: s === 1 ? dilation[axis] : 1,
    step: s === 1 ? dilation[axis] : s,
    first,
    count: Math.floor((at(input, axis + 2) - 1 + pad) / s) - first + 1,
    from: pad - first * s,
  };
}

interface Phases {
  readonly stride: number;
  readonly phases: number;
  readonly taps: number;
  readonly dilation: number;
  readonly step: number;
  readonly first: number;
  readonly count: number;
  readonly from: number;
}

/** The convolution of an input that is padded already. */
function convolve(
  x: Tensor,
  weight: Tensor,
  { stride, dilation, groups, out }: Pick<Geometry, "stride" | "dilation" | "groups" | "out">,
): Tensor {
  const [batch, allChannels, height, width] = x.shape as Sizes4;
  const [outChannels, channels, kernelY, kernelX] = weight.shape as Sizes4;
  return run(kernelX === 3 ? conv2dWidth3 : conv2dKernel, [x, weight], {
    shape: [batch, outChannels, ...out],
    threads: [out[0] * out[1], outChannels, batch],
    constants: {
      ...{ channels, groupSize: outChannels / groups, kernelY, kernelX },
      ...{ outWidth: out[1], strideX: stride[1], dilationX: dilation[1], rowStride: stride[0] * width },
      ...{ image: allChannels * height * width, plane: height * width },
      stepY: dilation[0] * width - kernelX * dilation[1],
      stepC: (height - kernelY * dilation[0]) * width,
    },
  });
}

/** Products that one cell of the gradient to the weight adds up, where an image has no more. */
const weightGradTerms = 1024;

function weightGrad(gradOutput: Tensor, x: Tensor, geometry: Geometry): Tensor {
  const { weight, stride, dilation, groups } = geometry;
  const padded = padInput(x, geometry);
  const [batch, allChannels, height, width] = padded.shape as Sizes4;
  const [outChannels, channels, kernelY, kernelX] = weight as Sizes4;
  const [, , outHeight, outWidth] = gradOutput.shape as Sizes4;
  let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));
  while (batch % images !== 0) images--;
  const image = allChannels * height * width;
  const partial = run(conv2dWeightGrad, [gradOutput, padded], {
    shape: [batch / images, ...weight],
    threads: [channels * kernelY * kernelX, outChannels, batch / images],
    constants: {
      ...{ channels, groupSize: outChannels / groups, kernelY, kernelX, images, outChannels, outHeight, outWidth },
      ...{ strideX: stride[1], dilationX: dilation[1], rowDilation: dilation[0] * width },
      ...{ quads: Math.floor(outWidth / 4), rest: outWidth % 4, image, plane: height * width },
      stepRow: stride[0] * width - outWidth * stride[1],
      stepImage: image - outHeight * stride[0] * width,
    },
  });
  return reduceMiddle(sumChunk, partial, [1, batch / images, sizeOf(weight)]).view(weight);
}
