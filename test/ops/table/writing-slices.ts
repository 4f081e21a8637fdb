/** Rows of the op table: writing and adding slices by a list of indices. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { elementAt, fill, type Grid } from "../models.js";
import { type OpRow, type Sample, uniform } from "../row.js";
import { refusesIntegers, refusesPlainOptions } from "./elementwise.js";
import { badAxis } from "./rearranging.js";
import {
  both,
  floatIndex,
  index,
  infinity,
  last,
  list,
  type Meet,
  misfit,
  mixed,
  nan,
  outOfRange,
  type Write,
  writesSlices,
} from "./writing-model.js";

const places = list(2, 0, 2, 3);

/** What a list of indices, and a source with a slice for each, are refused for. */
const sliceMisfits = (call: Write) => [
  misfit(
    "refuses a matrix of indices",
    () => call(lg.ones([3]), index([0, 1], [1, 2]), lg.ones([2]), { axis: 0 }),
    "one axis",
    "[1, 2]",
  ),
  misfit(
    "refuses two indices into a scalar",
    () => call(lg.ones([]), index([0, 0]), lg.ones([]), { axis: 0 }),
    "index of a scalar",
    "[2]",
  ),
];
const sourceMisfits = (call: Write) => [
  ...sliceMisfits(call),
  misfit(
    "refuses a source with another number of slices",
    () => call(lg.ones([3, 2]), index([0, 1]), lg.ones([3, 2]), { axis: 0 }),
    "source must have shape [2, 2]",
    "2 indices",
    "got [3, 2]",
  ),
];

const slices = (call: Write, meet: Meet): Sample[] => [
  writesSlices("rows, one of them twice", call, meet, both([4, 3], [4, 3]), places),
  writesSlices("a middle axis", call, meet, both([2, 4, 3], [2, 2, 3]), list(3, 1), 1),
  writesSlices("the last axis", call, meet, both([2, 4], [2, 4]), places, -1),
  writesSlices(
    "100 into 9 rows",
    call,
    meet,
    both([9, 2], [100, 2]),
    list(...Array.from({ length: 100 }, (_, i) => (i * i) % 7)),
  ),
];

const indexAddRow: OpRow = {
  op: "indexAdd",
  samples: [
    ...slices(lg.indexAdd, (own, met) => own + met.reduce((a, b) => a + b, 0)),
    writesSlices(
      "a factor",
      (x, i, s, { axis }) => lg.indexAdd(x, i, s, { axis, alpha: -2.5 }),
      (own, met) => own - 2.5 * met.reduce((a, b) => a + b, 0),
      both([4, 3], [4, 3]),
      places,
    ),
  ],
  errors: [
    ...outOfRange((k) => lg.indexAdd(lg.ones([3]), index([0, k]), lg.ones([2]))),
    floatIndex((x) => lg.indexAdd(lg.ones([3]), x, lg.ones([2]))),
    ...sourceMisfits(lg.indexAdd),
    refusesIntegers((x) => lg.indexAdd(x, index([0, 1]), x)),
    badAxis(() => lg.indexAdd(lg.ones([2, 2]), index([0, 1]), lg.ones([2, 2]), { axis: 2 })),
    refusesPlainOptions((options) => lg.indexAdd(lg.ones([2]), index([0]), lg.ones([1]), options)),
    {
      title: "refuses an infinite factor",
      run: () => lg.indexAdd(lg.ones([2]), index([0]), lg.ones([1]), { alpha: infinity }),
      type: lg.ValueError,
      says: ["alpha", "finite", "Infinity"],
    },
  ],
};

const indexCopyRow: OpRow = {
  op: "indexCopy",
  samples: slices(lg.indexCopy, last),
  specials: [
    writesSlices("NaN and infinities", lg.indexCopy, last, [list(nan, 1, 2), list(3, -infinity, nan)], list(0, 1, 1)),
    {
      title: "bools",
      inputs: [list(1, 0, 1)],
      call: (x) => lg.indexCopy(lg.cast(x as Tensor, "bool"), index([0, 1]), lg.tensor([false, true])),
      expected: () => [0, 1, 1],
    },
  ],
  errors: [
    ...outOfRange((k) => lg.indexCopy(lg.ones([3]), index([0, k]), lg.ones([2]))),
    floatIndex((x) => lg.indexCopy(lg.ones([3]), x, lg.ones([2]))),
    ...sourceMisfits(lg.indexCopy),
    mixed((source) => lg.indexCopy(lg.ones([3]), index([0, 1]), source), "source"),
    badAxis(() => lg.indexCopy(lg.ones([2, 2]), index([0, 1]), lg.ones([2, 2]), { axis: 2 })),
    refusesPlainOptions((options) => lg.indexCopy(lg.ones([2]), index([0]), lg.ones([1]), options)),
  ],
};

const fillsSlices = (x: Shape, at: readonly number[], axis: number): Sample => ({
  title: `of [${x}] along ${axis}`,
  inputs: [uniform(x), uniform([])],
  call: (own, value) => lg.indexFill(own as Tensor, index(at), value as Tensor, { axis }),
  expected: (own, value) =>
    fill(x, (place) =>
      at.includes(place.at(axis) as number) ? (value?.values[0] as number) : elementAt(own as Grid, place),
    ),
});

const indexFillRow: OpRow = {
  op: "indexFill",
  samples: [
    fillsSlices([4, 3], [2, 0, 2], 0),
    fillsSlices([2, 3, 4], [1], 1),
    fillsSlices([2, 4], [3, 3, 0], 1),
    {
      title: "a number",
      inputs: [uniform([3])],
      call: (x) => lg.indexFill(x as Tensor, index([1]), 7),
      expected: (x) => (x as Grid).values.with(1, 7),
    },
  ],
  specials: [
    {
      title: "nan, and a NaN that is written over",
      inputs: [list(nan, 1, 2)],
      call: (x) => lg.indexFill(lg.indexFill(x as Tensor, index([0]), 5), index([2]), nan),
      expected: () => [5, 1, nan],
    },
    {
      title: "integers",
      inputs: [list(5, 6, 7)],
      call: (x) => lg.indexFill(lg.cast(x as Tensor, "int32"), index([2, 0]), -1),
      expected: () => [-1, 6, -1],
    },
  ],
  errors: [
    ...outOfRange((k) => lg.indexFill(lg.ones([3]), index([0, k]), 1)),
    floatIndex((x) => lg.indexFill(lg.ones([3]), x, 1)),
    ...sliceMisfits((x, i, _, o) => lg.indexFill(x, i, 1, o)),
    mixed((source) => lg.indexFill(lg.ones([3]), index([0, 1]), source), "value"),
    misfit("refuses a list of values", () => lg.indexFill(lg.ones([3]), index([0, 1]), lg.ones([2])), "scalar", "[2]"),
    badAxis(() => lg.indexFill(lg.ones([2, 2]), index([0]), 1, { axis: 2 })),
    refusesPlainOptions((options) => lg.indexFill(lg.ones([2]), index([0]), 1, options)),
    {
      title: "refuses a number that is no bool",
      run: () => lg.indexFill(lg.tensor([true, false]), index([0]), 2),
      type: lg.ValueError,
      says: ["bool holds", "2"],
    },
  ],
};

/** Writing slices by index. */
export const sliceWritingRows: readonly OpRow[] = [indexAddRow, indexCopyRow, indexFillRow];
