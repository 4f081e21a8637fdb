/** Rows of the op table: convolution and pooling of volumes. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { coordinates, elementAt, fill, type Grid, sizeOf } from "../models.js";
import { distinct, type OpRow, type Sample, uniform } from "../row.js";
import { type VolumeWindow, volumeConvModel, volumePoolModel } from "../volume-models.js";
import { type Convolution, sharedErrors } from "./convolutions.js";
import { refusesIntegers } from "./elementwise.js";
import { adaptiveErrors, windowErrors } from "./pooling.js";

type Triple = readonly [number, number, number];

const still: VolumeWindow = { stride: [1, 1, 1], padding: [0, 0, 0], dilation: [1, 1, 1] };

/** A single volume as a batch of one. */
function asBatch({ shape, values }: Grid): Grid {
  return { shape: shape.length === 4 ? [1, ...shape] : shape, values };
}

/** A convolution of these output sizes; windows are where `window` says, or else where the options do. */
function convSample(
  title: string,
  [x, w]: readonly [Shape, Shape],
  out: Triple,
  options: lg.Conv3dOptions = {},
  window: VolumeWindow = { ...still, ...(options as object) },
): Sample {
  return {
    title,
    inputs: [uniform(x), uniform(w), uniform([w[0] as number])],
    call: (...inputs) => lg.conv3d(...(inputs as [Tensor, Tensor, Tensor]), options),
    expected: (...inputs) => {
      const [input, weight, bias] = inputs as [Grid, Grid, Grid];
      const { shape, values } = volumeConvModel(asBatch(input), weight, window, options.groups ?? 1, out);
      const volume = out[0] * out[1] * out[2];
      const biased = values.map((v, i) => v + (bias.values[Math.floor(i / volume) % bias.values.length] as number));
      return { shape: x.length === 4 ? shape.slice(1) : shape, values: biased };
    },
  };
}

const conv3dRow: OpRow = {
  op: "conv3d",
  samples: [
    convSample(
      "plain",
      [
        [2, 2, 3, 4, 3],
        [3, 2, 2, 3, 2],
      ],
      [2, 2, 2],
    ),
    convSample(
      "one volume, strides and padding of their own",
      [
        [2, 5, 4, 5],
        [1, 2, 3, 2, 2],
      ],
      [3, 5, 2],
      {
        stride: [2, 1, 3],
        padding: [1, 1, 0],
      },
    ),
    convSample(
      "dilation, groups",
      [
        [1, 4, 4, 3, 5],
        [6, 2, 2, 2, 2],
      ],
      [2, 2, 1],
      { dilation: [2, 1, 4], groups: 2 },
    ),
    convSample(
      "depthwise",
      [
        [1, 3, 2, 3, 3],
        [3, 1, 2, 2, 1],
      ],
      [1, 2, 3],
      { groups: 3, padding: 0 },
      still,
    ),
    convSample(
      "planes left out by the stride",
      [
        [1, 1, 6, 2, 2],
        [1, 1, 1, 1, 1],
      ],
      [2, 2, 2],
      { stride: [3, 1, 1] },
    ),
    convSample(
      "the same size, where the last plane and column get more",
      [
        [1, 1, 3, 3, 4],
        [2, 1, 2, 3, 2],
      ],
      [3, 3, 4],
      { padding: "same", dilation: [1, 1, 3] },
      { stride: [1, 1, 1], padding: [0, 1, 1], dilation: [1, 1, 3] },
    ),
  ],
  errors: [
    refusesIntegers((x) => lg.conv3d(x, x), [1, 1, 2, 2, 2]),
    ...sharedErrors("conv3d", lg.conv3d as Convolution, [2, 2, 2]),
    {
      title: "refuses images",
      run: () => lg.conv3d(lg.ones([1, 4, 4]), lg.ones([1, 1, 3, 3, 3])),
      type: lg.ShapeError,
      says: ["[N, C, D, H, W] or [C, D, H, W]", "[O, C / groups, KD, KH, KW]", "[1, 4, 4]"],
    },
    {
      title: "refuses a kernel deeper than the input",
      run: () => lg.conv3d(lg.ones([1, 2, 4, 4]), lg.ones([1, 1, 3, 3, 3])),
      type: lg.ShapeError,
      says: ["3×3×3", "2×4×4"],
    },
  ],
};

