/** Elementwise kernels of one input: `out[i] = f(x[i])`. */
import type { Flat, KernelThis } from "./kernel.js";

export function copy(this: KernelThis, x: Flat): number {
  return x[this.thread.x]!;
}

export function neg(this: KernelThis, x: Flat): number {
  return -x[this.thread.x]!;
}

export function abs(this: KernelThis, x: Flat): number {
  return Math.abs(x[this.thread.x]!);
}

/** −1, 0 or 1; NaN stays NaN. */
export function sign(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  if (value > 0) return 1;
  if (value < 0) return -1;
  return value;
}

/** GPUs have their own ideas of e^NaN. */
export function exp(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  if (value > 0 || value <= 0) return Math.exp(value);
  return value;
}

/** log 0 = −∞ and log of a negative number is NaN, also where a GPU's own `log` makes a number of it; √ of it is NaN
 * everywhere. */
export function log(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  if (value > 0) return Math.log(value);
  if (value === 0) return -1 / Math.abs(value);
  if (value < 0) return Math.sqrt(value);
  return value;
}

export function sqrt(this: KernelThis, x: Flat): number {
  return Math.sqrt(x[this.thread.x]!);
}

export function rsqrt(this: KernelThis, x: Flat): number {
  return 1 / Math.sqrt(x[this.thread.x]!);
}

export function square(this: KernelThis, x: Flat): number {
  return x[this.thread.x]! * x[this.thread.x]!;
}

export function reciprocal(this: KernelThis, x: Flat): number {
  return 1 / x[this.thread.x]!;
}

/** sin x from its Taylor series on [−π/4, π/4], as WGSL promises its own `sin` to 2⁻¹¹ only. Cody & Waite: π/2 is taken off k
 * times in three parts, so that the difference keeps its digits; beyond 8,192 it would not. */
export function sin(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  if (Math.abs(value) > 8192) return Math.sin(value);
  const k = Math.floor(value * 0.6366197723675814 + 0.5);
  const r = value - k * 1.5703125 - k * 4.837512969970703e-4 - k * 7.549789954891882e-8;
  const quadrant = k - 4 * Math.floor(k * 0.25);
  const s = r * r;
  let result =
    r *
    (1 -
      (s / 6) * (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * (1 - (s / 110) * (1 - (s / 156) * (1 - s / 210)))))));
  if (quadrant === 1 || quadrant === 3) {
    result =
      1 - (s / 2) * (1 - (s / 12) * (1 - (s / 30) * (1 - (s / 56) * (1 - (s / 90) * (1 - (s / 132) * (1 - s / 182))))));
  }
  if (quadrant >= 2) return -result;
  return result;
}

/** cos x = sin(x + π/2), by the same series. */
export function cos(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  if (Math.abs(value) > 8192) return Math.cos(value);
  const k = Math.floor(value * 0.6366197723675814 + 0.5);
  const r = value - k * 1.5703125 - k * 4.837512969970703e-4 - k * 7.549789954891882e-8;
  const quadrant = k - 4 * Math.floor(k * 0.25);
  const s = r * r;
  let result =
    r *
    (1 -
      (s / 6) * (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * (1 - (s / 110) * (1 - (s / 156) * (1 - s / 210)))))));
  if (quadrant === 0 || quadrant === 2) {
    result =
      1 - (s / 2) * (1 - (s / 12) * (1 - (s / 30) * (1 - (s / 56) * (1 - (s / 90) * (1 - (s / 132) * (1 - s / 182))))));
  }
  if (quadrant === 1 || quadrant === 2) return -result;
  return result;
}

/** GL's tanh is NaN beyond ±88; ±20 is 1 in float64 already. */
export function tanh(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  if (value > 20) return 1;
  if (value < -20) return -1;
  return Math.tanh(value);
}

/** 1 / (1 + e⁻ˣ), from the exponential that cannot overflow. */
export function sigmoid(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  const e = Math.exp(-Math.abs(value));
  if (value < 0) return e / (1 + e);
  if (value >= 0) return 1 / (1 + e);
  return value;
}

/** x above the threshold (a one-element buffer); else log(1 + eˣ) = max(x, 0) + log1p(e^−|x|). No device's own
 * logarithm keeps the small values, so log1p(e) is 2 atanh z = 2 (z + z³/3 + z⁵/5 + …) with z = e/(2 + e). */
export function softplus(this: KernelThis, x: Flat, threshold: Flat): number {
  const value = x[this.thread.x]!;
  if (value > threshold[0]!) return value;
  const e = Math.exp(-Math.abs(value));
  const z = e / (2 + e);
  let sum = 0;
  for (let n = 0; n < 18; n++) {
    sum = sum * z * z + 1 / (35 - 2 * n);
  }
  const tail = 2 * z * sum;
  if (value > 0) return value + tail;
  if (value <= 0) return tail;
  return value;
}

/** log σ(x) = min(x, 0) − log1p(e^−|x|), with the same log1p as `softplus`. */
export function logSigmoid(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  const e = Math.exp(-Math.abs(value));
  const z = e / (2 + e);
  let sum = 0;
  for (let n = 0; n < 18; n++) {
    sum = sum * z * z + 1 / (35 - 2 * n);
  }
  const tail = 2 * z * sum;
  if (value < 0) return value - tail;
  if (value >= 0) return -tail;
  return value;
}

export function relu(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  if (value <= 0) return 0;
  return value;
}

