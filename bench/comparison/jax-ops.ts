/** How jax-js does livegrad's ops: one entry an op that it has. Every use of an array is counted (`interpret` and `ref`). */
import { lax, nn, numpy as np } from "@jax-js/jax";
import { type Adapter, type Call, needs, type Options, only, padding, paddingOf, pair, sliceOf } from "./framework.js";

type T = np.Array;
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
const axesOf = ({ axis }: Options) => (axis == null ? null : (axis as number | number[]));
type Reduce = (x: T, axis?: number | number[] | null, options?: { keepdims?: boolean }) => T;
const reduce =
  (f: Reduce): Adapter<T> =>
  (call, o) =>
    f(call.tensor(0), axesOf(o), { keepdims: o.keepDims ?? false });
const arg =
  (f: (x: T, axis?: number, options?: { keepdims?: boolean }) => T): Adapter<T> =>
  (call, o) =>
    f(call.tensor(0), (o.axis ?? undefined) as number, { keepdims: o.keepDims ?? false });

function conv(axes: 1 | 2): Adapter<T> {
  return (call, o) => {
    needs(call.tensor(0).ndim === axes + 2, "images without a batch axis");
    const of = (list: [number, number]) => list.slice(0, axes);
    const y = lax.convGeneralDilated(
      call.tensor(0),
      call.tensor(1),
      of(pair(o.stride, 1)),
      of(padding(o.padding)).map((p) => [p, p] as [number, number]),
      { rhsDilation: of(pair(o.dilation, 1)), featureGroupCount: o.groups ?? 1 },
    );
    return biased(y, call.optional(2), axes);
  };
}

function biased(y: T, bias: T | null, axes: number): T {
  return bias === null ? y : np.add(y, np.reshape(bias, [-1, ...new Array<number>(axes).fill(1)]));
}

function convTranspose2d(call: Call<T>, o: Options): T {
  needs((o.groups ?? 1) === 1, "groups");
  const [kernel, dilation] = [call.tensor(1).shape.slice(2), pair(o.dilation, 1)];
  const [pad, extra] = [padding(o.padding), pair(o.outputPadding, 0)];
  const pads = kernel.map((k, i) => {
    const reach = (dilation[i] as number) * (k - 1);
    return [reach - (pad[i] as number), reach - (pad[i] as number) + (extra[i] as number)] as [number, number];
  });
  const options = { rhsDilation: dilation, transposeKernel: true };
  return biased(
    lax.convTranspose(call.tensor(0), call.tensor(1), pair(o.stride, 1), pads, options),
    call.optional(2),
    2,
  );
}

function pool(computation: (x: T) => T): Adapter<T> {
  return (call, o) => {
    const plain = padding(o.padding).join() === "0,0" && pair(o.dilation, 1).join() === "1,1" && o.ceilMode !== true;
    needs(plain, "padding, dilation or ceilMode");
    const kernel = pair(o.kernelSize, 1);
    return lax.reduceWindow(call.tensor(0), computation, kernel, o.stride == null ? kernel : pair(o.stride, 1));
  };
}

function slice(call: Call<T>, o: Options): T {
  const { begin, stop, steps } = sliceOf(call.tensor(0).shape, o);
  needs(
    steps.every((s) => s === 1),
    "steps",
  );
  return call.tensor(0).slice(...begin.map((from, i) => [from, stop[i] as number] as [number, number]));
}

function pad(call: Call<T>, o: Options): T {
  needs((o.mode ?? "constant") === "constant" && (o.value ?? 0) === 0, "other values than 0");
  return np.pad(call.tensor(0), paddingOf(call.args[1], call.tensor(0).ndim));
}

function transpose(call: Call<T>): T {
  return np.swapaxes(call.tensor(0), call.number(1) ?? -2, call.number(2) ?? -1);
}

function flatten(call: Call<T>, { startAxis = 0, endAxis = -1 }: Options): T {
  const { shape, ndim } = call.tensor(0);
  const [from, to] = [startAxis, endAxis].map((axis) => (axis < 0 ? axis + ndim : axis)) as [number, number];
  const middle = shape.slice(from, to + 1).reduce((a, b) => a * b, 1);
  return np.reshape(call.tensor(0), [...shape.slice(0, from), middle, ...shape.slice(to + 1)]);
}

function linear(call: Call<T>): T {
  const y = np.matmul(call.tensor(0), np.matrixTranspose(call.tensor(1)));
  const bias = call.optional(2);
  return bias === null ? y : np.add(y, bias);
}

