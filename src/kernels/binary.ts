/** Broadcasting kernels of two inputs: `out[z, y, x] = f(a, b)`, each input read through its own three strides. */
import type { Flat, KernelThis } from "./kernel.js";

/** Strides of `a` and `b` along z, y and x; 0 where an input repeats. */
type Strides = KernelThis<"a0" | "a1" | "a2" | "b0" | "b1" | "b2">;

export function add(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  return p + q;
}

export function sub(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  return p - q;
}

export function mul(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  return p * q;
}

export function div(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  return p / q;
}

/** aᵇ as IEEE 754 has it: 1 where b is 0 or a is 1, whatever the other, and where a is −1 and b infinite. A negative base is
 * raised by its magnitude, as GL knows no other way, and odd powers get its sign, that of −0 included; a fraction of it is NaN,
 * as √a is. */
export function pow(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (q === 0 || p === 1) return 1;
  if (!(p > 0 || p <= 0)) return p;
  if (!(q > 0 || q <= 0)) return q;
  if (p < 0 && 1 / p < 0 && Math.floor(q) !== q) return Math.sqrt(p);
  let magnitude = 1;
  if (p !== 0 && p !== -1) magnitude = Math.pow(Math.abs(p), q);
  if (p === 0) {
    magnitude = 0;
    if (q < 0) magnitude = 1 / Math.abs(p);
  }
  if (p > 0 || 1 / p > 0) return magnitude;
  if (Math.floor(q) === q && Math.floor(q * 0.5) * 2 !== q) return -magnitude;
  return magnitude;
}

/** The larger; NaN if either is. */
export function maximum(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (p > q) return p;
  if (q >= p) return q;
  return p + q;
}

/** The smaller; NaN if either is. */
export function minimum(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (p < q) return p;
  if (q <= p) return q;
  return p + q;
}

/** The share of a in the gradient of maximum(a, b): 1, 0, or ½ in a tie; 1 where either is NaN. */
export function preference(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (p < q) return 0;
  if (p === q) return 0.5;
  return 1;
}

/** The angle of the point (x, y), from −π to π; the sign of a zero counts. With t = smaller/larger coordinate,
 * atan t = 2 atan(t / (1 + √(1 + t²))), whose argument is below 0.42, where the power series is short. */
export function atan2(this: Strides, a: Flat, b: Flat): number {
  const y =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const x =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (!(y > 0 || y <= 0)) return y;
  if (!(x > 0 || x <= 0)) return x;
  const height = Math.abs(y);
  const width = Math.abs(x);
  let t = 0;
  if (height < width) t = height / width;
  else if (width < height) t = width / height;
  else if (height > 0) t = 1; // also where both are infinite
  const h = t / (1 + Math.sqrt(1 + t * t));
  let sum = 0;
  for (let n = 0; n < 20; n++) {
    sum = 1 / (39 - 2 * n) - sum * h * h;
  }
  let angle = 2 * h * sum;
  if (height > width) angle = 1.5707963267948966 - angle;
  if (x < 0 || 1 / x < 0) angle = Math.PI - angle;
  if (y < 0 || 1 / y < 0) return -angle;
  return angle;
}

export function equal(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (p === q) return 1;
  return 0;
}

/** Not written with `!=`, which WGSL answers with false for NaN. */
export function notEqual(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (p === q) return 0;
  return 1;
}

export function greater(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (p > q) return 1;
  return 0;
}

export function greaterEqual(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (p >= q) return 1;
  return 0;
}

export function less(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (p < q) return 1;
  return 0;
}

export function lessEqual(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q =
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!;
  if (p <= q) return 1;
  return 0;
}

/** √(a² + b²), of the larger times a root that is at most √2; ∞ if either is infinite, even beside NaN (IEEE 754). */
export function hypot(this: Strides, a: Flat, b: Flat): number {
  const p = Math.abs(
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!,
  );
  const q = Math.abs(
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!,
  );
  if (p > 0 && p === p * 0.5) return p;
  if (q > 0 && q === q * 0.5) return q;
  if (p === 0) return q;
  if (q > p) return q * Math.sqrt(1 + (p / q) * (p / q));
  return p * Math.sqrt(1 + (q / p) * (q / p));
}

/** What is left of a after it was divided by b towards 0, exactly: long division in binary, as a rounded quotient of more
 * than 24 bits would leave nothing right. Past 2²⁸⁰ times b, which no float32 quotient reaches, `%` of float64 goes on. */
export function fmod(this: Strides, a: Flat, b: Flat): number {
  const p =
    a[this.thread.z * this.constants.a2 + this.thread.y * this.constants.a1 + this.thread.x * this.constants.a0]!;
  const q = Math.abs(
    b[this.thread.z * this.constants.b2 + this.thread.y * this.constants.b1 + this.thread.x * this.constants.b0]!,
  );
  let rest = Math.abs(p);
  if (!(q > 0 || q === 0) || !(p > 0 || p <= 0)) return p + q;
  if (q === 0 || (rest > 0 && rest === rest * 0.5)) return Math.sqrt(-1 - rest);
  if (rest < q) return p;
  let part = q;
  for (let i = 0; i < 280; i++) {
    if (part <= rest * 0.5) part += part;
  }
  for (let i = 0; i < 281; i++) {
    if (rest >= part) rest -= part;
    if (part > q) part = part * 0.5;
  }
  rest = rest % q;
  if (p < 0) return -rest;
  return rest;
}
