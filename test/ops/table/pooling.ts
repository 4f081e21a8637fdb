/** Rows of the op table: pooling. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { poolWindows, type Window } from "../models.js";
import { distinct, type ErrorCase, type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { adaptiveWindows, averageModel, largestAt, meansAt } from "../window-models.js";
import { refusesIntegers } from "./elementwise.js";

type Pair = readonly [number, number];
type Pool<Options> = (x: Tensor, options: Options) => Tensor;

/** Windows of a sample, written out. */
interface Windows {
  readonly kernel: Pair;
  readonly stride?: Pair;
  readonly padding?: Pair;
  readonly dilation?: Pair;
  /** Rows and columns of the output. */
  readonly out: Pair;
}

function windowOf({ kernel, stride = kernel, padding = [0, 0], dilation = [1, 1] }: Windows): Window {
  return { stride, padding, dilation };
}

/** An input as a batch of images: a missing batch axis or row axis gets size 1. */
function asImages({ shape, values }: SampleInput, axes: 1 | 2): SampleInput {
  const lead = shape.slice(0, -axes);
  const planes = axes === 1 ? [1, ...shape.slice(-1)] : shape.slice(-2);
  return { shape: [...(lead.length === 1 ? [1] : []), ...lead, ...planes], values };
}

function maxSample(title: string, shape: Shape, options: lg.MaxPool2dOptions, windows: Windows): Sample {
  return {
    title,
    inputs: [distinct(shape)],
    call: (x) => lg.maxPool2d(x as Tensor, options),
    expected: (x) => {
      const images = asImages(x as SampleInput, 2);
      return largestAt(
        images.values,
        poolWindows(images.shape, windows.kernel, windowOf(windows), windows.out).windows,
      );
    },
  };
}

type Divisor = number | "all" | "inside";

function averageSample(
  title: string,
  shape: Shape,
  options: lg.AvgPool2dOptions,
  windows: Windows,
  divisor: Divisor = "all",
): Sample {
  return {
    title,
    inputs: [uniform(shape)],
    call: (x) => lg.avgPool2d(x as Tensor, options),
    expected: (x) =>
      averageModel(asImages(x as SampleInput, 2), windows.kernel, windowOf(windows), windows.out, divisor),
  };
}

const planes = [2, 2, 5, 6];

/** What every pooling over windows refuses, on an input [2, 6, …]. */
export function windowErrors(pool: Pool<{ kernelSize: number }>, axes: 1 | 2 | 3): ErrorCase[] {
  const input = () => lg.ones([2, ...new Array<number>(axes).fill(6)]);
  const refuses = (title: string, options: unknown, says: readonly string[]): ErrorCase => ({
    title: `refuses ${title}`,
    run: () => pool(input(), options as { kernelSize: number }),
    type: lg.ValueError,
    says,
  });
  return [
    refusesIntegers((x) => pool(x, { kernelSize: 1 }), [1, 1, ...new Array<number>(axes).fill(2)]),
    refuses("a window of 0", { kernelSize: 0 }, ["kernelSize", "0"]),
    refuses("a window without a size", {}, ["kernelSize", "undefined"]),
    refuses("a number in place of options", 2, ["options", "2"]),
    refuses("a negative stride", { kernelSize: 2, stride: -1 }, ["stride", "-1"]),
    refuses("negative padding", { kernelSize: 2, padding: -1 }, ["padding", "-1"]),
    refuses("padding beyond half the window", { kernelSize: 3, padding: 2 }, ["padding", "2", "3"]),
    {
      title: "refuses a window beyond the input",
      run: () => pool(input(), { kernelSize: 7 }),
      type: lg.ShapeError,
      says: ["7", "6"],
    },
    {
      title: "refuses a scalar",
      run: () => pool(lg.tensor(1), { kernelSize: 1 }),
      type: lg.ShapeError,
      says: ["[]", { 1: "[N, C, L]", 2: "[N, C, H, W]", 3: "[N, C, D, H, W]" }[axes]],
    },
    {
      title: "refuses an axis too many",
      run: () => pool(lg.ones([1, 1, 1, ...new Array<number>(axes).fill(2)]), { kernelSize: 1 }),
      type: lg.ShapeError,
      says: ["1, 1, "],
    },
  ];
}

