/** Whether any or all elements are true. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { maxChunk } from "../../kernels/reduce.js";
import { checkedOptions } from "../../options.js";
import { normalizeAxes } from "../../shape.js";
import { checkTensors } from "../arguments.js";
import { equal, notEqual } from "../elementwise/compare.js";
import { type Reduction, reduceAxes } from "./reduction.js";
import type { ReduceOptions } from "./sum.js";
import { reduceOptions } from "./sum.js";

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
