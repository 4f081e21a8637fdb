/** Kernels of log-softmax that keep the digits of a row which one entry dominates: there 1 − p is computed from the others.
 *
 * A row is dominated by the entry whose log-probability is above −0.6875, that is, whose probability is above one half. The
 * bound is a number of float32, so that devices of either precision decide alike. */
import type { Flat, KernelThis } from "./kernel.js";

/** As in `reduce.ts`. */
type Parts = KernelThis<"baseX" | "baseY" | "baseZ" | "step" | "placeX" | "placeY" | "whole" | "rest">;

/** Σ eˢ over the elements s below 0, the largest of their row. */
export function sumPowersBelow(this: Parts, s: Flat): number {
  let k = 0;
  k++;
  k =
    this.thread.z * this.constants.baseZ + this.thread.y * this.constants.baseY + this.thread.x * this.constants.baseX;
  let sum = 0;
  for (let i = 0; i < this.constants.whole; i++) {
    if (s[k]! < 0) sum += Math.exp(s[k]!);
    k += this.constants.step;
  }
  if (this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX < this.constants.rest) {
    if (s[k]! < 0) sum += Math.exp(s[k]!);
  }
  return sum;
}

/** How many elements are 0, the largest of their row. */
export function countLargest(this: Parts, s: Flat): number {
  let k = 0;
  k++;
  k =
    this.thread.z * this.constants.baseZ + this.thread.y * this.constants.baseY + this.thread.x * this.constants.baseX;
  let count = 0;
  for (let i = 0; i < this.constants.whole; i++) {
    if (s[k]! === 0) count += 1;
    k += this.constants.step;
  }
  if (this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX < this.constants.rest) {
    if (s[k]! === 0) count += 1;
  }
  return count;
}

/** log Σ eˢ of a row, log(count + below), as `log1p` computes it; NaN where nothing is the largest, as an infinite one leaves no 0. */
export function logOfPowers(this: KernelThis, below: Flat, count: Flat): number {
  const x = count[this.thread.x]! - 1 + below[this.thread.x]!;
  if (x >= 0.5) return Math.log(1 + x);
  if (x < 0) return Math.sqrt(x);
  const z = x / (2 + x);
  let sum = 0;
  for (let n = 0; n < 18; n++) {
    sum = sum * z * z + 1 / (35 - 2 * n);
  }
  return 2 * z * sum;
}

/** Σ g over the elements whose log-probability y does not dominate. */
export function sumUndominant(this: Parts, g: Flat, y: Flat): number {
  let k = 0;
  k++;
  k =
    this.thread.z * this.constants.baseZ + this.thread.y * this.constants.baseY + this.thread.x * this.constants.baseX;
  let sum = 0;
  for (let i = 0; i < this.constants.whole; i++) {
    if (!(y[k]! > -0.6875)) sum += g[k]!;
    k += this.constants.step;
  }
  if (this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX < this.constants.rest) {
    if (!(y[k]! > -0.6875)) sum += g[k]!;
  }
  return sum;
}

/** The gradient of log-softmax, g − p Σ g; where p dominates as g (1 − p) − p Σ g of the others. The flat index of a cell is
 * z·sliceSize + y·rowSize + x, its row number z·rowZ + y·rowY + x·rowX. */
export function logSoftmaxGrad(
  this: KernelThis<"sliceSize" | "rowSize" | "rowX" | "rowY" | "rowZ">,
  g: Flat,
  y: Flat,
  total: Flat,
  undominant: Flat,
): number {
  const slope = g[this.thread.z * this.constants.sliceSize + this.thread.y * this.constants.rowSize + this.thread.x]!;
  const logP = y[this.thread.z * this.constants.sliceSize + this.thread.y * this.constants.rowSize + this.thread.x]!;
  if (logP > -0.6875) {
    let term = logP;
    let rest = logP;
    for (let n = 2; n < 18; n++) {
      term = (term * logP) / n;
      rest += term;
    }
    return (
      -slope * rest -
      Math.exp(logP) *
        undominant[
          this.thread.z * this.constants.rowZ +
            this.thread.y * this.constants.rowY +
            this.thread.x * this.constants.rowX
        ]!
    );
  }
  return (
    slope -
    Math.exp(logP) *
      total[
        this.thread.z * this.constants.rowZ + this.thread.y * this.constants.rowY + this.thread.x * this.constants.rowX
      ]!
  );
}
