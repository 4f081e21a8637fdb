/** Tests of the SIMD convolutions against the portable kernels. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Launch } from "../../../src/device/device.js";
import { conv2d, conv2dWeightGrad, conv2dWidth3 } from "../../../src/kernels/conv2d.js";
import { expectSums, numbers, runSimd } from "./products.js";

interface Convolution {
  readonly images: number;
  readonly groups: number;
  /** Of a group. */
  readonly channels: number;
  readonly outChannels: number;
  readonly kernel: readonly [y: number, x: number];
  readonly out: readonly [y: number, x: number];
  readonly stride?: readonly [y: number, x: number];
  readonly dilation?: readonly [y: number, x: number];
  /** Rows and columns of the padded input that no window reaches. */
  readonly spare?: readonly [y: number, x: number];
}

/** Rows and columns of the padded input. */
function inputSize({ kernel, out, stride = [1, 1], dilation = [1, 1], spare = [0, 0] }: Convolution): [number, number] {
  const along = (axis: 0 | 1) => (out[axis] - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] + 1 + spare[axis];
  return [along(0), along(1)];
}

function forward(convolution: Convolution): Launch {
  const { images, groups, channels, outChannels, kernel, out, stride = [1, 1], dilation = [1, 1] } = convolution;
  const [height, width] = inputSize(convolution);
  return {
    kernel: kernel[1] === 3 ? conv2dWidth3 : conv2d,
    threads: [out[0] * out[1], groups * outChannels, images],
    constants: {
      ...{ channels, groupSize: outChannels, kernelY: kernel[0], kernelX: kernel[1], outWidth: out[1] },
      ...{ strideX: stride[1], dilationX: dilation[1], rowStride: stride[0] * width },
      ...{ image: groups * channels * height * width, plane: height * width },
      stepY: dilation[0] * width - kernel[1] * dilation[1],
      stepC: (height - kernel[0] * dilation[0]) * width,
    },
  };
}

/** @param chunk images that are summed */
function weightGradient(convolution: Convolution, chunk: number): Launch {
  const { images, groups, channels, outChannels, kernel, out, stride = [1, 1], dilation = [1, 1] } = convolution;
  const [height, width] = inputSize(convolution);
  const image = groups * channels * height * width;
  return {
    kernel: conv2dWeightGrad,
    threads: [channels * kernel[0] * kernel[1], groups * outChannels, images / chunk],
    constants: {
      ...{ channels, groupSize: outChannels, kernelY: kernel[0], kernelX: kernel[1], images: chunk },
      ...{ outChannels: groups * outChannels, outHeight: out[0], outWidth: out[1] },
      ...{ strideX: stride[1], dilationX: dilation[1], rowDilation: dilation[0] * width },
      ...{ quads: Math.floor(out[1] / 4), rest: out[1] % 4, image, plane: height * width },
      ...{ stepRow: stride[0] * width - out[1] * stride[1], stepImage: image - out[0] * stride[0] * width },
    },
  };
}

function operands(convolution: Convolution): { x: Float32Array; weight: Float32Array; gradOutput: Float32Array } {
  const { images, groups, channels, outChannels, kernel, out } = convolution;
  const [height, width] = inputSize(convolution);
  return {
    x: numbers(images * groups * channels * height * width, channels),
    weight: numbers(groups * outChannels * channels * kernel[0] * kernel[1], outChannels),
    gradOutput: numbers(images * groups * outChannels * out[0] * out[1], images),
  };
}

/** Puts NaN and Infinity at places that are in the midst of a plane, not at its corner. */
function withSpecials(x: Float32Array): Float32Array {
  x[Math.floor(0.517 * x.length)] = Number.NaN;
  x[Math.floor(0.271 * x.length)] = Number.POSITIVE_INFINITY;
  return x;
}

const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

const convolutions = fc.record({
  images: fc.integer({ min: 1, max: 3 }),
  groups: fc.constantFrom(1, 1, 2, 3),
  channels: fc.integer({ min: 1, max: 5 }),
  outChannels: fc.constantFrom(1, 1, 2, 3, 4, 5, 7, 9),
  kernel: fc.oneof(fc.constantFrom([1, 1] as const, [3, 3] as const), pair(1, 5)),
  out: pair(1, 13),
  stride: fc.oneof(fc.constant([1, 1] as const), pair(1, 6)),
  dilation: fc.oneof(fc.constant([1, 1] as const), pair(1, 3)),
  spare: fc.oneof(fc.constant([0, 0] as const), pair(0, 2)),
});

