/** Rows of the op table: picking by index. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { elementAt, fill, type Grid } from "../models.js";
import { type OpRow, type Sample, uniform } from "../row.js";

const index = (values: readonly number[], shape: Shape = [values.length]) =>
  lg.tensor(Int32Array.from(values), { shape, dtype: "int32" });

function picks(
  title: string,
  shape: Shape,
  call: (x: Tensor) => Tensor,
  out: Shape,
  from: (place: number[]) => number[],
): Sample {
  return {
    title,
    inputs: [uniform(shape)],
    call: (x) => call(x as Tensor),
    expected: (x) => fill(out, (place) => elementAt(x as Grid, from(place))),
  };
}

const outOfRange = (run: (k: number) => unknown, size: number) =>
  [-1, size].map((k) => ({
    title: `refuses the index ${k}`,
    run: () => run(k),
    type: lg.ValueError,
    says: [`0 to ${size - 1}`, `got ${k} at element 1`],
  }));
const floats = (run: (x: Tensor) => unknown) => ({
  title: "refuses float indices",
  run: () => run(lg.ones([2])),
  type: lg.DTypeError,
  says: ["int32", "float"],
});
const bare = (run: () => unknown) => ({
  title: "refuses options that are no object",
  run,
  type: lg.ValueError,
  says: ["object", "1"],
});
const one = 1 as never;

const list = [2, 0, 0, 3];

const selectRow: OpRow = {
  op: "indexSelect",
  samples: [
    picks(
      "rows, one of them twice",
      [4, 3],
      (x) => lg.indexSelect(x, index(list)),
      [4, 3],
      ([a = 0, b = 0]) => [list[a] as number, b],
    ),
    picks(
      "the last axis",
      [2, 3, 4],
      (x) => lg.indexSelect(x, index(list), { axis: -1 }),
      [2, 3, 4],
      ([a = 0, b = 0, c = 0]) => [a, b, list[c] as number],
    ),
    picks(
      "a middle axis",
      [2, 4, 3],
      (x) => lg.indexSelect(x, index([3, 1]), { axis: 1 }),
      [2, 2, 3],
      ([a = 0, b = 0, c = 0]) => [a, [3, 1][b] as number, c],
    ),
    picks(
      "300 of 9 rows",
      [9, 2],
      (x) => lg.indexSelect(x, index(many)),
      [300, 2],
      ([a = 0, b = 0]) => [many[a] as number, b],
    ),
    picks(
      "300 of a last axis of 8",
      [2, 8],
      (x) => lg.indexSelect(x, index(many), { axis: 1 }),
      [2, 300],
      ([a = 0, b = 0]) => [a, many[b] as number],
    ),
  ],
  errors: [
    ...outOfRange((k) => lg.indexSelect(lg.ones([3, 2]), index([0, k])), 3),
    floats((x) => lg.indexSelect(lg.ones([3]), x)),
    {
      title: "refuses a matrix of indices",
      run: () => lg.indexSelect(lg.ones([3]), index([0, 1], [1, 2])),
      type: lg.ShapeError,
      says: ["one axis", "[1, 2]"],
    },
    {
      title: "refuses axis 2 of rank 2",
      run: () => lg.indexSelect(lg.ones([3, 2]), index([0]), { axis: 2 }),
      type: lg.ShapeError,
      says: ["got 2"],
    },
    bare(() => lg.indexSelect(lg.ones([3]), index([0]), one)),
  ],
};

/** More than are compared one by one: their gradients are added up by sorting. */
const many = Array.from({ length: 300 }, (_, i) => (i * i) % 7);

const words = [1, 4, 1, 0, 3, 3];

const embeddingRow: OpRow = {
  op: "embedding",
  samples: [
    picks(
      "a matrix of indices",
      [5, 4],
      (w) => lg.embedding(index(words, [2, 3]), w),
      [2, 3, 4],
      ([a = 0, b = 0, c = 0]) => [words[3 * a + b] as number, c],
    ),
    picks(
      "a single index",
      [5, 2],
      (w) => lg.embedding(lg.tensor(3, { dtype: "int32" }), w),
      [2],
      ([c = 0]) => [3, c],
    ),
  ],
  errors: [
    ...outOfRange((k) => lg.embedding(index([0, k]), lg.ones([3, 2])), 3),
    floats((x) => lg.embedding(x, lg.ones([3, 2]))),
    {
      title: "refuses a table of one axis",
      run: () => lg.embedding(index([0]), lg.ones([3])),
      type: lg.ShapeError,
      says: ["[rows, D]", "[3]"],
    },
    {
      title: "refuses a table of integers",
      run: () => lg.embedding(index([0]), index([1, 2], [2, 1])),
      type: lg.DTypeError,
      says: ["int32"],
    },
    ...[3, -4, 0.5].map((paddingIdx) => ({
      title: `refuses to pad with row ${paddingIdx} of 3`,
      run: () => lg.embedding(index([0]), lg.ones([3, 2]), { paddingIdx }),
      type: lg.ValueError,
      says: ["paddingIdx", "-3 to 2", String(paddingIdx)],
    })),
    bare(() => lg.embedding(index([0]), lg.ones([3, 2]), one)),
  ],
};

