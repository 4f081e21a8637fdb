// Functions of two float64 lanes: what a float32 result needs to be right to its last bit but for rare ties. A float32
// kernel that goes through them has no overflow, no underflow and no cancellation to care about in between.

/** 1.5 · 2⁵²: added to a small number, it leaves the nearest integer in the low bits. */
const MAGIC: f64 = 6755399441055744;

const LN2: f64 = 0.6931471805599453;

/** Lane by lane: mask ? a : b. */
// @ts-ignore: decorator
@inline
export function choose(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

/** The sign of x on v, which is not negative or has that sign already: keeps −0. */
// @ts-ignore: decorator
@inline
export function withSign(v: v128, x: v128): v128 {
  return v128.or(v, v128.and(x, f64x2.splat(-0.0)));
}

// @ts-ignore: decorator
@inline
function horner(p: v128, x: v128, c: f64): v128 {
  return f64x2.add(f64x2.mul(p, x), f64x2.splat(c));
}

/** x between −700 and 700, where eˣ and its reciprocal are finite in float64; NaN stays. */
// @ts-ignore: decorator
@inline
function bounded(x: v128): v128 {
  return f64x2.pmin(f64x2.pmax(x, f64x2.splat(-700)), f64x2.splat(700));
}

/** x · log₂ e + MAGIC, whose low bits hold n = round(x · log₂ e). */
// @ts-ignore: decorator
@inline
function powers(x: v128): v128 {
  return f64x2.add(f64x2.mul(x, f64x2.splat(1.4426950408889634)), f64x2.splat(MAGIC));
}

/** 2ⁿ for what `powers` gave. */
// @ts-ignore: decorator
@inline
function powerOf2(t: v128): v128 {
  return i64x2.shl(i64x2.add(t, i64x2.splat(1023)), 52);
}

/** eʳ − 1 for r = x − n · log 2, |r| ≤ 0.35. */
// @ts-ignore: decorator
@inline
function restExpm1(x: v128, t: v128): v128 {
  const n = f64x2.sub(t, f64x2.splat(MAGIC));
  const r = f64x2.sub(x, f64x2.mul(n, f64x2.splat(LN2)));
  let p = f64x2.splat(1.0 / 40320);
  p = horner(p, r, 1.0 / 5040);
  p = horner(p, r, 1.0 / 720);
  p = horner(p, r, 1.0 / 120);
  p = horner(p, r, 1.0 / 24);
  p = horner(p, r, 1.0 / 6);
  p = horner(p, r, 0.5);
  p = horner(p, r, 1);
  return f64x2.mul(p, r);
}

// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const inside = bounded(x);
  const t = powers(inside);
  return f64x2.mul(powerOf2(t), f64x2.add(restExpm1(inside, t), f64x2.splat(1)));
}

/** eˣ − 1 = 2ⁿ (eʳ − 1) + (2ⁿ − 1) */
// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  const inside = bounded(x);
  const t = powers(inside);
  const scale = powerOf2(t);
  const result = f64x2.add(f64x2.mul(scale, restExpm1(inside, t)), f64x2.sub(scale, f64x2.splat(1)));
  return withSign(result, x);
}

/** 2 atanh(z)/z = 2 + 2s/3 + 2s²/5 + … with s = z²; `p` sums the terms from 2s⁶/13 on, divided by s⁶. */
// @ts-ignore: decorator
@inline
function atanhSeries(s: v128, p: v128): v128 {
  p = horner(p, s, 2.0 / 11);
  p = horner(p, s, 2.0 / 9);
  p = horner(p, s, 2.0 / 7);
  p = horner(p, s, 2.0 / 5);
  p = horner(p, s, 2.0 / 3);
  p = horner(p, s, 2);
  return p;
}

/** e·unit + factor · 2 atanh z with x = 2ᵉ m, m from √½ to √2, z = (m − 1)/(m + 1); for normal x > 0: log x for a unit of
 * log 2 and a factor of 1. */
