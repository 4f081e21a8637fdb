/** Ops whose rules are right, and the same ops with one known fault each. */
import * as lg from "../../src/index.js";
import { defineOp, mul, noGrad, type Op, type Tensor } from "../../src/index.js";

type Rule = (gradOutput: Tensor, x: Tensor, y: Tensor) => Tensor | null;

/** f(x), elementwise, with a given rule. */
export function unary(name: string, f: (x: Tensor) => Tensor, rule: Rule): Op<[x: Tensor]> {
  return defineOp({
    name,
    forward: ([x]) => {
      const y = f(x);
      return { output: y, saved: { x, y } };
    },
    backward: (gradOutput, { x, y }) => [rule(gradOutput, x, y)],
  });
}

const square = (x: Tensor) => mul(x, x);
const cubed = (x: Tensor) => mul(x, square(x));

/** x³ with the rule 3x². */
export const cube: Op<[x: Tensor]> = unary("cube", cubed, (g, x) => mul(g, mul(3, square(x))));

/** Matrix products whose rule for the left side is given. */
function product(name: string, left: (g: Tensor, a: Tensor, b: Tensor) => Tensor): Op<[a: Tensor, b: Tensor]> {
  return defineOp({
    name,
    forward: ([a, b]) => ({ output: lg.matmul(a, b), saved: { a, b } }),
    backward: (g, { a, b }) => [left(g, a, b), lg.matmul(a.transpose(), g)],
  });
}

/** A·B with its rules. */
export const product2d: Op<[a: Tensor, b: Tensor]> = product("product", (g, _a, b) => lg.matmul(g, b.transpose()));

/** Rules that are wrong at once. */
export const wrongOnce: readonly (readonly [fault: string, op: Op<[x: Tensor]>])[] = [
  ["a wrong sign", unary("cube", cubed, (g, x) => mul(g, mul(-3, square(x))))],
  ["a missing factor", unary("cube", cubed, (g, x) => mul(g, square(x)))],
  ["a factor that is off by 1e-5", unary("cube", cubed, (g, x) => mul(g, mul(3.00003, square(x))))],
  ["gradOutput left out", unary("cube", cubed, (_g, x) => mul(3, square(x)))],
  ["gradOutput squared", unary("cube", cubed, (g, x) => mul(square(g), mul(3, square(x))))],
  ["no gradient at all", unary("cube", cubed, () => null)],
  ["a gradient that is right for positive numbers only", unary("square", square, (g, x) => mul(g, mul(2, lg.abs(x))))],
  [
    "a gradient that is wrong in one entry",
    unary("cube", cubed, (g, x) => {
      const mask = lg.pad(lg.ones([1, 1]), [
        [1, 0],
        [1, 1],
      ]);
      return mul(g, lg.add(mul(3, square(x)), mul(1e-3, mask)));
    }),
  ],
];

/** A gradient that is right for symmetric B only. */
export const transposed: Op<[a: Tensor, b: Tensor]> = product("product", (g, _a, b) => lg.matmul(g, b));

/** A rule for 1/x that is wrong where x is large only. */
export const wrongFarFromPole: Op<[x: Tensor]> = unary("inverse", lg.reciprocal, (g, x, y) =>
  mul(g, mul(square(y), lg.where(lg.greater(lg.abs(x), 0.5), 1, -1))),
);

/** 1/x with the rule −1/x², and that times a factor. */
export function inverse(factor = 1): Op<[x: Tensor]> {
  return unary("inverse", lg.reciprocal, (g, _x, y) => mul(g, mul(-factor, square(y))));
}

/** Rules for 1/x that are wrong beside its pole. */
export const wrongAtPoles: readonly (readonly [fault: string, op: Op<[x: Tensor]>])[] = [
  ["a wrong sign", inverse(-1)],
  ["a factor that is off by 1 %", inverse(1.01)],
  ["a factor that is off by half", inverse(0.5)],
  ["a gradient of 0", inverse(0)],
  ["no gradient at all", unary("inverse", lg.reciprocal, () => null)],
  [
    "a gradient that is wrong beside the pole only",
    unary("inverse", lg.reciprocal, (g, x, y) =>
      mul(g, mul(square(y), lg.where(lg.greater(lg.abs(x), 0.5), -1, -1.01))),
    ),
  ],
];

/** Rules that are right once and wrong twice. */
export const wrongTwice: readonly (readonly [fault: string, op: Op<[x: Tensor]>])[] = [
  ["a detached input", unary("cube", cubed, (g, x) => mul(g, mul(3, square(x.detach()))))],
  ["a detached output", unary("exp", lg.exp, (g, _x, y) => mul(g, y.detach()))],
  [
    "a factor computed in noGrad",
    unary("cube", cubed, (g, x) =>
      mul(
        g,
        noGrad(() => mul(3, square(x))),
      ),
    ),
  ],
  ["everything computed in noGrad", unary("cube", cubed, (g, x) => noGrad(() => mul(g, mul(3, square(x)))))],
  [
    "a derivative that has a wrong derivative",
    unary("cube", cubed, (g, x) =>
      mul(
        g,
        unary(
          "threeSquares",
          (t) => mul(3, square(t)),
          (h, t) => mul(h, t),
        )(x),
      ),
    ),
  ],
];
