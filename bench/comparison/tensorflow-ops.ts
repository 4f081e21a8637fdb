/** How TensorFlow.js does livegrad's ops: one entry an op that it has. Images go from NCHW to its NHWC and back. */
import * as tf from "@tensorflow/tfjs";
import { type Adapter, type Call, needs, type Options, only, padding, paddingOf, pair, sliceOf } from "./framework.js";

type T = tf.Tensor;
type Unary = (x: T) => T;
type Binary = (a: T, b: T) => T;

const unary =
  (f: Unary): Adapter<T> =>
  (call) =>
    f(call.tensor(0));
const binary =
  (f: Binary): Adapter<T> =>
  (call) =>
    f(call.tensor(0), call.tensor(1));
const axesOf = ({ axis }: Options) => (axis == null ? undefined : (axis as number | number[]));
type Reduce = (x: T, axis?: number | number[], keepDims?: boolean) => T;
const reduce =
  (f: Reduce): Adapter<T> =>
  (call, o) =>
    f(call.tensor(0), axesOf(o), o.keepDims ?? false);

const toNhwc = (x: T) => tf.transpose(x, [0, 2, 3, 1]) as tf.Tensor4D;
const toNchw = (x: T) => tf.transpose(x, [0, 3, 1, 2]);
const image = (call: Call<T>) => {
  needs(call.tensor(0).rank === 4, "images without a batch axis");
  return toNhwc(call.tensor(0));
};
const explicit = ([height, width]: [number, number]): tf.backend_util.ExplicitPadding => [
  [0, 0],
  [height, height],
  [width, width],
  [0, 0],
];

function conv2d(call: Call<T>, o: Options): T {
  const [x, w, bias] = [image(call), call.tensor(1), call.optional(2)];
  const [groups, channels] = [o.groups ?? 1, x.shape[3]];
  const window = [pair(o.stride, 1), explicit(padding(o.padding)), "NHWC", pair(o.dilation, 1)] as const;
  needs(groups === 1 || groups === channels, "groups other than 1 and the number of channels");
  if (groups === 1) return biased(tf.conv2d(x, tf.transpose(w, [2, 3, 1, 0]) as tf.Tensor4D, ...window), bias);
  const multiplier = (w.shape[0] as number) / channels;
  const filter = tf.transpose(
    tf.reshape(w, [channels, multiplier, w.shape[2] as number, w.shape[3] as number]),
    [2, 3, 0, 1],
  );
  return biased(tf.depthwiseConv2d(x, filter as tf.Tensor4D, ...window), bias);
}

function biased(nhwc: T, bias: T | null): T {
  return toNchw(bias === null ? nhwc : tf.add(nhwc, bias));
}

function conv1d(call: Call<T>, o: Options): T {
  needs((o.groups ?? 1) === 1 && call.tensor(0).rank === 3, "groups, or no batch axis");
  const x = tf.transpose(call.tensor(0), [0, 2, 1]) as tf.Tensor3D;
  const filter = tf.transpose(call.tensor(1), [2, 1, 0]) as tf.Tensor3D;
  const y = tf.conv1d(x, filter, pair(o.stride, 1)[0], padding(o.padding)[0], "NWC", pair(o.dilation, 1)[0]);
  const bias = call.optional(2);
  return tf.transpose(bias === null ? y : tf.add(y, bias), [0, 2, 1]);
}

function convTranspose2d(call: Call<T>, o: Options): T {
  needs((o.groups ?? 1) === 1 && pair(o.dilation, 1).join() === "1,1", "groups or dilation");
  const [x, w] = [image(call), call.tensor(1)];
  const [stride, pad, extra] = [pair(o.stride, 1), padding(o.padding), pair(o.outputPadding, 0)];
  const size = ([0, 1] as const).map(
    (i) => ((x.shape[i + 1] as number) - 1) * stride[i] - 2 * pad[i] + (w.shape[i + 2] as number) + extra[i],
  );
  const shape: [number, number, number, number] = [
    x.shape[0],
    size[0] as number,
    size[1] as number,
    w.shape[1] as number,
  ];
  const filter = tf.transpose(w, [2, 3, 1, 0]) as tf.Tensor4D;
  return biased(tf.conv2dTranspose(x, filter, shape, stride, explicit(pad)), call.optional(2));
}

function pool(kind: "max" | "avg"): Adapter<T> {
  return (call, o) => {
    const kernel = pair(o.kernelSize, 1);
    const [stride, pad] = [o.stride == null ? kernel : pair(o.stride, 1), padding(o.padding)];
    const plain = pad.join() === "0,0" || kind === "max" || o.countIncludePad === false;
    needs(plain, "an average that counts the padding");
    needs(o.ceilMode !== true, "windows that reach over the edge (ceilMode)");
    return toNchw(tf.pool(image(call), kernel, kind, explicit(pad), pair(o.dilation, 1), stride));
  };
}

