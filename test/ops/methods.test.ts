/** Tests that every method of Tensor is the op of its name, with its arguments in the same places. */
import { beforeAll, describe, expect, it } from "vitest";
import { type Sorted, setDevice, type Tensor, tensor } from "../../src/index.js";
import * as ops from "../../src/ops/index.js";
import { methods } from "../../src/ops/methods.js";

beforeAll(() => setDevice("reference"));

type Result = Tensor | readonly Tensor[] | Sorted;
type Call = (...args: unknown[]) => Result;

/** The tensors of a result, by name where there are several. */
const tensorsOf = (result: Result | undefined): Record<string, Tensor> =>
  result !== undefined && "isTensor" in result ? { result } : { ...(result as object) };

const x = () => tensor([[[1.52, 2, 0.5]], [[3, 0.25, 1]]]); // [2, 1, 3]
const other = () => tensor([2, 1, 0.5]);
const along = [{ axis: 2, keepDims: true }];
const binary = () => [other()];
const truth = () => [other().greater(0.75)];

/** Arguments that no default equals; methods that are not listed take none. */
const argumentsOf: Record<string, () => unknown[]> = {
  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  pow: binary,
  maximum: binary,
  minimum: binary,
  matmul: binary,
  equal: binary,
  notEqual: binary,
  greater: binary,
  greaterEqual: binary,
  less: binary,
  lessEqual: binary,
  atan2: binary,
  fmod: binary,
  remainder: binary,
  floorDivide: binary,
  hypot: binary,
  lerp: () => [other(), 0.25],
  nanToNum: () => [{ nan: 4 }],
  logit: () => [{ eps: 0.3 }],
  logicalAnd: truth,
  logicalOr: truth,
  logicalXor: truth,
  round: () => [{ decimals: 1 }],
  sum: () => along,
  mean: () => along,
  max: () => along,
  min: () => along,
  variance: () => [{ axis: 2, correction: 0 }],
  std: () => [{ axis: 2, correction: 0 }],
  softmax: () => [{ axis: 0 }],
  logSoftmax: () => [{ axis: 0 }],
  clamp: () => [{ min: 0.75, max: 2 }],
  reshape: () => [[3, 2]],
  flatten: () => [{ startAxis: 1 }],
  squeeze: () => [1],
  unsqueeze: () => [1],
  permute: () => [[2, 0, 1]],
  transpose: () => [0, 2],
  slice: () => [{ start: [1] }],
  pad: () => [[[1, 0]], { value: 4 }],
  broadcastTo: () => [[2, 4, 3]],
  prod: () => along,
  norm: () => [{ axis: 2, p: 3 }],
  cumSum: () => [{ axis: 2 }],
  cumProd: () => [{ axis: 2 }],
  any: () => along,
  all: () => along,
  argMax: () => along,
  argMin: () => along,
  sort: () => [{ axis: 0, descending: true }],
  argSort: () => [{ axis: 0, descending: true }],
  topK: () => [2, { largest: false }],
  gather: () => [tensor([[[2, 1]], [[0, 0]]], { dtype: "int32" }), { axis: 2 }],
  tile: () => [[2, 1, 2]],
  flip: () => [{ axis: 2 }],
  roll: () => [{ shift: 1, axis: 2 }],
  takeAlongDim: () => [tensor([[[2, 1]]], { dtype: "int32" }), { axis: 2 }],
  repeatInterleave: () => [2, { axis: 2 }],
  movedim: () => [0, 2],
  select: () => [1, { axis: 2 }],
  unbind: () => [{ axis: 2 }],
  split: () => [[1, 2], { axis: 2 }],
  chunk: () => [3, { axis: 2 }],
  tril: () => [{ diagonal: 1 }],
  triu: () => [{ diagonal: 1 }],
  diagonal: () => [{ offset: 1, axis1: 0, axis2: 2 }],
  cast: () => ["int32"],
  to: () => ["cpu"],
};

describe("the methods of Tensor", () => {
  const names = Object.keys(methods).filter((name) => name !== "backward");

  it.each(names)("x.%s is the op", (name) => {
    const args = argumentsOf[name]?.() ?? [];
    const input = name.startsWith("logical") ? x().greater(1) : x();
    const method = (input as unknown as Record<string, Call>)[name] as Call;
    const byMethod = tensorsOf(method.call(input, ...args));
    const byOp = tensorsOf((ops as unknown as Record<string, Call>)[name]?.(input, ...args));
    expect(Object.keys(byMethod)).toEqual(Object.keys(byOp));
    expect(Object.keys(byMethod)).not.toEqual([]);
    for (const [key, tensor] of Object.entries(byMethod)) {
      expect(tensor.shape).toEqual(byOp[key]?.shape);
      expect(tensor.dtype).toBe(byOp[key]?.dtype);
      expect(tensor.dataSync()).toEqual(byOp[key]?.dataSync());
    }
  });

  it("leave nothing of the list above unused", () => {
    for (const name of Object.keys(argumentsOf)) expect(names).toContain(name);
  });
});
