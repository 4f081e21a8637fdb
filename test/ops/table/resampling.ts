/** Rows of the op table: unfold, fold, interpolate. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import type { Grid, Window } from "../models.js";
import { type ErrorCase, type OpRow, type Sample, uniform } from "../row.js";
import {
  adaptiveWindows,
  cubic,
  foldModel,
  hat,
  interpolateModel,
  meansAt,
  unfoldModel,
  type Weight,
} from "../window-models.js";
import { refusesIntegers } from "./elementwise.js";

const plain: Window = { stride: [1, 1], padding: [0, 0], dilation: [1, 1] };
const mixed: Window = { stride: [2, 1], padding: [1, 2], dilation: [1, 2] };
const turned: Window = { stride: [1, 2], padding: [2, 1], dilation: [2, 1] };

/** What unfold and fold both refuse. */
function windowErrors(call: (options: object) => Tensor): ErrorCase[] {
  const refuses = (title: string, options: unknown, says: readonly string[]): ErrorCase => ({
    title: `refuses ${title}`,
    run: () => call(options as object),
    type: lg.ValueError,
    says,
  });
  return [
    refuses("a window of 0", { kernelSize: [1, 0] }, ["kernelSize", "[1, 0]"]),
    refuses("a window without a size", { kernelSize: undefined }, ["kernelSize", "undefined"]),
    refuses("a stride of 0", { kernelSize: 2, stride: 0 }, ["stride", "0"]),
    refuses("a dilation of 0", { kernelSize: 2, dilation: 0 }, ["dilation", "0"]),
    refuses("negative padding", { kernelSize: 2, padding: -1 }, ["padding", "-1"]),
    {
      title: "refuses a window beyond the plane",
      run: () => call({ kernelSize: 3, dilation: 2 }),
      type: lg.ShapeError,
      says: ["3×3", "dilation 2×2", "4×4"],
    },
  ];
}

const foldRows: readonly OpRow[] = [
  {
    op: "unfold",
    samples: [
      {
        title: "2×2 windows",
        inputs: [uniform([2, 2, 3, 4])],
        call: (x) => lg.unfold(x as Tensor, { kernelSize: 2 }),
        expected: (x) => unfoldModel(x, [2, 2], plain).values,
      },
      {
        title: "rectangular everything",
        inputs: [uniform([1, 2, 4, 5])],
        call: (x) => lg.unfold(x as Tensor, { kernelSize: [3, 2], ...mixed }),
        expected: (x) => unfoldModel(x, [3, 2], mixed).values,
      },
      {
        title: "rectangular the other way round",
        inputs: [uniform([1, 2, 5, 4])],
        call: (x) => lg.unfold(x as Tensor, { kernelSize: [2, 3], ...turned }),
        expected: (x) => unfoldModel(x, [2, 3], turned).values,
      },
      {
        title: "one image, with gaps between the windows",
        inputs: [uniform([2, 5, 4])],
        call: (x) => lg.unfold(x as Tensor, { kernelSize: [1, 2], stride: 3 }),
        expected: (x) => unfoldModel({ ...x, shape: [1, 2, 5, 4] }, [1, 2], { ...plain, stride: [3, 3] }).values,
      },
    ],
    specials: [
      {
        title: "NaN and infinities stay in their places, the padding is 0",
        inputs: [{ shape: [1, 1, 2], values: [Number.NaN, Number.NEGATIVE_INFINITY] }],
        call: (x) => lg.unfold(x as Tensor, { kernelSize: [1, 2], padding: [0, 1] }),
        expected: () => [0, Number.NaN, Number.NEGATIVE_INFINITY, Number.NaN, Number.NEGATIVE_INFINITY, 0],
      },
    ],
    errors: [
      ...windowErrors((options) => lg.unfold(lg.ones([1, 4, 4]), options as lg.UnfoldOptions)),
      refusesIntegers((x) => lg.unfold(x, { kernelSize: 1 }), [1, 2, 2]),
      {
        title: "refuses a matrix",
        run: () => lg.unfold(lg.ones([3, 3]), { kernelSize: 1 }),
        type: lg.ShapeError,
        says: ["[3, 3]"],
      },
      {
        title: "refuses a number in place of options",
        run: () => lg.unfold(lg.ones([1, 3, 3]), 2 as unknown as lg.UnfoldOptions),
        type: lg.ValueError,
        says: ["options", "2"],
      },
    ],
  },
  {
    op: "fold",
    samples: [
      {
        title: "2×2 windows",
        inputs: [uniform([2, 8, 6])],
        call: (x) => lg.fold(x as Tensor, { outputSize: [3, 4], kernelSize: 2 }),
        expected: (x) => foldModel(x, 2, [3, 4], [2, 2], plain).values,
      },
      {
        title: "rectangular everything",
        inputs: [uniform([1, 12, 14])],
        call: (x) => lg.fold(x as Tensor, { outputSize: [4, 5], kernelSize: [3, 2], ...mixed }),
        expected: (x) => foldModel(x, 2, [4, 5], [3, 2], mixed).values,
      },
      {
        title: "rectangular the other way round",
        inputs: [uniform([1, 12, 14])],
        call: (x) => lg.fold(x as Tensor, { outputSize: [5, 4], kernelSize: [2, 3], ...turned }),
        expected: (x) => foldModel(x, 2, [5, 4], [2, 3], turned).values,
      },
      {
        title: "one image, with gaps between the windows",
        inputs: [uniform([4, 2])],
        call: (x) => lg.fold(x as Tensor, { outputSize: [5, 4], kernelSize: [1, 2], stride: 3 }),
        expected: (x) => foldModel({ ...x, shape: [1, 4, 2] }, 2, [5, 4], [1, 2], { ...plain, stride: [3, 3] }).values,
      },
    ],
    errors: [
      ...windowErrors((options) => lg.fold(lg.ones([1, 4, 9]), { outputSize: 4, ...options } as lg.FoldOptions)),
      refusesIntegers((x) => lg.fold(x, { outputSize: 2, kernelSize: 1 }), [1, 1, 4]),
      {
        title: "refuses images",
        run: () => lg.fold(lg.ones([1, 1, 3, 3]), { outputSize: 3, kernelSize: 1 }),
        type: lg.ShapeError,
        says: ["[1, 1, 3, 3]"],
      },
      {
        title: "refuses another number of windows",
        run: () => lg.fold(lg.ones([1, 4, 8]), { outputSize: [4, 4], kernelSize: 2 }),
        type: lg.ShapeError,
        says: ["4×4", "3×3 = 9", "8"],
      },
      {
        title: "refuses columns of part of a window",
        run: () => lg.fold(lg.ones([1, 6, 9]), { outputSize: 4, kernelSize: 2 }),
        type: lg.ShapeError,
        says: ["multiple of the 4", "2×2", "6"],
      },
      {
        title: "refuses an output of 0",
        run: () => lg.fold(lg.ones([1, 4, 9]), { outputSize: [4, 0], kernelSize: 2 }),
        type: lg.ValueError,
        says: ["outputSize", "[4, 0]"],
      },
    ],
  },
];

