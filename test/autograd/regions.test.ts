/** Tests of regions: what kinked ops tell a listener, and that they tell nobody else. */
import { beforeAll, describe, expect, it } from "vitest";
import { listenToRegions } from "../../src/autograd/regions.js";
import * as lg from "../../src/index.js";
import { type Op, setDevice, type Tensor, tensor } from "../../src/index.js";

beforeAll(() => setDevice("reference"));

/** What an op tells of the values, as `name: numbers`. */
function toldBy(fn: (x: Tensor) => unknown, values: number[], requiresGrad = true): string[] {
  const told: string[] = [];
  listenToRegions(
    (op, regions) => {
      for (const region of regions) told.push(`${op}: ${region.dataSync().join(" ")}`);
    },
    () => fn(tensor(values, { requiresGrad })),
  );
  return told;
}

/** The largest of all in the place of the first. */
const largestOf = (x: Tensor, source: Tensor) =>
  lg.scatterReduce(x, lg.zeros([3], { dtype: "int32" }), source, { reduce: "amax" });

describe("regions", () => {
  it.each<[string, (x: Tensor) => unknown, number[], string[]]>([
    ["relu", lg.relu, [-1, 0, 0.5], ["relu: 0 0 1"]],
    ["abs", lg.abs, [-1, 0, 2], ["abs: -1 0 1"]],
    ["sign", lg.sign, [-1, 0, 2], ["sign: -1 0 1"]],
    ["clamp", (x) => lg.clamp(x, { min: -1, max: 1 }), [-2, 0, 1, 2], ["clamp: 1 0 0 0", "clamp: 0 0 0 1"]],
    ["softplus", (x) => lg.softplus(x), [0, 20, 21], ["softplus: 0 0 1"]],
    ["leakyRelu", (x) => lg.leakyRelu(x), [-1, 2], ["greater: 0 1"]],
    ["elu", (x) => lg.elu(x), [-1, 2], ["lessEqual: 1 0"]],
    ["maximum", (x) => lg.maximum(x, 1), [0, 1, 2], ["maximum: 0 0.5 1"]],
    ["minimum", (x) => lg.minimum(x, 1), [0, 1, 2], ["minimum: 0 0.5 1"]],
    ["max", (x) => lg.max(x), [3, 1, 3], ["max: 1 0 1"]],
    ["min", (x) => lg.min(x), [3, 1, 3], ["max: 0 1 0"]],
    ["max by rows", (x) => lg.max(x.reshape([2, 2]), { axis: 1 }), [3, 1, 2, 5], ["max: 1 0 0 1"]],
    ["norm", (x) => lg.norm(x.reshape([2, 2]), { axis: 1 }), [0, 0, -1, 0], ["norm: 1 0"]],
    ["norm of order 3", (x) => lg.norm(x, { p: 3 }), [0, -2, 2], ["norm: 0 -1 1"]],
    ["scatterReduce", (x) => largestOf(x.detach(), x), [3, 1, 3], ["scatterReduce: 1 1 1 1 0 1"]],
    ["cumMax", (x) => lg.cumMax(x, { axis: 0 }), [1, 3, 2], ["cumMax: 0 1 1"]],
    ["median", (x) => lg.median(x), [3, 1, 2], ["median: 0 0 1"]],
    ["median along an axis", (x) => lg.median(x, { axis: 0 }), [3, 1, 2], ["rank: 2"]],
    ["quantile", (x) => lg.quantile(x, [0, 1]), [3, 1, 2], ["rank: 1 0"]],
    ["hardTanh", (x) => lg.hardTanh(x), [-2, -1, 0, 1], ["hardTanh: 1 1 0 0", "hardTanh: 0 0 0 1"]],
    ["hardSigmoid", lg.hardSigmoid, [-3, -2.5, 2.5, 3], ["hardSigmoid: 1 0 0 0", "hardSigmoid: 0 0 0 1"]],
    ["floor", lg.floor, [-0.5, 1.5], ["floor: -1 1"]],
    ["atan2", (x) => lg.atan2(x, lg.tensor([-1, -1, 0, 1])), [-1, 0.5, -1, -1], ["atan2: 1 0 0 0"]],
    ["cast", (x) => lg.cast(x, "int32"), [1.5, -0.5], ["cast: 1 0"]],
    [
      "gridSample",
      (x) => lg.gridSample(lg.ones([1, 1, 1, 4]), x.reshape([1, 1, 1, 2]), { alignCorners: true, mode: "bicubic" }),
      [0.5, 0],
      ["clamp: 0", "clamp: 0", "floor: 0", "clamp: 0", "clamp: 0", "floor: 2"],
    ],
    ["maxPool2d", (x) => lg.maxPool2d(x.reshape([1, 2, 2]), { kernelSize: 2 }), [1, 4, 2, 3], ["maxPool2d: 1"]],
  ])("%s tells where its kinks are", (_, fn, values, expected) => {
    expect(toldBy(fn, values)).toEqual(expected);
  });

  it("are told of no smooth op, nor of what an op computes inside", () => {
    expect(toldBy((x) => lg.softmax(x).exp().mul(x).sum(), [1, 2, 3])).toEqual([]);
    expect(toldBy((x) => lg.logSumExp(x), [1, 2, 3])).toEqual([]);
  });

  it("are told of nothing that no gradient flows through", () => {
    expect(toldBy(lg.relu, [1, 2], false)).toEqual([]);
    expect(toldBy((x) => lg.noGrad(() => lg.relu(x)), [1, 2])).toEqual([]);
    expect(toldBy((x) => lg.relu(x.detach()), [1, 2])).toEqual([]);
  });

  it("are computed for a listener only, and leave no buffer behind", () => {
    let computed = 0;
    const bent: Op<[x: Tensor]> = lg.defineOp({
      name: "bent",
      forward: ([x]) => ({ output: lg.abs(x), saved: { x } }),
      backward: (gradOutput, { x }) => [lg.mul(gradOutput, lg.sign(x))],
      region: (_saved, { inputs: [x], output }) => {
        computed++;
        return [lg.sign(x), lg.greater(output, 1)];
      },
    });
    const x = tensor([-2, 3], { requiresGrad: true });
    bent(x);
    expect(computed).toBe(0);
    expect(toldBy(bent, [-2, 0.5])).toEqual(["bent: -1 1", "bent: 1 0"]);
    const leftBehind = (listens: boolean) => {
      const before = lg.memory().buffers;
      if (listens)
        listenToRegions(
          () => undefined,
          () => bent(x),
        );
      else bent(x);
      return lg.memory().buffers - before;
    };
    expect(leftBehind(true)).toBe(leftBehind(false));
  });
});
