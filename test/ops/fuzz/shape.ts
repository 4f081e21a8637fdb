/** Signatures of the ops that move numbers, and of those that pick them by index. */
import fc from "fast-check";
import { broadcastTo, type Tensor } from "../../../src/index.js";
import {
  anyTensor,
  axes,
  axis,
  boolTowards,
  filler,
  flag,
  float,
  int,
  listOf,
  oneOf,
  optional,
  options,
  perAxis,
  real,
  towards,
  whole,
  wholes,
} from "./arguments.js";
import {
  aligned,
  dims,
  each,
  entry,
  numberIn,
  place,
  product,
  type Signature,
  type Signatures,
  sameShape,
} from "./promise.js";

const few = (from: number, to: number, length = { from: 0, to: 3 }) => wholes(from, to, length);
const swap = (sizes: readonly number[], a: number, b: number) =>
  sizes.map((n, i) => (i === a ? sizes[b] : i === b ? sizes[a] : n) as number);
const along = (sizes: readonly number[], given: unknown, otherwise: number) =>
  place(numberIn(given, "axis", otherwise), sizes.length);
const withSize = (sizes: readonly number[], axis_: number, size: number) =>
  sizes.map((n, i) => (i === axis_ ? size : n));

const parts = (sizesOf: (size: number, given: unknown) => readonly number[]): Signature["shape"] => {
  return ([x, given, how]) => {
    const axis_ = along(dims(x), how, 0);
    return sizesOf(dims(x)[axis_] as number, given).map((n) => withSize(dims(x), axis_, n));
  };
};

const evenly = (size: number, part: number) =>
  Array.from({ length: Math.ceil(size / part) }, (_, i) => Math.min(part, size - i * part));

