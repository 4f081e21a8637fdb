/** The running sum. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { runningSum } from "../../kernels/order.js";
import { checkedOptions } from "../../options.js";
import { at, normalizeAxis } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { rowsOf } from "../rows.js";
import type { CumulativeOptions } from "./product.js";
import { cumulativeOptions } from "./product.js";

/** The sums of the elements up to and including each one along an axis.
 *
 * ⌈log₁₆ n⌉ passes of 16 terms, so that float32 stays accurate on long axes.
 * @throws ShapeError if the axis is missing or out of range
 * @category Reductions */
export function cumSum(x: Tensor, options: CumulativeOptions): Tensor {
  const { axis } = checkedOptions("cumSum", options, cumulativeOptions);
  checkFloat("cumSum", x);
  return cumSumOp(x, { axis: normalizeAxis("cumSum", axis, x.rank), reverse: false });
}

/** Terms that a pass adds up. */
const width = 16;

const cumSumOp: Op<[x: Tensor], { readonly axis: number; readonly reverse: boolean }> = defineOp({
  name: "cumSum",
  forward: ([x], { axis, reverse }) => {
    const { threads, constants } = rowsOf(x.shape, axis);
    const size = at(x.shape, axis);
    let sums = x.view(x.shape);
    for (let distance = 1; distance < size; distance *= width) {
      const terms = Math.min(width, Math.ceil(size / distance));
      sums = run(runningSum, [sums], {
        threads,
        constants: { ...constants, width: terms, distance: reverse ? -distance : distance },
      });
    }
    return { output: sums };
  },
  backward: (gradOutput, _saved, { options: { axis, reverse } }) => [cumSumOp(gradOutput, { axis, reverse: !reverse })],
});
