/** The running maximum and minimum. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { neg } from "../../kernels/elementwise.js";
import { placeInRow, placeOfRunningMax } from "../../kernels/order.js";
import { checkedOptions } from "../../options.js";
import { rowAxis, rowSize } from "../../shape.js";
import { checkFloat, checkPlaces } from "../arguments.js";
import { gatherOp } from "../indexing/gather-op.js";
import { rowsOf } from "../rows.js";
import { type CumulativeOptions, cumulativeOptions } from "./product.js";

/** Running extremes, and where they stand.
 * @category Reductions */
export interface RunningExtreme {
  /** The values; their gradients go to where they stand. */
  readonly values: Tensor;
  /** Their indices along the axis, int32; no gradient. */
  readonly indices: Tensor;
}

/** The largest of the elements up to and including each one along an axis, as `torch.cummax`: of equal ones, and of
 * NaN, which counts as the largest, the last. It has the gradient.
 *
 * ⌈log₁₆ n⌉ passes.
 * @throws ShapeError if the axis is missing or out of range; DeviceError on a float32 device if it has more than 2²⁴ elements
 * @category Reductions */
export function cumMax(x: Tensor, options: CumulativeOptions): RunningExtreme {
  return runningExtreme("cumMax", x, options, false);
}

/** The smallest of the elements up to and including each one along an axis, as `torch.cummin`: of equal ones, and of
 * NaN, which counts as the smallest here, the last. It has the gradient.
 *
 * ⌈log₁₆ n⌉ passes.
 * @throws ShapeError if the axis is missing or out of range; DeviceError on a float32 device if it has more than 2²⁴ elements
 * @category Reductions */
export function cumMin(x: Tensor, options: CumulativeOptions): RunningExtreme {
  return runningExtreme("cumMin", x, options, true);
}

function runningExtreme(op: string, x: Tensor, options: CumulativeOptions, smallest: boolean): RunningExtreme {
  const { axis } = checkedOptions(op, options, cumulativeOptions);
  checkFloat(op, x);
  const along = rowAxis(op, axis, x.rank);
  checkPlaces(op, x.device, rowSize(x.shape, along), `axis ${along}`);
  const indices = placeOp(x, { axis: along, smallest });
  return { values: gatherOp(x, indices, { axis: along, shared: false }), indices };
}

const placeOp: Op<[x: Tensor], { readonly axis: number; readonly smallest: boolean }> = defineOp({
  name: "cumMax",
  forward: ([x], { axis, smallest }) => ({ output: placesOfRunningMax(smallest ? run(neg, [x]) : x, axis) }),
  backward: () => [null],
});

/** Places that a pass compares. */
const width = 16;

/** Where the largest element up to each one stands, unrecorded. */
export function placesOfRunningMax(x: Tensor, axis: number): Tensor {
  const { threads, constants } = rowsOf(x.shape, axis);
  const size = rowSize(x.shape, axis);
  let places = run(placeInRow, [x], { threads, constants, dtype: "int32" });
  for (let distance = 1; distance < size; distance *= width) {
    const compared = Math.min(width, Math.ceil(size / distance));
    places = run(placeOfRunningMax, [x, places], {
      threads,
      constants: { ...constants, width: compared, distance },
      dtype: "int32",
    });
  }
  return places;
}