const oneHotRow: OpRow = {
  op: "oneHot",
  order: 0,
  samples: [
    { shape: [3], values: [2, 0, 1] },
    { shape: [2, 2], values: [3, 3, 0, 1] },
    { shape: [], values: [1] },
  ].map((input) => ({
    title: `${input.values} of [${input.shape}]`,
    inputs: [input],
    call: (x: Tensor | undefined) => lg.oneHot(lg.cast(x as Tensor, "int32"), { numClasses: 4 }),
    expected: () => ({
      shape: [...input.shape, 4],
      values: input.values.flatMap((k) => [0, 1, 2, 3].map((c) => Number(c === k))),
    }),
  })),
  specials: [
    {
      title: "a single class",
      inputs: [{ shape: [2], values: [0, 0] }],
      call: (x) => lg.oneHot(lg.cast(x as Tensor, "int32"), { numClasses: 1 }),
      expected: () => ({ shape: [2, 1], values: [1, 1] }),
    },
  ],
  errors: [
    ...outOfRange((k) => lg.oneHot(index([0, k]), { numClasses: 3 }), 3),
    floats((x) => lg.oneHot(x, { numClasses: 3 })),
    ...[0, 1.5, undefined].map((numClasses) => ({
      title: `refuses ${numClasses} classes`,
      run: () => lg.oneHot(index([0]), { numClasses: numClasses as number }),
      type: lg.ValueError,
      says: ["numClasses", String(numClasses)],
    })),
    bare(() => lg.oneHot(index([0]), one)),
  ],
};

/** x with source added where the index says, by the definition. */
function scatterModel(x: Grid, places: Grid, source: Grid, axis: number): readonly number[] {
  const sums = fill(x.shape, (place) => elementAt(x, place));
  const added = fill(x.shape, (place) => {
    let sum = 0;
    fill(places.shape, (from) => {
      const target = from.map((c, i) => (i === (axis + from.length) % from.length ? elementAt(places, from) : c));
      if (target.join() === place.join()) sum += elementAt(source, from);
      return 0;
    });
    return sum;
  });
  return sums.values.map((v, i) => v + (added.values[i] as number));
}

function scatters(
  title: string,
  shapes: readonly [Shape, Shape, Shape],
  values: readonly number[],
  axis: number,
): Sample {
  const [shape, indexShape, sourceShape] = shapes;
  return {
    title,
    inputs: [uniform(shape), uniform(sourceShape)],
    call: (x, source) => lg.scatterAdd(x as Tensor, index(values, indexShape), source as Tensor, { axis }),
    expected: (x, source) => scatterModel(x as Grid, { shape: indexShape, values }, source as Grid, axis),
  };
}

const scatterRow: OpRow = {
  op: "scatterAdd",
  samples: [
    scatters(
      "several into one place",
      [
        [3, 2],
        [4, 2],
        [4, 2],
      ],
      [0, 2, 2, 1, 0, 0, 2, 2],
      0,
    ),
    scatters(
      "along the last axis",
      [
        [2, 4],
        [2, 3],
        [2, 3],
      ],
      [3, 0, 3, 1, 1, 2],
      -1,
    ),
    scatters(
      "a source and a target that are larger",
      [
        [3, 4],
        [2, 2],
        [3, 5],
      ],
      [2, 0, 2, 1],
      0,
    ),
    scatters(
      "more than are compared one by one, other places in each column, 0 and 4 only once",
      [
        [6, 3],
        [70, 3],
        [70, 3],
      ],
      Array.from({ length: 210 }, (_, i) => (i < 6 ? (i < 3 ? 0 : 4) : 1 + ((i * i + 2 * i) % 3))),
      0,
    ),
  ],
  errors: [
    ...outOfRange((k) => lg.scatterAdd(lg.ones([3]), index([0, k]), lg.ones([2])), 3),
    floats((x) => lg.scatterAdd(lg.ones([3]), x, lg.ones([2]))),
    {
      title: "refuses a source that is too small",
      run: () => lg.scatterAdd(lg.ones([3]), index([0, 1]), lg.ones([1])),
      type: lg.ShapeError,
      says: ["source [1]", "[2]"],
    },
    {
      title: "refuses a source that is too small on the second axis",
      run: () => lg.scatterAdd(lg.ones([1, 3]), index([0, 1], [1, 2]), lg.ones([1, 1])),
      type: lg.ShapeError,
      says: ["source [1, 1]", "[1, 2]"],
    },
    {
      title: "refuses an index of another rank",
      run: () => lg.scatterAdd(lg.ones([3, 1]), index([0, 1]), lg.ones([2, 1])),
      type: lg.ShapeError,
      says: ["x [3, 1]", "[2]"],
    },
    {
      title: "refuses a target that is too small",
      run: () => lg.scatterAdd(lg.ones([3, 1]), index([0, 1], [1, 2]), lg.ones([1, 2])),
      type: lg.ShapeError,
      says: ["x [3, 1]", "[1, 2]"],
    },
    {
      title: "refuses integers",
      run: () => lg.scatterAdd(index([1, 2]), index([0]), index([1])),
      type: lg.DTypeError,
      says: ["int32"],
    },
    bare(() => lg.scatterAdd(lg.ones([3]), index([0]), lg.ones([1]), one)),
  ],
};

/** Selection. */
export const selectionRows: readonly OpRow[] = [selectRow, embeddingRow, oneHotRow, scatterRow];
