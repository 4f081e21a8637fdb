/** The row of the op table of attention. */

import type { AttentionOptions, Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { elementAt, fill, type Grid } from "../models.js";
import { type OpRow, type Sample, uniform } from "../row.js";
import { refusesIntegers } from "./elementwise.js";

const square = () => lg.ones([2, 2]);
const wide = () => lg.ones([2, 3]);

/** Attention of one head by its definition; `bonus(i, j)` is added to a score, −∞ forbids. */
function attentionModel(
  q: Grid,
  k: Grid,
  v: Grid,
  scale: number,
  bonus: (i: number, j: number) => number,
): readonly number[] {
  const [l = 0, e = 0] = q.shape;
  const [s = 0, width = 0] = v.shape;
  const weights = Array.from({ length: l }, (_, i) => {
    const powers = Array.from({ length: s }, (_, j) => {
      let score = 0;
      for (let c = 0; c < e; c++) score += elementAt(q, [i, c]) * elementAt(k, [j, c]);
      return Math.exp(scale * score + bonus(i, j));
    });
    const all = powers.reduce((sum, p) => sum + p, 0);
    return powers.map((p) => (all === 0 ? 0 : p / all));
  });
  return fill([l, width], ([i = 0, c = 0]) =>
    (weights[i] as number[]).reduce((sum, w, j) => sum + w * elementAt(v, [j, c]), 0),
  ).values;
}

const allowed = [1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1]; // [3, 4]; the second query may look at nothing
const bonuses = [0.5, -1, 0, 2, -0.5, 1, 1, 0, 0.25, 0, Number.NEGATIVE_INFINITY, -2];

function attends(
  title: string,
  options: () => AttentionOptions,
  bonus: (i: number, j: number) => number,
  scale = 1 / Math.sqrt(2),
): Sample {
  return {
    title,
    inputs: [uniform([3, 2]), uniform([4, 2]), uniform([4, 3])],
    call: (q, k, v) => lg.scaledDotProductAttention(q as Tensor, k as Tensor, v as Tensor, options()),
    expected: (q, k, v) => attentionModel(q as Grid, k as Grid, v as Grid, scale, bonus),
  };
}

const heads = (shapes: readonly [Shape, Shape, Shape], options?: AttentionOptions): Sample => ({
  title: `heads ${JSON.stringify(shapes)}`,
  inputs: shapes.map((shape) => uniform(shape)),
  call: (q, k, v) => lg.scaledDotProductAttention(q as Tensor, k as Tensor, v as Tensor, options),
});

const none = Number.NEGATIVE_INFINITY;
const call = (options: object, q = wide(), k = wide(), v = wide()) => lg.scaledDotProductAttention(q, k, v, options);

/** Two heads of keys for four of queries. */
const groupedHeads: Sample = {
  title: "fewer heads of keys and values",
  inputs: [uniform([4, 3, 2]), uniform([2, 4, 2]), uniform([2, 4, 3])],
  call: (q, k, v) => lg.scaledDotProductAttention(q as Tensor, k as Tensor, v as Tensor, { enableGqa: true }),
  expected: (q, k, v) =>
    [0, 1, 2, 3].flatMap((head) => {
      const [queries, keys, values] = [part(q as Grid, head), part(k as Grid, head >> 1), part(v as Grid, head >> 1)];
      return attentionModel(queries, keys, values, 1 / Math.sqrt(2), () => 0);
    }),
};

function part(x: Grid, head: number): Grid {
  return fill(x.shape.slice(1), (place) => elementAt(x, [head, ...place]));
}

/** Attention. */
export const attentionRow: OpRow = {
  op: "scaledDotProductAttention",
  samples: [
    attends(
      "plain",
      () => ({}),
      () => 0,
    ),
    attends(
      "scaled",
      () => ({ scale: 0.3 }),
      () => 0,
      0.3,
    ),
    attends(
      "causal",
      () => ({ isCausal: true }),
      (i, j) => (j <= i ? 0 : none),
    ),
    attends(
      "a bool mask",
      () => ({ attnMask: lg.tensor(allowed, { shape: [3, 4], dtype: "bool" }) }),
      (i, j) => (allowed[4 * i + j] === 1 ? 0 : none),
    ),
    attends(
      "a float mask",
      () => ({ attnMask: lg.tensor(bonuses, { shape: [3, 4] }) }),
      (i, j) => bonuses[4 * i + j] as number,
    ),
    attends(
      "a mask of keys",
      () => ({ attnMask: lg.tensor([1, 0, 0, 1], { dtype: "bool" }) }),
      (_, j) => (j % 3 === 0 ? 0 : none),
    ),
    attends(
      "all dropped",
      () => ({ dropoutP: 1, generator: lg.generator(1) }),
      () => none,
    ),
    heads([
      [2, 2, 3, 4],
      [2, 2, 5, 4],
      [2, 2, 5, 2],
    ]),
    heads(
      [
        [2, 2, 3, 2],
        [1, 2, 3, 2],
        [3, 2],
      ],
      { isCausal: true },
    ),
    {
      ...heads([
        [2, 4, 2],
        [2, 4, 2],
        [2, 4, 2],
      ]),
      title: "dropout of a seed",
      call: (q, k, v) =>
        lg.scaledDotProductAttention(q as Tensor, k as Tensor, v as Tensor, {
          dropoutP: 0.4,
          generator: lg.generator(5),
        }),
    },
    groupedHeads,
  ],
  errors: [
    refusesIntegers((x) => lg.scaledDotProductAttention(x, x, x), [2, 2]),
    { title: "refuses a vector", run: () => call({}, lg.ones([3])), type: lg.ShapeError, says: ["[3]", "[2, 3]"] },
    {
      title: "refuses another width of keys",
      run: () => call({}, wide(), square()),
      type: lg.ShapeError,
      says: ["[2, 2]"],
    },
    {
      title: "refuses another number of values",
      run: () => call({}, wide(), wide(), lg.ones([3, 3])),
      type: lg.ShapeError,
      says: ["[3, 3]"],
    },
    {
      title: "refuses heads that do not broadcast",
      run: () => call({}, lg.ones([2, 2, 3]), lg.ones([3, 2, 3])),
      type: lg.ShapeError,
      says: ["[2]", "[3]", "broadcast"],
    },
    {
      title: "refuses a mask of another shape",
      run: () => call({ attnMask: wide() }),
      type: lg.ShapeError,
      says: ["[2, 2]", "[2, 3]"],
    },
    {
      title: "refuses a mask that adds axes",
      run: () => call({ attnMask: lg.ones([3, 2, 2]) }),
      type: lg.ShapeError,
      says: ["[2, 2]", "[3, 2, 2]"],
    },
    {
      title: "refuses a mask of integers",
      run: () => call({ attnMask: lg.ones([2, 2], { dtype: "int32" }) }),
      type: lg.DTypeError,
      says: ["attnMask", "bool", "int32"],
    },
    {
      title: "refuses two masks",
      run: () => call({ attnMask: square(), isCausal: true }),
      type: lg.ValueError,
      says: ["isCausal"],
    },
    {
      title: "refuses a NaN scale",
      run: () => call({ scale: Number.NaN }),
      type: lg.ValueError,
      says: ["scale", "NaN"],
    },
    {
      title: "refuses dropout above 1",
      run: () => call({ dropoutP: 1.5 }),
      type: lg.ValueError,
      says: ["dropoutP", "1.5"],
    },
    {
      title: "refuses dropout without a generator",
      run: () => call({ dropoutP: 0.5 }),
      type: lg.ValueError,
      says: ["generator"],
    },
    {
      title: "refuses options that are no object",
      run: () => call(1 as never),
      type: lg.ValueError,
      says: ["object", "1"],
    },
    {
      title: "refuses heads that do not divide",
      run: () => call({ enableGqa: true }, lg.ones([4, 2, 3]), lg.ones([3, 2, 3]), lg.ones([3, 2, 3])),
      type: lg.ShapeError,
      says: ["enableGqa", "[4, 2, 3]", "[3, 2, 3]"],
    },
  ],
};
