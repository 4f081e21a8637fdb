// pᵠ and its derivatives, of two float64 lanes, as kernels/binary.ts and kernels/derivatives.ts define them.
import { choose, exp, log } from "./wide";

/** |p|ʳ for r = e · log |p|, where eˣ is bounded to a number that is no float32 any more. */
// @ts-ignore: decorator
@inline
function exponentOf(p: v128, e: v128): v128 {
  const zero = f64x2.splat(0);
  const isOne = v128.or(f64x2.eq(f64x2.abs(p), f64x2.splat(1)), f64x2.eq(e, zero));
  return v128.andnot(f64x2.mul(e, log(f64x2.abs(p))), isOne); // where 0 · ∞ is 0
}

/** Whether a power of so much is 0, also after a product with any float32. */
// @ts-ignore: decorator
@inline
function vanishes(exponent: v128): v128 {
  return f64x2.lt(exponent, f64x2.splat(-690));
}

/** Where q is a whole number. */
// @ts-ignore: decorator
@inline
function isWhole(q: v128): v128 {
  return f64x2.eq(f64x2.floor(q), q);
}

/** Where q, a whole number, is odd. */
// @ts-ignore: decorator
@inline
function isOdd(q: v128): v128 {
  const half = f64x2.mul(q, f64x2.splat(0.5));
  return f64x2.ne(f64x2.floor(half), half);
}

/** The magnitude with the sign of a power of p: minus where p is below 0, or −0, and `isMinus`; NaN for a fraction of a number
 * below 0. */
// @ts-ignore: decorator
@inline
function signed(magnitude: v128, p: v128, q: v128, isMinus: v128): v128 {
  const whole = isWhole(q);
  const isBelow = i64x2.shr_s(p, 63);
  const sign = v128.and(v128.and(isBelow, v128.and(whole, isMinus)), f64x2.splat(-0.0));
  const isOrdinary = v128.and(f64x2.lt(p, f64x2.splat(0)), f64x2.gt(p, f64x2.splat(-Infinity)));
  return choose(v128.andnot(isOrdinary, whole), f64x2.splat(NaN), v128.xor(magnitude, sign));
}

/** NaN where either is. */
// @ts-ignore: decorator
@inline
function orNaN(result: v128, p: v128, q: v128): v128 {
  return choose(f64x2.ne(p, p), p, choose(f64x2.ne(q, q), q, result));
}

// @ts-ignore: decorator
@inline
export function pow(p: v128, q: v128): v128 {
  const one = f64x2.splat(1);
  const result = orNaN(signed(exp(exponentOf(p, q)), p, q, isOdd(q)), p, q);
  return choose(v128.or(f64x2.eq(q, f64x2.splat(0)), f64x2.eq(p, one)), one, result);
}

/** q · pᵠ⁻¹ */
// @ts-ignore: decorator
@inline
export function powByBase(p: v128, q: v128): v128 {
  const one = f64x2.splat(1);
  const exponent = exponentOf(p, f64x2.sub(q, one));
  const magnitude = v128.andnot(f64x2.mul(q, exp(exponent)), vanishes(exponent));
  const isEven = v128.not(isOdd(q));
  const result = choose(f64x2.eq(q, one), one, orNaN(signed(magnitude, p, q, isEven), p, q));
  return v128.andnot(result, f64x2.eq(q, f64x2.splat(0)));
}

/** pᵠ · log p */
// @ts-ignore: decorator
@inline
export function powByExponent(p: v128, q: v128): v128 {
  const zero = f64x2.splat(0);
  const exponent = exponentOf(p, q);
  const ofPositive = v128.andnot(f64x2.mul(exp(exponent), log(p)), vanishes(exponent));
  const isMinus = v128.and(i64x2.shr_s(p, 63), v128.and(isWhole(q), isOdd(q)));
  const atPole = v128.xor(f64x2.splat(-Infinity), v128.and(isMinus, f64x2.splat(-0.0)));
  const ofZero = v128.and(atPole, f64x2.lt(q, zero));
  const ofNegative = choose(f64x2.lt(p, zero), f64x2.splat(NaN), ofPositive);
  const result = orNaN(choose(f64x2.eq(p, zero), ofZero, ofNegative), p, q);
  return v128.andnot(result, f64x2.eq(p, f64x2.splat(1)));
}
