/** The running sum. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { largestFloat } from "../../autograd/dtype.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { finiteSize } from "../../kernels/elementwise.js";
import { runningSum, windowScale } from "../../kernels/order.js";
import { maxChunk } from "../../kernels/reduce.js";
import { checkedOptions } from "../../options.js";
import { rowAxis, rowSize } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { div, mul } from "../elementwise/arithmetic.js";
import { rowsOf } from "../rows.js";
import type { CumulativeOptions } from "./product.js";
import { cumulativeOptions } from "./product.js";
import { reduceAxes } from "./reduction.js";

/** The sums of the elements up to and including each one along an axis.
 *
 * ⌈log₁₆ n⌉ passes of 16 terms, so that float32 stays accurate on long axes. Where terms are so large that a sum of other
 * neighbours than the first ones could leave the range of numbers, all of the row are scaled by a power of 2 on the way. From
 * the first NaN on, or the second sign of infinity, they are NaN.
 * @throws ShapeError if the axis is missing or out of range
 * @category Reductions */
export function cumSum(x: Tensor, options: CumulativeOptions): Tensor {
  const { axis } = checkedOptions("cumSum", options, cumulativeOptions);
  checkFloat("cumSum", x);
  return cumSumOp(x, { axis: rowAxis("cumSum", axis, x.rank), reverse: false });
}

/** For each row along an axis, a power of 2 by which no sum of some of its elements leaves the range of numbers; unrecorded. */
export function sumScale(x: Tensor, axis: number): Tensor {
  const size = rowSize(x.shape, axis);
  const limit = largestFloat(x.device.floatType);
  const sizes = run(finiteSize, [x], { floats: { limit } });
  const largest = reduceAxes(maxChunk, sizes, { axes: [axis], keepDims: true });
  return run(windowScale, [largest], {
    floats: { largest: limit / 2 / size, down: 2 ** -Math.ceil(1 + Math.log2(size)) },
  });
}

/** Terms that a pass adds up. */
const width = 16;

const cumSumOp: Op<[x: Tensor], { readonly axis: number; readonly reverse: boolean }> = defineOp({
  name: "cumSum",
  forward: ([x], { axis, reverse }) => {
    const { threads, constants } = rowsOf(x.shape, axis);
    const size = rowSize(x.shape, axis);
    const scale = sumScale(x, axis);
    let sums = mul(x, scale);
    for (let distance = 1; distance < size; distance *= width) {
      const terms = Math.min(width, Math.ceil(size / distance));
      sums = run(runningSum, [sums], {
        threads,
        constants: { ...constants, width: terms, distance: reverse ? -distance : distance },
      });
    }
    return { output: div(sums, scale) };
  },
  backward: (gradOutput, _saved, { options: { axis, reverse } }) => [cumSumOp(gradOutput, { axis, reverse: !reverse })],
});