/** `labels` come first there. */
type Loss = (labels: T, predictions: T, weights: undefined, reduction: tf.Reduction) => T;

function reductionOf({ reduction = "mean" }: Options): tf.Reduction {
  return { mean: tf.Reduction.MEAN, sum: tf.Reduction.SUM, none: tf.Reduction.NONE }[reduction] ?? tf.Reduction.MEAN;
}

const loss =
  (f: Loss): Adapter<T> =>
  (call, o) =>
    f(call.tensor(1), call.tensor(0), undefined, reductionOf(o));

function crossEntropy(call: Call<T>, o: Options): T {
  const [logits, target] = [call.tensor(0), call.tensor(1)];
  needs(logits.rank === 2 && o.weight == null, "class weights, or classes on another axis than the last of two");
  const classes = target.dtype === "int32" ? Array.from(target.dataSync()) : [];
  needs(
    classes.every((c) => c >= 0 && c < (logits.shape[1] as number)),
    "ignored targets",
  );
  const labels = target.dtype === "int32" ? tf.oneHot(target, logits.shape[1] as number) : target;
  return tf.losses.softmaxCrossEntropy(
    tf.cast(labels, "float32"),
    logits,
    undefined,
    o.labelSmoothing ?? 0,
    reductionOf(o),
  );
}

function batchNorm(call: Call<T>, o: Options): T {
  needs(o.training !== true && o.runningMean != null, "batch statistics");
  const x = call.tensor(0);
  const run = (channelsLast: T) =>
    tf.batchNorm(
      channelsLast,
      o.runningMean as tf.Tensor1D,
      o.runningVar as tf.Tensor1D,
      (call.optional(2) ?? undefined) as tf.Tensor1D,
      (call.optional(1) ?? undefined) as tf.Tensor1D,
      o.eps ?? 1e-5,
    );
  needs(x.rank === 2 || x.rank === 4, "other ranks than 2 and 4");
  return x.rank === 2 ? run(x) : toNchw(run(toNhwc(x)));
}

function interpolate(call: Call<T>, o: Options): T {
  const x = image(call);
  const scale = pair(o.scaleFactor, 1);
  const size = o.size === undefined ? scale.map((s, i) => Math.floor((x.shape[i + 1] as number) * s)) : pair(o.size, 1);
  const target = size as [number, number];
  const { mode = "nearest", alignCorners = false } = o;
  needs(mode === "nearest" || mode === "bilinear", mode);
  if (mode === "nearest") return toNchw(tf.image.resizeNearestNeighbor(x, target));
  return toNchw(tf.image.resizeBilinear(x, target, alignCorners, !alignCorners));
}

function slice(call: Call<T>, o: Options): T {
  const x = call.tensor(0);
  const { begin, stop, steps } = sliceOf(x.shape, o);
  needs(
    steps.every((s) => s > 0),
    "negative steps",
  );
  if (steps.some((s) => s !== 1)) return tf.stridedSlice(x, begin, stop, steps);
  return tf.slice(
    x,
    begin,
    stop.map((end, i) => end - (begin[i] as number)),
  );
}

function pad(call: Call<T>, o: Options): T {
  const widths = paddingOf(call.args[1], call.tensor(0).rank);
  const { mode = "constant" } = o;
  needs(mode === "constant" || mode === "reflect", mode);
  return mode === "constant"
    ? tf.pad(call.tensor(0), widths, o.value ?? 0)
    : tf.mirrorPad(call.tensor(0), widths, "reflect");
}

function transpose(call: Call<T>): T {
  const x = call.tensor(0);
  const [a, b] = [1, 2].map((place, i) => {
    const axis = (call.args[place] as number | undefined) ?? i - 2;
    return axis < 0 ? axis + x.rank : axis;
  }) as [number, number];
  return tf.transpose(
    x,
    x.shape.map((_, i) => (i === a ? b : i === b ? a : i)),
  );
}

function flatten(call: Call<T>, { startAxis = 0, endAxis = -1 }: Options): T {
  const { shape, rank } = call.tensor(0);
  const [from, to] = [startAxis, endAxis].map((axis) => (axis < 0 ? axis + rank : axis)) as [number, number];
  const middle = shape.slice(from, to + 1).reduce((a, b) => a * b, 1);
  return tf.reshape(call.tensor(0), [...shape.slice(0, from), middle, ...shape.slice(to + 1)]);
}

