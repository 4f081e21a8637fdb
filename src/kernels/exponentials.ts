/** Elementwise kernels of exponentials and logarithms to other bases, and of what would cancel if it were made of them. */
import type { Flat, KernelThis } from "./kernel.js";

/** −∞ at 0 and NaN below, also where a GPU makes a number of it. */
export function log2(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  if (value > 0) return Math.log2(value);
  if (value === 0) return -1 / Math.abs(value);
  if (value < 0) return Math.sqrt(value);
  return value;
}

/** −∞ at 0 and NaN below, also where a GPU makes a number of it. */
export function log10(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  if (value > 0) return Math.log10(value);
  if (value === 0) return -1 / Math.abs(value);
  if (value < 0) return Math.sqrt(value);
  return value;
}

/** 2ˣ, the power of the integer part times that of the fraction; each factor is finite where the product is. */
export function exp2(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  if (value >= 1024) return value * value * Math.exp(value);
  if (value < -1100) return 0;
  const whole = Math.floor(value);
  if (value > 0 || value <= 0) return Math.pow(2, whole) * Math.exp((value - whole) * Math.LN2);
  return value;
}

/** log(x/(1 − x)); between ¼ and ¾, where the logarithm is small, 2 atanh(2x − 1). */
export function logit(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  if (value > 0.25 && value < 0.75) {
    const z = 2 * value - 1;
    let sum = 0;
    for (let n = 0; n < 26; n++) {
      sum = sum * z * z + 1 / (51 - 2 * n);
    }
    return 2 * z * sum;
  }
  if (value > 0 && value < 1) return Math.log(value / (1 - value));
  if (value === 0) return -1 / Math.abs(value);
  if (value === 1) return 1 / (1 - value);
  if (value < 0 || value > 1) return Math.sqrt(-1 - Math.abs(value));
  return value;
}

/** x − tanh x; below 1 it is (x cosh x − sinh x)/cosh x = (Σ 2k x^(2k+1)/(2k+1)!)/cosh x, where nothing cancels. */
export function tanhshrink(this: KernelThis, x: Flat): number {
  const value = x[this.thread.x]!;
  if (value > 20) return value - 1;
  if (value < -20) return value + 1;
  if (Math.abs(value) > 1) return value - Math.tanh(value);
  let term = value;
  let sum = 0;
  let cosh = 1;
  for (let k = 1; k < 11; k++) {
    cosh += (term * value) / (2 * k);
    term = (term * value * value) / (2 * k);
    sum += (2 * k * term) / (2 * k + 1);
    term = term / (2 * k + 1);
  }
  return sum / cosh;
}
