/** The row of the op table of padding. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { type OpRow, type Sample, uniform } from "../row.js";

/** A sample of one tensor; `kept` is the shape of a result whose numbers stay in their order. */
export function sample(title: string, shape: Shape, call: (x: Tensor) => Tensor, kept?: Shape): Sample {
  return { title, inputs: [uniform(shape)], call, ...(kept && { expected: (x) => ({ ...x, shape: kept }) }) };
}

/** Padding. */
export const padRow: OpRow = {
  op: "pad",
  samples: [
    sample("two axes", [2, 3], (x) =>
      lg.pad(x, [
        [1, 0],
        [2, 1],
      ]),
    ),
    sample("four axes, by a value", [2, 1, 3, 2], (x) =>
      lg.pad(
        x,
        [
          [0, 1],
          [1, 1],
          [0, 2],
          [1, 0],
        ],
        { value: -3 },
      ),
    ),
    sample("the first axis only", [2, 3, 2], (x) => lg.pad(x, [[1, 1]])),
    sample("nothing", [2, 3], (x) => lg.pad(x, []), [2, 3]),
    {
      ...sample("mirrored at the edges", [4], (x) => lg.pad(x, [[3, 2]], { mode: "reflect" })),
      expected: ({ values }) => [3, 2, 1, 0, 1, 2, 3, 2, 1].map((i) => values[i] as number),
    },
    {
      ...sample("the edge repeated", [2, 2], (x) =>
        lg.pad(
          x,
          [
            [0, 1],
            [3, 0],
          ],
          { mode: "replicate" },
        ),
      ),
      expected: ({ values }) => [0, 0, 0, 0, 1, 2, 2, 2, 2, 3, 2, 2, 2, 2, 3].map((i) => values[i] as number),
    },
    {
      ...sample("carried on from the other end", [1, 3], (x) =>
        lg.pad(
          x,
          [
            [1, 1],
            [3, 2],
          ],
          { mode: "circular" },
        ),
      ),
      expected: ({ values }) => [0, 0, 0].flatMap(() => [0, 1, 2, 0, 1, 2, 0, 1].map((i) => values[i] as number)),
    },
    sample("mirrored images", [1, 2, 3, 4], (x) =>
      lg.pad(
        x,
        [
          [0, 0],
          [0, 0],
          [2, 1],
          [1, 3],
        ],
        { mode: "reflect" },
      ),
    ),
  ],
  errors: [
    ...[[[-1, 0]], [[0, -1]], [[0.5, 0.5]], [[1]], [[1, 0, 0]], [1, 1], [null, [1, 0]]].map((widths) => ({
      title: `refuses the widths ${lg.describe(widths)}`,
      run: () => lg.pad(lg.ones([2, 2]), widths as never),
      type: lg.ValueError,
      says: ["pairs [before, after]", `got ${lg.describe(widths)}`],
    })),
    {
      title: "refuses to mirror more cells than there are",
      run: () =>
        lg.pad(
          lg.ones([2, 3]),
          [
            [0, 0],
            [1, 3],
          ],
          { mode: "reflect" },
        ),
      type: lg.ValueError,
      says: ["reflect", "at most 2", "axis 1", "[1, 3]"],
    },
    {
      title: "refuses to go round more than once",
      run: () => lg.pad(lg.ones([2]), [[3, 0]], { mode: "circular" }),
      type: lg.ValueError,
      says: ["circular", "at most 2", "[3, 0]"],
    },
    {
      title: "refuses an unknown mode",
      run: () => lg.pad(lg.ones([2]), [[1, 0]], { mode: "mirror" as "reflect" }),
      type: lg.ValueError,
      says: ["reflect", "mirror"],
    },
    {
      title: "refuses a value that is no option",
      run: () => lg.pad(lg.ones([2]), [[1, 0]], 1 as never),
      type: lg.ValueError,
      says: ["object", "1"],
    },
    {
      title: "refuses a padding that is no list",
      run: () => lg.pad(lg.ones([4]), 1 as never),
      type: lg.ShapeError,
      says: ["list", "padding", "1"],
    },
    {
      title: "refuses too many pairs",
      run: () =>
        lg.pad(lg.ones([2]), [
          [0, 0],
          [0, 0],
        ]),
      type: lg.ShapeError,
      says: ["[2]", "2"],
    },
  ],
};
