/** Rows of the op table: convolutions and their transposes. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { convModel, coordinates, type Grid, type Window } from "../models.js";
import { type ErrorCase, type OpRow, type Sample, uniform } from "../row.js";
import { convTransposeModel } from "../window-models.js";
import { refusesIntegers } from "./elementwise.js";

type Numbers = number | readonly [number, number];

interface NumericOptions {
  readonly stride?: Numbers;
  readonly padding?: Numbers;
  readonly dilation?: Numbers;
  readonly outputPadding?: Numbers;
  readonly groups?: number;
}

function two(value: Numbers): readonly [number, number] {
  return typeof value === "number" ? [value, value] : value;
}

function windowOf({ stride = 1, padding = 0, dilation = 1 }: NumericOptions): Window {
  return { stride: two(stride), padding: two(padding), dilation: two(dilation) };
}

/** The values of a grid [N, C, …] plus a bias of its channel. */
function withBias({ shape, values }: Grid, bias?: Grid): number[] {
  return values.map((v, i) => v + (bias?.values[coordinates(i, shape)[1] as number] ?? 0));
}

/** Any of them. */
export type Convolution = (x: Tensor, weight: Tensor, bias?: Tensor | null, options?: object) => Tensor;

/** What every convolution refuses, on an input and a weight of these sizes along the axes. */
export function sharedErrors(op: string, convolve: Convolution, size: readonly number[]): ErrorCase[] {
  const call = (options: object) => () => convolve(lg.ones([1, 1, ...size]), lg.ones([1, 1, ...size]), null, options);
  const refuses = (title: string, options: object, says: readonly string[]): ErrorCase => ({
    title: `refuses ${title}`,
    run: call(options),
    type: lg.ValueError,
    says: [`${op}: `, ...says],
  });
  return [
    refuses("a stride of 0", { stride: 0 }, ["stride", "0"]),
    refuses("a negative dilation", { dilation: -1 }, ["dilation", "-1"]),
    refuses("negative padding", { padding: -1 }, ["padding", "-1"]),
    refuses("half a stride", { stride: 0.5 }, ["stride", "0.5"]),
    refuses("four strides", { stride: [1, 1, 1, 1] }, ["stride", "[1, 1, 1, 1]"]),
    refuses("no groups", { groups: 0 }, ["groups", "0"]),
    refuses("options that are none", [2], ["options", "[2]"]),
    {
      title: "refuses another bias",
      run: () => convolve(lg.ones([1, 1, ...size]), lg.ones([1, 1, ...size]), lg.ones([3])),
      type: lg.ShapeError,
      says: ["bias", "[1]", "[3]"],
    },
    {
      title: "refuses options in the bias's place",
      run: () => convolve(lg.ones([1, 1, ...size]), lg.ones([1, 1, ...size]), { stride: 1 } as unknown as Tensor),
      type: lg.ValueError,
      says: ["bias", "{ stride: 1 }"],
    },
  ];
}

function convSample(title: string, x: Shape, w: Shape, options: NumericOptions, bias = false): Sample {
  const window = windowOf(options);
  const { groups = 1 } = options;
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
    {
      title: "one image, valid",
      inputs: [uniform([2, 4, 3]), uniform([2, 2, 3, 2])],
      call: (x, w) => lg.conv2d(x as Tensor, w as Tensor, null, { padding: "valid" }),
      expected: (x, w) => convModel({ ...x, shape: [1, 2, 4, 3] }, w, windowOf({}), 1).values,
    },
    {
      title: "same size, where the last side gets more",
      inputs: [uniform([1, 2, 4, 5]), uniform([3, 2, 2, 3])],
      call: (x, w) => lg.conv2d(x as Tensor, w as Tensor, null, { padding: "same", dilation: [3, 1] }),
      expected: (x, w) => {
        const options = { padding: [2, 1], dilation: [3, 1] } as const; // 1 + 2 rows: the first of four goes
        const { shape, values } = convModel(x, w, windowOf(options), 1);
        return values.filter((_, i) => coordinates(i, shape)[2] !== 0);
      },
    },
    convSample("padding beyond the kernel's reach", [1, 1, 3, 3], [1, 1, 1, 2], { padding: 2 }),
  ],
  errors: [
    refusesIntegers((x) => lg.conv2d(x, x), [1, 1, 2, 2]),
    ...sharedErrors("conv2d", lg.conv2d, [4, 4]),
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
      title: "refuses padding of another name",
      run: () => lg.conv2d(lg.ones([1, 1, 3, 3]), lg.ones([2, 1, 3, 3]), null, { padding: "full" as "same" }),
      type: lg.ValueError,
      says: ["padding", '"full"'],
    },
    {
      title: "refuses to keep the size with a stride",
      run: () => lg.conv2d(lg.ones([1, 1, 3, 3]), lg.ones([2, 1, 3, 3]), null, { padding: "same", stride: [1, 2] }),
      type: lg.ValueError,
      says: ["same", "stride", "1×2"],
    },
  ],
};