interface Windows extends Partial<VolumeWindow> {
  readonly kernel: Triple;
  readonly out: Triple;
}

function pooled(x: Grid, windows: Windows, reduce: (inside: number[], all: number) => number): Grid {
  const window = { ...still, stride: windows.kernel, ...windows };
  const { shape, values } = volumePoolModel(asBatch(x), windows.kernel, window, windows.out, reduce);
  return { shape: x.shape.length === 4 ? shape.slice(1) : shape, values };
}

function maxSample(title: string, shape: Shape, options: lg.MaxPool3dOptions, windows: Windows): Sample {
  return {
    title,
    inputs: [distinct(shape)],
    call: (x) => lg.maxPool3d(x as Tensor, options),
    expected: (x) => pooled(x as Grid, windows, (inside) => Math.max(...inside)),
  };
}

const [nan, infinity] = [Number.NaN, Number.POSITIVE_INFINITY];

const maxPool3dRow: OpRow = {
  op: "maxPool3d",
  samples: [
    maxSample("2×2×2", [1, 2, 4, 4, 2], { kernelSize: 2 }, { kernel: [2, 2, 2], out: [2, 2, 1] }),
    maxSample(
      "overlapping, padded, dilated",
      [2, 1, 4, 5, 3],
      { kernelSize: [2, 3, 2], stride: [1, 2, 1], padding: [1, 1, 0], dilation: [2, 1, 1] },
      { kernel: [2, 3, 2], stride: [1, 2, 1], padding: [1, 1, 0], dilation: [2, 1, 1], out: [4, 3, 2] },
    ),
    maxSample(
      "ceil mode, one volume",
      [2, 3, 5, 3],
      { kernelSize: 2, ceilMode: true },
      { kernel: [2, 2, 2], out: [2, 3, 2] },
    ),
  ],
  specials: [
    {
      title: "NaN is the largest, and padding is smaller than −∞",
      inputs: [{ shape: [1, 2, 1, 2], values: [-infinity, nan, -infinity, 3] }],
      call: (x) => lg.maxPool3d(x as Tensor, { kernelSize: [2, 2, 1], padding: [1, 1, 0], stride: [2, 2, 1] }),
      expected: () => [-infinity, nan, -infinity, 3],
    },
  ],
  errors: [
    ...windowErrors(lg.maxPool3d, 3),
    {
      title: "refuses a window that meets nothing but padding",
      run: () => lg.maxPool3d(lg.ones([1, 1, 2, 2]), { kernelSize: [2, 1, 1], padding: [1, 0, 0], dilation: 2 }),
      type: lg.ShapeError,
      says: ["1×2×2", "padding"],
    },
  ],
};

function averageSample(
  title: string,
  shape: Shape,
  options: lg.AvgPool3dOptions,
  windows: Windows,
  divisor: (inside: number[], all: number) => number = (_, all) => all,
): Sample {
  return {
    title,
    inputs: [uniform(shape)],
    call: (x) => lg.avgPool3d(x as Tensor, options),
    expected: (x) =>
      pooled(x as Grid, windows, (inside, all) => inside.reduce((a, b) => a + b, 0) / divisor(inside, all)),
  };
}

const overlapping: Windows = { kernel: [3, 2, 2], stride: [2, 1, 2], padding: [1, 0, 1], out: [2, 3, 2] };
const overlappingOptions = { kernelSize: [3, 2, 2], stride: [2, 1, 2], padding: [1, 0, 1] } as const;