/** Where output i of an axis reads, from the ratio of the sizes. */
type Place = (i: number, size: number, out: number) => number;

const halfPixel: Place = (i, size, out) => ((i + 0.5) * size) / out - 0.5;
const inside: Place = (i, size, out) => Math.min(Math.max(halfPixel(i, size, out), 0), size - 1);
const aligned: Place = (i, size, out) => (out === 1 ? 0 : (i * (size - 1)) / (out - 1));
const cell: Place = (i, size, out) => Math.floor((i * size) / out);
const middleCell: Place = (i, size, out) => Math.floor(((2 * i + 1) * size) / (2 * out));

function resized(
  title: string,
  shape: Shape,
  out: readonly number[],
  options: lg.InterpolateOptions,
  weight: Weight,
  place: Place,
): Sample {
  return {
    title,
    inputs: [uniform(shape)],
    call: (x) => lg.interpolate(x as Tensor, options),
    expected: (x) =>
      interpolateModel(x as Grid, out, weight, (i, axis) => place(i, shape[axis + 2] as number, out[axis] as number))
        .values,
  };
}

const image = [1, 2, 3, 4];

/** Distances of output cells by the scale factor itself, where the output size had to be rounded. */
const byFactor =
  (factor: number): Place =>
  (i, size) =>
    Math.min(Math.max((i + 0.5) / factor - 0.5, 0), size - 1);

