/** Initial weights and biases that several papers share. */
import { constant, type Initializer, kaimingNormal } from "../nn/init.js";
import { randn } from "../ops/create.js";
import { mul } from "../ops/elementwise/arithmetic.js";

/** Biases of 0. */
export const zero: Initializer = (shape) => constant(shape, 0);

/** Normal with mean 0. */
export function normal(std: number): Initializer {
  return (shape, options) => mul(randn(shape, options), std);
}

/** Normal, with the deviation that keeps the variance of gradients through ReLUs: √(2 / (kernel's area · outputs)). */
export const kaimingFanOut: Initializer = (shape, { generator }) => kaimingNormal(shape, { generator, mode: "fanOut" });
