/** Broadcasting kernels that a composition of others would lose: in digits, in range, or in a product 0 · ∞. Each
 * input is read through its own three strides, as in `binary.ts`. */
import type { Flat, KernelThis } from "./kernel.js";

/** Strides of `a` and `b` along z, y and x; 0 where an input repeats. */
type Strides = KernelThis<"a0" | "a1" | "a2" | "b0" | "b1" | "b2">;

/** a · b, and 0 where a is 0, whatever b is. */
export function productOrZero(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (p === 0) return 0;
  return p * q;
}

/** a / b, and 0 where a is 0, whatever b is. */
export function quotientOrZero(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (p === 0) return 0;
  return p / q;
}

/** a/(a² + b²), divided by the larger of the two first, so that no square leaves the range; 0 at the origin. */
export function inversion(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (!(p > 0 || p <= 0)) return p;
  if (!(q > 0 || q <= 0)) return q;
  let largest = Math.abs(p);
  if (largest < Math.abs(q)) largest = Math.abs(q);
  if (largest === 0) return 0;
  if (1 / largest === 0) return 0; // at infinity
  const u = p / largest;
  const v = q / largest;
  return u / (u * u + v * v) / largest;
}

/** ∂(aᵇ)/∂a = b aᵇ⁻¹; where |a|ᵇ⁻¹ is no normal float32, as b · h · h with h = |a|^((b − 1)/2), which overflows and vanishes no
 * sooner than the result. Where b is 0 so is it, and so it is where h is. */
export function powByBase(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (q === 0) return 0;
  if (q === 1) return 1;
  if (!(p > 0 || p <= 0)) return p;
  if (!(q > 0 || q <= 0)) return q;
  if (p < 0 && 1 / p < 0 && Math.floor(q) !== q) return Math.sqrt(p);
  let power = 1;
  if (p !== 0 && p !== 1 && p !== -1) power = Math.pow(Math.abs(p), q - 1);
  if (p === 0) {
    if (q > 1) return 0;
    power = 1 / Math.abs(p);
  }
  let result = q * power;
  if (p !== 0 && (power < 1.1754944e-38 || power > 3.4028235e38)) {
    const half = Math.pow(Math.abs(p), 0.5 * (q - 1));
    result = q * half * half;
    if (half === 0) return 0;
  }
  if (p > 0 || 1 / p > 0) return result;
  if (Math.floor(q) === q && Math.floor(q * 0.5) * 2 === q) return -result; // an even power has an odd derivative
  return result;
}

/** ∂(aᵇ)/∂b = aᵇ log a; where aᵇ is no normal float32, as h · log a · h with h = a^(b/2). 0 where a is 0 and b is not negative,
 * and where h is 0. */
export function powByExponent(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (p === 1) return 0;
  if (p < 0) return Math.sqrt(p);
  if (!(p > 0 || p <= 0)) return p;
  if (!(q > 0 || q <= 0)) return q;
  if (p === 0) {
    if (q >= 0) return 0;
    if (Math.floor(q) === q && Math.floor(q * 0.5) * 2 !== q) return -1 / p;
    return -1 / Math.abs(p);
  }
  const power = Math.pow(p, q);
  if (power >= 1.1754944e-38 && power <= 3.4028235e38) return power * Math.log(p);
  const half = Math.pow(p, 0.5 * q);
  if (half === 0) return 0;
  return half * Math.log(p) * half;
}

/** a · σ(b), with a e^b as a · h · h of h = e^(b/2), so that it vanishes no sooner than the product; 0 where h is. */
export function timesSigmoid(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (!(q > 0 || q <= 0)) return q;
  const half = Math.exp(-0.5 * Math.abs(q));
  if (q >= 0) return p / (1 + half * half);
  if (half === 0) return 0;
  return (p * half * half) / (1 + half * half);
}

/** a · σ′(b), likewise. */
export function timesLogisticDensity(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (!(q > 0 || q <= 0)) return q;
  const half = Math.exp(-0.5 * Math.abs(q));
  if (half === 0) return 0;
  const root = half / (1 + half * half);
  return p * root * root;
}
