/** Powers of 2 by which numbers are multiplied before they are squared, where their squares would leave the range. */
import { noGrad } from "../../autograd/modes.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { squareScale as kernel, maxChunk } from "../../kernels/reduce.js";
import { abs } from "../elementwise/unary.js";
import { reduceAxes } from "./reduction.js";

/** Bounds between which the largest number of a sum of squares may lie, and what brings those beyond them back: powers of 2,
 * so that no digit changes. */
const scales = {
  float32: { low: 2 ** -40, up: 2 ** 88, high: 2 ** 40, down: 2 ** -88 },
  float64: { low: 2 ** -400, up: 2 ** 620, high: 2 ** 400, down: 2 ** -620 },
};

/** A factor for each row over axes: 1 where the squares of its elements can be added up as they are. Unrecorded, as the result
 * does not depend on it.
 * @param which whether rows that are too large are scaled, or those that are too small as well */
export function squareScale(x: Tensor, axes: readonly number[], which: "large" | "both"): Tensor {
  const { low, ...others } = scales[x.device.floatType];
  const floats = { ...others, low: which === "both" ? low : 0 };
  return noGrad(() => run(kernel, [reduceAxes(maxChunk, abs(x), { axes, keepDims: true })], { floats }));
}
