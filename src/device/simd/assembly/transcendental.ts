// Elementwise kernels of one input whose functions need float64 in between.
import { pointer } from "./args";
import { narrowed, offsetOf, upper } from "./lanes";
import * as wide from "./wide";

const EXP = 0;
const LOG = 1;
const EXPM1 = 2;
const LOG1P = 3;
const SIGMOID = 4;
const TANH = 5;
const SINH = 6;
const COSH = 7;
const SOFTPLUS = 8;
const LOG_SIGMOID = 9;
const ERF = 10;
const SIN = 11;
const COS = 12;
const LOG2 = 13;
const LOG10 = 14;
const EXP2 = 15;
const ERFC = 16;
const LOGISTIC_DENSITY = 17;

/** f of two elements. */
// @ts-ignore: decorator
@inline
function apply(op: i32, x: v128): v128 {
  if (op == EXP) return wide.exp(x);
  if (op == LOG) return wide.log(x);
  if (op == EXPM1) return wide.expm1(x);
  if (op == LOG1P) return wide.log1p(x);
  if (op == SIGMOID) return wide.sigmoid(x);
  if (op == TANH) return wide.tanh(x);
  if (op == SINH) return wide.sinh(x);
  if (op == COSH) return wide.cosh(x);
  if (op == SOFTPLUS) return wide.softplus(x);
  if (op == LOG_SIGMOID) return f64x2.neg(wide.softplus(f64x2.neg(x)));
  if (op == ERF) return wide.erf(x);
  if (op == LOG2) return wide.log2(x);
  if (op == LOG10) return f64x2.mul(wide.log(x), f64x2.splat(0.4342944819032518));
  if (op == EXP2) return wide.exp2(x);
  if (op == ERFC) return wide.erfc(x);
  if (op == LOGISTIC_DENSITY) return wide.logisticDensity(x);
  if (op == SIN) return wide.sine(x, 0);
  return wide.sine(x, 1);
}

/** Words: out, total, x. */
// @ts-ignore: decorator
@inline
function loop(op: i32, args: usize, begin: i32, end: i32): void {
  const out = pointer(args, 0);
  const x = pointer(args, 2);
  const to = offsetOf(args, end);
  for (let i = offsetOf(args, begin); i < to; i += 16) {
    const value = v128.load(x + i);
    v128.store(out + i, narrowed(apply(op, f64x2.promote_low_f32x4(value)), apply(op, upper(value))));
  }
}

export function exp(args: usize, begin: i32, end: i32): void {
  loop(EXP, args, begin, end);
}

export function log(args: usize, begin: i32, end: i32): void {
  loop(LOG, args, begin, end);
}

export function expm1(args: usize, begin: i32, end: i32): void {
  loop(EXPM1, args, begin, end);
}

export function log1p(args: usize, begin: i32, end: i32): void {
  loop(LOG1P, args, begin, end);
}

export function sigmoid(args: usize, begin: i32, end: i32): void {
  loop(SIGMOID, args, begin, end);
}

export function tanh(args: usize, begin: i32, end: i32): void {
  loop(TANH, args, begin, end);
}

export function sinh(args: usize, begin: i32, end: i32): void {
  loop(SINH, args, begin, end);
}

export function cosh(args: usize, begin: i32, end: i32): void {
  loop(COSH, args, begin, end);
}

export function logSigmoid(args: usize, begin: i32, end: i32): void {
  loop(LOG_SIGMOID, args, begin, end);
}

export function erf(args: usize, begin: i32, end: i32): void {
  loop(ERF, args, begin, end);
}

export function log2(args: usize, begin: i32, end: i32): void {
  loop(LOG2, args, begin, end);
}

export function log10(args: usize, begin: i32, end: i32): void {
  loop(LOG10, args, begin, end);
}

export function exp2(args: usize, begin: i32, end: i32): void {
  loop(EXP2, args, begin, end);
}

export function erfc(args: usize, begin: i32, end: i32): void {
  loop(ERFC, args, begin, end);
}

export function logisticDensity(args: usize, begin: i32, end: i32): void {
  loop(LOGISTIC_DENSITY, args, begin, end);
}

/** x above the threshold, which is the second input. */
export function softplus(args: usize, begin: i32, end: i32): void {
  const out = pointer(args, 0);
  const x = pointer(args, 2);
  const threshold = v128.load32_splat(pointer(args, 3));
  const to = offsetOf(args, end);
  for (let i = offsetOf(args, begin); i < to; i += 16) {
    const value = v128.load(x + i);
    const result = narrowed(apply(SOFTPLUS, f64x2.promote_low_f32x4(value)), apply(SOFTPLUS, upper(value)));
    v128.store(out + i, v128.bitselect(value, result, f32x4.gt(value, threshold)));
  }
}

export function sin(args: usize, begin: i32, end: i32): void {
  loop(SIN, args, begin, end);
  largeAngles(SIN, args, begin, end);
}

export function cos(args: usize, begin: i32, end: i32): void {
  loop(COS, args, begin, end);
  largeAngles(COS, args, begin, end);
}

/** Again, one by one, for the angles that take more digits of π. */
// @ts-ignore: decorator
@inline
function largeAngles(op: i32, args: usize, begin: i32, end: i32): void {
  const out = pointer(args, 0);
  const x = pointer(args, 2);
  const to = offsetOf(args, end);
  for (let i = offsetOf(args, begin); i < to; i += 4) {
    const value = load<f32>(x + i);
    if (abs(value) > wide.LARGEST_ANGLE) store<f32>(out + i, <f32>(op == SIN ? Math.sin(value) : Math.cos(value)));
  }
}
