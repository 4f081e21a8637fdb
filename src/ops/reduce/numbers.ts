/** Two ways to compute products and sums of products: with plain tensors, whose every step can be recorded, and with numbers
 * that have an exponent of their own, so that nothing on the way leaves the range of a float. */
import { type RunOptions, run } from "../../autograd/run.js";
import { scalarLike } from "../../autograd/scalar.js";
import type { Tensor } from "../../autograd/tensor.js";
import { scaledBy, shortfall } from "../../kernels/scaled.js";
import { repeatTo } from "../broadcast.js";
import { add, maximum, mul, sub } from "../elementwise/arithmetic.js";
import { equal, where } from "../elementwise/compare.js";

/** What an algorithm needs of its numbers. */
export interface Numbers<N> {
  of(x: Tensor): N;
  mul(a: N, b: N): N;
  add(a: N, b: N): N;
  /** The numbers moved: `move` gets each tensor, and the value that stands for `neutral` (0 or 1) in it. */
  moved(a: N, neutral: 0 | 1, move: (x: Tensor, neutral: number) => Tensor): N;
  valueOf(a: N): Tensor;
}

/** Tensors as they are. */
export const plain: Numbers<Tensor> = {
  of: (x) => x,
  mul,
  add,
  moved: (a, neutral, move) => move(a, neutral),
  valueOf: (a) => a,
};

/** m · 2^(64 e) with m from 2⁻³² to below 2³², or 0, ±Infinity or NaN. */
export interface Scaled {
  readonly m: Tensor;
  readonly e: Tensor;
}

/** The exponent of 0, below that of any number. */
const ofZero = -(2 ** 20);

/** Numbers with exponents; not for recording. */
export const scaled: Numbers<Scaled> = {
  of: (x) => normalized(x, filled(x, 0)),
  mul: (a, b) => normalized(mul(a.m, b.m), add(a.e, b.e)),
  add: (a, b) => {
    const e = maximum(a.e, b.e);
    return normalized(add(scaleBy(a.m, sub(a.e, e)), scaleBy(b.m, sub(b.e, e))), e);
  },
  moved: ({ m, e }, neutral, move) => ({ m: move(m, neutral), e: move(e, neutral === 0 ? ofZero : 0) }),
  valueOf: ({ m, e }) => scaleBy(m, e),
};

/** A number in the shape of x. */
export function filled(x: Tensor, value: number): Tensor {
  return repeatTo(scalarLike(x, value), x.shape);
}

function normalized(m: Tensor, e: Tensor): Scaled {
  const shift = run(shortfall, [m], stepsFor(m));
  return { m: scaleBy(m, shift), e: where(equal(m, 0), ofZero, sub(e, shift)) };
}

function scaleBy(m: Tensor, e: Tensor): Tensor {
  return run(scaledBy, [m, e], stepsFor(m));
}

/** Steps of 2⁶⁴ that lead from one end of the device's numbers to beyond the other. */
function stepsFor({ device }: Tensor): Pick<RunOptions, "constants" | "floats"> {
  return { constants: { steps: device.floatType === "float32" ? 6 : 35 }, floats: powers };
}

const powers = { up: 2 ** 64, down: 2 ** -64, high: 2 ** 32, low: 2 ** -32 };
