/** Signatures of convolution, pooling, resampling and normalisation. */
import fc from "fast-check";
import {
  type Argument,
  among,
  flag,
  float,
  int,
  listed,
  oneOf,
  optional,
  options,
  pair,
  perAxis,
  real,
  whole,
} from "./arguments.js";
import { dims, entry, numberIn, perAxisIn, product, type Signature, type Signatures } from "./promise.js";

type Numbers = readonly number[];

/** ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 along each axis; in ceil mode rounded up, as long as the
 * last window starts inside. */
function windows(sizes: Numbers, given: unknown, kernel: Numbers, padding: Numbers): number[] {
  const axes = sizes.length;
  const dilation = perAxisIn(given, "dilation", 1, axes);
  const stride = perAxisIn(given, "stride", entry(given, "kernelSize") === undefined ? 1 : kernel, axes) as number[];
  return sizes.map((size, i) => {
    const [pad, step] = [padding[i] as number, stride[i] as number];
    const steps = (size + 2 * pad - (dilation[i] as number) * ((kernel[i] as number) - 1) - 1) / step;
    if (entry(given, "ceilMode") !== true) return Math.floor(steps) + 1;
    const count = Math.ceil(steps) + 1;
    return (count - 1) * step >= size + pad ? count - 1 : count;
  });
}

const images = (letters: string): readonly [string, string] => [`N${letters}`, letters];

/** Layouts of sequences, images and volumes. */
const spaces = { 1: images("CL"), 2: images("CHW"), 3: images("CDHW") } as const;

function pooling(axes: 1 | 2 | 3, extra: Readonly<Record<string, Argument>>): Signature {
  const numbers = {
    kernelSize: perAxis(1, 3, axes),
    stride: perAxis(1, 3, axes),
    padding: perAxis(0, 1, axes),
    ceilMode: flag,
    ...extra,
  };
  return {
    args: [float(...spaces[axes]), options(numbers, ["kernelSize"])],
    shape: ([x, given]) => {
      const kernel = perAxisIn(given, "kernelSize", 0, axes);
      const padding = perAxisIn(given, "padding", 0, axes);
      return [...dims(x).slice(0, -axes), ...windows(dims(x).slice(-axes), given, kernel, padding)];
    },
  };
}

/** A pooling that gives indices of the same shape, too. */
function withIndices({ args, shape }: Signature): Signature {
  return { args, shape: (given) => [shape(given), shape(given)] as Numbers[] };
}

function adaptive(axes: 1 | 2 | 3): Signature {
  return {
    args: [float(...spaces[axes]), options({ outputSize: perAxis(1, 3, axes) }, ["outputSize"])],
    shape: ([x, given]) => {
      const sizes = dims(x).slice(-axes);
      if (entry(given, "outputSize") === null) return dims(x);
      const wanted = perAxisIn(given, "outputSize", 0, axes) as readonly (number | null)[];
      return [...dims(x).slice(0, -axes), ...wanted.map((n, i) => n ?? (sizes[i] as number))];
    },
  };
}

function convolution(axes: 1 | 2 | 3, transposed: boolean): Signature {
  const kernel = "KJI".slice(0, axes);
  const image = (size: (letter: string) => number) => [size("H") + 2, size("W") + 1, size("D") + 1].slice(0, axes);
  const padding = perAxis(0, 2, axes);
  const numbers = {
    stride: perAxis(1, 3, axes),
    padding: transposed
      ? perAxis(0, 1, axes)
      : fc.oneof(padding, among(["same", "valid"], ["nonsense", true, Symbol("1")])),
    dilation: perAxis(1, 2, axes),
    groups: oneOf(1, 1, 1, 2),
    ...(transposed ? { outputPadding: perAxis(0, 1, axes) } : {}),
  };
  return {
    args: [
      float(
        (size) => [size("N"), size("C"), ...image(size)],
        (size) => [size("C"), ...image(size)],
      ),
      float(transposed ? `CO${kernel}` : `OC${kernel}`),
      optional(float("O"), null),
      options(numbers),
    ],
    shape: ([x, weight, , given]) => {
      const [lead, plane, kernels] = [dims(x).slice(0, -1 - axes), dims(x).slice(-axes), dims(weight).slice(2)];
      if (!transposed) return [...lead, dims(weight)[0] as number, ...convolved(plane, given, kernels)];
      const channels = (dims(weight)[1] as number) * numberIn(given, "groups", 1);
      return [...lead, channels, ...spreadOut(plane, given, kernels)];
    },
  };
}