// @ts-ignore: decorator
@inline
function logOfPositive(x: v128, unit: f64, factor: f64): v128 {
  const half = i64x2.splat(0x3fe6a09e667f3bcd); // √½
  const e = i64x2.shr_u(i64x2.sub(i64x2.add(x, i64x2.splat(0x3ff0000000000000)), half), 52);
  const m = i64x2.sub(x, i64x2.shl(i64x2.sub(e, i64x2.splat(1023)), 52));
  const exponent = f64x2.sub(v128.or(e, f64x2.splat(4503599627370496)), f64x2.splat(4503599627370496 + 1023));
  const one = f64x2.splat(1);
  const z = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const p = atanhSeries(f64x2.mul(z, z), f64x2.splat(2.0 / 13));
  const scaled = factor == 1 ? z : f64x2.mul(z, f64x2.splat(factor));
  return f64x2.add(f64x2.mul(exponent, f64x2.splat(unit)), f64x2.mul(p, scaled));
}

/** −∞ at 0, NaN below. */
// @ts-ignore: decorator
@inline
function logarithm(x: v128, unit: f64, factor: f64): v128 {
  const zero = f64x2.splat(0);
  let special = choose(f64x2.eq(x, zero), f64x2.splat(-Infinity), x);
  special = choose(f64x2.lt(x, zero), f64x2.splat(NaN), special);
  const isOrdinary = v128.and(f64x2.gt(x, zero), f64x2.lt(x, f64x2.splat(Infinity)));
  return choose(isOrdinary, logOfPositive(x, unit, factor), special);
}

// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  return logarithm(x, LN2, 1);
}

/** Exact at powers of 2. */
// @ts-ignore: decorator
@inline
export function log2(x: v128): v128 {
  return logarithm(x, 1, 1.4426950408889634);
}

/** 2ˣ = 2ⁿ eʳ with n = round(x), r = (x − n) log 2 */
// @ts-ignore: decorator
@inline
export function exp2(x: v128): v128 {
  const inside = f64x2.pmin(f64x2.pmax(x, f64x2.splat(-1000)), f64x2.splat(1000));
  const n = f64x2.nearest(inside);
  const e = exp(f64x2.mul(f64x2.sub(inside, n), f64x2.splat(LN2)));
  return f64x2.mul(powerOf2(f64x2.add(n, f64x2.splat(MAGIC))), e);
}

/** log(1 + x) = log u + (x − (u − 1))/u with u = 1 + x rounded. */
// @ts-ignore: decorator
@inline
export function log1p(x: v128): v128 {
  const one = f64x2.splat(1);
  const u = f64x2.add(one, x);
  const rest = f64x2.div(f64x2.sub(x, f64x2.sub(u, one)), u);
  const isOrdinary = v128.and(f64x2.gt(x, f64x2.splat(-1)), f64x2.lt(x, f64x2.splat(Infinity)));
  return withSign(f64x2.add(log(u), v128.and(rest, isOrdinary)), x);
}

/** 1 / (1 + e⁻ˣ) */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const one = f64x2.splat(1);
  return f64x2.div(one, f64x2.add(one, exp(f64x2.neg(x))));
}

/** (e²ˣ − 1)/(e²ˣ + 1) */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const e = expm1(f64x2.add(x, x));
  return withSign(f64x2.div(e, f64x2.add(e, f64x2.splat(2))), x);
}

/** (eˣ − e⁻ˣ)/2 = (d + d/(d + 1))/2 with d = eˣ − 1, of |x|: otherwise the two cancel. */
// @ts-ignore: decorator
@inline
export function sinh(x: v128): v128 {
  const d = expm1(f64x2.abs(x));
  const sum = f64x2.add(d, f64x2.div(d, f64x2.add(d, f64x2.splat(1))));
  return withSign(f64x2.mul(f64x2.splat(0.5), sum), x);
}

/** (eˣ + e⁻ˣ)/2 */
// @ts-ignore: decorator
@inline
export function cosh(x: v128): v128 {
  const e = exp(x);
  return f64x2.mul(f64x2.splat(0.5), f64x2.add(e, f64x2.div(f64x2.splat(1), e)));
}

