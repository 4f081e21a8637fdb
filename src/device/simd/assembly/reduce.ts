// Reductions: every cell combines `whole` terms, `step` apart, and some cells one more.
import { int, pointer } from "./args";
import { firstLanes, narrowed, storeFirst, upper } from "./lanes";
import * as wide from "./wide";

const SUM = 0;
const MAX = 1;
const SQUARES = 2;
const DEVIATIONS = 3;
const SQUARED_DEVIATIONS = 4;
const WEIGHTED_DEVIATIONS = 5;
const POWERS_BELOW = 6;
const LARGEST = 7;
const UNDOMINANT = 8;

/** Terms of four neighbours: of a, of b where there are two inputs, and of the cell's own number m. */
// @ts-ignore: decorator
@inline
function term(op: i32, a: usize, toB: usize, m: v128): v128 {
  const x = v128.load(a);
  if (op == SQUARES) {
    const ratio = f32x4.div(x, m);
    return f32x4.mul(ratio, ratio);
  }
  if (op == DEVIATIONS) return f32x4.sub(x, m);
  if (op == SQUARED_DEVIATIONS) {
    const d = f32x4.sub(x, m);
    return f32x4.mul(d, d);
  }
  if (op == WEIGHTED_DEVIATIONS) return f32x4.mul(x, f32x4.sub(v128.load(a + toB), m));
  if (op == POWERS_BELOW) {
    const power = narrowed(wide.exp(f64x2.promote_low_f32x4(x)), wide.exp(upper(x)));
    return v128.and(power, f32x4.lt(x, f32x4.splat(0)));
  }
  if (op == LARGEST) return v128.and(f32x4.splat(1), f32x4.eq(x, f32x4.splat(0)));
  if (op == UNDOMINANT) return v128.andnot(x, f32x4.gt(v128.load(a + toB), f32x4.splat(-0.6875)));
  return x;
}

// @ts-ignore: decorator
@inline
function combine(op: i32, p: v128, q: v128): v128 {
  return op == MAX ? f32x4.max(p, q) : f32x4.add(p, q);
}

/** What changes nothing when it is combined. */
// @ts-ignore: decorator
@inline
function neutral(op: i32): v128 {
  return f32x4.splat(op == MAX ? -Infinity : 0);
}

/** Four cells side by side. Sums in four parts. */
// @ts-ignore: decorator
@inline
function fourColumns(op: i32, a: usize, toB: usize, m: v128, step: usize, whole: i32, extra: v128): v128 {
  let p = neutral(op);
  let q = p;
  let r = p;
  let s = p;
  let i = 0;
  for (; i + 3 < whole; i += 4) {
    p = combine(op, p, term(op, a, toB, m));
    q = combine(op, q, term(op, a + step, toB, m));
    r = combine(op, r, term(op, a + 2 * step, toB, m));
    s = combine(op, s, term(op, a + 3 * step, toB, m));
    a += 4 * step;
  }
  for (; i < whole; i++) {
    p = combine(op, p, term(op, a, toB, m));
    a += step;
  }
  if (v128.any_true(extra)) q = combine(op, q, v128.bitselect(term(op, a, toB, m), neutral(op), extra));
  return combine(op, combine(op, p, q), combine(op, r, s));
}

/** Sixteen cells side by side: a cache line of each row of terms. */
// @ts-ignore: decorator
@inline
function sixteenColumns(op: i32, out: usize, a: usize, toB: usize, m: usize, mX: i32, step: usize, whole: i32): void {
  let p = neutral(op);
  let q = p;
  let r = p;
  let s = p;
  const own = v128.load32_splat(m);
  const m0 = mX == 1 ? v128.load(m) : own;
  const m1 = mX == 1 ? v128.load(m + 16) : own;
  const m2 = mX == 1 ? v128.load(m + 32) : own;
  const m3 = mX == 1 ? v128.load(m + 48) : own;
  for (let i = 0; i < whole; i++) {
    p = combine(op, p, term(op, a, toB, m0));
    q = combine(op, q, term(op, a + 16, toB, m1));
    r = combine(op, r, term(op, a + 32, toB, m2));
    s = combine(op, s, term(op, a + 48, toB, m3));
    a += step;
  }
  v128.store(out, p);
  v128.store(out + 16, q);
  v128.store(out + 32, r);
  v128.store(out + 48, s);
}

/** Cells that a thread does at a time in a row of them. */
const BLOCK = 512;

/** Cells side by side, whose terms are neighbours. Words: out, a, toB, m, X, Y, baseY, baseZ, step, whole, extraX (cells of
 * a row with one more term), extraY (rows), mX, mY (steps in m), blocks of a row. Unit: a block. */
