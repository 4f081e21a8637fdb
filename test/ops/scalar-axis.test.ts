/** Axis 0 and −1 of a scalar: to an op along rows it is a row of one element, as in PyTorch. */
import { describe, expect, it } from "vitest";
import type { Tensor } from "../../src/index.js";
import * as lg from "../../src/index.js";

type Call = (x: Tensor, index: Tensor, axis: number) => Tensor;

/** An op of one tensor and an option `axis`. */
const along =
  (op: (x: Tensor, options: { axis: number }) => Tensor): Call =>
  (x, _index, axis) =>
    op(x, { axis });

const { argMax, argMin, argSort, cumProd, cumSum, flip, gather, logSoftmax, logSumExp, max, mean, min, norm } = lg;
const reductions = {
  sum: lg.sum,
  mean,
  max,
  min,
  logSumExp,
  prod: lg.prod,
  norm,
  median: lg.median,
  nanSum: lg.nanSum,
  nanMean: lg.nanMean,
  countNonzero: lg.countNonzero,
  any: lg.any,
  all: lg.all,
  argMax,
  argMin,
};

const rows: Readonly<Record<string, Call>> = {
  ...Object.fromEntries(Object.entries(reductions).map(([name, op]) => [name, along(op)])),
  variance: (x, _, axis) => lg.variance(x, { axis, correction: 0 }),
  std: (x, _, axis) => lg.std(x, { axis, correction: 0 }),
  cosineSimilarity: (x, _, axis) => lg.cosineSimilarity(x, x, { axis }),
  softmax: along(lg.softmax),
  softmin: along(lg.softmin),
  logSoftmax: along(logSoftmax),
  normalize: along(lg.normalize),
  cumSum: along(cumSum),
  cumProd: along(cumProd),
  logCumSumExp: along(lg.logCumSumExp),
  cumMax: (x, _, axis) => lg.cumMax(x, { axis }).values,
  cumMin: (x, _, axis) => lg.cumMin(x, { axis }).values,
  varMean: (x, _, axis) => lg.varMean(x, { axis, correction: 0 }).variance,
  stdMean: (x, _, axis) => lg.stdMean(x, { axis, correction: 0 }).mean,
  quantile: (x, _, axis) => lg.quantile(x, 0.25, { axis }),
  flip: along(flip),
  argSort: along(argSort),
  sort: (x, _, axis) => lg.sort(x, { axis }).values,
  topK: (x, _, axis) => lg.topK(x, 1, { axis }).values,
  gather: (x, index, axis) => gather(x, index, { axis }),
  scatterAdd: (x, index, axis) => lg.scatterAdd(x, index, x, { axis }),
  scatter: (x, index, axis) => lg.scatter(x, index, x, { axis }),
  scatterReduce: (x, index, axis) => lg.scatterReduce(x, index, x, { axis, reduce: "prod" }),
  indexAdd: (x, index, axis) => lg.indexAdd(x, lg.reshape(index, [1]), x, { axis }),
  indexCopy: (x, index, axis) => lg.indexCopy(x, lg.reshape(index, [1]), x, { axis }),
  indexFill: (x, index, axis) => lg.indexFill(x, lg.reshape(index, [1]), 3, { axis }),
  indexSelect: (x, index, axis) => lg.indexSelect(x, lg.reshape(index, [1]), { axis }),
  squeeze: (x, _, axis) => lg.squeeze(x, axis),
  movedim: (x, _, axis) => lg.movedim(x, axis, axis),
  transpose: (x, _, axis) => lg.transpose(x, axis, axis),
};

const refused: Readonly<Record<string, (x: Tensor, axis: number) => unknown>> = {
  split: (x, axis) => lg.split(x, 1, { axis }),
  chunk: (x, axis) => lg.chunk(x, 1, { axis }),
  concat: (x, axis) => lg.concat([x, x], { axis }),
  select: (x, axis) => lg.select(x, 0, { axis }),
  unbind: (x, axis) => lg.unbind(x, { axis }),
  repeatInterleave: (x, axis) => lg.repeatInterleave(x, 2, { axis }),
  takeAlongDim: (x, axis) => lg.takeAlongDim(x, lg.zeros([], { dtype: "int32" }), { axis }),
  roll: (x, axis) => lg.roll(x, { shift: 1, axis }),
  glu: (x, axis) => lg.glu(x, { axis }),
  diagonal: (x, axis) => lg.diagonal(x, { axis1: axis }),
};

/** Value, shape without its one axis, and gradient where there is one. */
function outcome(call: Call, shape: readonly number[], axis: number) {
  const x = lg.tensor([2.5], { shape, requiresGrad: true });
  const y = call(x, lg.zeros(shape, { dtype: "int32" }), axis);
  if (y.requiresGrad) y.sum().backward();
  return { value: [...y.dataSync()], gradient: [...(x.grad?.dataSync() ?? [])], size: y.size };
}

describe.each([0, -1])("axis %i of a scalar", (axis) => {
  it.each(Object.entries(rows))("is a row of one element to %s", (_name, call) => {
    expect(outcome(call, [], axis)).toEqual(outcome(call, [1], axis));
    expect(call(lg.tensor(2.5), lg.zeros([], { dtype: "int32" }), axis).shape).toEqual([]);
  });

  it.each(Object.entries(rows))("is the only one to %s", (name, call) => {
    const index = lg.zeros([], { dtype: "int32" });
    for (const other of [1, -2]) {
      expect(() => call(lg.tensor(2.5), index, other)).toThrow(new RegExp(`^${name}: axis .* got ${other}`));
    }
  });

  it.each(Object.entries(refused))("is refused by %s, which needs one", (name, call) => {
    expect(() => call(lg.tensor(2.5), axis)).toThrow(new RegExp(`^${name}: a scalar has no axis`));
  });
});

describe("indexSelect of a scalar", () => {
  it("takes a single index", () => {
    expect(() => lg.indexSelect(lg.tensor(1), lg.tensor([0, 0], { dtype: "int32" }))).toThrow(
      "indexSelect: index of a scalar must have a single entry, got 2",
    );
  });
});