/** log(1 + eˣ) = max(x, 0) + 2 atanh z with z = e/(2 + e) ≤ ⅓, e = e^−|x| */
// @ts-ignore: decorator
@inline
export function softplus(x: v128): v128 {
  const e = exp(f64x2.neg(f64x2.abs(x)));
  const z = f64x2.div(e, f64x2.add(e, f64x2.splat(2)));
  const s = f64x2.mul(z, z);
  let p = f64x2.splat(2.0 / 19);
  p = horner(p, s, 2.0 / 17);
  p = horner(p, s, 2.0 / 15);
  p = atanhSeries(s, horner(p, s, 2.0 / 13));
  return f64x2.add(f64x2.max(x, f64x2.splat(0)), f64x2.mul(p, z));
}

/** The largest |x| for which `sin` and `cos` are right. */
export const LARGEST_ANGLE: f32 = 1048576;

/** sin x, or cos x = sin(x + π/2): of r = x − k π/2 with the quadrant's function and sign. */
// @ts-ignore: decorator
@inline
export function sine(x: v128, quarter: i64): v128 {
  const t = f64x2.add(f64x2.mul(x, f64x2.splat(0.6366197723675814)), f64x2.splat(MAGIC));
  const k = f64x2.sub(t, f64x2.splat(MAGIC));
  let r = f64x2.sub(x, f64x2.mul(k, f64x2.splat(1.5707963267341256)));
  r = f64x2.sub(r, f64x2.mul(k, f64x2.splat(6.077100506506192e-11)));
  const s = f64x2.mul(r, r);
  let odd = f64x2.splat(-1.0 / 39916800);
  odd = horner(odd, s, 1.0 / 362880);
  odd = horner(odd, s, -1.0 / 5040);
  odd = horner(odd, s, 1.0 / 120);
  odd = horner(odd, s, -1.0 / 6);
  odd = horner(odd, s, 1);
  odd = f64x2.mul(odd, r);
  let even = f64x2.splat(-1.0 / 3628800);
  even = horner(even, s, 1.0 / 40320);
  even = horner(even, s, -1.0 / 720);
  even = horner(even, s, 1.0 / 24);
  even = horner(even, s, -0.5);
  even = horner(even, s, 1);
  const quadrant = i64x2.add(t, i64x2.splat(quarter));
  const isEven = i64x2.ne(v128.and(quadrant, i64x2.splat(1)), i64x2.splat(0));
  const sign = i64x2.shl(v128.and(quadrant, i64x2.splat(2)), 62);
  return v128.xor(choose(isEven, even, odd), sign);
}

/** Below 1 its Maclaurin series, above 1 − erfc x. */
// @ts-ignore: decorator
@inline
export function erf(x: v128): v128 {
  const a = f64x2.pmin(f64x2.abs(x), f64x2.splat(6));
  const s = f64x2.mul(a, a);
  let p = f64x2.splat(-1.0 / 918086400);
  p = horner(p, s, 1.0 / 76204800);
  p = horner(p, s, -1.0 / 6894720);
  p = horner(p, s, 1.0 / 685440);
  p = horner(p, s, -1.0 / 75600);
  p = horner(p, s, 1.0 / 9360);
  p = horner(p, s, -1.0 / 1320);
  p = horner(p, s, 1.0 / 216);
  p = horner(p, s, -1.0 / 42);
  p = horner(p, s, 1.0 / 10);
  p = horner(p, s, -1.0 / 3);
  p = horner(p, s, 1);
  const small = f64x2.mul(f64x2.mul(a, p), f64x2.splat(1.1283791670955126));
  const large = f64x2.sub(f64x2.splat(1), erfcOfPositive(a));
  return withSign(choose(f64x2.gt(a, f64x2.splat(1)), large, small), x);
}

