/** Cutting values to a range, whose bounds are numbers or tensors. */

import { onward } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import { Tensor } from "../../autograd/tensor.js";
import { refuseOthersTensor } from "../../copies.js";
import { describe, ValueError } from "../../errors.js";
import * as kernels from "../../kernels/elementwise.js";
import { checkedOptions, type OptionKind, type OptionKinds } from "../../options.js";
import { checkFloat } from "../arguments.js";
import { checkBroadcast } from "../broadcast.js";
import { maximum, minimum } from "./arithmetic.js";
import { greater, greaterEqual, less, lessEqual, where } from "./compare.js";
import { logicalAnd, logicalOr } from "./logic.js";

/** Bounds of `clamp`; at least one.
 * @category Elementwise functions */
export interface ClampOptions {
  /** Values below become this: a number, or a tensor that broadcasts against x. Default: no bound. */
  readonly min?: number | Tensor | undefined;
  /** Values above become this. Default: no bound. */
  readonly max?: number | Tensor | undefined;
}

const bound: OptionKind<number | Tensor> = {
  means: "a number or a tensor",
  explain: refuseOthersTensor,
  fits: (value) => value instanceof Tensor || (typeof value === "number" && !Number.isNaN(value)),
};

const clampOptions: OptionKinds<ClampOptions> = { min: bound, max: bound };

/** Cuts values to `[min, max]`; NaN stays. The gradient is 1 inside, bounds included, and 0 outside and, between bounds that are
 * numbers, where x is NaN (as in PyTorch).
 *
 * A bound that is a tensor broadcasts against x and gets the gradient of what it cut; where it is NaN the result is, and
 * where min > max the result is max, which gets the whole gradient there (as in PyTorch).
 * @throws ValueError without a bound, or if both are numbers with min > max; ShapeError if the shapes do not broadcast
 * @category Elementwise functions */
export function clamp(x: Tensor, options: ClampOptions): Tensor {
  const { min, max } = checkedOptions("clamp", options, clampOptions);
  checkFloat("clamp", x);
  if (min === undefined && max === undefined) {
    throw new ValueError("clamp", "min and max must be numbers or tensors, at least one of them, got neither");
  }
  const [low, high] = [min ?? Number.NEGATIVE_INFINITY, max ?? Number.POSITIVE_INFINITY];
  if (low instanceof Tensor || high instanceof Tensor) return clampTensorsOp(x, low, high);
  if (!(low <= high)) {
    throw new ValueError(
      "clamp",
      `min and max must be numbers with min ≤ max, got ${describe(low)} and ${describe(high)}`,
    );
  }
  return clampOp(x, low, high);
}

const clampOp: Op<[x: Tensor, min: Tensor, max: Tensor]> = defineOp({
  name: "clamp",
  forward: ([x, min, max]) => ({ output: run(kernels.clamp, [x, min, max]), saved: { x, min, max } }),
  backward: (gradOutput, { x, min, max }) => [onward(gradOutput, clampGrad(gradOutput, x, min, max)), null, null],
  region: ({ x, min, max }) => [less(x, min), greater(x, max)],
});

/** Linear in gradOutput; its derivative by x is 0 almost everywhere. */
const clampGrad: Op<[gradOutput: Tensor, x: Tensor, min: Tensor, max: Tensor]> = defineOp({
  name: "clampGrad",
  forward: ([gradOutput, x, min, max]) => ({
    output: run(kernels.clampGrad, [gradOutput, x, min, max]),
    saved: { x, min, max },
  }),
  backward: (gradOutput, { x, min, max }) => [clampGrad(gradOutput, x, min, max), null, null, null],
});

const clampTensorsOp: Op<[x: Tensor, min: Tensor, max: Tensor]> = defineOp({
  name: "clamp",
  broadcasts: true,
  forward: ([x, min, max]) => {
    checkBroadcast("clamp", x, min, max);
    return { output: minimum(maximum(x, min), max), saved: { x, min, max } };
  },
  backward: (gradOutput, { x, min, max }, { needsGrad }) => {
    const crossed = less(max, min);
    const part = (taken: Tensor) => onward(gradOutput, where(taken, gradOutput, 0));
    return [
      needsGrad[0] ? part(logicalAnd(greaterEqual(x, min), lessEqual(x, max))) : null,
      needsGrad[1] ? part(logicalAnd(less(x, min), less(min, max))) : null,
      needsGrad[2] ? part(logicalOr(greater(x, max), crossed)) : null,
    ];
  },
  region: ({ x, min, max }) => [less(x, min), greater(x, max), less(max, min)],
});