/** Beyond what a unit, a tile or a part of a sum has. */
const large: Convolution[] = [
  { images: 2, groups: 1, channels: 16, outChannels: 16, kernel: [3, 3], out: [32, 32] },
  { images: 1, groups: 1, channels: 300, outChannels: 9, kernel: [3, 3], out: [4, 8] },
  { images: 2, groups: 1, channels: 11, outChannels: 9, kernel: [3, 3], out: [6, 14] },
  { images: 3, groups: 1, channels: 67, outChannels: 29, kernel: [3, 3], out: [7, 7] },
  { images: 1, groups: 1, channels: 64, outChannels: 53, kernel: [1, 1], out: [5, 7] },
  { images: 2, groups: 1, channels: 3, outChannels: 10, kernel: [7, 7], out: [17, 19], stride: [2, 2] },
  { images: 2, groups: 1, channels: 3, outChannels: 5, kernel: [11, 11], out: [6, 6], stride: [4, 4] },
  { images: 2, groups: 8, channels: 1, outChannels: 1, kernel: [3, 3], out: [16, 37] },
  { images: 3, groups: 5, channels: 2, outChannels: 1, kernel: [3, 3], out: [20, 24], stride: [2, 2] },
  { images: 2, groups: 5, channels: 1, outChannels: 1, kernel: [3, 3], out: [9, 9], stride: [2, 2], spare: [1, 1] },
  { images: 11, groups: 2, channels: 9, outChannels: 6, kernel: [2, 2], out: [1, 1] },
  { images: 7, groups: 1, channels: 40, outChannels: 6, kernel: [3, 3], out: [3, 3], stride: [2, 2] },
  { images: 1, groups: 1, channels: 1, outChannels: 1, kernel: [17, 17], out: [5, 30] },
];

/** What Winograd's algorithm does: planes of even sizes, and more than a few channels. */
const deep = fc.record({
  images: fc.integer({ min: 1, max: 3 }),
  groups: fc.constantFrom(1, 1, 2),
  channels: fc.integer({ min: 8, max: 21 }),
  outChannels: fc.integer({ min: 8, max: 15 }),
  kernel: fc.constant([3, 3] as const),
  out: fc.tuple(fc.constantFrom(2, 6, 8, 10), fc.constantFrom(8, 10, 12, 14, 16, 18, 24, 28)),
  spare: fc.oneof(fc.constant([0, 0] as const), pair(0, 2)),
  // Windows of every other row are windows of neighbouring rows in planes of twice the width.
  rows: fc.constantFrom(1, 1, 2),
});

/** What Winograd's algorithm does for the weight, and planes of odd sizes. */
const deepGradients = fc.record({
  images: fc.integer({ min: 2, max: 5 }),
  groups: fc.constantFrom(1, 1, 2),
  channels: fc.oneof(fc.constant(8), fc.integer({ min: 13, max: 24 })),
  outChannels: fc.integer({ min: 8, max: 19 }),
  kernel: fc.constant([3, 3] as const),
  out: fc.oneof(fc.constantFrom([8, 8] as const, [4, 10] as const, [6, 14] as const, [32, 2] as const), pair(5, 12)),
  spare: fc.oneof(fc.constant([0, 0] as const), pair(0, 2)),
  rows: fc.constantFrom(1, 1, 2),
  chunks: fc.constantFrom(1, 2, 3),
});

/** Beyond what a unit and a part of a sum have, with parts and blocks of channels of unequal sizes. */
const largeGradients: Convolution[] = [
  { images: 2, groups: 1, channels: 67, outChannels: 70, kernel: [3, 3], out: [6, 6] },
  { images: 2, groups: 2, channels: 64, outChannels: 65, kernel: [3, 3], out: [4, 10] },
  { images: 5, groups: 1, channels: 15, outChannels: 14, kernel: [3, 3], out: [10, 40] },
  { images: 1, groups: 1, channels: 16, outChannels: 13, kernel: [3, 3], out: [4, 512] },
  { images: 1, groups: 1, channels: 14, outChannels: 13, kernel: [3, 3], out: [2, 514] },
];

