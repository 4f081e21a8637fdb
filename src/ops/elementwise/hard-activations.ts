/** Activation functions made of straight lines. */

import { onward } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import { clamp as clampKernel } from "../../kernels/elementwise.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import { checkFloat } from "../arguments.js";
import { add, mul, productOrZero } from "./arithmetic.js";
import { greater, greaterEqual, less, lessEqual, where } from "./compare.js";
import { logicalAnd, logicalOr } from "./logic.js";
import type { UnaryOp } from "./unary.js";

/** Bounds of `hardTanh`.
 * @category Activations */
export interface HardTanhOptions {
  /** Values below become this. Default −1. */
  readonly minVal?: number | undefined;
  /** Values above become this. Default 1. */
  readonly maxVal?: number | undefined;
}

const hardTanhOptions: OptionKinds<HardTanhOptions> = { minVal: number, maxVal: number };

/** x cut to `[minVal, maxVal]`; NaN stays. The derivative is 1 inside and 0 outside; at the bounds it is 0, where that of `clamp`
 * is 1, and where x is NaN it is 1, where that of `clamp` is 0 (all as in PyTorch).
 * @throws ValueError unless minVal < maxVal
 * @category Activations */
export function hardTanh(x: Tensor, options: HardTanhOptions = {}): Tensor {
  const { minVal = -1, maxVal = 1 } = checkedOptions("hardTanh", options, hardTanhOptions);
  checkFloat("hardTanh", x);
  if (!(minVal < maxVal)) {
    throw new ValueError("hardTanh", `minVal must be below maxVal, got ${minVal} and ${maxVal}`);
  }
  return hardTanhOp(x, minVal, maxVal);
}

const hardTanhOp: Op<[x: Tensor, low: Tensor, high: Tensor]> = defineOp({
  name: "hardTanh",
  forward: ([x, low, high]) => ({ output: run(clampKernel, [x, low, high]), saved: { x, low, high } }),
  backward: (gradOutput, { x, low, high }) => [
    onward(gradOutput, where(logicalOr(lessEqual(x, low), greaterEqual(x, high)), 0, gradOutput)),
    null,
    null,
  ],
  region: ({ x, low, high }) => [lessEqual(x, low), greaterEqual(x, high)],
});

/** min(max(x, 0), 6) (Krizhevsky 2010); relu6′(0) = relu6′(6) = 0, and relu6′(NaN) = 1 (as in
 * PyTorch).
 * @category Activations */
export function relu6(x: Tensor): Tensor {
  checkFloat("relu6", x);
  return hardTanhOp(x, 0, 6);
}

/** 0 up to −3, 1 from 3 on, and the line (x + 3)/6 between (Howard et al. 2019); the derivative is 0 at ±3 and where x is NaN (as
 * in PyTorch).
 *
 * The derivative between is the float32 number nearest to 1/6, in float64 too, as PyTorch's is.
 * @function
 * @category Activations */
export const hardSigmoid: UnaryOp = defineOp({
  name: "hardSigmoid",
  forward: ([x]) => {
    checkFloat("hardSigmoid", x);
    return { output: line(x), saved: { x } };
  },
  backward: (gradOutput, { x }) => [
    onward(gradOutput, mul(where(logicalAnd(greater(x, -3), less(x, 3)), gradOutput, 0), Math.fround(1 / 6))),
  ],
  region: ({ x }) => [lessEqual(x, -3), greaterEqual(x, 3)],
});

/** x · hardSigmoid(x) (Howard et al. 2019), 0 at −∞ (where PyTorch gives NaN); the derivative at −3 is 0 and at 3 it is 1.
 * @category Activations */
export function hardSwish(x: Tensor): Tensor {
  checkFloat("hardSwish", x);
  return productOrZero(line(x), x);
}

/** (x + 3)/6, cut to [0, 1]. */
function line(x: Tensor): Tensor {
  return mul(add(hardTanhOp(x, -3, 3), 3), 1 / 6);
}
