/** conv2d and its two gradients, each an op of its own: the derivative of any of them is made of the other two. */
import { defineOp, type Op } from "../autograd/define-op.js";
import { run } from "../autograd/run.js";
import type { Tensor } from "../autograd/tensor.js";
import { ShapeError, ValueError } from "../errors.js";
import { conv2d as conv2dKernel, conv2dWeightGrad, flipWeight } from "../kernels/conv2d.js";
import { sumChunk } from "../kernels/reduce.js";
import { at, formatShape, pair, type Shape, sizeOf } from "../shape.js";
import { add } from "./arithmetic.js";
import { checkFloat } from "./broadcast.js";
import { embedPlanes } from "./movement.js";
import { reduceMiddle } from "./reduction.js";
import { reshapeTo } from "./sum.js";

/** Options of `conv2d`; a single number serves both axes.
 * @category Convolution */
export interface Conv2dOptions {
  /** Rows and columns from one window to the next, at least 1. Default 1. */
  readonly stride?: number | readonly [number, number];
  /** Rows and columns of zeros on every side, at least 0. Default 0. */
  readonly padding?: number | readonly [number, number];
  /** Rows and columns from one kernel element to the next, at least 1. Default 1. */
  readonly dilation?: number | readonly [number, number];
  /** Groups of channels that are convolved separately; divides both channel counts. Default 1. */
  readonly groups?: number;
}

/** Two-dimensional convolution (cross-correlation, as in every framework):
 * `out[n, o, y, x] = bias[o] + Σ_{c, i, j} x[n, c, y·stride + i·dilation − padding, …] · weight[o, c, i, j]`.
 * @param x shape `[N, C, H, W]`
 * @param weight shape `[O, C / groups, KH, KW]`
 * @param bias shape `[O]`, or null
 * @returns shape `[N, O, OH, OW]` with `OH = ⌊(H + 2·padding − dilation·(KH − 1) − 1) / stride⌋ + 1`
 * @throws ShapeError if ranks, channels or bias do not fit or the window is larger than the padded input;
 * ValueError if an option is out of range
 * @category Convolution */
export function conv2d(x: Tensor, weight: Tensor, bias: Tensor | null = null, options: Conv2dOptions = {}): Tensor {
  const geometry = geometryOf(x, weight, options);
  const outChannels = at(weight.shape, 0);
  if (bias !== null && (bias.rank !== 1 || bias.size !== outChannels)) {
    throw new ShapeError("conv2d", `bias must have shape [${outChannels}], got ${formatShape(bias.shape)}`, {
      expected: [outChannels],
      actual: bias.shape,
    });
  }
  const y = conv2dOp(x, weight, geometry);
  return bias === null ? y : add(y, reshapeTo(bias, [outChannels, 1, 1]));
}

type Pair = readonly [y: number, x: number];

/** Everything that the three ops share. */
interface Geometry {
  readonly input: Shape;
  readonly weight: Shape;
  readonly out: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly groups: number;
}

const conv2dOp: Op<[x: Tensor, weight: Tensor], Geometry> = defineOp({
  name: "conv2d",
  forward: ([x, weight], geometry) => {
    checkFloat("conv2d", x, weight);
    return { output: forward(x, weight, geometry), saved: { x, weight } };
  },
  backward: (gradOutput, { x, weight }, { options: geometry, needsGrad }) => [
    needsGrad[0] ? conv2dInputGradOp(gradOutput, weight, geometry) : null,
    needsGrad[1] ? conv2dWeightGradOp(gradOutput, x, geometry) : null,
  ],
});

