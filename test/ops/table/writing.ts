/** Rows of the op table: writing and reducing by an index for each element. */

import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { elementAt, fill, type Grid } from "../models.js";
import { distinct, type OpRow, uniform } from "../row.js";
import { refusesIntegers, refusesPlainOptions } from "./elementwise.js";
import { badAxis } from "./rearranging.js";
import {
  both,
  floatIndex,
  grid,
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
  writes,
} from "./writing-model.js";

/** 70 indices below 6 that differ from column to column, 0 and 5 in none. */
const many = grid([70, 3], ...Array.from({ length: 210 }, (_, i) => 1 + ((i * i + 2 * i) % 4)));
const several = grid([4, 2], 0, 2, 2, 1, 0, 0, 2, 2);
const rows = grid([2, 3], 3, 0, 3, 1, 1, 2);
const corner = grid([2, 2], 2, 0, 2, 1);

/** What an index and a source of the rank of x are refused for. */
const misfits = (call: Write) => [
  misfit(
    "refuses a source that is too small",
    () => call(lg.ones([3]), index([0, 1]), lg.ones([1]), { axis: 0 }),
    "source [1]",
    "[2]",
  ),
  misfit(
    "refuses a source that is too small on the second axis",
    () => call(lg.ones([1, 3]), index([0, 0], [1, 2]), lg.ones([1, 1]), { axis: 0 }),
    "source [1, 1]",
    "[1, 2]",
  ),
  misfit(
    "refuses an index of another rank",
    () => call(lg.ones([3, 1]), index([0, 1]), lg.ones([2, 1]), { axis: 0 }),
    "x [3, 1]",
    "[2]",
  ),
  misfit(
    "refuses a target that is too small",
    () => call(lg.ones([3, 1]), index([0, 1], [1, 2]), lg.ones([1, 2]), { axis: 0 }),
    "x [3, 1]",
    "[1, 2]",
  ),
];

const scatterRow: OpRow = {
  op: "scatter",
  samples: [
    writes("several into one place", lg.scatter, last, both([3, 2], [4, 2]), several),
    writes("along the last axis", lg.scatter, last, both([2, 4], [2, 3]), rows, -1),
    writes("a source and a target that are larger", lg.scatter, last, both([3, 4], [3, 5]), corner),
    writes("70 into 6 places", lg.scatter, last, both([6, 3], [70, 3]), many),
    {
      title: "a number",
      inputs: [uniform([2, 4])],
      call: (x) => lg.scatter(x as Tensor, index([0, 1, 1], [1, 3]), 7),
      expected: (x) => fill([2, 4], ([a = 0, b = 0]) => (a === [0, 1, 1][b] ? 7 : elementAt(x as Grid, [a, b]))),
    },
  ],
  specials: [
    writes("NaN and infinities", lg.scatter, last, [list(nan, 1, 2), list(3, -infinity, nan)], list(0, 1, 1)),
    {
      title: "integers",
      inputs: [list(5, 6, 7)],
      call: (x) => lg.scatter(lg.cast(x as Tensor, "int32"), index([2, 0, 2]), index([1, 2, 3])),
      expected: () => [2, 6, 3],
    },
  ],
  errors: [
    ...outOfRange((k) => lg.scatter(lg.ones([3]), index([0, k]), lg.ones([2]))),
    floatIndex((x) => lg.scatter(lg.ones([3]), x, lg.ones([2]))),
    ...misfits(lg.scatter),
    mixed((source) => lg.scatter(lg.ones([3]), index([0, 1]), source), "source"),
    badAxis(() => lg.scatter(lg.ones([2, 2]), index([0], [1, 1]), 1, { axis: 2 })),
    refusesPlainOptions((options) => lg.scatter(lg.ones([2]), index([0]), 1, options)),
    {
      title: "refuses a number that an int32 does not hold",
      run: () => lg.scatter(index([1, 2]), index([0]), 0.5),
      type: lg.ValueError,
      says: ["int32 holds integers", "0.5"],
    },
  ],
};

const reduces = {
  sum: (v: number[]) => v.reduce((a, b) => a + b, 0),
  prod: (v: number[]) => v.reduce((a, b) => a * b, 1),
};
const among: Readonly<Record<lg.ScatterReduceOptions["reduce"], (list: number[]) => number>> = {
  ...reduces,
  mean: (v) => reduces.sum(v) / v.length,
  amax: (v) => Math.max(...v),
  amin: (v) => Math.min(...v),
};

