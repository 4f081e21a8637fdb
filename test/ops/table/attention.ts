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

/** Two heads of keys for six of queries, with any axes before the heads. */
const groupedHeads = (...outer: number[]): Sample => ({
  title: `fewer heads of keys and values, in [${outer}]`,
  inputs: [uniform([...outer, 6, 3, 2]), uniform([...outer, 2, 4, 2]), uniform([...outer, 2, 4, 3])],
  call: (q, k, v) => lg.scaledDotProductAttention(q as Tensor, k as Tensor, v as Tensor, { enableGqa: true }),
  expected: (q, k, v) => {
    const count = 6 * outer.reduce((product, n) => product * n, 1);
    const values = Array.from({ length: count }, (_, head) => {
      const own = Math.floor(head / 3);
      const [queries, keys, values] = [part(q as Grid, head), part(k as Grid, own), part(v as Grid, own)];
      return attentionModel(queries, keys, values, 1 / Math.sqrt(2), () => 0);
    });
    return { shape: [...outer, 6, 3, 3], values: values.flat() };
  },
});

/** The matrix that stands at a place among all matrices of x. */
function part(x: Grid, place: number): Grid {
  const [rows = 0, columns = 0] = x.shape.slice(-2);
  return { shape: [rows, columns], values: x.values.slice(place * rows * columns, (place + 1) * rows * columns) };
}

/** Of two queries and keys in each member of a batch, the first query may look at nothing in the second member. */
const maskedBatch: Sample = {
  title: "a mask of a batch",
  inputs: [uniform([3, 2, 4]), uniform([3, 2, 4]), uniform([3, 2, 2])],
  call: (q, k, v) =>
    lg.scaledDotProductAttention(q as Tensor, k as Tensor, v as Tensor, {
      attnMask: lg.tensor(batchAllowed, { shape: [3, 2, 2], dtype: "bool" }),
    }),
  expected: (q, k, v) => ({
    shape: [3, 2, 2],
    values: [0, 1, 2].flatMap((member) =>
      attentionModel(part(q as Grid, member), part(k as Grid, member), part(v as Grid, member), 1 / 2, (i, j) =>
        batchAllowed[4 * member + 2 * i + j] === 1 ? 0 : none,
      ),
    ),
  }),
};

const batchAllowed = [1, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1];

/** With p = 0.4 of the weights dropped, those whose draw is below; the rest grow. */
const dropout: Sample = {
  title: "dropout of a seed",
  inputs: [uniform([2, 3, 2]), uniform([2, 4, 2]), uniform([2, 4, 5])],
  call: (q, k, v) =>
    lg.scaledDotProductAttention(q as Tensor, k as Tensor, v as Tensor, { dropoutP: 0.4, generator: lg.generator(5) }),
  expected: (q, k, v) => {
    const draws = lg.generator(5);
    const kept = Array.from({ length: 2 * 3 * 4 }, () => (draws.uniform() >= 0.4 ? 1 / 0.6 : 0));
    const values = [0, 1].flatMap((member) => {
      const identity = fill([4, 4], ([i, j]) => Number(i === j));
      const weights = attentionModel(part(q as Grid, member), part(k as Grid, member), identity, Math.SQRT1_2, () => 0);
      return fill([3, 5], ([i = 0, c = 0]) =>
        [0, 1, 2, 3].reduce((sum, j) => {
          const weight = (weights[4 * i + j] as number) * (kept[12 * member + 4 * i + j] as number);
          return sum + weight * elementAt(v as Grid, [member, j, c]);
        }, 0),
      ).values;
    });
    return { shape: [2, 3, 5], values };
  },
};

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
    dropout,
    maskedBatch,
    groupedHeads(),
    groupedHeads(3),
    groupedHeads(3, 2),
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
      run: () => call({}, wide(), lg.ones([4, 3]), lg.ones([5, 6])),
      type: lg.ShapeError,
      says: ["query", "key", "value", "got [2, 3], [4, 3], [5, 6]"],
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
      title: "refuses an endless scale",
      run: () => call({ scale: Number.POSITIVE_INFINITY }),
      type: lg.ValueError,
      says: ["scale", "Infinity"],
    },
    ...[1.5, -0.5].map((dropoutP) => ({
      title: `refuses dropout of ${dropoutP}`,
      run: () => call({ dropoutP, generator: lg.generator(1) }),
      type: lg.ValueError,
      says: ["dropoutP", String(dropoutP)],
    })),
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
    {
      title: "refuses more heads of keys than of queries",
      run: () => call({ enableGqa: true }, lg.ones([1, 2, 3]), lg.ones([2, 2, 3]), lg.ones([2, 2, 3])),
      type: lg.ShapeError,
      says: ["enableGqa", "[1, 2, 3]", "[2, 2, 3]"],
    },
    {
      title: "refuses queries without heads",
      run: () => call({ enableGqa: true }, wide(), lg.ones([3, 2, 3]), lg.ones([3, 2, 3])),
      type: lg.ShapeError,
      says: ["enableGqa", "[2, 3]", "[3, 2, 3]"],
    },
    {
      title: "refuses keys without heads",
      run: () => call({ enableGqa: true }, lg.ones([4, 2, 3])),
      type: lg.ShapeError,
      says: ["enableGqa", "[4, 2, 3]", "[2, 3]"],
    },
  ],
};