export const shapeSignatures: Signatures = {
  reshape: {
    args: [float("AB", "AB1", "A", ""), wholes(-1, 4, { from: 1, to: 2 })],
    shape: ([x, to]) => {
      const known = product((to as number[]).filter((n) => n !== -1));
      return (to as number[]).map((n) => (n === -1 ? product(dims(x)) / known : n));
    },
  },
  flatten: {
    args: [float(), options({ startAxis: axis, endAxis: axis })],
    shape: ([x, given]) => {
      const sizes = dims(x);
      if (sizes.length === 0) return [1];
      const [from, to] = ["startAxis", "endAxis"].map((name, i) => place(numberIn(given, name, -i), sizes.length)) as [
        number,
        number,
      ];
      return [...sizes.slice(0, from), product(sizes.slice(from, to + 1)), ...sizes.slice(to + 1)];
    },
  },
  squeeze: {
    args: [anyTensor, optional(axis)],
    shape: ([x, at]) => dims(x).filter((n, i) => n !== 1 || (at !== undefined && i !== place(at, dims(x).length))),
  },
  unsqueeze: {
    args: [anyTensor, whole(-4, 3)],
    shape: ([x, at]) => dims(x).toSpliced(place(at, dims(x).length + 1), 0, 1),
  },
  permute: {
    args: [float("AB"), fc.oneof(few(-2, 1), oneOf([0, 1], [1, 0], [-1, 0], [1, -2]))],
    shape: ([x, order]) => (order as number[]).map((i) => dims(x).at(i) as number),
  },
  transpose: {
    args: [float("AB", "ABC"), optional(axis), optional(axis)],
    shape: ([x, a = -2, b = -1]) => swap(dims(x), place(a, dims(x).length), place(b, dims(x).length)),
  },
  slice: {
    args: [
      float("ABC", "AB", "4"),
      options({
        start: few(-4, 2, { from: 0, to: 1 }),
        end: few(1, 4, { from: 0, to: 2 }),
        step: few(1, 3, { from: 0, to: 1 }),
      }),
    ],
    shape: ([x, given]) =>
      dims(x).map((n, i) => {
        const bound = (name: string, otherwise: number) => {
          const value = (entry(given, name) as number[] | undefined)?.[i] ?? otherwise;
          return Math.min(n, Math.max(0, value < 0 ? value + n : value));
        };
        const step = (entry(given, "step") as number[] | undefined)?.[i] ?? 1;
        return Math.ceil((bound("end", n) - bound("start", 0)) / step);
      }),
  },
  pad: {
    args: [
      float("44", "444"),
      listOf(wholes(0, 2, { from: 2, to: 2 })),
      options({ value: filler, mode: oneOf("constant", "reflect", "replicate", "circular") }),
    ],
    shape: ([x, widths]) =>
      dims(x).map((n, i) => n + ((widths as number[][])[i]?.[0] ?? 0) + ((widths as number[][])[i]?.[1] ?? 0)),
  },
  broadcastTo: { args: [float("1", "", "11"), few(1, 4, { from: 0, to: 3 })], shape: ([, to]) => to as number[] },
  concat: {
    args: [listOf(float("AB")), options({ axis })],
    shape: ([list, given]) => {
      const shapes = (list as unknown[]).map(dims);
      const first = shapes[0] as number[];
      const axis_ = along(first, given, 0);
      return withSize(
        first,
        axis_,
        shapes.reduce((total, s) => total + (s[axis_] as number), 0),
      );
    },
  },
  stack: {
    args: [listOf(float("AB")), options({ axis })],
    shape: ([list, given]) => {
      const first = dims((list as unknown[])[0]);
      return first.toSpliced(along([...first, 0], given, 0), 0, (list as unknown[]).length);
    },
  },
  flip: { args: [anyTensor, options({ axis: axes })], shape: ([x]) => dims(x) },
  roll: sameShape(options({ shift: perAxis(-3, 3, 1), axis: optional(axis, null) }, ["shift"])),
  pixelShuffle: {
    args: [float((size) => [size("N"), 4 * size("C"), size("H"), 2]), oneOf(1, 2)],
    shape: ([x, r]) => {
      const [c = 0, h = 0, w = 0] = dims(x).slice(-3);
      const by = r as number;
      return [...dims(x).slice(0, -3), c / by ** 2, h * by, w * by];
    },
  },
  pixelUnshuffle: {
    args: [float((size) => [size("N"), size("C"), 2 * size("H"), 2]), oneOf(1, 2)],
    shape: ([x, r]) => {
      const [c = 0, h = 0, w = 0] = dims(x).slice(-3);
      const by = r as number;
      return [...dims(x).slice(0, -3), c * by ** 2, h / by, w / by];
    },
  },
  tile: {
    args: [anyTensor, few(1, 3)],
    shape: ([x, repeats]) => {
      const [sizes, counts] = [dims(x), repeats as number[]];
      const rank = Math.max(sizes.length, counts.length);
      return Array.from(
        { length: rank },
        (_, i) => (sizes[i - rank + sizes.length] ?? 1) * (counts[i - rank + counts.length] ?? 1),
      );
    },
  },
  ...each("tril triu", { args: [float("AB", "ABC"), options({ diagonal: whole(-3, 3) })], shape: ([x]) => dims(x) }),
  diagonal: {
    args: [float("AB", "ABC"), options({ offset: whole(-1, 1), axis1: axis, axis2: whole(0, 2) })],
    shape: ([x, given]) => {
      const sizes = dims(x);
      const offset = numberIn(given, "offset", 0);
      const [down, across] = [numberIn(given, "axis1", 0), numberIn(given, "axis2", 1)].map((n) =>
        place(n, sizes.length),
      ) as [number, number];
      const [rows, columns] = [sizes[down] as number, sizes[across] as number];
      const inside = Array.from({ length: rows }, (_, i) => i + offset).filter((j) => j >= 0 && j < columns);
      return [...sizes.filter((_, i) => i !== down && i !== across), inside.length];
    },
  },
  select: {
    args: [anyTensor, whole(-2, 1), options({ axis })],
    shape: ([x, , given]) => dims(x).toSpliced(along(dims(x), given, 0), 1),
  },
  unbind: {
    args: [anyTensor, options({ axis })],
    shape: ([x, given]) => {
      const [sizes, axis_] = [dims(x), along(dims(x), given, 0)];
      return Array.from({ length: sizes[axis_] as number }, () => sizes.toSpliced(axis_, 1));
    },
  },
  movedim: {
    args: [float("AB", "ABC"), perAxis(-2, 1, 2), perAxis(-2, 1, 2)],
    shape: ([x, source, destination]) => {
      const sizes = dims(x);
      const places = (axes_: unknown) => [axes_ as number | number[]].flat().map((n) => place(n, sizes.length));
      const [from, to] = [places(source), places(destination)];
      const moved: (number | undefined)[] = sizes.map(() => undefined);
      for (const [i, target] of to.entries()) moved[target] = sizes[from[i] as number];
      const others = sizes.filter((_, i) => !from.includes(i));
      return moved.map((n) => n ?? (others.shift() as number));
    },
  },
  repeatInterleave: {
    args: [anyTensor, fc.oneof(whole(1, 3), few(0, 2, { from: 1, to: 3 })), options({ axis: optional(axis, null) })],
    shape: ([x, repeats, given]) => {
      const sizes = (entry(given, "axis") ?? null) === null ? [product(dims(x))] : dims(x);
      const axis_ = sizes.length === 1 ? 0 : along(sizes, given, 0);
      const count = (size: number) =>
        typeof repeats === "number" ? size * repeats : (repeats as number[]).reduce((total, n) => total + n, 0);
      return withSize(sizes, axis_, count(sizes[axis_] as number));
    },
  },
  split: {
    args: [float("A", "AB", "4"), perAxis(1, 4, 1), options({ axis })],
    shape: parts((size, given) => (typeof given === "number" ? evenly(size, given) : (given as number[]))),
  },
  chunk: {
    args: [float("A", "AB", "4"), whole(1, 4), options({ axis })],
    shape: parts((size, count) => evenly(size, Math.ceil(size / (count as number)))),
  },
};