/** e^(−a²) t P(t) with t = 2/(2 + a), P a Chebyshev fit of e^(a²) erfc(a)/t; for a ≥ 0, to 10⁻⁹ of the result. */
// @ts-ignore: decorator
@inline
function erfcOfPositive(a: v128): v128 {
  const t = f64x2.div(f64x2.splat(2), f64x2.add(f64x2.splat(2), a));
  let p = f64x2.splat(0.023364277448921788);
  p = horner(p, t, -0.1867374252447365);
  p = horner(p, t, 0.6431116698029942);
  p = horner(p, t, -1.2218938537022643);
  p = horner(p, t, 1.3469381598218035);
  p = horner(p, t, -0.8255845638094579);
  p = horner(p, t, 0.29318845552078204);
  p = horner(p, t, -0.15587240902420896);
  p = horner(p, t, 0.014586739547803686);
  p = horner(p, t, 0.08140016630551994);
  p = horner(p, t, 0.17648287365192067);
  p = horner(p, t, 0.2468262235603928);
  p = horner(p, t, 0.2820948945790719);
  p = horner(p, t, 0.28209479151191097);
  return f64x2.mul(exp(f64x2.neg(f64x2.mul(a, a))), f64x2.mul(t, p));
}

/** 1 − erf x; of a negative x 2 − erfc |x|. */
// @ts-ignore: decorator
@inline
export function erfc(x: v128): v128 {
  const ofMagnitude = erfcOfPositive(f64x2.abs(x));
  return choose(f64x2.lt(x, f64x2.splat(0)), f64x2.sub(f64x2.splat(2), ofMagnitude), ofMagnitude);
}

/** σ′(x) = e/(1 + e)² with e = e^−|x| */
// @ts-ignore: decorator
@inline
export function logisticDensity(x: v128): v128 {
  const e = exp(f64x2.neg(f64x2.abs(x)));
  const sum = f64x2.add(e, f64x2.splat(1));
  return f64x2.div(e, f64x2.mul(sum, sum));
}

/** The angle of the point (x, y): 2 atan h with h = t / (1 + √(1 + t²)), t the smaller coordinate by the larger, turned
 * into its octant; the sign of a zero counts. */
// @ts-ignore: decorator
@inline
export function atan2(y: v128, x: v128): v128 {
  const one = f64x2.splat(1);
  const height = f64x2.abs(y);
  const width = f64x2.abs(x);
  const isSteep = f64x2.gt(height, width);
  const larger = choose(isSteep, height, width);
  let t = f64x2.div(choose(isSteep, width, height), larger);
  t = choose(f64x2.eq(height, width), v128.and(one, f64x2.gt(height, f64x2.splat(0))), t); // also 0/0 and ∞/∞
  const h = f64x2.div(t, f64x2.add(one, f64x2.sqrt(f64x2.add(one, f64x2.mul(t, t)))));
  const s = f64x2.mul(h, h);
  let p = f64x2.splat(2.0 / 21);
  p = horner(p, s, -2.0 / 19);
  p = horner(p, s, 2.0 / 17);
  p = horner(p, s, -2.0 / 15);
  p = horner(p, s, 2.0 / 13);
  p = horner(p, s, -2.0 / 11);
  p = horner(p, s, 2.0 / 9);
  p = horner(p, s, -2.0 / 7);
  p = horner(p, s, 2.0 / 5);
  p = horner(p, s, -2.0 / 3);
  p = horner(p, s, 2);
  let angle = f64x2.mul(p, h);
  angle = choose(isSteep, f64x2.sub(f64x2.splat(1.5707963267948966), angle), angle);
  const isBehind = i64x2.shr_s(x, 63);
  angle = choose(isBehind, f64x2.sub(f64x2.splat(3.141592653589793), angle), angle);
  angle = withSign(angle, y);
  angle = choose(f64x2.ne(y, y), y, angle);
  return choose(f64x2.ne(x, x), x, angle);
}

/** x/(x² + y²); 0 at the origin and at infinity. */
// @ts-ignore: decorator
@inline
export function inversion(x: v128, y: v128): v128 {
  const squared = f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y));
  const isOutside = v128.or(f64x2.eq(squared, f64x2.splat(0)), f64x2.eq(squared, f64x2.splat(Infinity)));
  return v128.andnot(f64x2.div(x, squared), isOutside);
}
