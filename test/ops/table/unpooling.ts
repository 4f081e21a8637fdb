/** Rows of the op table: max pooling with its indices, and its inverse. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { type Grid, poolWindows, sizeOf } from "../models.js";
import { distinct, type ErrorCase, type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers, refusesPlainOptions } from "./elementwise.js";
import { windowErrors } from "./pooling.js";

type Numbers = readonly number[];

const overlapping = { kernelSize: 3, stride: 2, padding: 1 } as const;

/** For each window, the cell of the plane where its largest stands. */
function largestCells(x: SampleInput): number[] {
  const cells = poolWindows(x.shape, [3, 3], { stride: [2, 2], padding: [1, 1], dilation: [1, 1] }, [3, 3]).windows;
  const plane = (x.shape[2] as number) * (x.shape[3] as number);
  return cells.map(
    (inside) => inside.reduce((a, b) => ((x.values[b] as number) > (x.values[a] as number) ? b : a)) % plane,
  );
}

const pooledRow: OpRow = {
  op: "maxPool2dWithIndices",
  samples: [
    {
      title: "the values",
      inputs: [distinct([2, 2, 5, 6])],
      call: (x) => lg.maxPool2dWithIndices(x as Tensor, overlapping).values,
      expected: (x) => {
        const image = x as SampleInput;
        return largestCells(image).map((cell, i) => image.values[Math.floor(i / 9) * 30 + cell] as number);
      },
    },
  ],
  specials: [
    {
      title: "the indices: the first of a tie, the last NaN, within each plane",
      inputs: [{ shape: [2, 2, 2], values: [3, 1, 3, 3, Number.NaN, 1, Number.NaN, 2] }],
      call: (x) => lg.maxPool2dWithIndices(x as Tensor, { kernelSize: 2 }).indices,
      expected: () => [0, 2],
    },
    {
      title: "the indices of windows that overlap",
      inputs: [distinct([1, 2, 5, 6])],
      call: (x) => lg.maxPool2dWithIndices(x as Tensor, overlapping).indices,
      expected: (x) => largestCells(x as SampleInput),
    },
  ],
  errors: windowErrors((x, options) => lg.maxPool2dWithIndices(x, options).values, 2),
};

function unpool(title: string, shape: Shape, cells: Numbers, out: Shape, options: lg.MaxUnpool2dOptions): Sample {
  const plane = sizeOf(shape.slice(-2));
  return {
    title,
    inputs: [uniform(shape)],
    call: (x) => lg.maxUnpool2d(x as Tensor, lg.tensor([...cells], { shape, dtype: "int32" }), options),
    expected: (x) => {
      const size = sizeOf(out.slice(-2));
      const values = new Array<number>(sizeOf(out)).fill(0);
      (x as Grid).values.forEach((value, i) => {
        values[Math.floor(i / plane) * size + (cells[i] as number)] = value;
      });
      return { shape: out, values };
    },
  };
}

function refusesUnpool(title: string, options: object, says: readonly (string | number)[], cell = 0): ErrorCase {
  const run = () =>
    lg.maxUnpool2d(
      lg.ones([1, 1, 1]),
      lg.tensor([cell], { shape: [1, 1, 1], dtype: "int32" }),
      options as { kernelSize: 2 },
    );
  return { title: `refuses ${title}`, run, type: lg.ValueError, says: says.map(String) };
}

const unpoolRow: OpRow = {
  op: "maxUnpool2d",
  samples: [
    unpool("2×2", [1, 2, 1, 2], [5, 2, 0, 7], [1, 2, 2, 4], { kernelSize: 2 }),
    unpool("one image, strides and padding", [1, 2, 2], [0, 3, 9, 6], [1, 3, 4], {
      kernelSize: [3, 2],
      stride: [2, 4],
      padding: 1,
    }),
    unpool("another size", [1, 2, 2], [0, 4, 24, 22], [1, 5, 5], { kernelSize: 2, outputSize: 5 }),
    unpool("two for one cell: the last", [1, 1, 2, 2], [3, 3, 0, 3], [1, 1, 2, 2], { kernelSize: 1 }),
  ],
  errors: [
    refusesIntegers((x) => lg.maxUnpool2d(x, x, { kernelSize: 1 }), [1, 1, 2]),
    refusesPlainOptions((options) => lg.maxUnpool2d(lg.ones([1, 1, 1]), lg.ones([1, 1, 1]), options as never)),
    refusesUnpool("a window of 0", { kernelSize: 0 }, ["kernelSize", 0]),
    refusesUnpool("a negative stride", { kernelSize: 2, stride: -1 }, ["stride", -1]),
    refusesUnpool("negative padding", { kernelSize: 2, padding: -1 }, ["padding", -1]),
    refusesUnpool("a size a stride away", { kernelSize: 2, outputSize: [2, 4] }, ["outputSize", "2×2", "2×4"]),
    refusesUnpool("an index outside the plane", { kernelSize: 2 }, ["an index must be from 0 to 3, got 4"], 4),
    {
      title: "refuses padding that leaves nothing",
      run: () =>
        lg.maxUnpool2d(lg.ones([1, 1, 1]), lg.tensor([0], { shape: [1, 1, 1], dtype: "int32" }), {
          kernelSize: 2,
          padding: 1,
        }),
      type: lg.ShapeError,
      says: ["padding 1×1", "0×0"],
    },
    {
      title: "refuses indices of another shape",
      run: () =>
        lg.maxUnpool2d(lg.ones([1, 1, 2]), lg.tensor([0], { shape: [1, 1, 1], dtype: "int32" }), { kernelSize: 2 }),
      type: lg.ShapeError,
      says: ["[1, 1, 2]", "[1, 1, 1]"],
    },
    {
      title: "refuses floats as indices",
      run: () => lg.maxUnpool2d(lg.ones([1, 1, 2]), lg.ones([1, 1, 2]), { kernelSize: 2 }),
      type: lg.DTypeError,
      says: ["indices must be int32"],
    },
  ],
};

/** Max pooling and back. */
export const unpoolingRows: readonly OpRow[] = [pooledRow, unpoolRow];
