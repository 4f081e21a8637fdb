/** Rows of the op table: comparisons and conversions, whose results have no derivative. */

import * as lg from "../../../src/index.js";
import { broadcastModel } from "../models.js";
import type { OpRow, Sample, SampleInput } from "../row.js";

const few: SampleInput = { shape: [2, 3], values: [1, 2, 3, -1, 0, 2] };
const row: SampleInput = { shape: [3], values: [1, 3, 2] };
const odd: SampleInput = {
  shape: [5],
  values: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0],
};

/** A comparison, by the operator of JavaScript. */
function comparison(op: string, call: lg.Comparison, holds: (a: number, b: number) => boolean): OpRow {
  const sample = (title: string, a: SampleInput, b: SampleInput): Required<Sample> => ({
    title,
    inputs: [a, b],
    call: (x, y) => call(x as lg.Tensor, y as lg.Tensor),
    expected: (x, y) => broadcastModel(x as SampleInput, y as SampleInput, (p, q) => (holds(p, q) ? 1 : 0)).values,
  });
  return {
    op,
    order: 0,
    samples: [sample("a matrix and a row", few, row)],
    specials: [
      sample("NaN and infinities with themselves", odd, odd),
      sample("NaN and infinities with each other", odd, { shape: [5], values: odd.values.toReversed() }),
    ],
    errors: [
      {
        title: "refuses shapes that do not broadcast",
        run: () => call(lg.ones([2]), lg.ones([3])),
        type: lg.ShapeError,
        says: ["[2]", "[3]"],
      },
    ],
  };
}

const convert = (title: string, dtype: lg.DType, values: readonly number[], expected: readonly number[]) => ({
  title,
  inputs: [{ shape: [values.length], values }],
  call: (...[x]: lg.Tensor[]) => lg.cast(x as lg.Tensor, dtype),
  expected: () => expected,
});

export const comparisonRows: readonly OpRow[] = [
  comparison("equal", lg.equal, (a, b) => a === b),
  comparison("notEqual", lg.notEqual, (a, b) => a !== b),
  comparison("greater", lg.greater, (a, b) => a > b),
  comparison("greaterEqual", lg.greaterEqual, (a, b) => a >= b),
  comparison("less", lg.less, (a, b) => a < b),
  comparison("lessEqual", lg.lessEqual, (a, b) => a <= b),
  {
    op: "cast",
    order: 0,
    samples: [
      convert("to int32, towards 0", "int32", [1.9, -1.9, 0.2, 3], [1, -1, 0, 3]),
      convert("to bool, where not 0", "bool", [0, 2, -0.5], [0, 1, 1]),
    ],
    specials: [convert("NaN is true", "bool", [Number.NaN, -0], [1, 0])],
    errors: [
      {
        title: "refuses a dtype that is none",
        run: () => lg.cast(lg.ones([2]), "float16" as lg.DType),
        type: lg.DTypeError,
        says: ["float16", "int32"],
      },
      {
        title: "refuses the other float type",
        run: () => lg.cast(lg.ones([2]), "float32"),
        type: lg.DTypeError,
        says: ["float32", "float64"],
      },
    ],
  },
];