// @ts-ignore: decorator
@inline
function columns(op: i32, args: usize, begin: i32, end: i32): void {
  const sizeX = int(args, 4);
  const sizeY = int(args, 5);
  const step = <usize>int(args, 8) << 2;
  const whole = int(args, 9);
  const blocks = int(args, 14);
  for (let unit = begin; unit < end; unit++) {
    const row = unit / blocks;
    const z = row / sizeY;
    const y = row - z * sizeY;
    const extra = y < int(args, 11) ? int(args, 10) : 0;
    const a = pointer(args, 1) + (<usize>(z * int(args, 7) + y * int(args, 6)) << 2);
    const m = pointer(args, 3) + (<usize>(y * int(args, 13)) << 2);
    const from = (unit - row * blocks) * BLOCK;
    const to = min(sizeX, from + BLOCK);
    let x = from;
    // All sixteen have one more term, or none has.
    for (; x + 16 <= to && (x + 16 <= extra || x >= extra); x += 16) {
      const at = <usize>x << 2;
      const out = pointer(args, 0) + (<usize>(row * sizeX + x) << 2);
      const own = int(args, 12) == 1 ? m + at : m;
      sixteenColumns(op, out, a + at, pointer(args, 2), own, int(args, 12), step, whole + (x < extra ? 1 : 0));
    }
    for (; x < to; x += 4) {
      const at = <usize>x << 2;
      const own = int(args, 12) == 1 ? v128.load(m + at) : v128.load32_splat(m);
      const result = fourColumns(op, a + at, pointer(args, 2), own, step, whole, firstLanes(extra - x));
      storeFirst(pointer(args, 0) + (<usize>(row * sizeX + x) << 2), result, to - x);
    }
  }
}

/** Σ or the largest of n neighbours. */
// @ts-ignore: decorator
@inline
function run(op: i32, a: usize, toB: usize, m: v128, n: i32): f32 {
  const v = fourColumns(op, a, toB, m, 16, n >> 2, firstLanes(n & 3));
  if (op != MAX) {
    return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
  }
  const half = f32x4.max(v, v128.shuffle<i32>(v, v, 2, 3, 2, 3));
  return f32x4.extract_lane(f32x4.max(half, v128.shuffle<i32>(half, half, 1, 1, 1, 1)), 0);
}

/** Cells whose terms are neighbours of each other. Words as for `columns`, but word 10: cells in all, 11: of a unit, 14:
 * distance of the terms of two cells along x. */
// @ts-ignore: decorator
@inline
function rows(op: i32, args: usize, begin: i32, end: i32): void {
  const sizeX = int(args, 4);
  const sizeY = int(args, 5);
  const last = min(int(args, 10), end * int(args, 11));
  for (let cell = begin * int(args, 11); cell < last; cell++) {
    const row = cell / sizeX;
    const x = cell - row * sizeX;
    const z = row / sizeY;
    const y = row - z * sizeY;
    const a = pointer(args, 1) + (<usize>(z * int(args, 7) + y * int(args, 6) + x * int(args, 14)) << 2);
    const m = v128.load32_splat(pointer(args, 3) + (<usize>(y * int(args, 13) + x * int(args, 12)) << 2));
    store<f32>(pointer(args, 0) + (<usize>cell << 2), run(op, a, pointer(args, 2), m, int(args, 9)));
  }
}

/** Σ of the row of a cell from first to last, or their mean: of the elements times 2⁻²⁸, in chains of 64. */
function ofRow(isMean: bool, args: usize, cell: i32): f32 {
  const z = cell / int(args, 4);
  const x = cell - z * int(args, 4);
  const step = <usize>int(args, 8) << 2;
  const size = int(args, 18);
  const scale: f32 = isMean ? 3.725290298461914e-9 : 1;
  let a = pointer(args, 15) + (<usize>(z * int(args, 17) + x * int(args, 16)) << 2);
  let sum: f32 = 0;
  for (let from = 0; from < size; from += 64) {
    const to = min(size, from + 64);
    let chain: f32 = isMean ? 0 : sum;
    for (let i = from; i < to; i++) {
      chain += load<f32>(a) * scale;
      a += step;
    }
    sum = isMean ? sum + chain : chain;
  }
  return isMean ? (sum / <f32>size) * 268435456 : sum;
}

/** Divides the sums of the cells from `from` to `to` where means are wanted, and does again what left the range of numbers.
 * Words from 15: x, rowX, rowZ (where the row of a cell begins), size (of a row, whose elements are as far apart as parts). */
