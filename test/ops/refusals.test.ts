/** Tests that an op complains about the first of its tensors that is wrong, in its own name. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { type DeviceName, setDevice, type Tensor, tensor } from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const ofTwoFloats: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
  add: lg.add,
  sub: lg.sub,
  mul: lg.mul,
  div: lg.div,
  pow: lg.pow,
  atan2: lg.atan2,
  fmod: lg.fmod,
  remainder: lg.remainder,
  floorDivide: lg.floorDivide,
  hypot: lg.hypot,
  xlogy: lg.xlogy,
  logaddexp: lg.logaddexp,
  prelu: lg.prelu,
  lerp: (a, b) => lg.lerp(a, b, 0.5),
  pairwiseDistance: lg.pairwiseDistance,
  cosineSimilarity: (a, b) => lg.cosineSimilarity(a, b, { axis: 0 }),
  cdist: lg.cdist,
  maximum: lg.maximum,
  minimum: lg.minimum,
  mseLoss: lg.mseLoss,
  l1Loss: lg.l1Loss,
  huberLoss: lg.huberLoss,
  smoothL1Loss: lg.smoothL1Loss,
  bce: lg.bce,
  bceWithLogits: lg.bceWithLogits,
  klDiv: lg.klDiv,
  poissonNllLoss: lg.poissonNllLoss,
  marginRankingLoss: (a, b) => lg.marginRankingLoss(a, b, lg.ones([2])),
  matmul: lg.matmul,
  linear: (a, b) => lg.linear(a, b),
  dot: lg.dot,
  outer: lg.outer,
  inner: lg.inner,
  kron: lg.kron,
  cross: lg.cross,
  tensordot: (a, b) => lg.tensordot(a, b, { axes: 1 }),
  addmm: (a, b) => lg.addmm(a, b, b),
  addmv: (a, b) => lg.addmv(a, b, b),
  addr: (a, b) => lg.addr(a, b, b),
  baddbmm: (a, b) => lg.baddbmm(a, b, b),
  addbmm: (a, b) => lg.addbmm(a, b, b),
  einsum: (a, b) => lg.einsum("i,i", [a, b]),
  scatterAdd: (a, b) => lg.scatterAdd(a, tensor([0], { dtype: "int32" }), b),
  scatterReduce: (a, b) => lg.scatterReduce(a, tensor([0], { dtype: "int32" }), b, { reduce: "sum" }),
  indexAdd: (a, b) => lg.indexAdd(a, tensor([0], { dtype: "int32" }), b),
  scaledDotProductAttention: (a, b) => lg.scaledDotProductAttention(a, b, b),
  cosineEmbeddingLoss: (a, b) => lg.cosineEmbeddingLoss(a, b, lg.tensor(1)),
};

describe.each(Object.entries({ logicalAnd: lg.logicalAnd, logicalOr: lg.logicalOr, logicalXor: lg.logicalXor }))(
  "%s of no bools",
  (op, call) => {
    it("names the first of int32 and float64", () => {
      const integers = tensor([1, 0], { dtype: "int32" });
      expect(() => call(integers, tensor([1, 0]))).toThrow(new RegExp(`^${op}: .*got int32`));
      expect(() => call(tensor([1, 0]), integers)).toThrow(new RegExp(`^${op}: .*got float64`));
    });
  },
);

describe.each(Object.entries(ofTwoFloats))("%s of no floats", (op, call) => {
  it.each([
    ["int32", "bool"],
    ["bool", "int32"],
  ] as const)("names the first of %s and %s", (first, second) => {
    const run = () => call(tensor([1, 0], { dtype: first }), tensor([0, 1], { dtype: second }));
    expect(run).toThrow(lg.DTypeError);
    expect(run).toThrow(new RegExp(`^${op}: .*got ${first}`));
  });
});

describe("scaledDotProductAttention", () => {
  it("names the key before the value", () => {
    const [key, value] = [tensor([1], { dtype: "int32" }), tensor([1], { dtype: "bool" })];
    expect(() => lg.scaledDotProductAttention(lg.ones([1]), key, value)).toThrow(/got int32/);
  });
});

const matrix = (device: DeviceName) => lg.ones([2, 2], { device });
const indices = (device: DeviceName, shape: number[] = [2]) => lg.zeros(shape, { device, dtype: "int32" });
const [here, there] = ["reference", "cpu"] as const;

describe("linear", () => {
  it("refuses a bias of integers", () => {
    const bias = lg.ones([2], { dtype: "int32" });
    expect(() => lg.linear(matrix(here), matrix(here), bias)).toThrow(/^linear: it computes on floats, got int32/);
  });
});

describe("tensors on two devices", () => {
  it.each<[string, () => unknown]>([
    ["add", () => lg.add(matrix(here), matrix(there))],
    ["matmul", () => lg.matmul(matrix(here), matrix(there))],
    ["linear", () => lg.linear(matrix(here), matrix(there))],
    ["linear", () => lg.linear(matrix(here), matrix(here), lg.ones([2], { device: there }))],
    ["outer", () => lg.outer(lg.ones([2]), lg.ones([2], { device: there }))],
    ["scaledDotProductAttention", () => lg.scaledDotProductAttention(matrix(here), matrix(here), matrix(there))],
    [
      "scaledDotProductAttention",
      () =>
        lg.scaledDotProductAttention(matrix(here), matrix(here), matrix(here), {
          attnMask: lg.ones([2, 2], { device: there, dtype: "bool" }),
        }),
    ],
    ["gather", () => lg.gather(matrix(here), indices(there, [2, 2]))],
    ["scatterAdd", () => lg.scatterAdd(matrix(here), indices(there, [2, 2]), matrix(here))],
    ["scatter", () => lg.scatter(matrix(here), indices(here, [2, 2]), matrix(there))],
    ["scatter", () => lg.scatter(matrix(here), indices(there, [2, 2]), 1)],
    ["scatterReduce", () => lg.scatterReduce(matrix(here), indices(there, [2, 2]), matrix(here), { reduce: "sum" })],
    ["indexAdd", () => lg.indexAdd(matrix(here), indices(there), matrix(here))],
    ["indexCopy", () => lg.indexCopy(matrix(here), indices(there), matrix(here))],
    ["indexFill", () => lg.indexFill(matrix(here), indices(here), lg.ones([], { device: there }))],
    ["indexSelect", () => lg.indexSelect(matrix(here), indices(there))],
    ["maskedSelect", () => lg.maskedSelect(matrix(here), lg.ones([2], { device: there, dtype: "bool" }))],
    ["embedding", () => lg.embedding(indices(here), matrix(there))],
  ])("are refused by %s", (op, call) => {
    expect(call).toThrow(lg.DeviceError);
    expect(call).toThrow(
      `${op}: its tensors must live on one device, got reference and cpu; move one: t.to("reference")`,
    );
  });
});

describe("an array in the place of a tensor", () => {
  const array = [1, 0] as never;

  it.each<[string, number, () => unknown]>([
    ["linear", 2, () => lg.linear(matrix(here), array)],
    ["gather", 1, () => lg.gather(array, indices(here))],
    ["scatterAdd", 2, () => lg.scatterAdd(lg.ones([2]), array, lg.ones([2]))],
    ["scatter", 3, () => lg.scatter(lg.ones([2]), indices(here), array)],
    ["scatterReduce", 2, () => lg.scatterReduce(lg.ones([2]), array, lg.ones([2]), { reduce: "sum" })],
    ["indexAdd", 2, () => lg.indexAdd(lg.ones([2]), array, lg.ones([2]))],
    ["indexCopy", 3, () => lg.indexCopy(lg.ones([2]), indices(here), array)],
    ["indexFill", 3, () => lg.indexFill(lg.ones([2]), indices(here), array)],
    ["nonzero", 1, () => lg.nonzero(array)],
    ["maskedSelect", 2, () => lg.maskedSelect(lg.ones([2]), array)],
    ["countNonzero", 1, () => lg.countNonzero(array)],
    ["cumMax", 1, () => lg.cumMax(array, { axis: 0 })],
    ["cumMin", 1, () => lg.cumMin(array, { axis: 0 })],
    ["logCumSumExp", 1, () => lg.logCumSumExp(array, { axis: 0 })],
    ["nanSum", 1, () => lg.nanSum(array)],
    ["nanMean", 1, () => lg.nanMean(array)],
    ["median", 1, () => lg.median(array)],
    ["quantile", 1, () => lg.quantile(array, 0.5)],
    ["varMean", 1, () => lg.varMean(array)],
    ["stdMean", 1, () => lg.stdMean(array)],
    ["indexSelect", 1, () => lg.indexSelect(array, indices(here))],
    ["embedding", 1, () => lg.embedding(array, matrix(here))],
    ["oneHot", 1, () => lg.oneHot(array, { numClasses: 2 })],
    ["sort", 1, () => lg.sort(array)],
    ["argSort", 1, () => lg.argSort(array)],
    ["topK", 1, () => lg.topK(array, 1)],
  ])("is refused by %s as its argument %i", (op, position, call) => {
    expect(call).toThrow(lg.ValueError);
    expect(call).toThrow(
      `${op}: its argument ${position} must be a tensor, got [1, 0]; numbers become one with tensor(…)`,
    );
  });
});