/** The error function: its all-positive series below 3, the continued fraction of erfc above (both exact to 1e-15).
 * Abramowitz & Stegun 7.1.6 and 7.1.14. */
export function erf(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  if (value === 0) return value; // −0, too
  let a = Math.abs(value);
  if (a > 6) a = 6;
  let result = a;
  if (a < 3) {
    let term = a;
    let sum = a;
    for (let n = 1; n < 60; n++) {
      term = (term * 2 * a * a) / (2 * n + 1);
      sum += term;
    }
    result = 1.1283791670955126 * Math.exp(-a * a) * sum;
  } else {
    let fraction = a;
    for (let n = 0; n < 60; n++) {
      fraction = a + ((60 - n) * 0.5) / fraction;
    }
    result = 1 - (0.5641895835477563 * Math.exp(-a * a)) / fraction;
  }
  if (value < 0) return -result;
  if (value >= 0) return result;
  return value;
}

/** `minimum` and `maximum` are one-element buffers, so that new bounds need no new kernel. */
export function clamp(this: KernelThis, x: Flat, minimum: Flat, maximum: Flat): number {
  const value = x[this.thread.x]!;
  if (value < minimum[0]!) return minimum[0]!;
  if (value > maximum[0]!) return maximum[0]!;
  return value;
}

/** gradOutput where the bounds do not cut (bounds included), else 0, which it is for NaN as well. */
export function clampGrad(this: KernelThis, gradOutput: Flat, x: Flat, minimum: Flat, maximum: Flat): number {
  const value = x[this.thread.x]!;
  if (value >= minimum[0]! && value <= maximum[0]!) return gradOutput[this.thread.x]!;
  return 0;
}

/** 0 where x ≤ 0, else gradOutput, which it is for NaN as well: relu′(0) = 0. */
export function reluGrad(this: KernelThis, gradOutput: Flat, x: Flat): number {
  if (x[this.thread.x]! <= 0) return 0;
  return gradOutput[this.thread.x]!;
}

/** eˣ − 1 without cancellation: for small x the series of (eˣ − 1)/x is summed. */
export function expm1(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  if (value === 0) return value; // −0, too
  if (Math.abs(value) > 0.5) return Math.exp(value) - 1;
  let term = value;
  let sum = value;
  for (let n = 2; n < 16; n++) {
    term = (term * value) / n;
    sum += term;
  }
  return sum;
}

/** The integer part. */
export function truncate(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  if (value < 0) return Math.ceil(value);
  return Math.floor(value);
}

/** |x|, and 0 where it is above the limit, the largest finite number, or NaN. */
export function finiteSize(this: KernelThis<"limit">, x: Flat): number {
  const size = Math.abs(x[this.thread.x]!);
  if (size <= this.constants.limit) return size;
  return 0;
}

/** The integer part, 0 for NaN, and the nearest of −limit and limit beyond them. */
export function toInteger(this: KernelThis<"limit">, x: Flat): number {
  const value = x[this.thread.x]!;
  if (value >= this.constants.limit) return this.constants.limit;
  if (value <= -this.constants.limit) return -this.constants.limit;
  if (value > 0) return Math.floor(value);
  if (value < 0) return Math.ceil(value) + 0;
  return 0;
}

/** log(1 + x), exact near 0: for small x by 2 atanh z = 2 (z + z³/3 + z⁵/5 + …) with z = x/(2 + x). */
export function log1p(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  const u = 1 + value;
  if (Math.abs(value) < 0.5) {
    const z = value / (2 + value);
    let sum = 0;
    for (let n = 0; n < 18; n++) {
      sum = sum * z * z + 1 / (35 - 2 * n);
    }
    return 2 * z * sum;
  }
  if (u > 0) return Math.log(u);
  if (u === 0) return -1 / u;
  if (u < 0) return Math.sqrt(u);
  return value;
}

/** (eˣ − e⁻ˣ)/2, by its series where the two cancel; e^(|x|/2) squared overflows no sooner than the result. */
export function sinh(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  if (Math.abs(value) < 1) {
    let sum = 1;
    for (let n = 0; n < 9; n++) {
      sum = 1 + (sum * value * value) / ((18 - 2 * n) * (19 - 2 * n));
    }
    return value * sum;
  }
  const half = Math.exp(0.5 * Math.abs(value));
  const result = 0.5 * half * half - 0.5 / half / half;
  if (value < 0) return -result;
  if (value > 0) return result;
  return value;
}

/** (eˣ + e⁻ˣ)/2; e^(|x|/2) squared overflows no sooner than the result. */
export function cosh(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  const half = Math.exp(0.5 * Math.abs(value));
  if (value > 0 || value <= 0) return 0.5 * half * half + 0.5 / half / half;
  return value;
}

export function floor(this: KernelThis, x: Flat): number {
  return Math.floor(x[this.thread.x]!);
}

export function ceil(this: KernelThis, x: Flat): number {
  return Math.ceil(x[this.thread.x]!);
}

/** The nearest integer, the even one of two that are equally near. */
export function round(this: KernelThis, x: Flat): number {
  const below = Math.floor(x[this.thread.x]!);
  const rest = x[this.thread.x]! - below;
  if (rest < 0.5) return below;
  if (rest === 0.5 && below - 2 * Math.floor(below * 0.5) === 0) return below;
  if (below === -1) return 0 * x[this.thread.x]!; // −0
  return below + 1;
}