function convolved(sizes: Numbers, given: unknown, kernel: Numbers): readonly number[] {
  const padding = entry(given, "padding");
  if (padding === "same") return sizes;
  return windows(sizes, given, kernel, padding === "valid" ? sizes.map(() => 0) : paddingIn(given, sizes.length));
}

const paddingIn = (given: unknown, axes: number) => perAxisIn(given, "padding", 0, axes);

/** (size − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1 */
function spreadOut(sizes: Numbers, given: unknown, kernel: Numbers): number[] {
  const number = (name: string, otherwise: number) => perAxisIn(given, name, otherwise, sizes.length) as number[];
  const [stride, padding, dilation, extra] = [
    number("stride", 1),
    number("padding", 0),
    number("dilation", 1),
    number("outputPadding", 0),
  ];
  return sizes.map(
    (n, i) =>
      (n - 1) * (stride[i] as number) -
      2 * (padding[i] as number) +
      (dilation[i] as number) * ((kernel[i] as number) - 1) +
      (extra[i] as number) +
      1,
  );
}

const anyRank = oneOf("nearest", "nearest-exact", "area");
const ofImages = oneOf("bilinear", "bicubic", "linear", "trilinear");
const divisor = { countIncludePad: flag, divisorOverride: optional(real(-1, 2), null) };
const channelled = ["NC", "NCL", "NCHW"];
const [weight, bias] = [optional(float("C"), null), optional(float("C"), null)];
const unfolding = { stride: pair(1, 2), padding: pair(0, 1), dilation: pair(1, 2) };