describe("conv2d on simd", () => {
  const check = (convolution: Convolution) => {
    const { x, weight } = operands(convolution);
    expectSums(forward(convolution), [x, weight]);
  };

  it("is the portable kernel's for all sizes, strides, dilations and groups", () => {
    fc.assert(fc.property(convolutions, check), { numRuns: 400 });
  });

  it("is the portable kernel's for deep planes of even sizes", () => {
    const rows = deep.map(({ rows, ...c }): Convolution => ({ ...c, stride: [rows, 1], dilation: [rows, 1] }));
    fc.assert(fc.property(rows, check), { numRuns: 100 });
  });

  it("gives NaN and Infinity where the portable kernel does, in deep planes of even sizes", () => {
    const infect = (c: Convolution) => {
      const { x, weight } = operands(c);
      expectSums(forward(c), [withSpecials(x), weight]);
    };
    fc.assert(
      fc.property(
        deep.map(({ rows: _, ...c }) => c),
        infect,
      ),
      { numRuns: 100 },
    );
  });

  it.each(large)("is right for many terms and pixels: $groups × $channels → $outChannels, $kernel to $out", check);

  it.each(large)(
    "gives NaN and Infinity where the portable kernel does: $groups × $channels → $outChannels, $kernel to $out",
    (c) => {
      const { x, weight } = operands(c);
      expectSums(forward(c), [withSpecials(x), weight]);
    },
  );
});

describe("conv2dWeightGrad on simd", () => {
  const check = (convolution: Convolution, chunk = convolution.images) => {
    const { x, gradOutput } = operands(convolution);
    expectSums(weightGradient(convolution, chunk), [gradOutput, x]);
  };

  it("is the portable kernel's for all sizes, strides, dilations and groups", () => {
    const chunked = fc.tuple(convolutions, fc.constantFrom(1, 2));
    fc.assert(
      fc.property(chunked, ([c, chunks]) => check({ ...c, images: c.images * chunks }, c.images)),
      { numRuns: 400 },
    );
  });

  it("is the portable kernel's for deep planes, chunk by chunk", () => {
    const chunked = deepGradients.map(({ rows, chunks, ...c }): [Convolution, number] => [
      { ...c, images: c.images * chunks, stride: [rows, 1], dilation: [rows, 1] },
      c.images,
    ]);
    fc.assert(
      fc.property(chunked, ([c, chunk]) => check(c, chunk)),
      { numRuns: 150 },
    );
  });

  it.each([...large, ...largeGradients])(
    "is right for many terms and pixels: $groups × $channels → $outChannels, $kernel to $out",
    (c) => check(c),
  );

  it.each([...large, ...largeGradients])(
    "gives NaN and Infinity where the portable kernel does: $groups × $channels → $outChannels, $kernel to $out",
    (c) => {
      const { x, gradOutput } = operands(c);
      expectSums(weightGradient(c, c.images), [gradOutput, withSpecials(x.slice())]);
      expectSums(weightGradient(c, c.images), [withSpecials(gradOutput), x]);
    },
  );

  it("is finite where only a sum of neighbours would not be", () => {
    const c: Convolution = { images: 2, groups: 1, channels: 16, outChannels: 8, kernel: [3, 3], out: [6, 10] };
    const { x, gradOutput } = operands(c);
    const huge = (v: number) => 1.6e38 * v;
    const tiny = (v: number) => 1e-30 * v;
    expectSums(weightGradient(c, 2), [gradOutput.map(tiny), x.map(huge)]);
    expectSums(weightGradient(c, 2), [gradOutput.map(huge), x.map(tiny)]);
  });

  it("gives the same bits again", () => {
    const c = largeGradients[0] as Convolution;
    const { x, gradOutput } = operands(c);
    const bits = () => new Uint32Array(runSimd(weightGradient(c, c.images), [gradOutput, x]).buffer);
    expect(bits()).toEqual(bits());
  });
});
