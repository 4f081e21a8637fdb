// Kernels that pick and add up by index along the middle axis of [outer, size, inner].
import { int, pointer } from "./args";
import { addRow, fill, storeFirst } from "./lanes";

/** The index of a cell of row (z, y). Words 6 to 8: i0, i1, i2. */
// @ts-ignore: decorator
@inline
function indexAt(args: usize, z: i32, y: i32, x: i32): f32 {
  const place = z * int(args, 8) + y * int(args, 7) + x * int(args, 6);
  return load<f32>(pointer(args, 2) + (<usize>place << 2));
}

// @ts-ignore: decorator
@inline
function isWithin(k: f32, size: i32): bool {
  return k >= 0 && k < <f32>size;
}

/** Words: out, a, index, inner, sizeY, size, i0, i1, i2, rows, rows of a unit. */
export function gather(args: usize, begin: i32, end: i32): void {
  const inner = int(args, 3);
  const sizeY = int(args, 4);
  const size = int(args, 5);
  const last = min(int(args, 9), end * int(args, 10));
  for (let row = begin * int(args, 10); row < last; row++) {
    const z = row / sizeY;
    const y = row - z * sizeY;
    const out = pointer(args, 0) + (<usize>(row * inner) << 2);
    const a = pointer(args, 1) + (<usize>(z * size * inner) << 2);
    if (int(args, 6) == 0) {
      const k = indexAt(args, z, y, 0);
      if (isWithin(k, size)) memory.copy(out, a + (<usize>(<i32>k * inner) << 2), <usize>inner << 2);
      else fill(out, NaN, inner);
      continue;
    }
    for (let x = 0; x < inner; x++) {
      const k = indexAt(args, z, y, x);
      const value: f32 = isWithin(k, size) ? load<f32>(a + (<usize>(<i32>k * inner + x) << 2)) : NaN;
      store<f32>(out + (<usize>x << 2), value);
    }
  }
}

/** Words: out, g, index, inner, sizeY (rows of the result), count, i0, i1, i2, parts, rows of a part. Unit: a part of the
 * rows of a z, which looks through all indices for its own. */
export function gatherTranspose(args: usize, begin: i32, end: i32): void {
  const inner = int(args, 3);
  const sizeY = int(args, 4);
  const count = int(args, 5);
  const parts = int(args, 9);
  for (let unit = begin; unit < end; unit++) {
    const z = unit / parts;
    const from = (unit - z * parts) * int(args, 10);
    const to = min(sizeY, from + int(args, 10));
    const plane = pointer(args, 0) + (<usize>(z * sizeY * inner) << 2);
    fill(plane + (<usize>(from * inner) << 2), 0, (to - from) * inner);
    for (let j = 0; j < count; j++) {
      const g = pointer(args, 1) + (<usize>((z * count + j) * inner) << 2);
      if (int(args, 6) == 0) {
        const k = indexAt(args, z, j, 0);
        if (k >= <f32>from && k < <f32>to) addRow(plane + (<usize>(<i32>k * inner) << 2), g, inner);
        continue;
      }
      for (let x = 0; x < inner; x++) {
        const k = indexAt(args, z, j, x);
        if (!(k >= <f32>from && k < <f32>to)) continue;
        const cell = plane + (<usize>(<i32>k * inner + x) << 2);
        store<f32>(cell, load<f32>(cell) + load<f32>(g + (<usize>x << 2)));
      }
    }
  }
}

/** Words: out, g, keys, inner, count, width, i0, i1, i2, rows, rows of a unit, distance. */
export function sumRuns(args: usize, begin: i32, end: i32): void {
  const inner = int(args, 3);
  const count = int(args, 4);
  const last = min(int(args, 9), end * int(args, 10));
  for (let row = begin * int(args, 10); row < last; row++) {
    const z = row / count;
    const y = row - z * count;
    const out = pointer(args, 0) + (<usize>(row * inner) << 2);
    fill(out, 0, inner);
    for (let i = 0; i < int(args, 5); i++) {
      const j = y - i * int(args, 11);
      if (j < 0) break;
      const g = pointer(args, 1) + (<usize>((z * count + j) * inner) << 2);
      if (int(args, 6) == 0) {
        if (indexAt(args, z, j, 0) == indexAt(args, z, y, 0)) addRow(out, g, inner);
        continue;
      }
      for (let x = 0; x < inner; x++) {
        if (indexAt(args, z, j, x) != indexAt(args, z, y, x)) continue;
        const cell = out + (<usize>x << 2);
        store<f32>(cell, load<f32>(cell) + load<f32>(g + (<usize>x << 2)));
      }
    }
  }
}

/** The number of the last key that is y, among `count` sorted ones; −1 where there is none. */
// @ts-ignore: decorator
@inline
function lastKey(args: usize, z: i32, y: i32, x: i32, count: i32): i32 {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (indexAt(args, z, middle, x) <= <f32>y) low = middle + 1;
    else high = middle;
  }
  return low > 0 && !(indexAt(args, z, low - 1, x) < <f32>y) ? low - 1 : -1;
}

