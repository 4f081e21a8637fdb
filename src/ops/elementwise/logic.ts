/** Logic of bool tensors, and questions to numbers; the results are bool and have no gradient. */
import { defineOp, type Op } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { DTypeError } from "../../errors.js";
import * as kernels from "../../kernels/binary.js";
import type { KernelFunction } from "../../kernels/kernel.js";
import { checkTensors } from "../arguments.js";
import { runBinary } from "../broadcast.js";
import { type Comparison, equal, greater, less, notEqual } from "./compare.js";

/** Whether both are true; the two broadcast.
 * @throws DTypeError unless both are bool
 * @category Logic */
export const logicalAnd: Comparison = logical("logicalAnd", kernels.mul);

/** Whether at least one is true; the two broadcast.
 * @throws DTypeError unless both are bool
 * @category Logic */
export const logicalOr: Comparison = logical("logicalOr", kernels.maximum);

/** Whether exactly one is true; the two broadcast.
 * @throws DTypeError unless both are bool
 * @category Logic */
export const logicalXor: Comparison = logical("logicalXor", kernels.notEqual);

/** True where x is false.
 * @throws DTypeError unless x is bool
 * @category Logic */
export function logicalNot(x: Tensor): Tensor {
  checkBool("logicalNot", x);
  return equal(x, 0);
}

/** Whether x is NaN.
 * @category Logic */
// biome-ignore lint/suspicious/noShadowRestrictedNames: the field's name; the global converts what it is given
export function isNaN(x: Tensor): Tensor {
  checkTensors("isNaN", x);
  return notEqual(x, x);
}

/** Whether x is neither infinite nor NaN.
 * @category Logic */
// biome-ignore lint/suspicious/noShadowRestrictedNames: the field's name; the global converts what it is given
export function isFinite(x: Tensor): Tensor {
  checkTensors("isFinite", x);
  return logicalAnd(less(x, Number.POSITIVE_INFINITY), greater(x, Number.NEGATIVE_INFINITY));
}

/** Whether x is ∞ or −∞.
 * @category Logic */
export function isInf(x: Tensor): Tensor {
  checkTensors("isInf", x);
  return logicalOr(equal(x, Number.POSITIVE_INFINITY), equal(x, Number.NEGATIVE_INFINITY));
}

function logical(name: string, kernel: KernelFunction): Op<[a: Tensor, b: Tensor]> {
  return defineOp({
    name,
    forward: ([a, b]) => {
      checkBool(name, a, b);
      return { output: runBinary(name, kernel, a, b, "bool") };
    },
    backward: () => [null, null],
  });
}

function checkBool(op: string, ...tensors: readonly Tensor[]): void {
  checkTensors(op, ...tensors);
  for (const { dtype } of tensors) {
    if (dtype === "bool") continue;
    throw new DTypeError(op, `it combines bools, got ${dtype}; compare, or convert with cast(x, "bool")`, {
      expected: "bool",
      actual: dtype,
    });
  }
}