// @ts-ignore: decorator
@inline
function settle(isMean: bool, args: usize, from: i32, to: i32): void {
  const count = f32x4.splat(<f32>int(args, 18));
  for (let cell = from; cell < to; cell += 4) {
    const out = pointer(args, 0) + (<usize>cell << 2);
    const sums = v128.load(out);
    const isInside = f32x4.le(f32x4.abs(sums), f32x4.splat(3e38));
    if (isMean) storeFirst(out, f32x4.div(sums, count), to - cell);
    const outside = i32x4.bitmask(v128.andnot(firstLanes(to - cell), isInside));
    for (let i = 0; outside >> i != 0; i++) {
      if ((outside >> i) & 1) store<f32>(out + (<usize>i << 2), ofRow(isMean, args, cell + i));
    }
  }
}

// @ts-ignore: decorator
@inline
function lastRows(isMean: bool, args: usize, begin: i32, end: i32): void {
  rows(SUM, args, begin, end);
  settle(isMean, args, begin * int(args, 11), min(int(args, 10), end * int(args, 11)));
}

// @ts-ignore: decorator
@inline
function lastColumns(isMean: bool, args: usize, begin: i32, end: i32): void {
  columns(SUM, args, begin, end);
  const sizeX = int(args, 4);
  const blocks = int(args, 14);
  for (let unit = begin; unit < end; unit++) {
    const row = unit / blocks;
    const from = (unit - row * blocks) * BLOCK;
    settle(isMean, args, row * sizeX + from, row * sizeX + min(sizeX, from + BLOCK));
  }
}

export function sumLastRows(args: usize, begin: i32, end: i32): void {
  lastRows(false, args, begin, end);
}

export function sumLastColumns(args: usize, begin: i32, end: i32): void {
  lastColumns(false, args, begin, end);
}

export function meanLastRows(args: usize, begin: i32, end: i32): void {
  lastRows(true, args, begin, end);
}

export function meanLastColumns(args: usize, begin: i32, end: i32): void {
  lastColumns(true, args, begin, end);
}

export function sumColumns(args: usize, begin: i32, end: i32): void {
  columns(SUM, args, begin, end);
}

export function sumRows(args: usize, begin: i32, end: i32): void {
  rows(SUM, args, begin, end);
}

export function maxColumns(args: usize, begin: i32, end: i32): void {
  columns(MAX, args, begin, end);
}

export function maxRows(args: usize, begin: i32, end: i32): void {
  rows(MAX, args, begin, end);
}

export function sumSquaresColumns(args: usize, begin: i32, end: i32): void {
  columns(SQUARES, args, begin, end);
}

export function sumSquaresRows(args: usize, begin: i32, end: i32): void {
  rows(SQUARES, args, begin, end);
}

export function sumDeviationsColumns(args: usize, begin: i32, end: i32): void {
  columns(DEVIATIONS, args, begin, end);
}

export function sumDeviationsRows(args: usize, begin: i32, end: i32): void {
  rows(DEVIATIONS, args, begin, end);
}

export function sumSquaredDeviationsColumns(args: usize, begin: i32, end: i32): void {
  columns(SQUARED_DEVIATIONS, args, begin, end);
}

export function sumSquaredDeviationsRows(args: usize, begin: i32, end: i32): void {
  rows(SQUARED_DEVIATIONS, args, begin, end);
}

export function sumWeightedDeviationsColumns(args: usize, begin: i32, end: i32): void {
  columns(WEIGHTED_DEVIATIONS, args, begin, end);
}

export function sumWeightedDeviationsRows(args: usize, begin: i32, end: i32): void {
  rows(WEIGHTED_DEVIATIONS, args, begin, end);
}

export function sumPowersBelowColumns(args: usize, begin: i32, end: i32): void {
  columns(POWERS_BELOW, args, begin, end);
}

export function sumPowersBelowRows(args: usize, begin: i32, end: i32): void {
  rows(POWERS_BELOW, args, begin, end);
}

export function countLargestColumns(args: usize, begin: i32, end: i32): void {
  columns(LARGEST, args, begin, end);
}

export function countLargestRows(args: usize, begin: i32, end: i32): void {
  rows(LARGEST, args, begin, end);
}

export function sumUndominantColumns(args: usize, begin: i32, end: i32): void {
  columns(UNDOMINANT, args, begin, end);
}

export function sumUndominantRows(args: usize, begin: i32, end: i32): void {
  rows(UNDOMINANT, args, begin, end);
}