/** Words: out, sums, keys, inner, sizeY, count, i0, i1, i2, rows, rows of a unit. */
export function lastOfRun(args: usize, begin: i32, end: i32): void {
  const inner = int(args, 3);
  const sizeY = int(args, 4);
  const count = int(args, 5);
  const last = min(int(args, 9), end * int(args, 10));
  for (let row = begin * int(args, 10); row < last; row++) {
    const z = row / sizeY;
    const y = row - z * sizeY;
    const out = pointer(args, 0) + (<usize>(row * inner) << 2);
    const sums = pointer(args, 1) + (<usize>(z * count * inner) << 2);
    if (int(args, 6) == 0) {
      const j = lastKey(args, z, y, 0, count);
      if (j < 0) fill(out, 0, inner);
      else memory.copy(out, sums + (<usize>(j * inner) << 2), <usize>inner << 2);
      continue;
    }
    for (let x = 0; x < inner; x++) {
      const j = lastKey(args, z, y, x, count);
      store<f32>(out + (<usize>x << 2), j < 0 ? 0 : load<f32>(sums + (<usize>(j * inner + x) << 2)));
    }
  }
}

/** Words: out, index, classes, rows, rows of a unit. */
export function oneHot(args: usize, begin: i32, end: i32): void {
  const classes = int(args, 2);
  const last = min(int(args, 3), end * int(args, 4));
  for (let row = begin * int(args, 4); row < last; row++) {
    const out = pointer(args, 0) + (<usize>(row * classes) << 2);
    const k = load<f32>(pointer(args, 1) + (<usize>row << 2));
    fill(out, 0, classes);
    if (isWithin(k, classes) && <f32>(<i32>k) == k) store<f32>(out + (<usize>(<i32>k) << 2), 1);
  }
}

/** The kernel of linear maps along one axis (kernels/band.ts). Words: out, a, first, weight, X, Y, rows, rows of a unit, taps,
 * step, placeX, placeY, baseX, baseY, baseZ, divisor. Unit: rows of cells. */
export function mapBand(args: usize, begin: i32, end: i32): void {
  const sizeX = int(args, 4);
  const sizeY = int(args, 5);
  const last = min(int(args, 6), end * int(args, 7));
  for (let row = begin * int(args, 7); row < last; row++) {
    const z = row / sizeY;
    const y = row - z * sizeY;
    const out = pointer(args, 0) + (<usize>(row * sizeX) << 2);
    const a = pointer(args, 1) + (<usize>(z * int(args, 14) + y * int(args, 13)) << 2);
    if (int(args, 10) == 0 && int(args, 12) == 1) {
      mapCells(args, out, a, y, sizeX);
      continue;
    }
    for (let x = 0; x < sizeX; x++) {
      const place = x * int(args, 10) + y * int(args, 11);
      store<f32>(out + (<usize>x << 2), mapCell(args, a + (<usize>(x * int(args, 12)) << 2), place));
    }
  }
}

/** Σ of a cell's terms, each divided if asked for. */
// @ts-ignore: decorator
@inline
function sumTerms(args: usize, a: usize, place: i32, over: f32): f32 {
  const taps = int(args, 8);
  const step = <usize>int(args, 9) << 2;
  let at = a + <usize>(<i32>load<f32>(pointer(args, 2) + (<usize>place << 2))) * step;
  let weight = pointer(args, 3) + (<usize>(place * taps) << 2);
  const end = weight + (<usize>taps << 2);
  let sum: f32 = 0;
  for (; weight < end; weight += 4) {
    const w = load<f32>(weight);
    if (w != 0) sum += (over == 1 ? w : w / over) * load<f32>(at);
    at += step;
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function divisorAt(args: usize, place: i32): f32 {
  return load<f32>(pointer(args, 15) + (<usize>place << 2));
}

function mapCell(args: usize, a: usize, place: i32): f32 {
  const sum = sumTerms(args, a, place, 1);
  const over = divisorAt(args, place);
  return abs(sum) <= 3e38 ? sum / over : sumTerms(args, a, place, over);
}

/** Cells side by side of one place, whose elements are neighbours. */
// @ts-ignore: decorator
@inline
function mapCells(args: usize, out: usize, a: usize, place: i32, n: i32): void {
  const taps = int(args, 8);
  const step = <usize>int(args, 9) << 2;
  const from = a + <usize>(<i32>load<f32>(pointer(args, 2) + (<usize>place << 2))) * step;
  const weight = pointer(args, 3) + (<usize>(place * taps) << 2);
  const over = f32x4.splat(divisorAt(args, place));
  for (let x = 0; x < n; x += 4) {
    let at = from + (<usize>x << 2);
    let sum = f32x4.splat(0);
    for (let t = 0; t < taps; t++) {
      const w = load<f32>(weight + (<usize>t << 2));
      if (w != 0) sum = f32x4.add(sum, f32x4.mul(f32x4.splat(w), v128.load(at)));
      at += step;
    }
    storeFirst(out + (<usize>x << 2), f32x4.div(sum, over), n - x);
    if (i32x4.all_true(f32x4.le(f32x4.abs(sum), f32x4.splat(3e38)))) continue;
    for (let i = x; i < min(n, x + 4); i++) {
      store<f32>(out + (<usize>i << 2), mapCell(args, a + (<usize>i << 2), place));
    }
  }
}