export const windowSignatures: Signatures = {
  conv1d: convolution(1, false),
  conv2d: convolution(2, false),
  conv3d: convolution(3, false),
  convTranspose1d: convolution(1, true),
  convTranspose2d: convolution(2, true),
  maxPool1d: pooling(1, { dilation: perAxis(1, 2, 1) }),
  maxPool2d: pooling(2, { dilation: pair(1, 2) }),
  maxPool3d: pooling(3, { dilation: perAxis(1, 2, 3) }),
  avgPool1d: pooling(1, { countIncludePad: flag }),
  avgPool2d: pooling(2, divisor),
  avgPool3d: pooling(3, divisor),
  adaptiveAvgPool1d: adaptive(1),
  adaptiveAvgPool2d: adaptive(2),
  adaptiveAvgPool3d: adaptive(3),
  adaptiveMaxPool1d: adaptive(1),
  adaptiveMaxPool2d: adaptive(2),
  adaptiveMaxPool3d: adaptive(3),
  maxPool2dWithIndices: withIndices(pooling(2, { dilation: pair(1, 2) })),
  maxUnpool2d: {
    args: [
      float(...images("CHW")),
      int(...images("CHW")),
      options(
        { kernelSize: pair(1, 3), stride: pair(1, 3), padding: oneOf(0, 0, 0, 1), outputSize: optional(pair(1, 6)) },
        ["kernelSize"],
      ),
    ],
    shape: ([x, , given]) => {
      const size = dims(x).slice(-2);
      const usual = { ...(given as object), stride: entry(given, "stride") ?? entry(given, "kernelSize") };
      const out = spreadOut(size, usual, perAxisIn(given, "kernelSize", 0, 2));
      return [...dims(x).slice(0, -2), ...perAxisIn(given, "outputSize", out, 2)];
    },
  },
  gridSample: {
    args: [
      float("NCHW", "NCDHW"),
      float("NAB2", "NABE3"),
      options({
        mode: oneOf("nearest", "bilinear", "bilinear", "bicubic"),
        paddingMode: oneOf("zeros", "border", "reflection"),
        alignCorners: flag,
      }),
    ],
    shape: ([x, grid]) => [...dims(x).slice(0, 2), ...dims(grid).slice(1, -1)],
  },
  affineGrid: {
    args: [float("N23"), listed("NCHW"), options({ alignCorners: flag })],
    shape: ([theta, size]) => [dims(theta)[0] as number, ...(size as Numbers).slice(2), 2],
  },
  unfold: {
    args: [float(...images("CHW")), options({ kernelSize: pair(1, 2), ...unfolding }, ["kernelSize"])],
    shape: ([x, given]) => {
      const kernel = perAxisIn(given, "kernelSize", 0, 2);
      const columns = product(
        windows(dims(x).slice(-2), { stride: 1, ...(given as object) }, kernel, paddingIn(given, 2)),
      );
      return [...dims(x).slice(0, -3), (dims(x).at(-3) as number) * product(kernel), columns];
    },
  },
  fold: {
    args: [
      float((size) => [size("N"), size("C") * size("K") * size("J"), size("H") * size("W")]),
      options(
        {
          outputSize: listed((size) => [size("H") + size("K") - 1, size("W") + size("J") - 1]),
          kernelSize: listed("KJ"),
          ...{ stride: oneOf(1, 1, 1, 2), padding: oneOf(0, 0, 0, 1), dilation: oneOf(1, 1, 1, [1, 2]) },
        },
        ["outputSize", "kernelSize"],
      ),
    ],
    shape: ([x, given]) => {
      const rows = (dims(x).at(-2) as number) / product(perAxisIn(given, "kernelSize", 0, 2));
      return [...dims(x).slice(0, -2), rows, ...perAxisIn(given, "outputSize", 0, 2)];
    },
  },
  interpolate: {
    args: [
      float("NCHW", "NCL", "NCHW", "NCDHW"),
      fc.oneof(
        options({ size: perAxis(1, 5, 2), mode: anyRank }, ["size"]),
        options({ scaleFactor: real(0, 2), mode: anyRank, recomputeScaleFactor: flag }, ["scaleFactor"]),
        options({ size: whole(1, 5), scaleFactor: real(1, 2), mode: ofImages, alignCorners: flag }, ["mode"]),
        options({ size: whole(1, 5), mode: ofImages, alignCorners: flag }, ["size", "mode"]),
      ),
    ],
    shape: ([x, given]) => {
      const sizes = dims(x).slice(2);
      const factor = entry(given, "scaleFactor");
      const wanted =
        factor == null
          ? perAxisIn(given, "size", 0, sizes.length)
          : sizes.map((n, i) => Math.floor(n * (perAxisIn(given, "scaleFactor", 0, sizes.length)[i] as number)));
      return [...dims(x).slice(0, 2), ...wanted];
    },
  },
};

const running = {
  runningMean: float("C"),
  runningVar: float("C"),
  momentum: real(0, 1),
  eps: real(0, 0.1),
};

export const normSignatures: Signatures = {
  batchNorm: {
    args: [float(...channelled), weight, bias, options({ training: flag, ...running }, ["runningMean", "runningVar"])],
    shape: ([x]) => dims(x),
  },
  instanceNorm: {
    args: [float("NCL", "NCHW"), weight, bias, options({ useInputStats: flag, ...running })],
    shape: ([x]) => dims(x),
  },
  groupNorm: {
    args: [float(...channelled), weight, bias, options({ numGroups: whole(1, 2), eps: real(0, 0.1) }, ["numGroups"])],
    shape: ([x]) => dims(x),
  },
  layerNorm: {
    args: [
      float("NC", "NLC", "C"),
      weight,
      bias,
      options({ normalizedShape: optional(listed("C"), undefined), eps: real(0, 0.1) }),
    ],
    shape: ([x]) => dims(x),
  },
  localResponseNorm: {
    args: [
      float("NCL", "NCHW"),
      options({ size: whole(1, 4), alpha: real(0, 1), beta: real(-1, 1), k: real(0, 2) }, ["size"]),
    ],
    shape: ([x]) => dims(x),
  },
};
