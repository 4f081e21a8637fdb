/** The row of the op table: local response normalisation. */

import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { localResponseModel } from "../norm-models.js";
import { type OpRow, uniform } from "../row.js";
import { refusesIntegers } from "./elementwise.js";

export const localResponseNormRow: OpRow = {
  op: "localResponseNorm",
  samples: [
    {
      title: "an odd size",
      inputs: [uniform([2, 5, 2, 2])],
      call: (x) => lg.localResponseNorm(x as Tensor, { size: 3, alpha: 0.5, beta: 0.6, k: 2 }),
      expected: (x) => localResponseModel(x, 3, 0.5, 0.6, 2),
    },
    {
      title: "an even size, one more before than after",
      inputs: [uniform([1, 4, 3])],
      call: (x) => lg.localResponseNorm(x as Tensor, { size: 2, alpha: 1 }),
      expected: (x) => localResponseModel(x, 2, 1, 0.75, 1),
    },
    {
      title: "more channels than there are, by default",
      inputs: [uniform([1, 2, 3], { low: 20, high: 90 })],
      call: (x) => lg.localResponseNorm(x as Tensor, { size: 7 }),
      expected: (x) => localResponseModel(x, 7, 1e-4, 0.75, 1),
    },
    {
      title: "each channel by itself",
      inputs: [uniform([1, 3, 2])],
      call: (x) => lg.localResponseNorm(x as Tensor, { size: 1, alpha: 1 }),
      expected: (x) => localResponseModel(x, 1, 1, 0.75, 1),
    },
  ],
  errors: [
    refusesIntegers((x) => lg.localResponseNorm(x, { size: 1 }), [1, 1, 2]),
    ...[0, 1.5, undefined].map((size) => ({
      title: `refuses a size of ${size}`,
      run: () => lg.localResponseNorm(lg.ones([1, 2, 3]), { size: size as number }),
      type: lg.ValueError,
      says: ["size", `got ${size}`],
    })),
    {
      title: "refuses an alpha that is no number",
      run: () => lg.localResponseNorm(lg.ones([1, 2, 3]), { size: 1, alpha: Number.NaN }),
      type: lg.ValueError,
      says: ["alpha", "NaN"],
    },
    ...["alpha", "beta", "k"].map((name) => ({
      title: `refuses an infinite ${name}`,
      run: () => lg.localResponseNorm(lg.ones([1, 2, 3]), { size: 1, [name]: Number.POSITIVE_INFINITY }),
      type: lg.ValueError,
      says: [`${name} must be a finite number, got Infinity`],
    })),
    {
      title: "refuses a number in place of options",
      run: () => lg.localResponseNorm(lg.ones([1, 2, 3]), 5 as unknown as lg.LocalResponseNormOptions),
      type: lg.ValueError,
      says: ["options", "5"],
    },
    {
      title: "refuses features",
      run: () => lg.localResponseNorm(lg.ones([2, 3]), { size: 1 }),
      type: lg.ShapeError,
      says: ["[2, 3]"],
    },
  ],
};