const interpolateRow: OpRow = {
  op: "interpolate",
  samples: [
    resized("nearest, twice the size", image, [6, 8], { scaleFactor: 2 }, hat, cell),
    resized("nearest, to other sizes", [1, 2, 5, 3], [3, 7], { size: [3, 7] }, hat, cell),
    resized("nearest, a sequence by a fraction", [2, 1, 7], [3], { scaleFactor: 0.5 }, hat, (i) => 2 * i),
    resized("nearest, a volume", [1, 1, 2, 3, 2], [3, 3, 3], { size: 3 }, hat, cell),
    resized("nearest-exact", [1, 1, 5, 3], [3, 4], { size: [3, 4], mode: "nearest-exact" }, hat, middleCell),
    resized("linear", [2, 1, 5], [8], { size: 8, mode: "linear" }, hat, inside),
    resized("bilinear", image, [5, 7], { size: [5, 7], mode: "bilinear" }, hat, inside),
    resized("bilinear, smaller", [1, 1, 6, 5], [2, 3], { size: [2, 3], mode: "bilinear" }, hat, inside),
    resized("bilinear, aligned", image, [5, 1], { size: [5, 1], mode: "bilinear", alignCorners: true }, hat, aligned),
    resized("bilinear, by 1.7", image, [5, 6], { scaleFactor: 1.7, mode: "bilinear" }, hat, byFactor(1.7)),
    resized(
      "bilinear, by factors, recomputed from the sizes",
      image,
      [5, 10],
      { scaleFactor: [1.7, 2.6], mode: "bilinear", recomputeScaleFactor: true },
      hat,
      inside,
    ),
    resized("trilinear", [1, 1, 2, 3, 2], [3, 2, 4], { size: [3, 2, 4], mode: "trilinear" }, hat, inside),
    resized("bicubic", image, [5, 7], { size: [5, 7], mode: "bicubic" }, cubic, halfPixel),
    resized("bicubic, aligned", image, [7, 3], { size: [7, 3], mode: "bicubic", alignCorners: true }, cubic, aligned),
    {
      title: "area is adaptiveAvgPool2d",
      inputs: [uniform([1, 2, 5, 6])],
      call: (x) => lg.interpolate(x as Tensor, { size: [3, 4], mode: "area" }),
      expected: (x) => meansAt(x.values, adaptiveWindows(x.shape, [3, 4])),
    },
  ],
  specials: [
    {
      title: "nearest keeps NaN and infinities in their cells",
      inputs: [{ shape: [1, 1, 3], values: [Number.NaN, 1, Number.POSITIVE_INFINITY] }],
      call: (x) => lg.interpolate(x as Tensor, { size: 4 }),
      expected: () => [Number.NaN, Number.NaN, 1, Number.POSITIVE_INFINITY],
    },
    {
      title: "a place that rounding puts just below a cell is in the cell",
      inputs: [{ shape: [1, 1, 2], values: [3, 5] }],
      call: (x) => lg.interpolate(x as Tensor, { size: 98 }),
      expected: () => Array.from({ length: 98 }, (_, i) => (i < 49 ? 3 : 5)),
    },
    {
      title: "nearest doubles, and linear copies, where the size was rounded to that",
      inputs: [{ shape: [1, 1, 3], values: [1, 2, 4] }],
      call: (x) =>
        lg.concat(
          [
            lg.interpolate(x as Tensor, { scaleFactor: 2.3 }),
            lg.interpolate(x as Tensor, { scaleFactor: 1.3 }),
            lg.interpolate(x as Tensor, { scaleFactor: 1.3, mode: "linear" }),
          ],
          { axis: 2 },
        ),
      expected: () => [1, 1, 2, 2, 4, 4, 1, 2, 4, 1, 2, 4],
    },
  ],
  errors: [
    refusesIntegers((x) => lg.interpolate(x, { size: 2 }), [1, 1, 2]),
    ...(
      [
        ["both sizes and factors", { size: 2, scaleFactor: 2 }, ["either size or scaleFactor", "both"]],
        ["neither", {}, ["either size or scaleFactor", "neither"]],
        ["a size of 0", { size: [2, 0] }, ["size", "[2, 0]"]],
        ["one size too few", { size: [2] }, ["size", "[2]"]],
        ["a factor of 0", { scaleFactor: 0 }, ["scaleFactor", "0"]],
        ["a factor that is none", { scaleFactor: [1, Number.NaN] }, ["scaleFactor", "NaN"]],
        ["a factor that leaves nothing", { scaleFactor: 0.2 }, ["scaleFactor 0.2", "3"]],
        ["another mode", { size: 2, mode: "cubic" }, ["mode", "bicubic", "got cubic"]],
        ["aligned corners of nearest", { size: 2, alignCorners: true }, ["alignCorners", "nearest"]],
        ["to recompute what is not given", { size: 2, recomputeScaleFactor: true }, ["recomputeScaleFactor"]],
      ] as const
    ).map(([title, options, says]) => ({
      title: `refuses ${title}`,
      run: () => lg.interpolate(lg.ones(image), options as lg.InterpolateOptions),
      type: lg.ValueError,
      says,
    })),
    {
      title: "refuses a rank that the mode is not for",
      run: () => lg.interpolate(lg.ones([1, 1, 3]), { size: 2, mode: "bilinear" }),
      type: lg.ShapeError,
      says: ["bilinear", "rank 4", "[1, 1, 3]"],
    },
    {
      title: "refuses a matrix",
      run: () => lg.interpolate(lg.ones([3, 3]), { size: 2 }),
      type: lg.ShapeError,
      says: ["nearest", "3 or 4 or 5", "[3, 3]"],
    },
  ],
};

export const resamplingRows: readonly OpRow[] = [...foldRows, interpolateRow];