type Reduce = keyof typeof among;

function reducing(reduce: Reduce, includeSelf: boolean): readonly [Write, Meet] {
  return [
    (x, i, s, { axis }) => lg.scatterReduce(x, i, s, { axis, reduce, includeSelf }),
    (own, met) => (met.length === 0 ? own : among[reduce]([...(includeSelf ? [own] : []), ...met])),
  ];
}

const kinds: readonly Reduce[] = ["sum", "prod", "mean", "amax", "amin"];

const scatterReduceRow: OpRow = {
  op: "scatterReduce",
  samples: [
    ...kinds.flatMap((reduce) =>
      [true, false].flatMap((includeSelf) => {
        const [call, meet] = reducing(reduce, includeSelf);
        const title = `${reduce} ${includeSelf ? "with" : "without"} x`;
        return [
          writes(title, call, meet, both([3, 2], [4, 2], distinct), several),
          writes(`${title} along the last axis`, call, meet, both([2, 4], [2, 3], distinct), rows, -1),
          writes(`${title}, larger`, call, meet, both([3, 4], [3, 5], distinct), corner),
        ];
      }),
    ),
    ...(["sum", "mean", "amax"] as const).map((reduce) =>
      writes(`${reduce} of 70`, ...reducing(reduce, true), both([6, 3], [70, 3], distinct), many),
    ),
    writes(
      "prod of zeros",
      ...reducing("prod", true),
      [list(0, 2, 0, 3), list(0, 5, 0, 0, 2, 3, -1)],
      list(0, 1, 1, 2, 2, 3, 3),
    ),
    writes(
      "prod of others than x",
      ...reducing("prod", false),
      [list(0, 2, 0), list(0, 5, 0, 2, -1)],
      list(0, 0, 1, 1, 1),
    ),
  ],
  specials: [
    ...kinds.flatMap((reduce) =>
      [true, false].map((includeSelf) =>
        writes(
          `${reduce} of NaN and infinities ${includeSelf ? "with" : "without"} x`,
          ...reducing(reduce, includeSelf),
          [list(1, nan, 2, 3), list(infinity, 2, nan, 4, -infinity)],
          list(0, 1, 2, 2, 3),
        ),
      ),
    ),
    writes("mean of the largest", ...reducing("mean", true), [list(3e38), list(3e38, 2e38, 3e38)], list(0, 0, 0)),
    writes(
      "prod beyond the range on the way",
      ...reducing("prod", true),
      [list(1e30), list(1e30, 1e-30, 1e-30)],
      list(0, 0, 0),
    ),
  ],
  errors: [
    ...outOfRange((k) => lg.scatterReduce(lg.ones([3]), index([0, k]), lg.ones([2]), { reduce: "amax" })),
    floatIndex((x) => lg.scatterReduce(lg.ones([3]), x, lg.ones([2]), { reduce: "sum" })),
    ...misfits((x, i, s, { axis }) => lg.scatterReduce(x, i, s, { axis, reduce: "prod" })),
    refusesIntegers((x) => lg.scatterReduce(x, index([0]), x, { reduce: "sum" })),
    badAxis(() => lg.scatterReduce(lg.ones([2, 2]), index([0], [1, 1]), lg.ones([1, 1]), { axis: 2, reduce: "sum" })),
    refusesPlainOptions((options) => lg.scatterReduce(lg.ones([2]), index([0]), lg.ones([1]), options as never)),
    {
      title: "refuses a missing reduction",
      run: () => lg.scatterReduce(lg.ones([2]), index([0]), lg.ones([1]), {} as never),
      type: lg.ValueError,
      says: ["reduce is missing", "amax"],
    },
    {
      title: "refuses a reduction that is none",
      run: () => lg.scatterReduce(lg.ones([2]), index([0]), lg.ones([1]), { reduce: "max" as "amax" }),
      type: lg.ValueError,
      says: ["reduce must be", '"amax"', '"max"'],
    },
  ],
};

/** Writing by index. */
export const writingRows: readonly OpRow[] = [scatterRow, scatterReduceRow];