const avgPool3dRow: OpRow = {
  op: "avgPool3d",
  samples: [
    averageSample("2×2×1, one volume", [1, 4, 2, 3], { kernelSize: [2, 2, 1] }, { kernel: [2, 2, 1], out: [2, 1, 3] }),
    averageSample("overlapping, padded", [2, 1, 3, 4, 3], overlappingOptions, overlapping),
    averageSample(
      "padding left out of the count, in ceil mode",
      [1, 2, 4, 4, 3],
      { ...overlappingOptions, countIncludePad: false, ceilMode: true },
      { ...overlapping, out: [3, 3, 2] },
      (inside) => inside.length,
    ),
    averageSample(
      "padding in the count, in ceil mode",
      [1, 1, 4, 4, 4],
      { ...overlappingOptions, ceilMode: true },
      { ...overlapping, out: [3, 3, 3] },
    ),
    averageSample(
      "a divisor given",
      [1, 1, 3, 4, 3],
      { ...overlappingOptions, divisorOverride: 5 },
      overlapping,
      () => 5,
    ),
  ],
  specials: [
    {
      title: "an infinity stays in its windows",
      inputs: [{ shape: [1, 2, 1, 2], values: [infinity, 1, 2, 4] }],
      call: (x) => lg.avgPool3d(x as Tensor, { kernelSize: [1, 1, 2] }),
      expected: () => [infinity, 3],
    },
  ],
  errors: [
    ...windowErrors(lg.avgPool3d, 3),
    {
      title: "refuses a divisor of 0",
      run: () => lg.avgPool3d(lg.ones([1, 2, 2, 2]), { kernelSize: 1, divisorOverride: 0 }),
      type: lg.ValueError,
      says: ["divisorOverride", "0"],
    },
  ],
};

/** A statistic of the cells that overlap with each part of a volume cut evenly: cell y and part i of `n` do where the intervals
 * (y, y + 1) · n and (i, i + 1) · size do. */
function evenly(x: Grid, out: Triple, statistic: (values: number[]) => number): Grid {
  const size = x.shape.slice(2);
  return fill([...x.shape.slice(0, 2), ...out], ([n = 0, c = 0, ...part]) => {
    const cells = Array.from({ length: sizeOf(size) }, (_, k) => coordinates(k, size)).filter((cell) =>
      cell.every((y, axis) => {
        const [cut, i, length] = [out[axis], part[axis], size[axis]] as [number, number, number];
        return (y + 1) * cut > i * length && y * cut < (i + 1) * length;
      }),
    );
    return statistic(cells.map((cell) => elementAt(x, [n, c, ...cell])));
  });
}

const evenSizes = [
  ["all of it", 1, [1, 1, 1]],
  ["sizes that do not divide", [2, 3, 2], [2, 3, 2]],
  ["more planes than there are, rows kept", [5, null, 2], [5, 4, 2]],
] as const;

const adaptiveAvgPool3dRow: OpRow = {
  op: "adaptiveAvgPool3d",
  samples: evenSizes.map(([title, outputSize, out]) => ({
    title,
    inputs: [uniform([2, 1, 3, 4, 5])],
    call: (x) => lg.adaptiveAvgPool3d(x as Tensor, { outputSize }),
    expected: (x) => evenly(x as Grid, out, (values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  })),
  errors: adaptiveErrors(lg.adaptiveAvgPool3d, 3),
};

const adaptiveMaxPool3dRow: OpRow = {
  op: "adaptiveMaxPool3d",
  samples: evenSizes.map(([title, outputSize, out]) => ({
    title,
    inputs: [distinct([2, 1, 3, 4, 5])],
    call: (x) => lg.adaptiveMaxPool3d(x as Tensor, { outputSize }),
    expected: (x) => evenly(x as Grid, out, (values) => Math.max(...values)),
  })),
  specials: [
    {
      title: "NaN is the largest, in every window that holds it",
      inputs: [{ shape: [1, 5, 1, 1], values: [1, Number.NaN, -4, Number.NEGATIVE_INFINITY, -2] }],
      call: (x) => lg.adaptiveMaxPool3d(x as Tensor, { outputSize: [3, 1, 1] }),
      expected: () => [Number.NaN, Number.NaN, -2],
    },
  ],
  errors: adaptiveErrors(lg.adaptiveMaxPool3d, 3),
};

/** Volumes. */
export const volumeRows: readonly OpRow[] = [
  conv3dRow,
  maxPool3dRow,
  avgPool3dRow,
  adaptiveAvgPool3dRow,
  adaptiveMaxPool3dRow,
];
