/** The logarithm of a running sum of exponentials. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { largestFloat } from "../../autograd/dtype.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { runningDecay } from "../../kernels/order.js";
import { checkedOptions } from "../../options.js";
import { rowAxis, rowSize } from "../../shape.js";
import { checkFloat, checkPlaces } from "../arguments.js";
import { add, div, mul, sub } from "../elementwise/arithmetic.js";
import { clamp } from "../elementwise/clamp.js";
import { equal, where } from "../elementwise/compare.js";
import { exp, log } from "../elementwise/unary.js";
import { picked } from "../indexing/runs.js";
import { rowsOf } from "../rows.js";
import { placesOfRunningMax } from "./cum-max.js";
import { type CumulativeOptions, cumulativeOptions } from "./product.js";

/** log Σ eˣ over the elements up to and including each one along an axis, as `torch.logcumsumexp`: each relative to the largest
 * up to there, so that nothing overflows and later elements take no digits from earlier ones. Up to where all are −Infinity
 * it is −Infinity, with a gradient of 0 (NaN in PyTorch); from where one is Infinity on it is that, with a gradient of NaN there.
 *
 * Twice ⌈log₁₆ n⌉ passes.
 * @throws ShapeError if the axis is missing or out of range; DeviceError on a float32 device if it has more than 2²⁴ elements
 * @category Reductions */
export function logCumSumExp(x: Tensor, options: CumulativeOptions): Tensor {
  const op = "logCumSumExp";
  const { axis } = checkedOptions(op, options, cumulativeOptions);
  checkFloat(op, x);
  const along = rowAxis(op, axis, x.rank);
  checkPlaces(op, x.device, rowSize(x.shape, along), `axis ${along}`);
  return logCumSumExpOp(x, { axis: along });
}

const logCumSumExpOp: Op<[x: Tensor], { readonly axis: number }> = defineOp({
  name: "logCumSumExp",
  forward: ([x], { axis }) => {
    const largest = largestFloat(x.device.floatType);
    const upTo = picked(x, placesOfRunningMax(x, axis), { axis, shared: false });
    const level = clamp(upTo, { min: -largest, max: largest }); // the difference of two infinite ones would be NaN
    const sums = decayOp(exp(sub(x, level)), level, { axis, reverse: false });
    return { output: add(log(sums), level), saved: { x, level } };
  },
  // With s = Σ e^(x − level), which no level changes: ∂xⱼ = e^(xⱼ − levelⱼ) Σ_{i ≥ j} gᵢ / sᵢ e^(levelⱼ − levelᵢ), and 0 where s is
  backward: (gradOutput, { x, level }, { options: { axis } }) => {
    const powers = exp(sub(x, level));
    const sums = decayOp(powers, level, { axis, reverse: false });
    const shares = div(gradOutput, where(equal(sums, 0), 1, sums));
    return [mul(powers, decayOp(shares, level, { axis, reverse: true }))];
  },
});

/** Elements that a pass adds up. */
const width = 16;

/** Σ aⱼ e^−|levelᵢ − levelⱼ| over the elements up to and including each one, or from it on, where the levels never fall. */
const decayOp: Op<[a: Tensor, level: Tensor], { readonly axis: number; readonly reverse: boolean }> = defineOp({
  name: "decayingSum",
  forward: ([a, level], { axis, reverse }) => {
    const { threads, constants } = rowsOf(a.shape, axis);
    const size = rowSize(a.shape, axis);
    let sums = a;
    for (let step = 1; step < size; step *= width) {
      const terms = Math.min(width, Math.ceil(size / step));
      const distance = reverse ? -step : step;
      sums = run(runningDecay, [sums, level], { threads, constants: { ...constants, width: terms, distance } });
    }
    return { output: sums === a ? a.view(a.shape) : sums, saved: { level } };
  },
  backward: (gradOutput, { level }, { options: { axis, reverse } }) => [
    decayOp(gradOutput, level, { axis, reverse: !reverse }),
    null,
  ],
});
