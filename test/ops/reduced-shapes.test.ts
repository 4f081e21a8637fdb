/** Tests of the shapes that ops along axes give, and of the axes they take by default. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { type ReduceOptions, setDevice, type Tensor } from "../../src/index.js";

beforeAll(() => setDevice("reference"));

type Reduce = (x: Tensor, options?: ReduceOptions) => Tensor;

const reductions: Readonly<Record<string, Reduce>> = {
  any: lg.any,
  all: lg.all,
  sum: lg.sum,
  mean: lg.mean,
  max: lg.max,
  min: lg.min,
  prod: lg.prod,
  variance: lg.variance,
  std: lg.std,
  logSumExp: lg.logSumExp,
  norm: lg.norm,
  "norm of order 0": (x, options) => lg.norm(x, { p: 0, ...options }),
  "norm of order 1": (x, options) => lg.norm(x, { p: 1, ...options }),
  "norm of order 3": (x, options) => lg.norm(x, { p: 3, ...options }),
  "norm of order ∞": (x, options) => lg.norm(x, { p: Number.POSITIVE_INFINITY, ...options }),
};

const x = () => lg.rand([2, 3, 4], { generator: lg.generator(1), low: 1, high: 2 });

describe.each(Object.entries(reductions))("%s", (_, reduce) => {
  it("is a scalar by default", () => {
    expect(reduce(x()).shape).toEqual([]);
    expect(reduce(x(), { axis: null }).shape).toEqual([]);
  });

  it.each<[ReduceOptions, readonly number[]]>([
    [{ keepDims: true }, [1, 1, 1]],
    [{ axis: 1 }, [2, 4]],
    [{ axis: 1, keepDims: true }, [2, 1, 4]],
    [{ axis: [-1, 0] }, [3]],
    [{ axis: [-1, 0], keepDims: true }, [1, 3, 1]],
  ])("with %j has shape %j", (options, shape) => {
    expect(reduce(x(), options).shape).toEqual(shape);
  });
});

describe.each(Object.entries({ argMax: lg.argMax, argMin: lg.argMin }))("%s", (_, arg) => {
  it("is of the flattened tensor by default", () => {
    expect(arg(x()).shape).toEqual([]);
    expect(arg(x(), { axis: null, keepDims: true }).shape).toEqual([1, 1, 1]);
  });

  it("drops its axis, or keeps it with size 1", () => {
    expect(arg(x(), { axis: -2 }).shape).toEqual([2, 4]);
    expect(arg(x(), { axis: -2, keepDims: true }).shape).toEqual([2, 1, 4]);
  });
});

describe.each(Object.entries({ softmax: lg.softmax, logSoftmax: lg.logSoftmax }))("%s", (_, op) => {
  it("runs along the last axis by default", () => {
    expect(op(x()).arraySync()).toEqual(op(x(), { axis: 2 }).arraySync());
    expect(op(x()).arraySync()).not.toEqual(op(x(), { axis: 0 }).arraySync());
  });
});
