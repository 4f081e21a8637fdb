/** Arithmetic of two tensors with NumPy's broadcasting. A number stands for a scalar tensor. */

import { cutGradient, onward } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import * as kernels from "../../kernels/binary.js";
import * as derivatives from "../../kernels/derivatives.js";
import { neg as negKernel } from "../../kernels/elementwise.js";
import { checkFloat } from "../arguments.js";
import { runBinary } from "../broadcast.js";

/** An op of two tensors that broadcast against each other.
 * @category Arithmetic */
export type BinaryOp = Op<[a: Tensor, b: Tensor]>;

/** Sum `a + b`.
 * By IEEE 754: ∞ + (−∞) is NaN. Its derivatives are 1 whatever the numbers.
 * @function
 * @category Arithmetic */
export const add: BinaryOp = defineOp({
  name: "add",
  broadcasts: true,
  forward: ([a, b]) => ({ output: floatBinary("add", kernels.add, a, b) }),
  backward: (gradOutput) => [gradOutput, gradOutput],
});

/** Difference `a − b`.
 * By IEEE 754: ∞ − ∞ is NaN. Its derivatives are 1 and −1 whatever the numbers.
 * @function
 * @category Arithmetic */
export const sub: BinaryOp = defineOp({
  name: "sub",
  broadcasts: true,
  forward: ([a, b]) => ({ output: floatBinary("sub", kernels.sub, a, b) }),
  backward: (gradOutput, _saved, { needsGrad }) => [
    gradOutput,
    needsGrad[1] ? onward(gradOutput, neg(gradOutput)) : null,
  ],
});

/** Product `a · b`, elementwise.
 * By IEEE 754: 0 · ∞ is NaN; so are derivatives where they multiply such a pair.
 * @function
 * @category Arithmetic */
export const mul: BinaryOp = defineOp({
  name: "mul",
  broadcasts: true,
  forward: ([a, b]) => ({ output: floatBinary("mul", kernels.mul, a, b), saved: { a, b } }),
  backward: (gradOutput, { a, b }, { needsGrad }) => [
    needsGrad[0] ? chained(gradOutput, b) : null,
    needsGrad[1] ? chained(gradOutput, a) : null,
  ],
});

/** Negative `−x`.
 * The sign of 0 and of infinities changes, too; NaN stays NaN. The derivative is −1 everywhere.
 * @function
 * @category Arithmetic */
export const neg: Op<[x: Tensor]> = defineOp({
  name: "neg",
  forward: ([x]) => {
    checkFloat("neg", x);
    return { output: run(negKernel, [x]) };
  },
  backward: (gradOutput) => [onward(gradOutput, neg(gradOutput))],
});

/** Quotient `a / b`, elementwise.
 * By IEEE 754: 1/0 is ∞, 1/−0 is −∞, 0/0 and ∞/∞ are NaN; the derivatives at b = ±0 are infinite or NaN likewise.
 * @function
 * @category Arithmetic */
export const div: BinaryOp = defineOp({
  name: "div",
  broadcasts: true,
  forward: ([a, b]) => ({ output: floatBinary("div", kernels.div, a, b), saved: { a, b } }),
  // ∂(a/b)/∂b = −a/b²
  backward: (gradOutput, { a, b }, { needsGrad }) => [
    needsGrad[0] ? chainedBy(gradOutput, b) : null,
    needsGrad[1] ? chained(gradOutput, neg(div(div(a, b), b))) : null,
  ],
});

/** The chain rule of an elementwise op, `gradOutput · derivative`. Of a gradient that `where` has cut, the zeros stay zeros
 * whatever the derivative is, so that none comes out of where none went in; any other 0 may have been rounded from something,
 * and is NaN times an infinite derivative. */
export function chained(gradOutput: Tensor, derivative: Tensor): Tensor {
  return gradOutput.isCut ? cutGradient(productOrZero(gradOutput, derivative)) : mul(gradOutput, derivative);
}

/** The same for a derivative that is a reciprocal, `gradOutput / divisor`. */
export function chainedBy(gradOutput: Tensor, divisor: Tensor): Tensor {
  return gradOutput.isCut ? cutGradient(quotientOrZero(gradOutput, divisor)) : div(gradOutput, divisor);
}

/** The product of limits, with `a` the factor that wins: 0 where it is 0, whatever `b` is. x σ(x) is 0 at −∞, and 0 log 0 is 0. */
export const productOrZero: BinaryOp = defineOp({
  name: "productOrZero",
  broadcasts: true,
  forward: ([a, b]) => ({ output: floatBinary("productOrZero", derivatives.productOrZero, a, b), saved: { a, b } }),
  backward: (gradOutput, { a, b }, { needsGrad }) => [
    needsGrad[0] ? onward(gradOutput, productOrZero(gradOutput, b)) : null,
    needsGrad[1] ? cutGradient(productOrZero(gradOutput, a)) : null, // 0 for all of b where a is 0
  ],
});

/** The same for a derivative that is a reciprocal: `a / b`, and 0 where `a` is 0, whatever `b` is. */
const quotientOrZero: BinaryOp = defineOp({
  name: "quotientOrZero",
  broadcasts: true,
  forward: ([a, b]) => ({ output: floatBinary("quotientOrZero", derivatives.quotientOrZero, a, b), saved: { a, b } }),
  backward: (gradOutput, { a, b }, { needsGrad }) => [
    needsGrad[0] ? onward(gradOutput, quotientOrZero(gradOutput, b)) : null,
    needsGrad[1] ? onward(gradOutput, neg(productOrZero(gradOutput, quotientOrZero(quotientOrZero(a, b), b)))) : null,
  ],
});

/** The larger of `a` and `b`, elementwise; NaN if either is. In a tie each gets half of the gradient; where either is NaN both
 * get it whole (as in PyTorch).
 * @function
 * @category Arithmetic */
export const maximum: BinaryOp = defineOp({
  name: "maximum",
  broadcasts: true,
  forward: ([a, b]) => ({ output: floatBinary("maximum", kernels.maximum, a, b), saved: { a, b } }),
  backward: (gradOutput, { a, b }, { needsGrad }) => [
    needsGrad[0] ? chained(gradOutput, preference(a, b)) : null,
    needsGrad[1] ? chained(gradOutput, preference(b, a)) : null,
  ],
  region: ({ a, b }) => preference(a, b),
});

/** The smaller of `a` and `b`, elementwise; NaN if either is. In a tie each gets half of the gradient; where either is NaN both
 * get it whole (as in PyTorch).
 * @function
 * @category Arithmetic */
export const minimum: BinaryOp = defineOp({
  name: "minimum",
  broadcasts: true,
  forward: ([a, b]) => ({ output: floatBinary("minimum", kernels.minimum, a, b), saved: { a, b } }),
  backward: (gradOutput, { a, b }, { needsGrad }) => [
    needsGrad[0] ? chained(gradOutput, preference(b, a)) : null,
    needsGrad[1] ? chained(gradOutput, preference(a, b)) : null,
  ],
  region: ({ a, b }) => preference(a, b),
});

/** 1 where a > b (or either is NaN), 0 where a < b, ½ in a tie: constant almost everywhere. */
const preference: BinaryOp = defineOp({
  name: "preference",
  forward: ([a, b]) => ({ output: floatBinary("preference", kernels.preference, a, b) }),
  backward: () => [null, null],
  region: (_saved, { output }) => output,
});

/** Runs a broadcasting kernel on floats. */
export function floatBinary(op: string, kernel: typeof kernels.add, a: Tensor, b: Tensor): Tensor {
  checkFloat(op, a, b);
  return runBinary(op, kernel, a, b);
}
