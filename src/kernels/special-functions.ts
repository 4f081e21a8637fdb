/** Elementwise kernels of special functions: the error function's complement and inverse, and the gamma function's family. */
import type { Flat, KernelThis } from "./kernel.js";

/** 1 − erf x: up to 1 from the series of erf, beyond by the continued fraction (Abramowitz & Stegun 7.1.6, 7.1.14), whose
 * e^(−x²) is split, so that a float32 square costs no digits. */
export function erfc(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  let a = Math.abs(value);
  if (a > 30) a = 30;
  let result = a;
  if (a < 1) {
    let term = a;
    let sum = a;
    for (let n = 1; n < 26; n++) {
      term = (term * 2 * a * a) / (2 * n + 1);
      sum += term;
    }
    result = 1 - 1.1283791670955126 * Math.exp(-a * a) * sum;
  } else {
    let fraction = a;
    for (let n = 0; n < 180; n++) {
      fraction = a + ((180 - n) * 0.5) / fraction;
    }
    const head = Math.floor(a * 16) * 0.0625;
    result = (0.5641895835477563 * Math.exp(-head * head) * Math.exp((head - a) * (head + a))) / fraction;
  }
  if (value < 0) return 2 - result;
  if (value >= 0) return result;
  return value;
}

/** The inverse of erf, from Wichura's rational functions for the normal quantile (1988, algorithm AS 241): one of x for the
 * middle, two of √(−log((1 − |x|)/2)) for the tails. ±∞ at ±1, NaN beyond. */
export function erfinv(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  const a = Math.abs(value);
  if (a > 1) return Math.sqrt(-a);
  if (a === 1) return value / (1 - a);
  if (a <= 0.85) {
    const r = 0.180625 - value * value * 0.25;
    const p =
      ((((((2509.0809287301227 * r + 33430.57558358813) * r + 67265.7709270087) * r + 45921.95393154987) * r +
        13731.69376550946) *
        r +
        1971.5909503065513) *
        r +
        133.14166789178438) *
        r +
      3.3871328727963665;
    const q =
      ((((((5226.495278852854 * r + 28729.085735721943) * r + 39307.89580009271) * r + 21213.794301586597) * r +
        5394.196021424751) *
        r +
        687.1870074920579) *
        r +
        42.31333070160091) *
        r +
      1;
    return (0.35355339059327373 * value * p) / q;
  }
  if (!(a > 0)) return value;
  let result = a;
  const root = Math.sqrt(-Math.log((1 - a) * 0.5));
  if (root <= 5) {
    const r = root - 1.6;
    const p =
      ((((((0.0007745450142783414 * r + 0.022723844989269184) * r + 0.2417807251774506) * r + 1.2704582524523684) * r +
        3.6478483247632045) *
        r +
        5.769497221460691) *
        r +
        4.630337846156546) *
        r +
      1.4234371107496835;
    const q =
      ((((((1.0507500716444169e-9 * r + 0.0005475938084995344) * r + 0.015198666563616457) * r + 0.14810397642748008) *
        r +
        0.6897673349851) *
        r +
        1.6763848301838038) *
        r +
        2.053191626637759) *
        r +
      1;
    result = (Math.SQRT1_2 * p) / q;
  } else {
    const r = root - 5;
    const p =
      ((((((2.0103343992922881e-7 * r + 2.7115555687434876e-5) * r + 0.0012426609473880784) * r +
        0.026532189526576124) *
        r +
        0.29656057182850487) *
        r +
        1.7848265399172913) *
        r +
        5.463784911164114) *
        r +
      6.657904643501103;
    const q =
      ((((((2.0442631033899397e-15 * r + 1.421511758316446e-7) * r + 1.8463183175100548e-5) * r +
        0.0007868691311456133) *
        r +
        0.014875361290850615) *
        r +
        0.1369298809227358) *
        r +
        0.599832206555888) *
        r +
      1;
    result = (Math.SQRT1_2 * p) / q;
  }
  if (value < 0) return -result;
  return result;
}

/** log |Γ(x)|, with full relative accuracy at its zeros 1 and 2.
 *
 * From 8 on Stirling's series. Below, Γ(x + 1) = x Γ(x) leads to 2 + z with |z| ≤ ½, where
 * log Γ(2 + z) = (1 − γ) z + Σ (−1)ᵏ (ζ(k) − 1) zᵏ/k over k ≥ 2. Negative x by Γ(x) Γ(1 − x) = π / sin πx. */