function rowSample(title: string, x: Shape, w: Shape, options: NumericOptions, bias = false): Sample {
  const grid = ({ shape, values }: Grid): Grid => ({ shape: [...shape.slice(0, 2), 1, ...shape.slice(2)], values });
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options as Record<string, number>;
  return {
    title,
    inputs: [uniform(x), uniform(w), ...(bias ? [uniform([w[0] as number])] : [])],
    call: (input, weight, shift) =>
      lg.conv1d(input as Tensor, weight as Tensor, shift ?? null, options as lg.Conv1dOptions),
    expected: (input, weight, shift) => {
      const window: Window = { stride: [1, stride], padding: [0, padding], dilation: [1, dilation] };
      return withBias(convModel(grid(input as Grid), grid(weight as Grid), window, groups), shift);
    },
  };
}

const conv1dRow: OpRow = {
  op: "conv1d",
  samples: [
    rowSample("plain, with bias", [2, 2, 6], [3, 2, 3], {}, true),
    rowSample("stride 2, padding 1", [2, 3, 8], [4, 3, 3], { stride: 2, padding: 1 }),
    rowSample("dilation 2, groups 2", [1, 4, 7], [2, 2, 2], { dilation: 2, groups: 2 }, true),
    {
      title: "one sequence, same size, dimensions in lists",
      inputs: [uniform([2, 5]), uniform([2, 2, 3])],
      call: (x, w) => lg.conv1d(x as Tensor, w as Tensor, null, { padding: "same", dilation: [2], stride: [1] }),
      expected: (x, w) => {
        const grids = [
          { ...x, shape: [1, 2, 1, 5] },
          { ...w, shape: [2, 2, 1, 3] },
        ] as const;
        return convModel(...grids, { stride: [1, 1], padding: [0, 2], dilation: [1, 2] }, 1).values;
      },
    },
  ],
  errors: [
    refusesIntegers((x) => lg.conv1d(x, x), [1, 1, 2]),
    ...sharedErrors("conv1d", lg.conv1d as Convolution, [4]),
    {
      title: "refuses images",
      run: () => lg.conv1d(lg.ones([1, 1, 4, 4]), lg.ones([1, 1, 3])),
      type: lg.ShapeError,
      says: ["[N, C, L]", "[O, C / groups, K]", "[1, 1, 4, 4]"],
    },
    {
      title: "refuses other channels",
      run: () => lg.conv1d(lg.ones([1, 3, 4]), lg.ones([8, 4, 3])),
      type: lg.ShapeError,
      says: ["3 channels", "4", "[8, 4, 3]"],
    },
    {
      title: "refuses a kernel larger than the input",
      run: () => lg.conv1d(lg.ones([1, 1, 4]), lg.ones([1, 1, 3]), null, { dilation: 2 }),
      type: lg.ShapeError,
      says: ["kernel 3 (dilation 2)", "input 4"],
    },
  ],
};

function transposeSample(title: string, x: Shape, w: Shape, options: NumericOptions, bias = false): Sample {
  const { groups = 1, outputPadding = 0 } = options;
  return {
    title,
    inputs: [uniform(x), uniform(w), ...(bias ? [uniform([(w[1] as number) * groups])] : [])],
    call: (input, weight, shift) => lg.convTranspose2d(input as Tensor, weight as Tensor, shift ?? null, options),
    expected: (input, weight, shift) => {
      const [grid, kernel] = [input as Grid, weight as Grid];
      return withBias(convTransposeModel(grid, kernel, windowOf(options), two(outputPadding), groups), shift);
    },
  };
}

