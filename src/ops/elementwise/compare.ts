/** Comparisons, which give bool tensors, the choice between two tensors, and conversion of dtypes. */
import { cutGradient } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import { type DType, largestInt32, resolveDType } from "../../autograd/dtype.js";
import { run } from "../../autograd/run.js";
import { scalarLike } from "../../autograd/scalar.js";
import type { Tensor } from "../../autograd/tensor.js";
import { DTypeError } from "../../errors.js";
import * as kernels from "../../kernels/binary.js";
import { copy, toInteger } from "../../kernels/elementwise.js";
import type { KernelFunction } from "../../kernels/kernel.js";
import { select } from "../../kernels/movement.js";
import { broadcastShapes } from "../../shape.js";
import { checkTensors } from "../arguments.js";
import { repeatTo, runBinary } from "../broadcast.js";

/** A comparison of two tensors that broadcast; the result is bool and has no gradient.
 * @category Comparison */
export type Comparison = Op<[a: Tensor, b: Tensor]>;

/** `a = b`. @category Comparison
 * False where either is NaN; 0 and −0 are equal. */
export const equal: Comparison = comparison("equal", kernels.equal);
/** `a ≠ b`. @category Comparison
 * True where either is NaN; 0 and −0 are equal. */
export const notEqual: Comparison = comparison("notEqual", kernels.notEqual);
/** `a > b`. @category Comparison
 * False where either is NaN. */
export const greater: Comparison = comparison("greater", kernels.greater);
/** `a ≥ b`. @category Comparison
 * False where either is NaN. */
export const greaterEqual: Comparison = comparison("greaterEqual", kernels.greaterEqual);
/** `a < b`. @category Comparison
 * False where either is NaN. */
export const less: Comparison = comparison("less", kernels.less);
/** `a ≤ b`. @category Comparison
 * False where either is NaN. */
export const lessEqual: Comparison = comparison("lessEqual", kernels.lessEqual);

function comparison(name: string, kernel: KernelFunction): Comparison {
  return defineOp({
    name,
    forward: ([a, b]) => ({ output: runBinary(name, kernel, a, b, "bool") }),
    backward: () => [null, null],
  });
}

/** `a` where `condition` is true, `b` elsewhere; all three broadcast. The gradient of the side that is not taken is 0, and
 * elementwise ops, sums, and what only moves elements pass that 0 on as 0, also where their derivative is infinite or NaN (in
 * PyTorch 0 · ∞ comes out as NaN): `where(greater(x, 0), sqrt(x), 0)` has the derivative 0 up to 0. Added to a gradient from
 * elsewhere it is a number as any other, and so it is to what mixes elements, as a matrix product or a softmax: keep NaN out of
 * what comes before those.
 * @param condition bool
 * @function
 * @category Comparison */
export const where: Op<[condition: Tensor, a: Tensor, b: Tensor]> = defineOp({
  name: "where",
  broadcasts: true,
  forward: ([condition, a, b]) => {
    checkTensors("where", condition, a, b);
    if (condition.dtype !== "bool") {
      throw new DTypeError("where", `condition must be bool, got ${condition.dtype}; compare, or cast(x, "bool")`, {
        expected: "bool",
        actual: condition.dtype,
      });
    }
    if (a.dtype !== b.dtype) {
      throw new DTypeError("where", `both sides must have one dtype, got ${a.dtype} and ${b.dtype}`);
    }
    const shape = broadcastShapes("where", condition.shape, a.shape, b.shape);
    const output = run(select, [repeatTo(condition, shape), repeatTo(a, shape), repeatTo(b, shape)], {
      shape,
      dtype: a.dtype,
    });
    return { output, saved: { condition } };
  },
  backward: (gradOutput, { condition }, { needsGrad }) => [
    null,
    needsGrad[1] ? cutGradient(where(condition, gradOutput, 0)) : null,
    needsGrad[2] ? cutGradient(where(condition, 0, gradOutput)) : null,
  ],
});

/** The same numbers in another dtype. To int32 the fraction is cut off, NaN becomes 0, and what is beyond the integers that
 * the device holds (±2²⁴ on a float32 device, ±(2³¹ − 1) on the reference device) the nearest of them, Infinity too; PyTorch
 * leaves open what it makes of those. To bool everything but 0 is true, NaN too. No gradient flows through a change of dtype.
 * @throws DTypeError for a float type that the device does not hold
 * @category Comparison */
export function cast(x: Tensor, dtype: DType): Tensor {
  checkTensors("cast", x);
  const target = resolveDType("cast", dtype, x.device.floatType);
  return target === x.dtype ? x : castOp(x, { dtype: target });
}

const castOp: Op<[x: Tensor], { readonly dtype: DType }> = defineOp({
  name: "cast",
  forward: ([x], { dtype }) => {
    if (dtype === "bool") return { output: runBinary("cast", kernels.notEqual, x, scalarLike(x, 0), "bool") };
    if (dtype !== "int32") return { output: run(copy, [x], { dtype }) };
    return { output: run(toInteger, [x], { dtype, floats: { limit: largestInt32(x.device.floatType) } }) };
  },
  backward: () => [null],
});
