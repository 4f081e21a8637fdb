/** Kernels that walk rows: the lines of a tensor along one axis. They find places, sort and add up.
 *
 * The row of a cell starts at z·rowZ + y·rowY + x·rowX, its elements stand `stride` apart, and the cell is number
 * y·placeY + x·placeX of the `size` elements; see `ops/rows.ts`. */
import type { Flat, KernelThis } from "./kernel.js";

type Rows<C extends string = never> = KernelThis<
  "rowX" | "rowY" | "rowZ" | "placeX" | "placeY" | "stride" | "size" | C
>;

/** The cell's place in its row. */
export function placeInRow(this: Rows, _x: Flat): number {
  return this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX;
}

/** Minus the place in the middle axis of x [outer, size, inner] where x is `best` [outer, inner], else −size. Where a
 * row has a NaN, that is the best. */
export function placeOfBest(this: KernelThis<"size" | "inner">, x: Flat, best: Flat): number {
  const value = x[(this.thread.z * this.constants.size + this.thread.y) * this.constants.inner + this.thread.x]!;
  const wanted = best[this.thread.z * this.constants.inner + this.thread.x]!;
  if (value === wanted) return -this.thread.y;
  if (!(value > 0 || value <= 0)) return -this.thread.y;
  return -this.constants.size;
}

/** One pass of a merge sort of places: runs of length `run`, sorted by the keys at those places, become runs of twice the
 * length. Each cell finds by bisection how many of the left run precede its own place k in the merged one (Odeh et al. 2012,
 * "Merge Path"). Stable, for the left run goes first in a tie; NaN counts as the largest key. */
export function mergeRuns(this: Rows<"run" | "steps" | "descending">, keys: Flat, places: Flat): number {
  const row =
    this.thread.z * this.constants.rowZ + this.thread.y * this.constants.rowY + this.thread.x * this.constants.rowX;
  const place = this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX;
  const start = Math.floor((place + 0.5) / (2 * this.constants.run)) * 2 * this.constants.run;
  const left = Math.min(this.constants.run, this.constants.size - start);
  const right = Math.max(0, Math.min(this.constants.run, this.constants.size - start - this.constants.run));
  const k = place - start;
  let low = Math.max(0, k - right);
  let high = Math.min(k, left);
  let first = 0;
  let second = 0;
  let p = 0;
  let q = 0;
  for (let i = 0; i < this.constants.steps; i++) {
    const middle = Math.floor((low + high) / 2);
    first = places[row + Math.min(start + middle, this.constants.size - 1) * this.constants.stride]!;
    second = places[row + Math.min(start + left + k - 1 - middle, this.constants.size - 1) * this.constants.stride]!;
    p = keys[row + first * this.constants.stride]!;
    q = keys[row + second * this.constants.stride]!;
    if (this.constants.descending === 1) {
      p = keys[row + second * this.constants.stride]!;
      q = keys[row + first * this.constants.stride]!;
    }
    if (low < high) {
      if (p <= q || !(q > 0 || q <= 0)) low = middle + 1;
      else high = middle;
    }
  }
  first = places[row + Math.min(start + low, this.constants.size - 1) * this.constants.stride]!;
  second = places[row + Math.min(start + left + k - low, this.constants.size - 1) * this.constants.stride]!;
  if (low >= left) return second;
  if (k - low >= right) return first;
  p = keys[row + first * this.constants.stride]!;
  q = keys[row + second * this.constants.stride]!;
  if (this.constants.descending === 1) {
    p = keys[row + second * this.constants.stride]!;
    q = keys[row + first * this.constants.stride]!;
  }
  if (p <= q || !(q > 0 || q <= 0)) return first;
  return second;
}

/** 1 for a row whose sums cannot leave the range of numbers, as none of its elements is above `largest`; else `down`. */
export function windowScale(this: KernelThis<"largest" | "down">, size: Flat): number {
  if (size[this.thread.x]! > this.constants.largest) return this.constants.down;
  return 1;
}

/** One pass of a running sum: Σ of the elements 0, 1, …, `width` − 1 times `distance` places back; with distances of 1,
 * width, width², … all before are in. A negative distance runs from the other end. */
export function runningSum(this: Rows<"distance" | "width">, a: Flat): number {
  let sum = 0;
  for (let i = 0; i < this.constants.width; i++) {
    const place =
      this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX - i * this.constants.distance;
    if (place >= 0 && place < this.constants.size) {
      sum +=
        a[
          this.thread.z * this.constants.rowZ +
            this.thread.y * this.constants.rowY +
            this.thread.x * this.constants.rowX +
            place * this.constants.stride
        ]!;
    }
  }
  return sum;
}

/** One pass of a running maximum: of the places that were found 0, 1, …, `width` − 1 times `distance` places back, the one
 * where x is largest, the later of two. NaN counts as the largest. */
export function placeOfRunningMax(this: Rows<"distance" | "width">, x: Flat, places: Flat): number {
  let best =
    places[
      this.thread.z * this.constants.rowZ +
        this.thread.y * this.constants.rowY +
        this.thread.x * this.constants.rowX +
        (this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX) * this.constants.stride
    ]!;
  let largest =
    x[
      this.thread.z * this.constants.rowZ +
        this.thread.y * this.constants.rowY +
        this.thread.x * this.constants.rowX +
        best * this.constants.stride
    ]!;
  for (let i = 1; i < this.constants.width; i++) {
    const place =
      this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX - i * this.constants.distance;
    if (place >= 0) {
      const found =
        places[
          this.thread.z * this.constants.rowZ +
            this.thread.y * this.constants.rowY +
            this.thread.x * this.constants.rowX +
            place * this.constants.stride
        ]!;
      const value =
        x[
          this.thread.z * this.constants.rowZ +
            this.thread.y * this.constants.rowY +
            this.thread.x * this.constants.rowX +
            found * this.constants.stride
        ]!;
      if (value > largest) {
        best = found;
        largest = value;
      } else if (!(value > 0 || value <= 0) && (largest > 0 || largest <= 0)) {
        best = found;
        largest = value;
      }
    }
  }
  return best;
}

/** One pass of a running sum in which what stands on another level counts e^−|difference| times: of the elements 0, 1, …,
 * `width` − 1 times `distance` places back, or ahead where that is negative. */
export function runningDecay(this: Rows<"distance" | "width">, a: Flat, levels: Flat): number {
  const level =
    levels[
      this.thread.z * this.constants.rowZ +
        this.thread.y * this.constants.rowY +
        this.thread.x * this.constants.rowX +
        (this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX) * this.constants.stride
    ]!;
  let sum = 0;
  for (let i = 0; i < this.constants.width; i++) {
    const place =
      this.thread.y * this.constants.placeY + this.thread.x * this.constants.placeX - i * this.constants.distance;
    if (place >= 0 && place < this.constants.size) {
      const difference =
        level -
        levels[
          this.thread.z * this.constants.rowZ +
            this.thread.y * this.constants.rowY +
            this.thread.x * this.constants.rowX +
            place * this.constants.stride
        ]!;
      sum +=
        a[
          this.thread.z * this.constants.rowZ +
            this.thread.y * this.constants.rowY +
            this.thread.x * this.constants.rowX +
            place * this.constants.stride
        ]! * Math.exp(-Math.abs(difference));
    }
  }
  return sum;
}
