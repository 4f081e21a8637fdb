/** Rows of the op table: what is found by reading the numbers. */

import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { broadcastModel, coordinates } from "../models.js";
import { type OpRow, type Sample, type SampleInput, uniform } from "../row.js";

const nothing = (op: string, run: () => unknown, says: string) => ({
  title: `refuses ${op} of nothing`,
  run,
  type: lg.ValueError,
  says: [says, "empty", "countNonzero"],
});

const placesIn = (input: SampleInput, call: (x: Tensor) => Tensor = lg.nonzero): Required<Sample> => ({
  title: `of [${input.shape}]: ${input.values.slice(0, 4)}`,
  inputs: [input],
  call: (x) => call(x as Tensor),
  expected: ({ shape, values }: SampleInput = input) => {
    const places = values.flatMap((v, i) => (v === 0 ? [] : [coordinates(i, shape)]));
    return { shape: [places.length, shape.length], values: places.flat() };
  },
});

const nonzeroRow: OpRow = {
  op: "nonzero",
  order: 0,
  samples: [
    placesIn({ shape: [5], values: [0, 2, 0, -1, 3] }),
    placesIn({ shape: [2, 3], values: [0, 0, 1, 4, 0, 5] }),
    placesIn({ shape: [2, 2, 2], values: [0, 0, 1, 4, 0, 5, 0, 0] }, (x) => lg.nonzero(lg.cast(x, "bool"))),
  ],
  specials: [placesIn({ shape: [4], values: [Number.NaN, -0, Number.NEGATIVE_INFINITY, 1e-30] })],
  errors: [
    nothing("places", () => lg.nonzero(lg.zeros([2, 3])), "x [2, 3] is 0"),
    {
      title: "refuses a scalar",
      run: () => lg.nonzero(lg.ones([])),
      type: lg.ShapeError,
      says: ["scalar", "[1]"],
    },
  ],
};

const kept = (title: string, x: SampleInput, mask: SampleInput): Required<Sample> => ({
  title,
  inputs: [x],
  call: (given) => lg.maskedSelect(given as Tensor, maskOf(mask)),
  expected: (given = x) => {
    const pairs = broadcastModel(given, mask, (_, q) => q).values;
    const values = broadcastModel(given, mask, (p) => p).values.filter((_, i) => pairs[i] !== 0);
    return { shape: [values.length], values };
  },
});

const maskOf = ({ shape, values }: SampleInput) => lg.tensor([...values], { shape, dtype: "bool" });

const maskedSelectRow: OpRow = {
  op: "maskedSelect",
  samples: [
    kept("of a matrix", uniform([2, 3]), { shape: [2, 3], values: [0, 1, 1, 0, 0, 1] }),
    kept("a mask for all rows", uniform([2, 3]), { shape: [3], values: [1, 0, 1] }),
    kept("a column for all columns of the mask", uniform([2, 1]), { shape: [2, 3], values: [1, 1, 1, 0, 0, 1] }),
    kept("all of a scalar", uniform([]), { shape: [], values: [1] }),
  ],
  specials: [
    kept(
      "NaN and infinities",
      { shape: [3], values: [Number.NaN, 1, Number.NEGATIVE_INFINITY] },
      { shape: [3], values: [1, 0, 1] },
    ),
    {
      title: "integers",
      inputs: [{ shape: [3], values: [4, 5, 6] }],
      call: (x) => lg.maskedSelect(lg.cast(x as Tensor, "int32"), maskOf({ shape: [3], values: [0, 1, 1] })),
      expected: () => ({ shape: [2], values: [5, 6] }),
    },
  ],
  errors: [
    nothing(
      "elements",
      () => lg.maskedSelect(lg.ones([3]), maskOf({ shape: [3], values: [0, 0, 0] })),
      "mask [3] is 0",
    ),
    {
      title: "refuses a mask of numbers",
      run: () => lg.maskedSelect(lg.ones([3]), lg.ones([3])),
      type: lg.DTypeError,
      says: ["mask must be bool", "float", "cast"],
    },
    {
      title: "refuses shapes that do not broadcast",
      run: () => lg.maskedSelect(lg.ones([3]), maskOf({ shape: [2], values: [1, 0] })),
      type: lg.ShapeError,
      says: ["[3] and [2]"],
    },
  ],
};

/** What is found by reading. */
export const foundRows: readonly OpRow[] = [nonzeroRow, maskedSelectRow];