function layerNorm(call: Call<T>, o: Options): T {
  const axes = (o.normalizedShape ?? []).map((_, i) => -1 - i);
  const y = nn.standardize(call.tensor(0), axes, { epsilon: o.eps ?? 1e-5 });
  const [weight, bias] = [call.optional(1), call.optional(2)];
  const scaled = weight === null ? y : np.multiply(y, weight);
  return bias === null ? scaled : np.add(scaled, bias);
}

function attention(call: Call<T>, o: Options): T {
  needs(o.mask == null && call.tensor(0).ndim === 4, "a mask, or other ranks than 4");
  const headsLast = (place: number) => np.swapaxes(call.tensor(place), 1, 2);
  const options = { isCausal: o.isCausal ?? false, ...(o.scale != null && { scale: o.scale }) };
  return np.swapaxes(nn.dotProductAttention(headsLast(0), headsLast(1), headsLast(2), options), 1, 2);
}

function split(call: Call<T>, { axis = 0 }: Options): T[] {
  const sizes = call.args[1] as number | number[];
  const length = call.tensor(0).shape.at(axis as number) as number;
  const list = typeof sizes === "number" ? Array.from({ length: Math.ceil(length / sizes) }, () => sizes) : sizes;
  const places = list.slice(0, -1).map((_, i) => list.slice(0, i + 1).reduce((a, b) => a + b, 0));
  return np.split(call.tensor(0), places, axis as number);
}

