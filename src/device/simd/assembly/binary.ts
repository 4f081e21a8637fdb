// Broadcasting kernels of two inputs: `out[row, x] = f(a, b)`.
import { int, pointer } from "./args";
import { narrowed, upper } from "./lanes";
import * as power from "./power";
import * as wide from "./wide";

const ADD = 0;
const SUB = 1;
const MUL = 2;
const DIV = 3;
const MAXIMUM = 4;
const MINIMUM = 5;
const EQUAL = 6;
const NOT_EQUAL = 7;
const GREATER = 8;
const GREATER_EQUAL = 9;
const LESS = 10;
const LESS_EQUAL = 11;
const PREFERENCE = 12;
const POW = 13;
const ATAN2 = 14;
const HYPOT = 15;
const FMOD = 16;
const PRODUCT_OR_ZERO = 17;
const QUOTIENT_OR_ZERO = 18;
const INVERSION = 19;
const POW_BY_BASE = 20;
const POW_BY_EXPONENT = 21;
const TIMES_SIGMOID = 22;
const TIMES_LOGISTIC_DENSITY = 23;

/** From here on e^(−|b|/2) is 0 in float64. */
const GATE_CLOSED: f64 = 1490.2664382038823;

/** f of four pairs. `op` is a constant where this is inlined, so that one line of it is left. */
// @ts-ignore: decorator
@inline
function apply(op: i32, p: v128, q: v128): v128 {
  if (op == ADD) return f32x4.add(p, q);
  if (op == SUB) return f32x4.sub(p, q);
  if (op == MUL) return f32x4.mul(p, q);
  if (op == DIV) return f32x4.div(p, q);
  // p > q ? p : q >= p ? q : p + q, which is NaN if either is
  if (op == MAXIMUM)
    return v128.bitselect(p, v128.bitselect(q, f32x4.add(p, q), f32x4.ge(q, p)), f32x4.gt(p, q));
  if (op == MINIMUM)
    return v128.bitselect(p, v128.bitselect(q, f32x4.add(p, q), f32x4.le(q, p)), f32x4.lt(p, q));
  const one = f32x4.splat(1);
  if (op == EQUAL) return v128.and(one, f32x4.eq(p, q));
  if (op == NOT_EQUAL) return v128.and(one, f32x4.ne(p, q));
  if (op == GREATER) return v128.and(one, f32x4.gt(p, q));
  if (op == GREATER_EQUAL) return v128.and(one, f32x4.ge(p, q));
  if (op == LESS) return v128.and(one, f32x4.lt(p, q));
  if (op == LESS_EQUAL) return v128.and(one, f32x4.le(p, q));
  if (op == HYPOT) return hypot4(p, q);
  if (op == FMOD) return fmod4(p, q);
  if (op == PRODUCT_OR_ZERO) return v128.andnot(f32x4.mul(p, q), f32x4.eq(p, f32x4.splat(0)));
  if (op == QUOTIENT_OR_ZERO) return v128.andnot(f32x4.div(p, q), f32x4.eq(p, f32x4.splat(0)));
  // PREFERENCE: 0 where p < q, ½ where p = q, else 1
  if (op == PREFERENCE) return v128.bitselect(f32x4.splat(0.5), v128.andnot(one, f32x4.lt(p, q)), f32x4.eq(p, q));
  return wide4(op, p, q);
}

/** f of four pairs in float64. */
function wide4(op: i32, p: v128, q: v128): v128 {
  const low = wide2(op, f64x2.promote_low_f32x4(p), f64x2.promote_low_f32x4(q));
  return narrowed(low, wide2(op, upper(p), upper(q)));
}

// @ts-ignore: decorator
@inline
function wide2(op: i32, p: v128, q: v128): v128 {
  if (op == POW) return power.pow(p, q);
  if (op == ATAN2) return wide.atan2(p, q);
  if (op == INVERSION) return wide.inversion(p, q);
  if (op == POW_BY_BASE) return power.powByBase(p, q);
  if (op == TIMES_SIGMOID) return timesGate(p, wide.sigmoid(q), f64x2.lt(q, f64x2.splat(-GATE_CLOSED)));
  if (op == TIMES_LOGISTIC_DENSITY)
    return timesGate(p, wide.logisticDensity(q), f64x2.gt(f64x2.abs(q), f64x2.splat(GATE_CLOSED)));
  return power.powByExponent(p, q);
}

/** p · gate, and 0 where that is closed. */
// @ts-ignore: decorator
@inline
function timesGate(p: v128, gate: v128, isClosed: v128): v128 {
  return v128.andnot(f64x2.mul(p, gate), isClosed);
}

/** In float64, whose squares neither overflow nor underflow; ∞ if either is infinite, even beside NaN. */
function hypot4(p: v128, q: v128): v128 {
  const low = hypot2(f64x2.promote_low_f32x4(p), f64x2.promote_low_f32x4(q));
  const result = narrowed(low, hypot2(upper(p), upper(q)));
  const infinity = f32x4.splat(Infinity);
  const isInfinite = v128.or(f32x4.eq(f32x4.abs(p), infinity), f32x4.eq(f32x4.abs(q), infinity));
  return v128.bitselect(infinity, result, isInfinite);
}

// @ts-ignore: decorator
@inline
function hypot2(p: v128, q: v128): v128 {
  return f64x2.sqrt(f64x2.add(f64x2.mul(p, p), f64x2.mul(q, q)));
}

