/** Tests of what stands where a tensor belongs: nothing, a tensor of another dtype, one on another device. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { setDevice, type Tensor, tensor } from "../../src/index.js";

beforeAll(() => setDevice("reference"));

type Call = (...tensors: Tensor[]) => unknown;

const floats = () => tensor([1, -1]);
const bools = () => tensor([1, 0], { dtype: "bool" });
const scores = () => lg.ones([2, 3]);
const labels = () => tensor([0, 2], { dtype: "int32" });

/** Ops, and right arguments of theirs. */
const ops: readonly (readonly [op: string, call: unknown, ...made: (() => Tensor)[]])[] = [
  ["where", lg.where, bools, floats, floats],
  ["cast", (x: Tensor) => lg.cast(x, "int32"), floats],
  ["logicalAnd", lg.logicalAnd, bools, bools],
  ["logicalOr", lg.logicalOr, bools, bools],
  ["logicalXor", lg.logicalXor, bools, bools],
  ["logicalNot", lg.logicalNot, bools],
  ["isNaN", lg.isNaN, floats],
  ["isFinite", lg.isFinite, floats],
  ["isInf", lg.isInf, floats],
  ["any", lg.any, floats],
  ["all", lg.all, floats],
  ["argMax", lg.argMax, floats],
  ["argMin", lg.argMin, floats],
  ["broadcastTo", (x: Tensor) => lg.broadcastTo(x, [2]), floats],
  ["crossEntropy", lg.crossEntropy, scores, labels],
  ["nllLoss", lg.nllLoss, scores, labels],
  ["hingeEmbeddingLoss", lg.hingeEmbeddingLoss, floats, floats],
  ["softMarginLoss", lg.softMarginLoss, floats, floats],
  ["marginRankingLoss", lg.marginRankingLoss, floats, floats, floats],
  ["cosineEmbeddingLoss", lg.cosineEmbeddingLoss, scores, scores, floats],
];

const places = ops.flatMap(([op, call, ...made]) =>
  made.map((_, i) => ({ op, call: call as Call, made, place: i + 1 })),
);

describe.each(places)("$op without its tensor $place", ({ op, call, made, place }) => {
  it("says which one is missing", () => {
    const given = made.map((make) => make()).with(place - 1, null as unknown as Tensor);
    expect(() => call(...made.map((make) => make()))).not.toThrow();
    expect(() => call(...given)).toThrow(`${op}: its argument ${place} must be a tensor, got null`);
  });
});

const half = () => lg.full([2], 0.5);

const weighted: readonly (readonly [op: string, option: string, call: (weight: Tensor) => Tensor])[] = [
  ["crossEntropy", "weight", (weight) => lg.crossEntropy(scores(), labels(), { weight })],
  ["nllLoss", "weight", (weight) => lg.nllLoss(scores(), labels(), { weight })],
  ["bce", "weight", (weight) => lg.bce(half(), half(), { weight })],
  ["bceWithLogits", "weight", (weight) => lg.bceWithLogits(half(), half(), { weight })],
  ["bceWithLogits", "posWeight", (posWeight) => lg.bceWithLogits(half(), half(), { posWeight })],
];

describe.each(weighted)("the weights of %s, its %s,", (op, _, call) => {
  const values = op === "crossEntropy" || op === "nllLoss" ? [1, 2, 3] : [1, 2];

  it("are floats", () => {
    expect(() => call(tensor(values, { dtype: "int32" }))).toThrow(lg.DTypeError);
    expect(() => call(tensor(values, { dtype: "int32" }))).toThrow(`${op}: it computes on floats, got int32`);
  });

  it("live where the input does", () => {
    expect(() => call(tensor(values, { device: "cpu" }))).toThrow(lg.DeviceError);
    expect(() => call(tensor(values, { device: "cpu" }))).toThrow(
      `${op}: its tensors must live on one device, got reference`,
    );
  });
});
