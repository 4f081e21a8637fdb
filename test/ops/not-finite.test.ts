/** Tests what reductions make of NaN and infinities, as their pages say. */
import { describe, expect, it } from "vitest";
import type { Tensor } from "../../src/index.js";
import * as lg from "../../src/index.js";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const lastAxis = { axis: -1 };

/** Everything meets in the first place. */
const meeting = (reduce: "amax" | "amin") => (x: Tensor) =>
  lg.scatterReduce(lg.zeros([1]), lg.tensor([0, 0, 0], { dtype: "int32" }), x, { reduce, includeSelf: false });

const rows: readonly [name: string, op: (x: Tensor) => Tensor, x: number[], y: number[], gradient: number[]][] = [
  ["sum", lg.sum, [1, nan, 3], [nan], [1, 1, 1]],
  ["sum", lg.sum, [inf, -inf, 1], [nan], [1, 1, 1]],
  ["mean", lg.mean, [1, nan], [nan], [0.5, 0.5]],
  ["mean", lg.mean, [1, inf], [inf], [0.5, 0.5]],
  ["mean", lg.mean, [inf, -inf], [nan], [0.5, 0.5]],
  ["max", lg.max, [1, nan, 3], [nan], [nan, nan, nan]],
  ["max", lg.max, [1, inf, 3], [inf], [0, 1, 0]],
  ["min", lg.min, [1, nan, 3], [nan], [nan, nan, nan]],
  ["min", lg.min, [1, -inf, 3], [-inf], [0, 1, 0]],
  ["scatterReduce", meeting("amax"), [1, nan, 3], [nan], [0, 1, 0]],
  ["scatterReduce", meeting("amin"), [1, nan, 3], [nan], [0, 1, 0]],
  ["scatterReduce", meeting("amax"), [3, 1, 3], [3], [0.5, 0, 0.5]],
  ["std", lg.std, [1, inf, 3], [nan], [nan, nan, nan]],
  ["logSumExp", lg.logSumExp, [1, nan, 3], [nan], [nan, nan, nan]],
  ["logSumExp", lg.logSumExp, [1, inf, 3], [inf], [0, nan, 0]],
  ["logCumSumExp", (x) => lg.logCumSumExp(x, lastAxis), [-inf, -inf, 0], [-inf, -inf, 0], [0, 0, 1]],
  ["norm", lg.norm, [1, nan, 3], [nan], [nan, nan, nan]],
  ["norm", lg.norm, [1, -inf, 3], [inf], [0, nan, 0]],
  ["cumSum", (x) => lg.cumSum(x, lastAxis), [1, nan, 3], [1, nan, nan], [3, 2, 1]],
  ["cumSum", (x) => lg.cumSum(x, lastAxis), [inf, -inf, 3], [inf, nan, nan], [3, 2, 1]],
  ["softmax", (x) => lg.softmax(x), [-inf, 0, -inf], [0, 1, 0], [0, 0, 0]],
  ["softmax", (x) => lg.softmax(x), [1, inf, 3], [nan, nan, nan], [nan, nan, nan]],
];

describe.each(["reference", "simd"] as const)("on %s", (device) => {
  it.each(rows)("%s is what its page says, case %#", (_name, op, given, y, gradient) => {
    lg.withDevice(device, () => {
      const x = lg.tensor(given, { requiresGrad: true });
      const output = op(x);
      expect([...output.dataSync()]).toEqual(y);
      const [found] = lg.gradients(output.sum(), [x]);
      expect([...(found?.dataSync() ?? [])].map((n) => n + 0)).toEqual(gradient);
    });
  });
});
