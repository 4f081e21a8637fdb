/** Tests that an op of two tensors complains about the first of them where both are wrong. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { setDevice, type Tensor, tensor } from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const ofTwoFloats: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
  add: lg.add,
  sub: lg.sub,
  mul: lg.mul,
  div: lg.div,
  pow: lg.pow,
  atan2: lg.atan2,
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