const maxRows: readonly OpRow[] = [
  {
    op: "maxPool2d",
    samples: [
      maxSample("2×2", [1, 2, 4, 4], { kernelSize: 2 }, { kernel: [2, 2], out: [2, 2] }),
      maxSample(
        "overlapping, padded",
        planes,
        { kernelSize: 3, stride: 2, padding: 1 },
        { kernel: [3, 3], stride: [2, 2], padding: [1, 1], out: [3, 3] },
      ),
      maxSample(
        "dilated, rectangular",
        planes,
        { kernelSize: [2, 3], stride: 1, dilation: [2, 1] },
        { kernel: [2, 3], stride: [1, 1], dilation: [2, 1], out: [3, 4] },
      ),
      maxSample("ceil mode, one image", [2, 5, 5], { kernelSize: 2, ceilMode: true }, { kernel: [2, 2], out: [3, 3] }),
    ],
    errors: [
      ...windowErrors(lg.maxPool2d, 2),
      {
        title: "refuses a window that meets nothing but padding",
        run: () => lg.maxPool2d(lg.ones([1, 1, 1, 1]), { kernelSize: 2, padding: 1, dilation: 2 }),
        type: lg.ShapeError,
        says: ["1×1", "padding"],
      },
      {
        title: "refuses a dilation of 0",
        run: () => lg.maxPool2d(lg.ones([1, 4, 4]), { kernelSize: 2, dilation: [1, 0] }),
        type: lg.ValueError,
        says: ["dilation", "[1, 0]"],
      },
    ],
  },
  {
    op: "maxPool1d",
    samples: [
      {
        title: "dilated, padded, in ceil mode",
        inputs: [distinct([2, 3, 8])],
        call: (x) => lg.maxPool1d(x as Tensor, { kernelSize: 3, stride: [2], padding: 1, dilation: 2, ceilMode: true }),
        expected: (x) => {
          const window: Window = { stride: [1, 2], padding: [0, 1], dilation: [1, 2] };
          return largestAt(x.values, poolWindows(asImages(x, 1).shape, [1, 3], window, [1, 4]).windows);
        },
      },
      {
        title: "one sequence",
        inputs: [distinct([2, 7])],
        call: (x) => lg.maxPool1d(x as Tensor, { kernelSize: [2] }),
        expected: (x) => {
          const window: Window = { stride: [1, 2], padding: [0, 0], dilation: [1, 1] };
          return largestAt(x.values, poolWindows(asImages(x, 1).shape, [1, 2], window, [1, 3]).windows);
        },
      },
    ],
    errors: windowErrors(lg.maxPool1d, 1),
  },
];

const averageRows: readonly OpRow[] = [
  {
    op: "avgPool2d",
    samples: [
      averageSample("2×2", [1, 2, 4, 4], { kernelSize: 2 }, { kernel: [2, 2], out: [2, 2] }),
      averageSample(
        "overlapping, padded",
        planes,
        { kernelSize: 3, stride: 2, padding: 1 },
        { kernel: [3, 3], stride: [2, 2], padding: [1, 1], out: [3, 3] },
      ),
      averageSample(
        "padding left out of the count, in ceil mode",
        planes,
        { kernelSize: 3, stride: 2, padding: 1, countIncludePad: false, ceilMode: true },
        { kernel: [3, 3], stride: [2, 2], padding: [1, 1], out: [3, 4] },
        "inside",
      ),
      averageSample(
        "a divisor given, one image with rows left out",
        [2, 7, 5],
        { kernelSize: [2, 3], stride: [3, 1], padding: [1, 0], divisorOverride: 4 },
        { kernel: [2, 3], stride: [3, 1], padding: [1, 0], out: [3, 3] },
        4,
      ),
      averageSample(
        "padding in the count, in ceil mode",
        planes,
        { kernelSize: [2, 3], stride: [2, 2], padding: [0, 1], ceilMode: true },
        { kernel: [2, 3], stride: [2, 2], padding: [0, 1], out: [3, 4] },
      ),
    ],
    specials: [
      {
        title: "an infinity and a NaN stay in their windows",
        inputs: [{ shape: [1, 2, 4], values: [Number.POSITIVE_INFINITY, 1, 2, 4, 1, 1, 6, Number.NaN] }],
        call: (x) => lg.avgPool2d(x as Tensor, { kernelSize: [1, 2] }),
        expected: () => [Number.POSITIVE_INFINITY, 3, 1, Number.NaN],
      },
    ],
    errors: [
      ...windowErrors(lg.avgPool2d, 2),
      {
        title: "refuses a divisor of 0",
        run: () => lg.avgPool2d(lg.ones([1, 2, 2]), { kernelSize: 1, divisorOverride: 0 }),
        type: lg.ValueError,
        says: ["divisorOverride", "0"],
      },
    ],
  },
  {
    op: "avgPool1d",
    samples: [
      {
        title: "padding left out of the count",
        inputs: [uniform([2, 2, 7])],
        call: (x) => lg.avgPool1d(x as Tensor, { kernelSize: 3, stride: 2, padding: 1, countIncludePad: false }),
        expected: (x) => {
          const window: Window = { stride: [1, 2], padding: [0, 1], dilation: [1, 1] };
          return averageModel(asImages(x, 1), [1, 3], window, [1, 4], "inside");
        },
      },
      {
        title: "one sequence, in ceil mode",
        inputs: [uniform([2, 7])],
        call: (x) => lg.avgPool1d(x as Tensor, { kernelSize: [3], ceilMode: true }),
        expected: (x) => {
          const window: Window = { stride: [1, 3], padding: [0, 0], dilation: [1, 1] };
          return averageModel(asImages(x, 1), [1, 3], window, [1, 3], "all");
        },
      },
    ],
    errors: windowErrors(lg.avgPool1d, 1),
  },
];

