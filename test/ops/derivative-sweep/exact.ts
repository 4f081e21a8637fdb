/** Functions in float64, exact also where they are tiny, by other formulas than the library's. */

/** erfc x by the trapezoidal rule, which converges exponentially, of e^(−x²) x/π ∫ e^(−t²)/(t² + x²) dt. */
function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x < 1.5) return 1 - erf(x);
  if (x > 1e3) return 0;
  const h = 0.25;
  let sum = 0;
  for (let i = -60; i <= 60; i++) sum += Math.exp(-((i * h) ** 2)) / ((i * h) ** 2 + x * x);
  return (Math.exp(-x * x) * h * x * sum) / Math.PI;
}

/** erf x by its alternating Maclaurin series, for |x| < 1.5. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** The inverse of erf, by Newton's method on the smaller of erf and its complement. */
export function erfinv(x: number): number {
  if (Math.abs(x) === 1) return x * Number.POSITIVE_INFINITY;
  if (x < 0) return -erfinv(-x);
  let y = x < 0.5 ? x : Math.sqrt(-Math.log(1 - x));
  for (let i = 0; i < 60; i++) {
    const ahead = x < 0.5 ? erf(y) - x : 1 - x - erfc(y);
    y -= ahead * (Math.sqrt(Math.PI) / 2) * Math.exp(y * y);
  }
  return y;
}

/** ψ(x), the derivative of log |Γ(x)|: −∞ at 0 and NaN at the other poles; the largest term where it is a difference. */
export function digamma(x: number): number {
  const [right, left] = digammaParts(x);
  return right - left;
}

export function digammaTerms(x: number): number {
  return Math.max(...digammaParts(x).map(Math.abs));
}

/** ψ(x) from 0 on, by its recurrence and the asymptotic series from 40 on; left of it ψ(1 − x) and π cot πx. */
function digammaParts(x: number): [number, number] {
  if (x === 0) return [Number.NEGATIVE_INFINITY, 0];
  if (x < 0) {
    const fraction = x - Math.round(x);
    if (fraction === 0) return [Number.NaN, 0];
    return [digamma(1 - x), Math.PI / Math.tan(Math.PI * fraction)];
  }
  let before = 0;
  let y = x;
  for (; y < 40; y++) before += 1 / y;
  return [Math.log(y) - 1 / (2 * y) - 1 / (12 * y ** 2) + 1 / (120 * y ** 4) - 1 / (252 * y ** 6), before];
}

/** ψ′(x); NaN at negative integers. */
export function trigamma(x: number): number {
  if (x < 0) {
    const fraction = x - Math.round(x);
    return fraction === 0 ? Number.NaN : (Math.PI / Math.sin(Math.PI * fraction)) ** 2 - trigamma(1 - x);
  }
  let sum = 0;
  let y = x;
  for (; y < 40; y++) sum += 1 / y ** 2;
  return sum + 1 / y + 1 / (2 * y ** 2) + 1 / (6 * y ** 3) - 1 / (30 * y ** 5) + 1 / (42 * y ** 7);
}

/** Φ(x), and its derivative. */
export const normalCdf = (x: number): number => 0.5 * erfc(-x / Math.SQRT2);
export const normalDensity = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

/** σ(x) by the exponential that does not overflow. */
export function sigma(x: number): number {
  return x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
}

/** log(1 + eˣ) */
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** 1 − tanh² x */
export function sech2(x: number): number {
  const e = Math.exp(-2 * Math.abs(x));
  return (4 * e) / (1 + e) ** 2;
}

/** x · y, and 0 where x is 0, whatever y is. */
export const product = (x: number, y: number): number => (x === 0 ? 0 : x * y);

/** aᵇ as IEEE 754 has it, which ECMAScript's differs from for a base of ±1. */
export function power(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY) ? 1 : a ** b;
}

/** x(y) from the logarithm of its magnitude: f · e^exponent, where neither need be a float64 number. */
export function scaledExp(factor: number, exponent: number): number {
  if (factor === 0) return 0;
  return Math.sign(factor) * Math.exp(exponent + Math.log(Math.abs(factor)));
}
