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