export function lgamma(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  let a = value;
  if (value < 0) a = 1 - value;
  let result = a;
  if (a >= 8) {
    const w = 1 / a;
    const s = w * w;
    let tail = 0.00641025641025641 - s * 0.029550653594771242;
    tail = 0.0008417508417508417 - s * (0.0019175269175269176 - s * tail);
    tail =
      0.08333333333333333 -
      s * (0.002777777777777778 - s * (0.0007936507936507937 - s * (0.0005952380952380953 - s * tail)));
    result = (a - 0.5) * (Math.log(a) - 1) + 0.4189385332046727 + w * tail;
  } else if (a > 0) {
    let up = 1;
    for (let i = 0; i < 6; i++) {
      if (a > 2.5) {
        a -= 1;
        up = up * a;
      }
    }
    // The small part is taken from a itself: a sum with 1 would cost it digits.
    let down = 1;
    let z = a - 2;
    if (a < 1.5) {
      down = a;
      z = a - 1;
    }
    if (a < 0.5) {
      down = a * (1 + a);
      z = a;
    }
    let series = 5.731367241678861e-10;
    series =
      (((series * z + -1.1921401405860912e-9) * z + 2.4836745438024785e-9) * z + -5.183475041970047e-9) * z +
      1.0838659214896953e-8;
    series =
      (((series * z + -2.2711094608943164e-8) * z + 4.76981016936398e-8) * z + -1.0043224823968098e-7) * z +
      2.1207184805554667e-7;
    series =
      (((series * z + -4.492469198764564e-7) * z + 9.551412130407415e-7) * z + -2.039215753801366e-6) * z +
      4.374866789907486e-6;
    series =
      (((series * z + -9.439488275268395e-6) * z + 2.0507212775670674e-5) * z + -4.4926236738133156e-5) * z +
      9.945751278180861e-5;
    series =
      (((series * z + -0.00022315475845357936) * z + 0.0005096695247430427) * z + -0.00119275391170326) * z +
      0.0028905103307415234;
    series =
      (((series * z + -0.0073855510286739865) * z + 0.02058080842778455) * z + -0.06735230105319809) * z +
      0.3224670334241133;
    series = series * z + 0.42278433509846713;
    result = Math.log(up) - Math.log(down) + series * z;
  } else if (value === 0) {
    return 1 / Math.abs(value);
  }
  if (value < 0) {
    let sine = 0; // beyond 10¹⁶ every float is an integer, where Γ has a pole
    if (value > -1e16) sine = Math.abs(Math.sin(Math.PI * (value - Math.floor(value + 0.5))));
    if (sine === 0) return 1 / sine;
    return 1.1447298858494002 - Math.log(sine) - result;
  }
  return result;
}

/** ψ(x) = Γ′(x)/Γ(x) for x > 0: ψ(x) = ψ(x + 1) − 1/x up to 10, then its asymptotic series. */
export function digamma(this: KernelThis, x: Flat): number {
  let y = x[this.thread.x]!;
  let sum = 0;
  for (let i = 0; i < 10; i++) {
    if (y < 10) {
      sum += 1 / y;
      y += 1;
    }
  }
  const w = 1 / y;
  const s = w * w;
  let tail = 0.007575757575757576 - s * (0.021092796092796094 - s * 0.08333333333333333);
  tail =
    0.08333333333333333 -
    s * (0.008333333333333333 - s * (0.003968253968253968 - s * (0.004166666666666667 - s * tail)));
  return Math.log(y) - 0.5 * w - s * tail - sum;
}

/** The derivative of `order` ≥ 1 of ψ at x > 0, (−1)^(n+1) n! Σ 1/(x + k)^(n+1): twelve terms, then the asymptotic series
 * (n − 1)!/yⁿ (1 + n/(2y) + Σ B₂ₖ n(n + 1)…(n + 2k − 1)/((2k)! y²ᵏ)) of the rest. All terms have one sign. */
export function polygamma(this: KernelThis<"order">, x: Flat): number {
  const value = x[this.thread.x]!;
  let n = 0; // the order as a float
  let factorial = 1; // of the order − 1
  let sign = -1;
  for (let i = 0; i < this.constants.order; i++) {
    if (n > 0) factorial = factorial * n;
    n += 1;
    sign = -sign;
  }
  let y = value;
  let sum = 0;
  for (let k = 0; k < 12; k++) {
    let term = 1 / y;
    for (let i = 0; i < this.constants.order; i++) {
      term = term / y;
    }
    sum += term;
    y += 1;
  }
  const w = 1 / y;
  const s = w * w;
  let tail = ((n + 12) * (n + 13) * s * 1.3382536530684679e-11 - 5.284190138687493e-10) * (n + 10) * (n + 11) * s;
  tail = (tail + 2.08767569878681e-8) * (n + 8) * (n + 9) * s - 8.267195767195768e-7;
  tail = (tail * (n + 6) * (n + 7) * s + 3.306878306878307e-5) * (n + 4) * (n + 5) * s - 0.001388888888888889;
  tail = (tail * (n + 2) * (n + 3) * s + 0.08333333333333333) * n * (n + 1) * s;
  let rest = factorial;
  for (let i = 0; i < this.constants.order; i++) {
    rest = rest / y;
  }
  return sign * (factorial * n * sum + rest * (1 + 0.5 * n * w + tail));
}
