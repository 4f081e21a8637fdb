/** Rows of the op table: ops that move numbers. */

import * as lg from "../../../src/index.js";
import type { OpRow } from "../row.js";
import { padRow, sample } from "./padding.js";

const shapeRows: readonly OpRow[] = [
  {
    op: "reshape",
    samples: [
      sample("an inferred size", [2, 6], (x) => lg.reshape(x, [3, -1]), [3, 4]),
      sample("an inferred size between others", [2, 6], (x) => lg.reshape(x, [2, -1, 3]), [2, 2, 3]),
      sample("a scalar", [1], (x) => lg.reshape(x, []), []),
    ],
    errors: [
      ...[[4, 2], [2], [4, -1], [1.5, 4], [-2, -3], [0, -1]].map((shape) => ({
        title: `refuses the shape [${shape}]`,
        run: () => lg.reshape(lg.ones([2, 3]), shape),
        type: lg.ShapeError,
        says: ["6 elements of shape [2, 3]", `fit ${lg.describe(shape)}`],
      })),
      {
        title: "refuses sizes that are no list",
        run: () => lg.reshape(lg.ones([2, 3]), 6 as never),
        type: lg.ShapeError,
        says: ["list", "6"],
      },
      {
        title: "refuses two open sizes",
        run: () => lg.reshape(lg.ones([2, 3]), [-1, -1]),
        type: lg.ShapeError,
        says: ["[-1, -1]"],
      },
    ],
  },
  {
    op: "flatten",
    samples: [
      sample("all axes", [2, 3, 2], (x) => lg.flatten(x), [12]),
      sample("from axis 1", [2, 3, 2], (x) => lg.flatten(x, { startAxis: 1 }), [2, 6]),
      sample("one axis, which stays", [2, 3, 2], (x) => lg.flatten(x, { startAxis: 1, endAxis: -2 }), [2, 3, 2]),
      sample("a scalar, to a vector", [], (x) => lg.flatten(x), [1]),
    ],
    errors: [
      {
        title: "refuses options that are no object",
        run: () => lg.flatten(lg.ones([2, 2]), 1 as never),
        type: lg.ValueError,
        says: ["object", "1"],
      },
      {
        title: "refuses axis 1 of a vector",
        run: () => lg.flatten(lg.ones([3]), { startAxis: 1 }),
        type: lg.ShapeError,
        says: ["from -1 to 0", "got 1"],
      },
      {
        title: "refuses axis -3 of a matrix",
        run: () => lg.flatten(lg.ones([2, 3]), { startAxis: -3 }),
        type: lg.ShapeError,
        says: ["from -2 to 1", "got -3"],
      },
      {
        title: "refuses axes out of order",
        run: () => lg.flatten(lg.ones([2, 3]), { startAxis: 1, endAxis: 0 }),
        type: lg.ShapeError,
        says: ["1", "0"],
      },
    ],
  },
  {
    op: "squeeze",
    samples: [
      sample("every axis of size 1", [1, 3, 1], (x) => lg.squeeze(x), [3]),
      sample("one axis", [1, 3, 1], (x) => lg.squeeze(x, -1), [1, 3]),
      sample("an axis of another size, which stays", [1, 3, 1], (x) => lg.squeeze(x, 1), [1, 3, 1]),
    ],
    errors: [
      {
        title: "refuses axis 2 of rank 2",
        run: () => lg.squeeze(lg.ones([1, 3]), 2),
        type: lg.ShapeError,
        says: ["2"],
      },
    ],
  },
  {
    op: "unsqueeze",
    samples: [
      sample("in front", [2, 3], (x) => lg.unsqueeze(x, 0), [1, 2, 3]),
      sample("at the end", [2, 3], (x) => lg.unsqueeze(x, -1), [2, 3, 1]),
    ],
    errors: [
      {
        title: "refuses axis 3 of rank 2",
        run: () => lg.unsqueeze(lg.ones([1, 3]), 3),
        type: lg.ShapeError,
        says: ["3"],
      },
    ],
  },
  {
    op: "broadcastTo",
    samples: [
      sample("new axes and repeated ones", [3, 1], (x) => lg.broadcastTo(x, [2, 3, 4])),
      sample("no change", [2, 3], (x) => lg.broadcastTo(x, [2, 3]), [2, 3]),
    ],
    errors: [
      {
        title: "refuses to shrink",
        run: () => lg.broadcastTo(lg.ones([2, 3]), [1, 3]),
        type: lg.ShapeError,
        says: ["[2, 3]", "[1, 3]"],
      },
      {
        title: "refuses a size that is no list",
        run: () => lg.broadcastTo(lg.ones([1]), 3 as never),
        type: lg.ShapeError,
        says: ["list", "3"],
      },
      {
        title: "refuses a size of 0",
        run: () => lg.broadcastTo(lg.ones([1]), [0]),
        type: lg.ShapeError,
        says: ["[0]"],
      },
    ],
  },
];

