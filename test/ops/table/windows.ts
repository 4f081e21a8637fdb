/** Rows of the op table: convolution and pooling. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { convModel } from "../models.js";
import { distinct, type OpRow, type Sample, uniform } from "../row.js";
import { refusesIntegers } from "./elementwise.js";

function convSample(title: string, x: Shape, w: Shape, options: lg.Conv2dOptions, bias = false): Sample {
  const two = (value: number | readonly [number, number]) =>
    typeof value === "number" ? ([value, value] as const) : value;
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const window = { stride: two(stride), padding: two(padding), dilation: two(dilation) };
  return {
    title,
    inputs: [uniform(x), uniform(w), ...(bias ? [uniform([w[0] as number])] : [])],
    call: (input, weight, shift) => lg.conv2d(input as Tensor, weight as Tensor, shift ?? null, options),
    expected: (input, weight, shift) => {
      const out = convModel(input as NonNullable<typeof input>, weight as NonNullable<typeof weight>, window, groups);
      const plane = (out.shape[2] as number) * (out.shape[3] as number);
      return out.values.map((v, i) => v + (shift?.values[Math.floor(i / plane) % (w[0] as number)] ?? 0));
    },
  };
}

const convRow: OpRow = {
  op: "conv2d",
  samples: [
    convSample("plain, with bias", [2, 2, 4, 5], [3, 2, 3, 2], {}, true),
    convSample("padding 1", [1, 2, 4, 4], [2, 2, 3, 3], { padding: 1 }),
    convSample("stride 2, padding 1", [2, 2, 5, 6], [2, 2, 3, 3], { stride: 2, padding: 1 }),
    convSample("dilation 2", [1, 1, 6, 7], [2, 1, 3, 2], { dilation: 2 }),
    convSample("groups 2", [1, 4, 4, 4], [6, 2, 2, 2], { groups: 2 }, true),
    convSample("depthwise", [2, 3, 4, 4], [3, 1, 3, 3], { groups: 3, padding: 1 }),
    convSample("rectangular everything", [1, 2, 5, 7], [2, 2, 2, 3], {
      stride: [2, 1],
      padding: [1, 2],
      dilation: [1, 2],
    }),
    convSample("a stride that leaves rows out", [1, 1, 6, 6], [1, 1, 1, 1], { stride: 3 }),
    convSample("padding beyond the kernel's reach", [1, 1, 3, 3], [1, 1, 1, 2], { padding: 2 }),
  ],
  errors: [
    refusesIntegers((x) => lg.conv2d(x, x), [1, 1, 2, 2]),
    {
      title: "refuses a vector",
      run: () => lg.conv2d(lg.ones([3]), lg.ones([1, 1, 1, 1])),
      type: lg.ShapeError,
      says: ["[3]", "[1, 1, 1, 1]"],
    },
    {
      title: "refuses other channels",
      run: () => lg.conv2d(lg.ones([1, 3, 4, 4]), lg.ones([8, 4, 3, 3])),
      type: lg.ShapeError,
      says: ["3 channels", "4", "[8, 4, 3, 3]"],
    },
    {
      title: "refuses groups that do not divide",
      run: () => lg.conv2d(lg.ones([1, 4, 4, 4]), lg.ones([4, 1, 3, 3]), null, { groups: 3 }),
      type: lg.ValueError,
      says: ["groups", "3", "4"],
    },
    {
      title: "refuses a kernel larger than the input",
      run: () => lg.conv2d(lg.ones([1, 1, 2, 2]), lg.ones([1, 1, 3, 3])),
      type: lg.ShapeError,
      says: ["3×3", "2×2"],
    },
    {
      title: "refuses another bias",
      run: () => lg.conv2d(lg.ones([1, 1, 3, 3]), lg.ones([2, 1, 3, 3]), lg.ones([3])),
      type: lg.ShapeError,
      says: ["[2]", "[3]"],
    },
    {
      title: "refuses a stride of 0",
      run: () => lg.conv2d(lg.ones([1, 1, 3, 3]), lg.ones([2, 1, 3, 3]), null, { stride: 0 }),
      type: lg.ValueError,
      says: ["stride", "0"],
    },
    {
      title: "refuses negative padding",
      run: () => lg.conv2d(lg.ones([1, 1, 3, 3]), lg.ones([2, 1, 3, 3]), null, { padding: [0, -1] }),
      type: lg.ValueError,
      says: ["padding", "[0, -1]"],
    },
  ],
};

const planes = [2, 2, 5, 6];

const poolRows: readonly OpRow[] = [
  {
    op: "maxPool2d",
    samples: [
      { title: "2×2", inputs: [distinct([1, 2, 4, 4])], call: (x) => lg.maxPool2d(x as Tensor, { kernelSize: 2 }) },
      {
        title: "overlapping, padded",
        inputs: [distinct(planes)],
        call: (x) => lg.maxPool2d(x as Tensor, { kernelSize: 3, stride: 2, padding: 1 }),
      },
      {
        title: "dilated, rectangular",
        inputs: [distinct(planes)],
        call: (x) => lg.maxPool2d(x as Tensor, { kernelSize: [2, 3], stride: 1, dilation: [2, 1] }),
      },
      {
        title: "ceil mode, one image",
        inputs: [distinct([2, 5, 5])],
        call: (x) => lg.maxPool2d(x as Tensor, { kernelSize: 2, ceilMode: true }),
      },
    ],
    errors: [
      refusesIntegers((x) => lg.maxPool2d(x, { kernelSize: 2 }), [1, 1, 2, 2]),
      {
        title: "refuses a matrix",
        run: () => lg.maxPool2d(lg.ones([3, 3]), { kernelSize: 2 }),
        type: lg.ShapeError,
        says: ["[3, 3]"],
      },
      {
        title: "refuses a window beyond the input",
        run: () => lg.maxPool2d(lg.ones([1, 1, 2, 2]), { kernelSize: 3 }),
        type: lg.ShapeError,
        says: ["3×3", "2×2"],
      },
      {
        title: "refuses padding beyond half the window",
        run: () => lg.maxPool2d(lg.ones([1, 1, 4, 4]), { kernelSize: 2, padding: 2 }),
        type: lg.ValueError,
        says: ["padding", "2×2"],
      },
      {
        title: "refuses a window that meets nothing but padding",
        run: () => lg.maxPool2d(lg.ones([1, 1, 1, 1]), { kernelSize: 2, padding: 1, dilation: 2 }),
        type: lg.ShapeError,
        says: ["1×1", "padding"],
      },
    ],
  },
  {
    op: "avgPool2d",
    samples: [
      { title: "2×2", inputs: [uniform([1, 2, 4, 4])], call: (x) => lg.avgPool2d(x as Tensor, { kernelSize: 2 }) },
      {
        title: "overlapping, padded",
        inputs: [uniform(planes)],
        call: (x) => lg.avgPool2d(x as Tensor, { kernelSize: 3, stride: 2, padding: 1 }),
      },
      {
        title: "padding left out of the count, in ceil mode",
        inputs: [uniform(planes)],
        call: (x) =>
          lg.avgPool2d(x as Tensor, { kernelSize: 3, stride: 2, padding: 1, countIncludePad: false, ceilMode: true }),
      },
      {
        title: "rectangular",
        inputs: [uniform(planes)],
        call: (x) => lg.avgPool2d(x as Tensor, { kernelSize: [2, 3], stride: [1, 2] }),
      },
    ],
    errors: [
      refusesIntegers((x) => lg.avgPool2d(x, { kernelSize: 2 }), [1, 1, 2, 2]),
      {
        title: "refuses a vector",
        run: () => lg.avgPool2d(lg.ones([3]), { kernelSize: 2 }),
        type: lg.ShapeError,
        says: ["[3]"],
      },
      {
        title: "refuses a window of 0",
        run: () => lg.avgPool2d(lg.ones([1, 1, 2, 2]), { kernelSize: 0 }),
        type: lg.ValueError,
        says: ["kernelSize", "0"],
      },
    ],
  },
  {
    op: "adaptiveAvgPool2d",
    samples: [
      {
        title: "all of it",
        inputs: [uniform(planes)],
        call: (x) => lg.adaptiveAvgPool2d(x as Tensor, { outputSize: 1 }),
      },
      {
        title: "sizes that do not divide",
        inputs: [uniform(planes)],
        call: (x) => lg.adaptiveAvgPool2d(x as Tensor, { outputSize: [3, 4] }),
      },
    ],
    errors: [
      {
        title: "refuses a vector",
        run: () => lg.adaptiveAvgPool2d(lg.ones([3]), { outputSize: 1 }),
        type: lg.ShapeError,
        says: ["[3]"],
      },
      {
        title: "refuses an output of 0",
        run: () => lg.adaptiveAvgPool2d(lg.ones([1, 2, 2]), { outputSize: 0 }),
        type: lg.ValueError,
        says: ["outputSize", "0"],
      },
    ],
  },
];

export const windowRows: readonly OpRow[] = [convRow, ...poolRows];