/** Mostly the axis along which the slices fit. */
const zero = fc.oneof({ weight: 3, arbitrary: whole(0, 0) }, { weight: 1, arbitrary: axis });

export const indexSignatures: Signatures = {
  nonzero: {
    args: [anyTensor],
    shape: ([x]) => [[...(x as Tensor).dataSync()].filter((v) => v !== 0).length, dims(x).length],
  },
  maskedSelect: {
    args: [towards("AB"), boolTowards("AB")],
    shape: ([x, mask]) => {
      const wide = broadcastTo(mask as Tensor, aligned([dims(x), dims(mask)]));
      return [[...wide.dataSync()].filter((v) => v !== 0).length];
    },
  },
  gather: { args: [float("A", "AB"), int("C", "AB"), options({ axis })], shape: ([, index]) => dims(index) },
  takeAlongDim: {
    args: [float("A", "AB", "A1", "1B"), int("C", "AB", "AB", "AB"), options({ axis: optional(axis, null) })],
    shape: ([x, index, given]) => {
      if ((entry(given, "axis") ?? null) === null) return [product(dims(index))];
      const axis_ = along(dims(x), given, 0);
      const wide = aligned([withSize(dims(x), axis_, 1), withSize(dims(index), axis_, 1)]);
      return withSize(wide, axis_, dims(index)[axis_] as number);
    },
  },
  scatterAdd: {
    args: [float("A", "AB"), int("A", "AB"), float("A", "AB"), options({ axis })],
    shape: ([x]) => dims(x),
  },
  scatter: {
    args: [float("A", "AB"), int("A", "AB"), fc.oneof(float("A", "AB"), filler), options({ axis })],
    shape: ([x]) => dims(x),
  },
  scatterReduce: {
    args: [
      float("A", "AB"),
      int("A", "AB"),
      float("A", "AB"),
      options({ axis, reduce: oneOf("sum", "prod", "mean", "amax", "amin"), includeSelf: flag }, ["reduce"]),
    ],
    shape: ([x]) => dims(x),
  },
  indexAdd: {
    args: [float("AB"), int("A"), float("AB"), options({ axis: zero, alpha: real(-2, 2) })],
    shape: ([x]) => dims(x),
  },
  indexCopy: { args: [float("AB"), int("A"), float("AB"), options({ axis: zero })], shape: ([x]) => dims(x) },
  indexFill: {
    args: [float("AB"), int("K"), fc.oneof(float(""), filler), options({ axis })],
    shape: ([x]) => dims(x),
  },
  indexSelect: {
    args: [float("A", "AB"), int("K"), options({ axis })],
    shape: ([x, index, given]) => withSize(dims(x), along(dims(x), given, 0), dims(index)[0] as number),
  },
  embedding: {
    args: [int("A", "AB", ""), float("RD"), options({ paddingIdx: whole(-1, 1) })],
    shape: ([index, weight]) => [...dims(index), dims(weight)[1] as number],
  },
  embeddingBag: {
    args: [
      int("BL"),
      float("RD"),
      options({ mode: oneOf("sum", "sum", "mean", "max"), paddingIdx: whole(-1, 0), perSampleWeights: float("BL") }),
    ],
    shape: ([index, weight]) => [dims(index)[0] as number, dims(weight)[1] as number],
  },
  oneHot: {
    args: [int("A", "AB", ""), options({ numClasses: whole(1, 5) }, ["numClasses"])],
    shape: ([index, given]) => [...dims(index), numberIn(given, "numClasses", 0)],
  },
  sort: { args: [anyTensor, options({ axis, descending: flag })], shape: ([x]) => [dims(x), dims(x)] },
  argSort: { args: [anyTensor, options({ axis, descending: flag })], shape: ([x]) => dims(x) },
  topK: {
    args: [anyTensor, whole(1, 3), options({ axis, largest: flag })],
    shape: ([x, k, given]) => {
      const taken = withSize(dims(x), along(dims(x), given, -1), k as number);
      return [taken, taken];
    },
  },
};
