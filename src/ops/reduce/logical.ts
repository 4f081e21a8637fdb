/** Whether any or all elements are true, and how many. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { maxChunk } from "../../kernels/reduce.js";
import { checkedOptions } from "../../options.js";
import { normalizeAxes, sizeOf } from "../../shape.js";
import { checkPlaces, checkTensors } from "../arguments.js";
import { cast, equal, notEqual } from "../elementwise/compare.js";
import { keptShape, type Reduction, reduceAxes } from "./reduction.js";
import type { ReduceOptions } from "./sum.js";
import { reduceOptions, sum } from "./sum.js";

/** Whether any element over axes is true, that is, not 0 (NaN is true). Of any dtype; no gradient.
 * @returns bool
 * @category Reductions */
export function any(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axis = null, keepDims = false } = checkedOptions("any", options, reduceOptions);
  checkTensors("any", x);
  return anyOp(x, { axes: normalizeAxes("any", axis, x.rank), keepDims });
}

/** Whether all elements over axes are true, that is, not 0 (NaN is true). Of any dtype; no gradient.
 * @returns bool
 * @category Reductions */
export function all(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axis = null, keepDims = false } = checkedOptions("all", options, reduceOptions);
  checkTensors("all", x);
  return allOp(x, { axes: normalizeAxes("all", axis, x.rank), keepDims });
}

/** How many elements over axes are true, that is, not 0 (NaN is true), as `torch.count_nonzero`. Of any dtype; no gradient.
 * @returns int32
 * @throws DeviceError on a float32 device if more than 2²⁴ elements are counted
 * @category Reductions */
export function countNonzero(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axis = null, keepDims = false } = checkedOptions("countNonzero", options, reduceOptions);
  checkTensors("countNonzero", x);
  const axes = normalizeAxes("countNonzero", axis, x.rank);
  checkPlaces("countNonzero", x.device, x.size / sizeOf(keptShape(x.shape, axes)), "what is counted");
  return cast(sum(cast(notEqual(x, 0), x.device.floatType), { axis: axes, keepDims }), "int32");
}

const anyOp: Op<[x: Tensor], Reduction> = defineOp({
  name: "any",
  forward: ([x], reduction) => ({ output: reduceAxes(maxChunk, notEqual(x, 0), reduction) }),
  backward: () => [null],
});

const allOp: Op<[x: Tensor], Reduction> = defineOp({
  name: "all",
  forward: ([x], reduction) => ({ output: equal(reduceAxes(maxChunk, equal(x, 0), reduction), 0) }),
  backward: () => [null],
});
