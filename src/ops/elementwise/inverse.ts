/** Tangent, angles, and inverse hyperbolic functions: what sin, cos and log1p make exact on every device. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { atan2 as atan2Kernel, hypot as hypotKernel } from "../../kernels/binary.js";
import { inversion as inversionKernel } from "../../kernels/derivatives.js";
import { checkFloat } from "../arguments.js";
import { add, type BinaryOp, chained, div, floatBinary, mul, neg, sub } from "./arithmetic.js";
import { equal, less, where } from "./compare.js";
import { logicalAnd } from "./logic.js";
import { abs, cos, log1p, reciprocal, rsqrt, sign, sin, sqrt, square, type UnaryOp } from "./unary.js";

/** Tangent of an angle in radians, sin x / cos x.
 * NaN at ±∞ and NaN, and so is its derivative.
 * @function
 * @category Elementwise functions */
export const tan: UnaryOp = defineOp({
  name: "tan",
  forward: ([x]) => {
    checkFloat("tan", x);
    const y = div(sin(x), cos(x));
    return { output: y, saved: { y } };
  },
  backward: (gradOutput, { y }) => [chained(gradOutput, add(1, square(y)))], // 1 + tan²
});

/** Angle of the point (x, y) in radians, from −π to π, counted from the positive x axis; `atan2(0, −1)` is π and
 * `atan2(−0, −1)` is −π. Both derivatives are 0 at the origin and where a coordinate is infinite (where PyTorch gives NaN).
 * @param y broadcasts against `x`
 * @function
 * @category Elementwise functions */
export const atan2: Op<[y: Tensor, x: Tensor]> = defineOp({
  name: "atan2",
  broadcasts: true,
  forward: ([y, x]) => ({ output: floatBinary("atan2", atan2Kernel, y, x), saved: { y, x } }),
  // ∂y = x/(x² + y²), ∂x = −y/(x² + y²)
  backward: (gradOutput, { y, x }, { needsGrad }) => [
    needsGrad[0] ? chained(gradOutput, inversion(x, y)) : null,
    needsGrad[1] ? chained(gradOutput, neg(inversion(y, x))) : null,
  ],
  region: ({ y, x }) => logicalAnd(less(x, 0), less(y, 0)), // the angle jumps from π to −π across the negative x axis
});

/** Length of the vector (a, b), √(a² + b²), of which nothing overflows in between; ∞ if either is infinite, even beside NaN.
 * Both derivatives, a / √(a² + b²) and the like, are 0 at the origin (PyTorch's are NaN there), and NaN by what is infinite.
 * @function
 * @category Elementwise functions */
export const hypot: BinaryOp = defineOp({
  name: "hypot",
  broadcasts: true,
  forward: ([a, b]) => {
    const output = floatBinary("hypot", hypotKernel, a, b);
    return { output, saved: { a, b, output } };
  },
  backward: (gradOutput, { a, b, output }, { needsGrad }) => {
    const length = where(equal(output, 0), 1, output);
    return [
      needsGrad[0] ? chained(gradOutput, div(a, length)) : null,
      needsGrad[1] ? chained(gradOutput, div(b, length)) : null,
    ];
  },
  region: ({ output }) => equal(output, 0),
});

/** u = a/(a² + b²), of which no square overflows or vanishes; with v = b/(a² + b²), ∂u/∂a = v² − u² and ∂u/∂b = −2uv. */
const inversion: BinaryOp = defineOp({
  name: "inversion",
  broadcasts: true,
  forward: ([a, b]) => ({ output: floatBinary("inversion", inversionKernel, a, b), saved: { a, b } }),
  backward: (gradOutput, { a, b }) => {
    const [u, v] = [inversion(a, b), inversion(b, a)];
    return [chained(gradOutput, mul(sub(v, u), add(v, u))), chained(gradOutput, mul(mul(-2, u), v))];
  },
});

