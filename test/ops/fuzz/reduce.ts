/** Signatures of reductions, softmax and products. */

import fc from "fast-check";
import {
  among,
  anyTensor,
  axes,
  axis,
  boolTowards,
  flag,
  float,
  oneOf,
  optional,
  options,
  random,
  real,
  towards,
} from "./arguments.js";
import {
  aligned,
  dims,
  each,
  entry,
  numberIn,
  place,
  product,
  reduced,
  type Signature,
  type Signatures,
  sameShape,
} from "./promise.js";

const over = { axis: axes, keepDims: flag };

function reduction(options_: Signature["args"][number], x = float()): Signature {
  return { args: [x, options_], shape: ([given, how]) => reduced(given, how) };
}

/** A list of shares. */
const listed01 = among([[0.5], [0, 1, 0.25]], ["0.5", {}, [0.5, "1"]]);

const along = sameShape(options({ axis }, ["axis"]));

export const reduceSignatures: Signatures = {
  ...each("sum mean max min logSumExp prod", reduction(options(over))),
  ...each("nanSum nanMean", reduction(options(over))),
  ...each("any all countNonzero", reduction(options(over), anyTensor)),
  median: reduction(options({ axis: optional(axis, null), keepDims: flag })),
  quantile: {
    args: [
      float(),
      fc.oneof(real(0, 1), listed01),
      options({
        axis: optional(axis, null),
        keepDims: flag,
        interpolation: oneOf("linear", "lower", "higher", "midpoint", "nearest"),
      }),
    ],
    shape: ([x, q, how]) => [...(typeof q === "number" ? [] : [(q as number[]).length]), ...reduced(x, how)],
  },
  ...each("varMean stdMean", {
    args: [float(), options({ ...over, correction: real(0, 2) })],
    shape: ([x, how]) => [reduced(x, how), reduced(x, how)],
  }),
  ...each("argMax argMin", reduction(options({ axis: optional(axis, null), keepDims: flag }), anyTensor)),
  ...each("variance std", reduction(options({ ...over, correction: real(0, 2) }))),
  ...each("softmax softmin logSoftmax", sameShape(options({ axis }))),
  ...each("cumSum cumProd logCumSumExp", along),
  ...each("cumMax cumMin", { args: along.args, shape: ([x]) => [dims(x), dims(x)] }),
  normalize: sameShape(options({ axis, p: real(-3, 3), eps: real(-1, 1) })),
  cosineSimilarity: {
    args: [towards("AB"), towards("AB"), options({ axis, eps: real(0, 1) })],
    shape: ([a, b, given]) => {
      const sizes = aligned([dims(a), dims(b)]);
      return sizes.filter((_, i) => i !== place(numberIn(given, "axis", 1), sizes.length));
    },
  },
  pairwiseDistance: {
    args: [towards("AB"), towards("AB"), options({ p: real(-3, 3), eps: real(0, 1), keepDims: flag })],
    shape: ([a, b, given]) => {
      const sizes = aligned([dims(a), dims(b)]).slice(0, -1);
      return entry(given, "keepDims") === true ? [...sizes, 1] : sizes;
    },
  },
  cdist: {
    args: [float("PD", "APD"), float("RD", "RD"), options({ p: real(0, 3) })],
    shape: ([a, b]) => [
      ...aligned([dims(a).slice(0, -2), dims(b).slice(0, -2)]),
      dims(a).at(-2) as number,
      dims(b).at(-2) as number,
    ],
  },
  norm: reduction(options({ ...over, p: real(-3, 3) })),
};

export const productSignatures: Signatures = {
  matmul: {
    args: [float("AMK", "MK", "K", "BAMK", "MK", "1MK"), float("AKN", "KN", "K", "AKN", "AKN", "AKN")],
    shape: ([a, b]) => matrixProduct(dims(a), dims(b)),
  },
  dot: { args: [float("K"), float("K")], shape: () => [] },
  outer: { args: [float("M"), float("N")], shape: ([a, b]) => [product(dims(a)), product(dims(b))] },
  linear: {
    args: [float("K", "NK", "NLK"), float("OK"), optional(float("O"), null)],
    shape: ([x, weight]) => [...dims(x).slice(0, -1), dims(weight)[0] as number],
  },
  einsum: {
    args: [
      oneOf("ij,jk->ik", "ij,jk", "ij,jk->", "...j,jk->...k", "ij,ij", "nonsense 1", "ij->"),
      fc.tuple(float("IJ"), float("JK", "JK", "JK", "JK", "IJ", "JK")).map(([a, b]) => ({
        wrong: a.wrong || b.wrong,
        text: (of) => `[${a.text(of)}, ${b.text(of)}]`,
        make: (of) => [a.make(of), b.make(of)],
      })),
    ],
    shape: ([equation, list]) => {
      const [[i = 0, j = 0], [, k = 0]] = (list as unknown[]).map(dims) as [number[], number[]];
      const wide = (list as unknown[]).map(dims) as [number[], number[]];
      if (equation === "ij,jk->") return [];
      if (equation === "ij,ij") return [];
      return String(equation).startsWith("...") ? [...wide[0].slice(0, -1), wide[1][1] as number] : j > 0 ? [i, k] : [];
    },
  },
  scaledDotProductAttention: {
    args: [
      float("LE", "NLE", "NHLE"),
      float("SE", "NSE", "NHSE"),
      float("SV", "NSV", "NHSV"),
      fc.oneof(
        options({ attnMask: fc.oneof(towards("LS"), optional(boolTowards("LS"), null)), scale: real(-1, 2) }),
        options({ isCausal: flag, dropoutP: real(0, 1), generator: random, enableGqa: flag }, ["generator"]),
      ),
    ],
    shape: ([q, k, v, given]) => {
      const heads = dims(q).slice(-3, -2);
      const of = (x: unknown) =>
        entry(given, "enableGqa") === true ? [...dims(x).slice(0, -3), ...heads] : dims(x).slice(0, -2);
      const lead = aligned([dims(q).slice(0, -2), of(k), of(v)]);
      return [...lead, dims(q).at(-2) as number, dims(v).at(-1) as number];
    },
  },
};

/** [M, K] by [K, N], with vectors as a row and a column, and leading axes broadcast. */
function matrixProduct(left: readonly number[], right: readonly number[]): number[] {
  return [
    ...aligned([left.slice(0, -2), right.slice(0, -2)]),
    ...(left.length > 1 ? left.slice(-2, -1) : []),
    ...(right.length > 1 ? right.slice(-1) : []),
  ];
}