const transpose2dRow: OpRow = {
  op: "convTranspose2d",
  samples: [
    transposeSample("plain, with bias", [2, 2, 2, 3], [2, 3, 2, 2], {}, true),
    transposeSample("twice the size", [1, 3, 3, 3], [3, 2, 3, 3], { stride: 2, padding: 1, outputPadding: 1 }, true),
    transposeSample("dilation 2, groups 2", [1, 4, 2, 3], [4, 1, 3, 2], { dilation: 2, groups: 2 }),
    transposeSample("a stride beyond the kernel", [1, 1, 2, 3], [1, 2, 1, 2], { stride: 3 }),
    transposeSample("more at the end than the stride", [1, 2, 3, 2], [2, 1, 2, 2], {
      stride: [1, 2],
      padding: [1, 0],
      outputPadding: [1, 2],
      dilation: [2, 3],
    }),
    transposeSample("padding beyond the kernel's reach", [1, 1, 6, 5], [1, 1, 2, 1], { padding: 2 }),
    {
      title: "one image",
      inputs: [uniform([2, 2, 2]), uniform([2, 1, 2, 3])],
      call: (x, w) => lg.convTranspose2d(x as Tensor, w as Tensor),
      expected: (x, w) => convTransposeModel({ ...x, shape: [1, 2, 2, 2] }, w, windowOf({}), [0, 0], 1).values,
    },
  ],
  errors: [
    refusesIntegers((x) => lg.convTranspose2d(x, x), [1, 1, 2, 2]),
    ...sharedErrors("convTranspose2d", lg.convTranspose2d as Convolution, [4, 4]),
    {
      title: "refuses a matrix",
      run: () => lg.convTranspose2d(lg.ones([3, 3]), lg.ones([1, 1, 1, 1])),
      type: lg.ShapeError,
      says: ["[C, O / groups, KH, KW]", "[3, 3]"],
    },
    {
      title: "refuses other channels",
      run: () => lg.convTranspose2d(lg.ones([1, 3, 4, 4]), lg.ones([4, 3, 3, 3])),
      type: lg.ShapeError,
      says: ["3 channels", "4", "[4, 3, 3, 3]"],
    },
    {
      title: "refuses groups that do not divide",
      run: () => lg.convTranspose2d(lg.ones([1, 4, 4, 4]), lg.ones([4, 1, 3, 3]), null, { groups: 3 }),
      type: lg.ValueError,
      says: ["groups", "3", "4"],
    },
    {
      title: "refuses as much at the end as the stride",
      run: () =>
        lg.convTranspose2d(lg.ones([1, 1, 2, 2]), lg.ones([1, 1, 2, 2]), null, { stride: 2, outputPadding: [0, 2] }),
      type: lg.ValueError,
      says: ["outputPadding", "0×2", "2×2"],
    },
    {
      title: "refuses padding that leaves nothing",
      run: () => lg.convTranspose2d(lg.ones([1, 1, 2, 2]), lg.ones([1, 1, 1, 1]), null, { padding: [0, 1] }),
      type: lg.ShapeError,
      says: ["padding 0×1", "2×2"],
    },
    {
      title: "refuses padding by name",
      run: () =>
        lg.convTranspose2d(lg.ones([1, 1, 2, 2]), lg.ones([1, 1, 1, 1]), null, {
          padding: "same" as unknown as number,
        }),
      type: lg.ValueError,
      says: ["padding", "same"],
    },
  ],
};

const transpose1dRow: OpRow = {
  op: "convTranspose1d",
  samples: [
    {
      title: "twice the size, groups 2, with bias",
      inputs: [uniform([2, 2, 3]), uniform([2, 2, 3]), uniform([4])],
      call: (x, w, b) =>
        lg.convTranspose1d(x as Tensor, w as Tensor, b as Tensor, {
          stride: 2,
          padding: [1],
          outputPadding: 1,
          groups: 2,
        }),
      expected: (x, w, b) => {
        const grids = [
          { ...x, shape: [2, 2, 1, 3] },
          { ...w, shape: [2, 2, 1, 3] },
        ] as const;
        const window: Window = { stride: [1, 2], padding: [0, 1], dilation: [1, 1] };
        return withBias(convTransposeModel(...grids, window, [0, 1], 2), b);
      },
    },
    {
      title: "one sequence, dilation 2",
      inputs: [uniform([1, 3]), uniform([1, 2, 2])],
      call: (x, w) => lg.convTranspose1d(x as Tensor, w as Tensor, null, { dilation: 2 }),
      expected: (x, w) => {
        const grids = [
          { ...x, shape: [1, 1, 1, 3] },
          { ...w, shape: [1, 2, 1, 2] },
        ] as const;
        return convTransposeModel(...grids, { stride: [1, 1], padding: [0, 0], dilation: [1, 2] }, [0, 0], 1).values;
      },
    },
  ],
  errors: [
    refusesIntegers((x) => lg.convTranspose1d(x, x), [1, 1, 2]),
    ...sharedErrors("convTranspose1d", lg.convTranspose1d as Convolution, [4]),
    {
      title: "refuses images",
      run: () => lg.convTranspose1d(lg.ones([1, 1, 4, 4]), lg.ones([1, 1, 3])),
      type: lg.ShapeError,
      says: ["[N, C, L]", "[C, O / groups, K]", "[1, 1, 4, 4]"],
    },
    {
      title: "refuses as much at the end as the stride",
      run: () => lg.convTranspose1d(lg.ones([1, 1, 2]), lg.ones([1, 1, 2]), null, { outputPadding: 1 }),
      type: lg.ValueError,
      says: ["outputPadding", "1"],
    },
  ],
};

export const convolutionRows: readonly OpRow[] = [convRow, conv1dRow, transpose2dRow, transpose1dRow];