/** Σ over the outputs that an input element took part in: linear in gradOutput and in the weight. */
const conv2dInputGradOp: Op<[gradOutput: Tensor, weight: Tensor], Geometry> = defineOp({
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

function forward(x: Tensor, weight: Tensor, geometry: Geometry): Tensor {
  const { stride, dilation, groups, out } = geometry;
  const padded = padInput(x, geometry);
  return convolve(padded, weight, { stride, dilation, groups, out });
}

/** Adds the padding that the windows reach into. */
function padInput(x: Tensor, { padding, input }: Geometry): Tensor {
  const size = [at(input, 2) + 2 * padding[0], at(input, 3) + 2 * padding[1]] as const;
  return embedPlanes(x, { size, from: padding, by: [1, 1] });
}

/** The gradient to the input is a convolution of stride 1: of gradOutput, spread out by the stride and padded, with the
 * weight reversed. */
function inputGrad(gradOutput: Tensor, weight: Tensor, geometry: Geometry): Tensor {
  const { input, stride, padding, dilation, groups } = geometry;
  const [outChannels, channels, kernelY, kernelX] = sizes4(weight.shape);
  const [reachY, reachX] = [(kernelY - 1) * dilation[0], (kernelX - 1) * dilation[1]];
  const spread = embedPlanes(gradOutput, {
    size: [at(input, 2) + reachY, at(input, 3) + reachX],
    from: [reachY - padding[0], reachX - padding[1]],
    by: stride,
  });
  const groupSize = outChannels / groups;
  const flipped = run(flipWeight, [weight], {
    shape: [channels * groups, groupSize, kernelY, kernelX],
    threads: [kernelX, kernelY, channels * outChannels],
    constants: { channels, groupSize, kernelY, kernelX },
  });
  const out = [at(input, 2), at(input, 3)] as const;
  return convolve(spread, flipped, { stride: [1, 1], dilation, groups, out });
}

/** The convolution of an input that is padded already. */
function convolve(
  x: Tensor,
  weight: Tensor,
  { stride, dilation, groups, out }: Pick<Geometry, "stride" | "dilation" | "groups" | "out">,
): Tensor {
  const [batch, , height, width] = sizes4(x.shape);
  const [outChannels, channels, kernelY, kernelX] = sizes4(weight.shape);
  return run(conv2dKernel, [x, weight], {
    shape: [batch, outChannels, ...out],
    threads: [out[1], out[0], batch * outChannels],
    constants: {
      channels,
      groups,
      outChannels,
      groupSize: outChannels / groups,
      ...windowConstants([kernelY, kernelX], stride, dilation),
      height,
      width,
    },
  });
}

function weightGrad(gradOutput: Tensor, x: Tensor, geometry: Geometry): Tensor {
  const { weight, stride, dilation, groups } = geometry;
  const padded = padInput(x, geometry);
  const [batch, , height, width] = sizes4(padded.shape);
  const [outChannels, channels, kernelY, kernelX] = sizes4(weight);
  const [, , outHeight, outWidth] = sizes4(gradOutput.shape);
  const perImage = run(conv2dWeightGrad, [gradOutput, padded], {
    shape: [batch, ...weight],
    threads: [channels * kernelY * kernelX, outChannels, batch],
    constants: {
      channels,
      groups,
      outChannels,
      groupSize: outChannels / groups,
      ...windowConstants([kernelY, kernelX], stride, dilation),
      height,
      width,
      outHeight,
      outWidth,
    },
  });
  return reduceMiddle(sumChunk, perImage, [1, batch, sizeOf(weight)]).view(weight);
}

function windowConstants(kernel: Pair, stride: Pair, dilation: Pair): Record<string, number> {
  return {
    kernelY: kernel[0],
    kernelX: kernel[1],
    strideY: stride[0],
    strideX: stride[1],
    dilationY: dilation[0],
    dilationX: dilation[1],
  };
}

function sizes4(shape: Shape): [number, number, number, number] {
  return [at(shape, 0), at(shape, 1), at(shape, 2), at(shape, 3)];
}

function geometryOf(x: Tensor, weight: Tensor, options: Conv2dOptions): Geometry {
  if (x.rank !== 4 || weight.rank !== 4) {
    throw new ShapeError(
      "conv2d",
      `input must be [N, C, H, W] and weight [O, C / groups, KH, KW], got ${formatShape(x.shape)} and ${formatShape(weight.shape)}`,
    );
  }
  const { groups = 1 } = options;
  const stride = pair("conv2d", "stride", options.stride ?? 1, 1);
  const padding = pair("conv2d", "padding", options.padding ?? 0, 0);
  const dilation = pair("conv2d", "dilation", options.dilation ?? 1, 1);
  const [, channels, height, width] = sizes4(x.shape);
  const [outChannels, perGroup, kernelY, kernelX] = sizes4(weight.shape);
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0 || outChannels % groups !== 0) {
    throw new ValueError("conv2d", `groups must divide ${channels} input and ${outChannels} output channels, got ${groups}`);
  }
  if (channels !== perGroup * groups) {
    throw new ShapeError(
      "conv2d",
      `input has ${channels} channels but weight expects ${perGroup * groups} (weight ${formatShape(weight.shape)}, groups ${groups})`,
      { expected: perGroup * groups, actual: channels },
    );
  }
  const out = [
    Math.floor((height + 2 * padding[0] - dilation[0] * (kernelY - 1) - 1) / stride[0]) + 1,
    Math.floor((width + 2 * padding[1] - dilation[1] * (kernelX - 1) - 1) / stride[1]) + 1,
  ] as const;
  if (out[0] < 1 || out[1] < 1) {
    throw new ShapeError(
      "conv2d",
      `the kernel ${kernelY}×${kernelX} (dilation ${dilation.join("×")}) is larger than the input ${height}×${width} ` +
        `with padding ${padding.join("×")}`,
    );
  }
  return { input: x.shape, weight: weight.shape, out, stride, padding, dilation, groups };
}