/** Every op that jax-js has, by livegrad's name. */
export const jaxOps: Readonly<Record<string, Adapter<T>>> = {
  neg: unary(np.negative),
  abs: unary(np.abs),
  sign: unary(np.sign),
  exp: unary(np.exp),
  expm1: unary(np.expm1),
  log: unary(np.log),
  log1p: unary(np.log1p),
  sqrt: unary(np.sqrt),
  square: unary(np.square),
  reciprocal: unary(np.reciprocal),
  sin: unary(np.sin),
  cos: unary(np.cos),
  tan: unary(np.tan),
  asin: unary(np.asin),
  acos: unary(np.acos),
  atan: unary(np.atan),
  sinh: unary(np.sinh),
  cosh: unary(np.cosh),
  tanh: unary(np.tanh),
  asinh: unary(np.asinh),
  acosh: unary(np.acosh),
  atanh: unary(np.atanh),
  erf: unary(lax.erf),
  floor: unary(np.floor),
  ceil: unary(np.ceil),
  round: only(
    (o) => !("decimals" in o),
    "decimals",
    (call) => np.round(call.tensor(0)),
  ),
  identity: unary(nn.identity),
  sigmoid: unary(nn.sigmoid),
  logSigmoid: unary(nn.logSigmoid),
  relu: unary(nn.relu),
  relu6: unary(nn.relu6),
  selu: unary(nn.selu),
  silu: unary(nn.silu),
  mish: unary(nn.mish),
  softsign: unary(nn.softSign),
  hardSwish: unary(nn.hardSwish),
  hardSigmoid: unary(nn.hardSigmoid),
  hardTanh: only(
    (o) => o.min == null && o.max == null,
    "other bounds",
    (call) => nn.hardTanh(call.tensor(0)),
  ),
  isNaN: unary(np.isnan),
  isInf: unary(np.isinf),
  isFinite: unary(np.isfinite),
  softplus: only(
    ({ beta = 1 }) => beta === 1,
    "beta",
    (call) => nn.softplus(call.tensor(0)),
  ),
  elu: (call, { alpha = 1 }) => nn.elu(call.tensor(0), alpha),
  celu: (call, { alpha = 1 }) => nn.celu(call.tensor(0), alpha),
  leakyRelu: (call, { negativeSlope = 0.01 }) => nn.leakyRelu(call.tensor(0), negativeSlope),
  gelu: (call, { approximate }) => nn.gelu(call.tensor(0), { approximate: approximate === "tanh" }),
  clamp: (call, { min, max }) => np.clip(call.tensor(0), min, max),
  cast: (call) => {
    const dtype = call.string(1);
    return np.astype(call.tensor(0), dtype === "bool" ? np.bool : dtype === "int32" ? np.int32 : np.float32);
  },
  add: binary(np.add),
  sub: binary(np.subtract),
  mul: binary(np.multiply),
  div: binary(np.divide),
  pow: binary(np.power),
  maximum: binary(np.maximum),
  minimum: binary(np.minimum),
  atan2: binary(np.atan2),
  equal: binary(np.equal),
  notEqual: binary(np.notEqual),
  greater: binary(np.greater),
  greaterEqual: binary(np.greaterEqual),
  less: binary(np.less),
  lessEqual: binary(np.lessEqual),
  logicalAnd: binary(np.logicalAnd),
  logicalOr: binary(np.logicalOr),
  logicalXor: binary(np.logicalXor),
  logicalNot: unary(np.logicalNot),
  where: (call) => np.where(np.astype(call.tensor(0), np.bool), call.tensor(1), call.tensor(2)),
  sum: reduce(np.sum),
  mean: reduce(np.mean),
  max: reduce(np.max),
  min: reduce(np.min),
  prod: reduce(np.prod),
  logSumExp: reduce(nn.logsumexp),
  any: reduce(np.any),
  all: reduce(np.all),
  variance: (call, o) =>
    np.var_(call.tensor(0), axesOf(o), { correction: o.correction ?? 1, keepdims: o.keepDims ?? false }),
  std: (call, o) => np.std(call.tensor(0), axesOf(o), { correction: o.correction ?? 1, keepdims: o.keepDims ?? false }),
  norm: (call, o) =>
    np.linalg.vectorNorm(call.tensor(0), { ord: o.p ?? 2, axis: axesOf(o), keepdims: o.keepDims ?? false }),
  argMax: arg(np.argmax),
  argMin: arg(np.argmin),
  cumSum: (call, o) => np.cumsum(call.tensor(0), o.axis as number),
  cumProd: (call, o) => np.cumprod(call.tensor(0), o.axis as number),
  softmax: (call, { axis = -1 }) => nn.softmax(call.tensor(0), axis as number),
  logSoftmax: (call, { axis = -1 }) => nn.logSoftmax(call.tensor(0), axis as number),
  reshape: (call) => np.reshape(call.tensor(0), call.numbers(1)),
  flatten,
  permute: (call) => np.transpose(call.tensor(0), call.numbers(1)),
  transpose,
  broadcastTo: (call) => np.broadcastTo(call.tensor(0), call.numbers(1)),
  squeeze: (call) => np.squeeze(call.tensor(0), call.args[1] === undefined ? null : call.numbers(1)),
  unsqueeze: (call) => np.expandDims(call.tensor(0), call.number(1)),
  concat: (call, { axis = 0 }) => np.concatenate(call.tensors(0), axis as number),
  stack: (call, { axis = 0 }) => np.stack(call.tensors(0), axis as number),
  slice,
  pad,
  flip: (call, o) => np.flip(call.tensor(0), axesOf(o)),
  roll: (call, o) => np.roll(call.tensor(0), o.shift as number, axesOf(o)),
  tile: (call) => np.tile(call.tensor(0), call.numbers(1)),
  split,
  tril: (call, { diagonal = 0 }) => np.tril(call.tensor(0), diagonal),
  triu: (call, { diagonal = 0 }) => np.triu(call.tensor(0), diagonal),
  diagonal: only(
    (_, call) => call.tensor(0).ndim === 2,
    "other ranks than 2",
    (call, { offset = 0 }) => np.diagonal(call.tensor(0), offset),
  ),
  indexSelect: (call, { axis = 0 }) => np.take(call.tensor(0), call.tensor(1), axis as number),
  gather: (call, { axis = 0 }) => np.takeAlongAxis(call.tensor(0), call.tensor(1), axis as number),
  embedding: (call) => np.take(call.tensor(1), call.tensor(0), 0),
  oneHot: (call, { numClasses }) => nn.oneHot(call.tensor(0), numClasses as number),
  sort: (call, o) => {
    needs(!("descending" in o), "descending");
    const axis = (o.axis ?? -1) as number;
    return { values: np.sort(call.tensor(0), axis), indices: np.argsort(call.tensor(0), axis) };
  },
  argSort: only(
    (o) => !("descending" in o),
    "descending",
    (call, o) => np.argsort(call.tensor(0), (o.axis ?? -1) as number),
  ),
  topK: (call, o) => {
    const [values, indices] = lax.topK(call.tensor(0), call.number(1), (o.axis ?? -1) as number);
    return { values, indices };
  },
  matmul: binary(np.matmul),
  linear,
  dot: binary(np.dot),
  outer: binary(np.outer),
  einsum: (call) => np.einsum(call.string(0), ...call.tensors(1)),
  scaledDotProductAttention: attention,
  conv1d: conv(1),
  conv2d: conv(2),
  convTranspose2d,
  maxPool2d: pool((x) => np.max(x)),
  avgPool2d: pool((x) => np.mean(x)),
  layerNorm,
};