/** Inverse tangent, an angle in (−π/2, π/2) radians.
 * ±π/2 at ±∞ with derivative 0; NaN at NaN.
 * @function
 * @category Elementwise functions */
export const atan: UnaryOp = composed(
  "atan",
  (x) => atan2(x, 1),
  (x) => inversion(1, x), // 1/(1 + x²)
);

/** Inverse sine, an angle in [−π/2, π/2] radians; NaN beyond ±1, where the derivative is not finite.
 * @function
 * @category Elementwise functions */
export const asin: UnaryOp = composed(
  "asin",
  (x) => atan2(x, sqrt(oneMinusSquare(x))),
  (x) => rsqrt(oneMinusSquare(x)), // 1/√(1 − x²)
);

/** Inverse cosine, an angle in [0, π] radians; NaN beyond ±1, where the derivative is not finite.
 * @function
 * @category Elementwise functions */
export const acos: UnaryOp = composed(
  "acos",
  (x) => atan2(sqrt(oneMinusSquare(x)), x),
  (x) => neg(rsqrt(oneMinusSquare(x))), // −1/√(1 − x²)
);

/** Inverse hyperbolic sine log(x + √(x² + 1)), exact near 0.
 * ±∞ at ±∞ with derivative 0; NaN at NaN.
 * @function
 * @category Elementwise functions */
export const asinh: UnaryOp = composed(
  "asinh",
  (x) => {
    // With a = |x| and r = 1/a, a + √(a² + 1) = (1 + a)(1 + 1/((r + √(r² + 1))(r + 1))), of which nothing overflows.
    const r = reciprocal(abs(x));
    const rest = reciprocal(mul(add(r, sqrt(add(square(r), 1))), add(r, 1)));
    return mul(sign(x), add(log1p(abs(x)), log1p(rest)));
  },
  (x) => {
    const s = reciprocal(add(1, abs(x)));
    return mul(s, rsqrt(add(square(sub(1, s)), square(s)))); // 1/√(x² + 1) = s/√((s |x|)² + s²), where s |x| = 1 − s
  },
);

/** Inverse hyperbolic cosine log(x + √(x² − 1)); NaN below 1.
 * @function
 * @category Elementwise functions */
export const acosh: UnaryOp = composed(
  "acosh",
  (x) => {
    // With t = x − 1 and q = t(t + 2) = x² − 1, x + √(x² − 1) = x (1 + 1/√(1 + 1/q)), of which nothing overflows.
    const t = square(sqrt(sub(x, 1))); // NaN below 0
    return add(log1p(t), log1p(rsqrt(add(1, reciprocal(mul(t, add(t, 2)))))));
  },
  (x) => mul(rsqrt(sub(x, 1)), rsqrt(add(x, 1))), // 1/√(x² − 1)
);

/** Inverse hyperbolic tangent ½ log((1 + x)/(1 − x)), exact near 0; NaN beyond ±1.
 * @function
 * @category Elementwise functions */
export const atanh: UnaryOp = composed(
  "atanh",
  (x) => mul(mul(0.5, sign(x)), log1p(div(mul(2, abs(x)), sub(1, abs(x))))), // (1 + a)/(1 − a) = 1 + 2a/(1 − a)
  (x) => reciprocal(oneMinusSquare(x)), // 1/(1 − x²)
);

/** 1 − x² without cancellation near ±1. */
function oneMinusSquare(x: Tensor): Tensor {
  return mul(sub(1, x), add(1, x));
}

/** Declares y = f(x), computed by ops, whose derivative is written in terms of x. */
function composed(name: string, compute: (x: Tensor) => Tensor, derivative: (x: Tensor) => Tensor): UnaryOp {
  return defineOp({
    name,
    forward: ([x]) => {
      checkFloat(name, x);
      return { output: compute(x), saved: { x } };
    },
    backward: (gradOutput, { x }) => [chained(gradOutput, derivative(x))],
  });
}