function fmod4(p: v128, q: v128): v128 {
  let result = f32x4.splat(f32x4.extract_lane(p, 0) % f32x4.extract_lane(q, 0));
  result = f32x4.replace_lane(result, 1, f32x4.extract_lane(p, 1) % f32x4.extract_lane(q, 1));
  result = f32x4.replace_lane(result, 2, f32x4.extract_lane(p, 2) % f32x4.extract_lane(q, 2));
  return f32x4.replace_lane(result, 3, f32x4.extract_lane(p, 3) % f32x4.extract_lane(q, 3));
}

/** Four neighbours, `stride` elements apart: 1, 0 or any. */
// @ts-ignore: decorator
@inline
function load4(a: usize, stride: i32): v128 {
  if (stride == 1) return v128.load(a);
  if (stride == 0) return v128.load32_splat(a);
  const step = <usize>stride << 2;
  let v = v128.load32_zero(a);
  v = v128.load_lane<f32>(a + step, v, 1);
  v = v128.load_lane<f32>(a + 2 * step, v, 2);
  return v128.load_lane<f32>(a + 3 * step, v, 3);
}

/** A row of n elements. */
// @ts-ignore: decorator
@inline
function row(op: i32, a: usize, strideA: i32, b: usize, strideB: i32, out: usize, n: i32): void {
  const stepA = <usize>strideA << 2;
  const stepB = <usize>strideB << 2;
  const end = out + (<usize>n << 2);
  const quads = out + (<usize>(n & ~3) << 2);
  for (; out < quads; out += 16) {
    v128.store(out, apply(op, load4(a, strideA), load4(b, strideB)));
    a += stepA << 2;
    b += stepB << 2;
  }
  for (; out < end; out += 4) {
    v128.store_lane<f32>(out, apply(op, v128.load32_zero(a), v128.load32_zero(b)), 0);
    a += stepA;
    b += stepB;
  }
}

/** Words: out, a, b, rowLength, total, sizeY, a0, a1, a2, b0, b1, b2. Unit: a row, the last of which may be shorter. */
// @ts-ignore: decorator
@inline
function rows(op: i32, args: usize, begin: i32, end: i32): void {
  const length = int(args, 3);
  const total = int(args, 4);
  const sizeY = int(args, 5);
  const a0 = int(args, 6);
  const b0 = int(args, 9);
  for (let r = begin; r < end; r++) {
    const z = r / sizeY;
    const y = r - z * sizeY;
    const a = pointer(args, 1) + (<usize>(z * int(args, 8) + y * int(args, 7)) << 2);
    const b = pointer(args, 2) + (<usize>(z * int(args, 11) + y * int(args, 10)) << 2);
    const out = pointer(args, 0) + (<usize>(r * length) << 2);
    const n = min(length, total - r * length);
    if (a0 == 1 && b0 == 1) row(op, a, 1, b, 1, out, n);
    else if (a0 == 1 && b0 == 0) row(op, a, 1, b, 0, out, n);
    else if (a0 == 0 && b0 == 1) row(op, a, 0, b, 1, out, n);
    else row(op, a, a0, b, b0, out, n);
  }
}

export function add(args: usize, begin: i32, end: i32): void {
  rows(ADD, args, begin, end);
}

export function sub(args: usize, begin: i32, end: i32): void {
  rows(SUB, args, begin, end);
}

export function mul(args: usize, begin: i32, end: i32): void {
  rows(MUL, args, begin, end);
}

export function div(args: usize, begin: i32, end: i32): void {
  rows(DIV, args, begin, end);
}

export function maximum(args: usize, begin: i32, end: i32): void {
  rows(MAXIMUM, args, begin, end);
}

export function minimum(args: usize, begin: i32, end: i32): void {
  rows(MINIMUM, args, begin, end);
}

export function preference(args: usize, begin: i32, end: i32): void {
  rows(PREFERENCE, args, begin, end);
}

export function equal(args: usize, begin: i32, end: i32): void {
  rows(EQUAL, args, begin, end);
}

export function notEqual(args: usize, begin: i32, end: i32): void {
  rows(NOT_EQUAL, args, begin, end);
}

export function greater(args: usize, begin: i32, end: i32): void {
  rows(GREATER, args, begin, end);
}

export function greaterEqual(args: usize, begin: i32, end: i32): void {
  rows(GREATER_EQUAL, args, begin, end);
}

export function less(args: usize, begin: i32, end: i32): void {
  rows(LESS, args, begin, end);
}

export function lessEqual(args: usize, begin: i32, end: i32): void {
  rows(LESS_EQUAL, args, begin, end);
}

export function pow(args: usize, begin: i32, end: i32): void {
  rows(POW, args, begin, end);
}

export function atan2(args: usize, begin: i32, end: i32): void {
  rows(ATAN2, args, begin, end);
}

export function hypot(args: usize, begin: i32, end: i32): void {
  rows(HYPOT, args, begin, end);
}

export function fmod(args: usize, begin: i32, end: i32): void {
  rows(FMOD, args, begin, end);
}

export function productOrZero(args: usize, begin: i32, end: i32): void {
  rows(PRODUCT_OR_ZERO, args, begin, end);
}

export function quotientOrZero(args: usize, begin: i32, end: i32): void {
  rows(QUOTIENT_OR_ZERO, args, begin, end);
}

export function inversion(args: usize, begin: i32, end: i32): void {
  rows(INVERSION, args, begin, end);
}

export function powByBase(args: usize, begin: i32, end: i32): void {
  rows(POW_BY_BASE, args, begin, end);
}

export function powByExponent(args: usize, begin: i32, end: i32): void {
  rows(POW_BY_EXPONENT, args, begin, end);
}

export function timesSigmoid(args: usize, begin: i32, end: i32): void {
  rows(TIMES_SIGMOID, args, begin, end);
}

export function timesLogisticDensity(args: usize, begin: i32, end: i32): void {
  rows(TIMES_LOGISTIC_DENSITY, args, begin, end);
}
