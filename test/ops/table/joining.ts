/** Rows of the op table: joining tensors, picking by index, and other devices. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { type OpRow, uniform } from "../row.js";
import { sample } from "./padding.js";

const index = (values: readonly number[], shape: Shape) =>
  lg.tensor(Int32Array.from(values), { shape, dtype: "int32" });

export const joiningRows: readonly OpRow[] = [
  {
    op: "concat",
    samples: [
      {
        title: "three along axis 0",
        inputs: [uniform([1, 2]), uniform([3, 2]), uniform([2, 2])],
        call: (...parts) => lg.concat(parts),
        expected: (...parts) => parts.flatMap((p) => p.values),
      },
      {
        title: "two along axis 1",
        inputs: [uniform([2, 2, 2]), uniform([2, 1, 2])],
        call: (a, b) => lg.concat([a, b] as Tensor[], { axis: -2 }),
      },
      { title: "one", inputs: [uniform([2, 2])], call: (a) => lg.concat([a] as Tensor[]), expected: (a) => a.values },
    ],
    errors: [
      {
        title: "refuses other sizes",
        run: () => lg.concat([lg.ones([2, 3]), lg.ones([2, 4])]),
        type: lg.ShapeError,
        says: ["[2, 3]", "[2, 4]"],
      },
      {
        title: "refuses fewer axes",
        run: () => lg.concat([lg.ones([2, 3]), lg.ones([2])], { axis: 1 }),
        type: lg.ShapeError,
        says: ["axis 1", "[2, 3], [2]"],
      },
      {
        title: "refuses a tensor in place of the list",
        run: () => lg.concat(lg.ones([2]) as never),
        type: lg.ShapeError,
        says: ["a list", "a tensor of shape [2]"],
      },
      {
        title: "refuses arrays in the list",
        run: () => lg.concat([[1, 2], [3]] as never),
        type: lg.ValueError,
        says: ["must be a tensor", "[1, 2]"],
      },
      {
        title: "refuses options that are no object",
        run: () => lg.concat([lg.ones([2, 2])], 1 as never),
        type: lg.ValueError,
        says: ["object", "1"],
      },
      { title: "refuses an empty list", run: () => lg.concat([]), type: lg.ShapeError, says: ["at least one"] },
      {
        title: "refuses two dtypes",
        run: () => lg.concat([lg.ones([2]), lg.ones([2], { dtype: "int32" })]),
        type: lg.DTypeError,
        says: ["int32"],
      },
    ],
  },
  {
    op: "stack",
    samples: [
      {
        title: "three in front",
        inputs: [uniform([2, 2]), uniform([2, 2]), uniform([2, 2])],
        call: (...parts) => lg.stack(parts),
        expected: (...parts) => parts.flatMap((p) => p.values),
      },
      {
        title: "two at the end",
        inputs: [uniform([2, 3]), uniform([2, 3])],
        call: (a, b) => lg.stack([a, b] as Tensor[], { axis: -1 }),
      },
    ],
    errors: [
      {
        title: "refuses axis 2 of a vector's stack",
        run: () => lg.stack([lg.ones([2])], { axis: 2 }),
        type: lg.ShapeError,
        says: ["from -2 to 1", "got 2"],
      },
      {
        title: "refuses other shapes",
        run: () => lg.stack([lg.ones([2]), lg.ones([3])]),
        type: lg.ShapeError,
        says: ["[2]", "[3]"],
      },
      {
        title: "refuses options that are no object",
        run: () => lg.stack([lg.ones([2, 2])], 1 as never),
        type: lg.ValueError,
        says: ["object", "1"],
      },
      { title: "refuses an empty list", run: () => lg.stack([]), type: lg.ShapeError, says: ["at least one"] },
    ],
  },
  {
    op: "gather",
    samples: [
      {
        ...sample("with repeats along axis 0", [3, 2], (x) => lg.gather(x, index([0, 2, 2, 1, 0, 0, 2, 2], [4, 2]))),
        expected: ({ values }) => [0, 5, 4, 3, 0, 1, 4, 5].map((i) => values[i] as number),
      },
      sample("along the last axis", [2, 3], (x) => lg.gather(x, index([2, 0, 1, 1], [2, 2]), { axis: -1 })),
      ...[
        [10, 3, 2],
        [2, 10, 3],
        [3, 2, 10],
      ].map((shape, axis) => {
        const picks = shape.map((n) => (n === 10 ? 70 : n));
        const places = Array.from({ length: 420 }, (_, i) => (i * i) % 9); // the last of 10 is never picked
        return sample(`70 of 10 along axis ${axis}`, shape, (x) => lg.gather(x, index(places, picks), { axis }));
      }),
      {
        ...sample("an index that is smaller along the other axes", [3, 2, 4], (x) =>
          lg.gather(x, index([1, 0, 2, 2, 1, 2], [2, 1, 3])),
        ),
        expected: ({ values }) => [8, 1, 18, 16, 9, 18].map((i) => values[i] as number),
      },
    ],
    errors: [
      {
        title: "refuses an index beyond the axis",
        run: () => lg.gather(lg.ones([3]), index([0, 3], [2])),
        type: lg.ValueError,
        says: ["3", "2"],
      },
      {
        title: "refuses a negative index",
        run: () => lg.gather(lg.ones([3]), index([-1], [1])),
        type: lg.ValueError,
        says: ["-1"],
      },
      {
        title: "refuses an axis that is not in an object",
        run: () => lg.gather(lg.ones([3]), index([0], [1]), 0 as never),
        type: lg.ValueError,
        says: ["object", "0"],
      },
      {
        title: "refuses float indices",
        run: () => lg.gather(lg.ones([3]), lg.ones([2])),
        type: lg.DTypeError,
        says: ["int32", "float"],
      },
      ...[[1, 3], [3], [1, 1, 3]].map((shape) => ({
        title: `refuses an index [${shape}] of [3, 2]`,
        run: () => lg.gather(lg.ones([3, 2]), index([0, 0, 0], shape)),
        type: lg.ShapeError,
        says: ["[3, 2]", `[${shape.join(", ")}]`],
      })),
    ],
  },
  {
    op: "to",
    samples: [sample("the reference device", [2, 3], (x) => lg.to(x, "reference"), [2, 3])],
    errors: [],
  },
];
