// Elementwise kernels of one input (and of two or three like it, or of one element): `out[i] = f(x[i], …)`.
import { pointer } from "./args";
import { offsetOf } from "./lanes";

const COPY = 0;
const NEG = 1;
const ABS = 2;
const SIGN = 3;
const SQUARE = 4;
const SQRT = 5;
const RSQRT = 6;
const RECIPROCAL = 7;
const RELU = 8;
const RELU_GRAD = 9;
const CLAMP = 10;
const CLAMP_GRAD = 11;
const FLOOR = 12;
const CEIL = 13;
const ROUND = 14;
const TRUNCATE = 15;
const SELECT = 16;
const TO_INTEGER = 17;
const FINITE_SIZE = 18;

/** f of four elements, of the inputs at a, b, c and d. */
// @ts-ignore: decorator
@inline
function apply(op: i32, i: usize, a: usize, b: usize, c: usize, d: usize): v128 {
  const x = v128.load(a + i);
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  if (op == COPY) return x;
  if (op == NEG) return f32x4.neg(x);
  if (op == ABS) return f32x4.abs(x);
  if (op == SIGN)
    return v128.bitselect(one, v128.bitselect(f32x4.splat(-1), x, f32x4.lt(x, zero)), f32x4.gt(x, zero));
  if (op == SQUARE) return f32x4.mul(x, x);
  if (op == SQRT) return f32x4.sqrt(x);
  if (op == RSQRT) return f32x4.div(one, f32x4.sqrt(x));
  if (op == RECIPROCAL) return f32x4.div(one, x);
  if (op == RELU) return v128.andnot(x, f32x4.le(x, zero));
  if (op == RELU_GRAD) return v128.andnot(x, f32x4.le(v128.load(b + i), zero));
  if (op == FLOOR) return f32x4.floor(x);
  if (op == CEIL) return f32x4.ceil(x);
  if (op == ROUND) return f32x4.nearest(x);
  if (op == TRUNCATE) return f32x4.trunc(x);
  if (op == TO_INTEGER) {
    const limit = f32x4.splat(16777216); // the largest int32 of a float32 device
    const held = f32x4.max(f32x4.min(f32x4.trunc(x), limit), f32x4.neg(limit));
    return f32x4.add(v128.and(held, f32x4.eq(x, x)), zero); // which makes 0 of NaN and of −0
  }
  if (op == FINITE_SIZE) {
    const size = f32x4.abs(x);
    return v128.and(size, f32x4.lt(size, f32x4.splat(Infinity)));
  }
  if (op == SELECT) return v128.bitselect(v128.load(b + i), v128.load(c + i), f32x4.ne(x, zero));
  if (op == CLAMP) {
    const low = v128.load32_splat(b);
    const high = v128.load32_splat(c);
    return v128.bitselect(low, v128.bitselect(high, x, f32x4.gt(x, high)), f32x4.lt(x, low));
  }
  // CLAMP_GRAD
  const value = v128.load(b + i);
  return v128.and(x, v128.and(f32x4.ge(value, v128.load32_splat(c)), f32x4.le(value, v128.load32_splat(d))));
}

/** Words: out, total, inputs. */
// @ts-ignore: decorator
@inline
function loop(op: i32, args: usize, begin: i32, end: i32): void {
  const out = pointer(args, 0);
  const a = pointer(args, 2);
  const b = pointer(args, 3);
  const c = pointer(args, 4);
  const d = pointer(args, 5);
  const to = offsetOf(args, end);
  for (let i = offsetOf(args, begin); i < to; i += 16) v128.store(out + i, apply(op, i, a, b, c, d));
}

export function copy(args: usize, begin: i32, end: i32): void {
  loop(COPY, args, begin, end);
}

export function neg(args: usize, begin: i32, end: i32): void {
  loop(NEG, args, begin, end);
}

export function abs(args: usize, begin: i32, end: i32): void {
  loop(ABS, args, begin, end);
}

export function sign(args: usize, begin: i32, end: i32): void {
  loop(SIGN, args, begin, end);
}

export function square(args: usize, begin: i32, end: i32): void {
  loop(SQUARE, args, begin, end);
}

export function sqrt(args: usize, begin: i32, end: i32): void {
  loop(SQRT, args, begin, end);
}

export function rsqrt(args: usize, begin: i32, end: i32): void {
  loop(RSQRT, args, begin, end);
}

export function reciprocal(args: usize, begin: i32, end: i32): void {
  loop(RECIPROCAL, args, begin, end);
}

export function relu(args: usize, begin: i32, end: i32): void {
  loop(RELU, args, begin, end);
}

export function reluGrad(args: usize, begin: i32, end: i32): void {
  loop(RELU_GRAD, args, begin, end);
}

export function clamp(args: usize, begin: i32, end: i32): void {
  loop(CLAMP, args, begin, end);
}

export function clampGrad(args: usize, begin: i32, end: i32): void {
  loop(CLAMP_GRAD, args, begin, end);
}

export function floor(args: usize, begin: i32, end: i32): void {
  loop(FLOOR, args, begin, end);
}

export function ceil(args: usize, begin: i32, end: i32): void {
  loop(CEIL, args, begin, end);
}

export function round(args: usize, begin: i32, end: i32): void {
  loop(ROUND, args, begin, end);
}

export function truncate(args: usize, begin: i32, end: i32): void {
  loop(TRUNCATE, args, begin, end);
}

export function toInteger(args: usize, begin: i32, end: i32): void {
  loop(TO_INTEGER, args, begin, end);
}

export function finiteSize(args: usize, begin: i32, end: i32): void {
  loop(FINITE_SIZE, args, begin, end);
}

export function select(args: usize, begin: i32, end: i32): void {
  loop(SELECT, args, begin, end);
}