type AdaptiveOptions = { readonly outputSize: number };

/** What every adaptive pooling refuses. */
export function adaptiveErrors(pool: Pool<AdaptiveOptions>, axes: 1 | 2 | 3): ErrorCase[] {
  const shape = [1, ...new Array<number>(axes).fill(4)];
  const refuses = (title: string, options: unknown, says: readonly string[]): ErrorCase => ({
    title: `refuses ${title}`,
    run: () => pool(lg.ones(shape), options as AdaptiveOptions),
    type: lg.ValueError,
    says,
  });
  return [
    refusesIntegers((x) => pool(x, { outputSize: 1 }), shape),
    refuses("an output of 0", { outputSize: 0 }, ["outputSize", "0"]),
    refuses("no output size", {}, ["outputSize", "undefined"]),
    refuses("four output sizes", { outputSize: [1, 1, 1, 1] }, ["outputSize", "[1, 1, 1, 1]"]),
    refuses("a number in place of options", 3, ["options", "3"]),
    { title: "refuses a vector", run: () => pool(lg.ones([3]), { outputSize: 1 }), type: lg.ShapeError, says: ["[3]"] },
  ];
}

const adaptiveRows: readonly OpRow[] = [
  {
    op: "adaptiveAvgPool2d",
    samples: (
      [
        ["all of it", 1, [1, 1]],
        ["sizes that do not divide", [3, 4], [3, 4]],
        ["more rows than there are, columns kept", [7, null], [7, 6]],
      ] as const
    ).map(([title, outputSize, out]) => ({
      title,
      inputs: [uniform(planes)],
      call: (x) => lg.adaptiveAvgPool2d(x as Tensor, { outputSize }),
      expected: (x) => meansAt(x?.values ?? [], adaptiveWindows(planes, out)),
    })),
    specials: [
      {
        title: "an infinity stays in its windows",
        inputs: [{ shape: [1, 1, 5], values: [1, 3, Number.POSITIVE_INFINITY, 2, 2] }],
        call: (x) => lg.adaptiveAvgPool2d(x as Tensor, { outputSize: [1, 3] }),
        expected: () => [2, Number.POSITIVE_INFINITY, 2],
      },
    ],
    errors: adaptiveErrors(lg.adaptiveAvgPool2d, 2),
  },
  {
    op: "adaptiveAvgPool1d",
    samples: [
      {
        title: "sizes that do not divide",
        inputs: [uniform([2, 1, 7])],
        call: (x) => lg.adaptiveAvgPool1d(x as Tensor, { outputSize: [3] }),
        expected: (x) => meansAt(x.values, adaptiveWindows([2, 1, 1, 7], [1, 3])),
      },
    ],
    errors: adaptiveErrors(lg.adaptiveAvgPool1d, 1),
  },
  {
    op: "adaptiveMaxPool1d",
    samples: (
      [
        ["all of it", [2, 3, 7], 1],
        ["windows that overlap", [2, 7], 4],
        ["more columns than there are", [1, 2, 4], 6],
      ] as const
    ).map(([title, shape, outputSize]) => ({
      title,
      inputs: [distinct(shape)],
      call: (x) => lg.adaptiveMaxPool1d(x as Tensor, { outputSize }),
      expected: (x) => {
        const { values = [] } = x ?? {};
        const length = shape.at(-1) as number;
        return Array.from({ length: (values.length / length) * outputSize }, (_, i) => {
          const [row, k] = [Math.floor(i / outputSize) * length, i % outputSize];
          const [from, to] = [Math.floor((k * length) / outputSize), Math.ceil(((k + 1) * length) / outputSize)];
          return Math.max(...values.slice(row + from, row + to));
        });
      },
    })),
    errors: adaptiveErrors(lg.adaptiveMaxPool1d, 1),
  },
  {
    op: "adaptiveMaxPool2d",
    samples: (
      [
        ["all of it", 1, [1, 1]],
        ["windows that overlap", [3, 4], [3, 4]],
        ["more rows than there are, columns kept", [7, null], [7, 6]],
      ] as const
    ).map(([title, outputSize, out]) => ({
      title,
      inputs: [distinct(planes)],
      call: (x) => lg.adaptiveMaxPool2d(x as Tensor, { outputSize }),
      expected: (x) => largestAt(x?.values ?? [], adaptiveWindows(planes, out)),
    })),
    specials: [
      {
        title: "NaN is the largest, in every window that holds it",
        inputs: [{ shape: [1, 1, 5], values: [1, Number.NaN, -4, Number.NEGATIVE_INFINITY, -2] }],
        call: (x) => lg.adaptiveMaxPool2d(x as Tensor, { outputSize: [1, 3] }),
        expected: () => [Number.NaN, Number.NaN, -2],
      },
    ],
    errors: adaptiveErrors(lg.adaptiveMaxPool2d, 2),
  },
];

export const poolingRows: readonly OpRow[] = [...maxRows, ...averageRows, ...adaptiveRows];