const walkingRows: readonly OpRow[] = [
  {
    op: "permute",
    samples: [
      sample("three axes", [2, 3, 4], (x) => lg.permute(x, [2, 0, 1])),
      sample("five axes", [2, 3, 2, 2, 3], (x) => lg.permute(x, [4, 2, -4, 0, 3])),
    ],
    errors: [
      {
        title: "refuses an axis twice",
        run: () => lg.permute(lg.ones([2, 3]), [1, 1]),
        type: lg.ShapeError,
        says: ["[1, 1]", "2"],
      },
      {
        title: "refuses axes that are no list",
        run: () => lg.permute(lg.ones([2, 3]), 1 as never),
        type: lg.ShapeError,
        says: ["list", "order", "1"],
      },
      {
        title: "refuses too many axes",
        run: () => lg.permute(lg.ones([2, 3]), [0, 1, 1]),
        type: lg.ShapeError,
        says: ["[0, 1, 1]", "2"],
      },
      {
        title: "refuses too few axes",
        run: () => lg.permute(lg.ones([2, 3]), [0]),
        type: lg.ShapeError,
        says: ["[0]", "2"],
      },
    ],
  },
  {
    op: "transpose",
    samples: [
      {
        ...sample("a matrix", [2, 3], (x) => lg.transpose(x)),
        expected: ({ values }) => [0, 3, 1, 4, 2, 5].map((i) => values[i] as number),
      },
      sample("outer axes", [2, 3, 4], (x) => lg.transpose(x, 0, -2)),
    ],
    errors: [
      { title: "refuses a vector", run: () => lg.transpose(lg.ones([3])), type: lg.ShapeError, says: ["-2", "1"] },
    ],
  },
  {
    op: "slice",
    samples: [
      {
        ...sample("negative bounds", [4, 3], (x) => lg.slice(x, { start: [-3, 1], end: [-1] })),
        expected: ({ values }) => [4, 5, 7, 8].map((i) => values[i] as number),
      },
      sample("steps on three axes", [5, 4, 3], (x) => lg.slice(x, { start: [1, 0, 1], step: [2, 3, 2] })),
      sample("everything", [2, 3], (x) => lg.slice(x, {}), [2, 3]),
      sample("bounds beyond the sizes", [2, 3], (x) => lg.slice(x, { start: [-9, -3], end: [9, 4] }), [2, 3]),
    ],
    errors: [
      {
        title: "refuses options that are no object",
        run: () => lg.slice(lg.ones([2, 2]), 1 as never),
        type: lg.ValueError,
        says: ["object", "1"],
      },
      ...[2, 3].map((from) => ({
        title: `refuses the empty range from ${from} to 2`,
        run: () => lg.slice(lg.ones([4]), { start: [from], end: [2] }),
        type: lg.ShapeError,
        says: ["nothing is left of axis 0 (size 4)", `from ${from} to 2`],
      })),
      {
        title: "refuses a start that is no list",
        run: () => lg.slice(lg.ones([4]), { start: 1 as never }),
        type: lg.ShapeError,
        says: ["list", "start", "1"],
      },
      ...["start", "end", "step"].map((name) => ({
        title: `refuses too many entries of ${name}`,
        run: () => lg.slice(lg.ones([4]), { [name]: [1, 1] }),
        type: lg.ShapeError,
        says: ["at most 1", "[4]"],
      })),
      ...[0, 1.5].map((step) => ({
        title: `refuses a step of ${step}`,
        run: () => lg.slice(lg.ones([4]), { step: [step] }),
        type: lg.ValueError,
        says: ["step", String(step)],
      })),
      {
        title: "refuses a fraction",
        run: () => lg.slice(lg.ones([4]), { start: [0.5] }),
        type: lg.ValueError,
        says: ["0.5"],
      },
    ],
  },
];

export const movementRows: readonly OpRow[] = [...shapeRows, ...walkingRows, padRow];
