/** Signatures of products that are added to something or run over chosen axes, and of diagonals and grids. */
import fc from "fast-check";
import { axis, float, listOf, oneOf, optional, options, real, towards, whole } from "./arguments.js";
import { aligned, dims, entry, numberIn, place, product, type Signature, type Signatures } from "./promise.js";

const added = (input: string, a: string, b: string): Signature => ({
  args: [towards(input), float(a), float(b), options({ alpha: real(-1, 1), beta: real(-1, 1) })],
  shape: ([, x, y]) => {
    const sizes = new Map([...a, ...b].map((letter, i) => [letter, [...dims(x), ...dims(y)][i] as number]));
    return [...input].map((letter) => sizes.get(letter) as number);
  },
});

/** The sizes with one more, at the front, for each axis that is missing. */
const padded = (sizes: readonly number[], rank: number) => [
  ...new Array<number>(Math.max(0, rank - sizes.length)).fill(1),
  ...sizes,
];

export const tensorProductSignatures: Signatures = {
  addmm: added("NP", "NM", "MP"),
  addmv: added("N", "NM", "M"),
  addr: added("NM", "N", "M"),
  baddbmm: added("BNP", "BNM", "BMP"),
  addbmm: added("NP", "BNM", "BMP"),
  tensordot: {
    args: [
      float("AB", "ABC"),
      float("BA", "BC"),
      fc.oneof(
        options({ axes: fc.oneof(whole(0, 2), oneOf([[-1], [-1]], [[1], [0]], [[], []])) }),
        options({ axes: oneOf([[1], [0]]) }, ["axes"]),
      ),
    ],
    shape: ([a, b, given]) => {
      const axes = (entry(given, "axes") ?? 2) as number | [number[], number[]];
      const [left, right] = [dims(a), dims(b)];
      if (typeof axes === "number") return [...left.slice(0, left.length - axes), ...right.slice(axes)];
      const rest = (sizes: number[], of: number[]) =>
        sizes.filter((_, i) => !of.some((one) => place(one, sizes.length) === i));
      return [...rest(left, axes[0]), ...rest(right, axes[1])];
    },
  },
  inner: {
    args: [float("AK", "K", ""), float("BK", "K", "BK")],
    shape: ([a, b]) =>
      dims(a).length * dims(b).length === 0
        ? [...dims(a), ...dims(b)]
        : [...dims(a).slice(0, -1), ...dims(b).slice(0, -1)],
  },
  kron: {
    args: [float("AB", "A", "ABC"), float("DE", "D", "DEF")],
    shape: ([a, b]) => {
      const rank = Math.max(dims(a).length, dims(b).length);
      return padded(dims(a), rank).map((n, i) => n * (padded(dims(b), rank)[i] as number));
    },
  },
  cross: {
    args: [float("A3", "3", "3"), float("A3", "A3", "3"), optional(options({ axis: oneOf(-1) }))],
    shape: ([a, b]) => aligned([dims(a), dims(b)]),
  },
  diagEmbed: {
    args: [float("A", "AB"), options({ offset: whole(-1, 1), axis1: axis, axis2: whole(1, 2) })],
    shape: ([x, given]) => {
      const outer = dims(x).slice(0, -1);
      const size = (dims(x).at(-1) as number) + Math.abs(numberIn(given, "offset", 0));
      const rank = outer.length + 2;
      const taken = [numberIn(given, "axis1", -2), numberIn(given, "axis2", -1)].map((n) => place(n, rank));
      const left = [...outer];
      return Array.from({ length: rank }, (_, i) => (taken.includes(i) ? size : (left.shift() as number)));
    },
  },
  meshgrid: {
    args: [listOf(float("A", "")), options({ indexing: oneOf("ij", "xy") })],
    shape: ([list, given]) => {
      const sizes = (list as unknown[]).map((x) => product(dims(x)));
      const [first, second, ...rest] = sizes;
      const swapped = entry(given, "indexing") === "xy" && second !== undefined;
      const shape = swapped ? [second, first as number, ...rest] : sizes;
      return sizes.map(() => shape);
    },
  },
};
