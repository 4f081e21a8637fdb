/** Reductions that leave NaN out. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { meanLast, sumChunk, sumLast } from "../../kernels/reduce.js";
import { checkedOptions } from "../../options.js";
import { normalizeAxes, sizeOf } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { div, mul } from "../elementwise/arithmetic.js";
import { cast, where } from "../elementwise/compare.js";
import * as logic from "../elementwise/logic.js";
import { keptShape, type Reduction, reduceAxes } from "./reduction.js";
import { type ReduceOptions, reduceOptions, reshapeTo, sum } from "./sum.js";

/** Sum over axes of what is not NaN, as `torch.nansum`; 0 where all is. The gradient of NaN is 0.
 * @category Reductions */
export function nanSum(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axis = null, keepDims = false } = checkedOptions("nanSum", options, reduceOptions);
  checkFloat("nanSum", x);
  return sum(where(logic.isNaN(x), 0, x), { axis: normalizeAxes("nanSum", axis, x.rank), keepDims });
}

/** Mean over axes of what is not NaN, as `torch.nanmean`; NaN where all is. The sum may be larger than any number. The gradient of NaN
 * is 0, also where all is NaN (in PyTorch that comes out as NaN).
 * @category Reductions */
export function nanMean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axis = null, keepDims = false } = checkedOptions("nanMean", options, reduceOptions);
  checkFloat("nanMean", x);
  return nanMeanOp(x, { axes: normalizeAxes("nanMean", axis, x.rank), keepDims });
}

const nanMeanOp: Op<[x: Tensor], Reduction> = defineOp({
  name: "nanMean",
  forward: ([x], reduction) => {
    const numbers = where(logic.isNaN(x), 0, x);
    const isNumber = cast(logic.logicalNot(logic.isNaN(x)), x.dtype);
    const count = reduceAxes(sumChunk, isNumber, reduction, sumLast);
    const total = reduceAxes(sumChunk, numbers, reduction, sumLast);
    const average = reduceAxes(sumChunk, numbers, reduction, meanLast);
    const size = x.size / sizeOf(keptShape(x.shape, reduction.axes));
    const output = where(logic.isFinite(total), div(total, count), mul(average, div(size, count)));
    return { output, saved: { x, count } };
  },
  backward: (gradOutput, { x, count }, { options: { axes } }) => [
    where(logic.isNaN(x), 0, reshapeTo(div(gradOutput, count), keptShape(x.shape, axes))),
  ],
});