function linear(call: Call<T>): T {
  const [x, w, bias] = [call.tensor(0), call.tensor(1), call.optional(2)];
  needs(x.rank === 2, "other ranks than 2");
  const y = tf.matMul(x, w, false, true);
  return bias === null ? y : tf.add(y, bias);
}

function band(call: Call<T>, diagonal: number, lower: boolean): T {
  needs(lower ? diagonal >= 0 : diagonal <= 0, "a diagonal on the other side of the main one");
  return tf.linalg.bandPart(call.tensor(0), lower ? -1 : -diagonal, lower ? diagonal : -1);
}

function split(call: Call<T>, { axis = 0 }: Options): T[] {
  const [x, sizes] = [call.tensor(0), call.args[1] as number | number[]];
  const length = x.shape.at(axis as number) as number;
  const even = (size: number) =>
    Array.from({ length: Math.ceil(length / size) }, (_, i) => Math.min(size, length - i * size));
  return tf.split(x, typeof sizes === "number" ? even(sizes) : sizes, axis as number);
}

function variance(call: Call<T>, o: Options): T {
  needs(o.correction === 0, "a correction other than 0");
  return tf.moments(call.tensor(0), axesOf(o), o.keepDims ?? false).variance;
}

/** Every op that TensorFlow.js has, by livegrad's name. */
export const tensorflowOps: Readonly<Record<string, Adapter<T>>> = {
  neg: unary(tf.neg),
  abs: unary(tf.abs),
  sign: unary(tf.sign),
  exp: unary(tf.exp),
  expm1: unary(tf.expm1),
  log: unary(tf.log),
  log1p: unary(tf.log1p),
  sqrt: unary(tf.sqrt),
  rsqrt: unary(tf.rsqrt),
  square: unary(tf.square),
  reciprocal: unary(tf.reciprocal),
  sin: unary(tf.sin),
  cos: unary(tf.cos),
  tan: unary(tf.tan),
  asin: unary(tf.asin),
  acos: unary(tf.acos),
  atan: unary(tf.atan),
  sinh: unary(tf.sinh),
  cosh: unary(tf.cosh),
  tanh: unary(tf.tanh),
  asinh: unary(tf.asinh),
  acosh: unary(tf.acosh),
  atanh: unary(tf.atanh),
  erf: unary(tf.erf),
  floor: unary(tf.floor),
  ceil: unary(tf.ceil),
  identity: unary(tf.clone),
  sigmoid: unary(tf.sigmoid),
  logSigmoid: unary(tf.logSigmoid),
  relu: unary(tf.relu),
  relu6: unary(tf.relu6),
  selu: unary(tf.selu),
  isNaN: unary(tf.isNaN),
  isInf: unary(tf.isInf),
  isFinite: unary(tf.isFinite),
  logicalNot: unary((x) => tf.logicalNot(tf.cast(x, "bool"))),
  softplus: only(
    ({ beta = 1 }) => beta === 1,
    "beta",
    (call) => tf.softplus(call.tensor(0)),
  ),
  elu: only(
    ({ alpha = 1 }) => alpha === 1,
    "alpha",
    (call) => tf.elu(call.tensor(0)),
  ),
  leakyRelu: (call, { negativeSlope = 0.01 }) => tf.leakyRelu(call.tensor(0), negativeSlope),
  clamp: only(
    ({ min = -Infinity, max = Infinity }) => typeof min === "number" && typeof max === "number",
    "tensors as bounds",
    (call, { min = -Infinity, max = Infinity }) => tf.clipByValue(call.tensor(0), min as number, max as number),
  ),
  cast: (call) => tf.cast(call.tensor(0), call.string(1).startsWith("float") ? "float32" : (call.string(1) as "int32")),
  add: binary(tf.add),
  sub: binary(tf.sub),
  mul: binary(tf.mul),
  div: binary(tf.div),
  pow: binary(tf.pow),
  maximum: binary(tf.maximum),
  minimum: binary(tf.minimum),
  atan2: binary(tf.atan2),
  equal: binary(tf.equal),
  notEqual: binary(tf.notEqual),
  greater: binary(tf.greater),
  greaterEqual: binary(tf.greaterEqual),
  less: binary(tf.less),
  lessEqual: binary(tf.lessEqual),
  logicalAnd: binary((a, b) => tf.logicalAnd(tf.cast(a, "bool"), tf.cast(b, "bool"))),
  logicalOr: binary((a, b) => tf.logicalOr(tf.cast(a, "bool"), tf.cast(b, "bool"))),
  logicalXor: binary((a, b) => tf.logicalXor(tf.cast(a, "bool"), tf.cast(b, "bool"))),
  where: (call) => tf.where(tf.cast(call.tensor(0), "bool"), call.tensor(1), call.tensor(2)),
  sum: reduce(tf.sum),
  mean: reduce(tf.mean),
  max: reduce(tf.max),
  min: reduce(tf.min),
  prod: reduce(tf.prod),
  logSumExp: reduce(tf.logSumExp),
  any: reduce((x, ...rest) => tf.any(tf.cast(x, "bool"), ...rest)),
  all: reduce((x, ...rest) => tf.all(tf.cast(x, "bool"), ...rest)),
  variance,
  norm: (call, o) => tf.norm(call.tensor(0), o.p ?? 2, axesOf(o), o.keepDims ?? false),
  argMax: only(
    (o) => o.axis != null && !o.keepDims,
    "no axis, or keepDims",
    (call, o) => tf.argMax(call.tensor(0), o.axis as number),
  ),
  argMin: only(
    (o) => o.axis != null && !o.keepDims,
    "no axis, or keepDims",
    (call, o) => tf.argMin(call.tensor(0), o.axis as number),
  ),
  cumSum: (call, o) => tf.cumsum(call.tensor(0), o.axis as number),
  cumProd: (call, o) => tf.cumprod(call.tensor(0), o.axis as number),
  softmax: (call, { axis = -1 }) => tf.softmax(call.tensor(0), axis as number),
  logSoftmax: (call, { axis = -1 }) => tf.logSoftmax(call.tensor(0), axis as number),
  reshape: (call) => tf.reshape(call.tensor(0), call.numbers(1)),
  flatten,
  permute: (call) =>
    tf.transpose(
      call.tensor(0),
      call.numbers(1).map((axis) => (axis < 0 ? axis + call.tensor(0).rank : axis)),
    ),
  transpose,
  broadcastTo: (call) => tf.broadcastTo(call.tensor(0), call.numbers(1)),
  squeeze: (call) => tf.squeeze(call.tensor(0), call.args[1] === undefined ? undefined : call.numbers(1)),
  unsqueeze: (call) => tf.expandDims(call.tensor(0), call.number(1)),
  concat: (call, { axis = 0 }) => tf.concat(call.tensors(0), axis as number),
  stack: (call, { axis = 0 }) => tf.stack(call.tensors(0), axis as number),
  slice,
  pad,
  flip: (call, o) => tf.reverse(call.tensor(0), axesOf(o)),
  tile: (call) => tf.tile(call.tensor(0), call.numbers(1)),
  split,
  tril: (call, { diagonal = 0 }) => band(call, diagonal, true),
  triu: (call, { diagonal = 0 }) => band(call, diagonal, false),
  indexSelect: (call, { axis = 0 }) => tf.gather(call.tensor(0), call.tensor(1), axis as number),
  embedding: (call) => tf.gather(call.tensor(1), call.tensor(0)),
  oneHot: (call, { numClasses }) => tf.oneHot(call.tensor(0), numClasses as number),
  topK: only(
    (o) => (o.axis ?? -1) === -1,
    "another axis than the last",
    (call) => tf.topk(call.tensor(0), call.number(1)),
  ),
  matmul: (call) => {
    const [a, b] = [call.tensor(0), call.tensor(1)];
    return a.rank === 1 || b.rank === 1 ? tf.dot(a, b) : tf.matMul(a, b);
  },
  linear,
  dot: binary(tf.dot),
  outer: binary((a, b) => tf.outerProduct(a as tf.Tensor1D, b as tf.Tensor1D)),
  einsum: (call) => tf.einsum(call.string(0), ...call.tensors(1)),
  crossEntropy,
  mseLoss: loss(tf.losses.meanSquaredError),
  l1Loss: loss(tf.losses.absoluteDifference),
  bceWithLogits: (call, o) => {
    needs(o.weight == null, "weights");
    return tf.losses.sigmoidCrossEntropy(call.tensor(1), call.tensor(0), undefined, 0, reductionOf(o));
  },
  huberLoss: (call, o) => tf.losses.huberLoss(call.tensor(1), call.tensor(0), undefined, o.delta ?? 1, reductionOf(o)),
  conv1d,
  conv2d,
  convTranspose2d,
  maxPool2d: pool("max"),
  avgPool2d: pool("avg"),
  batchNorm,
  localResponseNorm: (call, { size, alpha = 1e-4, beta = 0.75, k = 1 }) => {
    needs((size as number) % 2 === 1, "an even size");
    return toNchw(
      tf.localResponseNormalization(image(call), ((size as number) - 1) / 2, k, alpha / (size as number), beta),
    );
  },
  interpolate,
};
