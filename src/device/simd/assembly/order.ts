// Kernels that walk the rows of a tensor: running sums, places, sorting. Words: out, a, b, X, Y, rows (of cells), rows of a
// unit, rowX, rowY, rowZ, placeX, placeY, stride, size, then a kernel's own.
import { int, pointer } from "./args";
import { addRow, fill } from "./lanes";

// @ts-ignore: decorator
@inline
function start(args: usize, z: i32, y: i32, x: i32): usize {
  return <usize>(z * int(args, 9) + y * int(args, 8) + x * int(args, 7)) << 2;
}

export function placeInRow(args: usize, begin: i32, end: i32): void {
  const sizeX = int(args, 3);
  const sizeY = int(args, 4);
  const last = min(int(args, 5), end * int(args, 6));
  for (let row = begin * int(args, 6); row < last; row++) {
    const out = pointer(args, 0) + (<usize>(row * sizeX) << 2);
    const place = (row % sizeY) * int(args, 11);
    for (let x = 0; x < sizeX; x++) store<f32>(out + (<usize>x << 2), <f32>(place + x * int(args, 10)));
  }
}

/** Of rows along x, or of rows along y whose neighbours lie along x. Words from 14: distance, width. */
export function runningSum(args: usize, begin: i32, end: i32): void {
  const sizeX = int(args, 3);
  const sizeY = int(args, 4);
  const size = int(args, 13);
  const distance = int(args, 14);
  const last = min(int(args, 5), end * int(args, 6));
  for (let row = begin * int(args, 6); row < last; row++) {
    const z = row / sizeY;
    const y = row - z * sizeY;
    const out = pointer(args, 0) + (<usize>(row * sizeX) << 2);
    const a = pointer(args, 1) + start(args, z, y, 0);
    fill(out, 0, sizeX);
    for (let i = 0; i < int(args, 15); i++) {
      const back = i * distance;
      if (int(args, 10) == 1) {
        const from = min(size, max(0, back));
        const to = min(size, size + back);
        if (to > from) addRow(out + (<usize>from << 2), a + (<isize>(from - back) << 2), to - from);
      } else if (y - back >= 0 && y - back < size) {
        addRow(out, a + (<isize>((y - back) * int(args, 12)) << 2), sizeX);
      }
    }
  }
}

/** Words from 14: run, descending. a are the keys, b the places. */
export function mergeRuns(args: usize, begin: i32, end: i32): void {
  const sizeX = int(args, 3);
  const sizeY = int(args, 4);
  const last = min(int(args, 5), end * int(args, 6));
  for (let row = begin * int(args, 6); row < last; row++) {
    const z = row / sizeY;
    const y = row - z * sizeY;
    for (let x = 0; x < sizeX; x++) {
      const place = y * int(args, 11) + x * int(args, 10);
      store<f32>(pointer(args, 0) + (<usize>(row * sizeX + x) << 2), merged(args, start(args, z, y, x), place));
    }
  }
}

// @ts-ignore: decorator
@inline
function placeAt(args: usize, row: usize, i: i32): f32 {
  return load<f32>(pointer(args, 2) + row + (<usize>(i * int(args, 12)) << 2));
}

/** Whether the left one of two places comes first: its key is not behind the right one's. */
// @ts-ignore: decorator
@inline
function isFirst(args: usize, row: usize, left: f32, right: f32): bool {
  const keys = pointer(args, 1) + row;
  const p = load<f32>(keys + (<usize>(<i32>left * int(args, 12)) << 2));
  const q = load<f32>(keys + (<usize>(<i32>right * int(args, 12)) << 2));
  return int(args, 15) == 1 ? q <= p || p != p : p <= q || q != q;
}

/** Number `place` of the row after this pass. */
// @ts-ignore: decorator
@inline
function merged(args: usize, row: usize, place: i32): f32 {
  const length = int(args, 14);
  const size = int(args, 13);
  const from = (place / (2 * length)) * 2 * length;
  const left = min(length, size - from);
  const right = max(0, min(length, size - from - length));
  const k = place - from;
  let low = max(0, k - right);
  let high = min(k, left);
  while (low < high) {
    const middle = (low + high) >> 1;
    const first = placeAt(args, row, from + middle);
    if (isFirst(args, row, first, placeAt(args, row, from + left + k - 1 - middle))) low = middle + 1;
    else high = middle;
  }
  if (low >= left) return placeAt(args, row, from + left + k - low);
  const first = placeAt(args, row, from + low);
  if (k - low >= right) return first;
  const second = placeAt(args, row, from + left + k - low);
  return isFirst(args, row, first, second) ? first : second;
}

/** Words from 14: inner. a are the values, b the best. */
export function placeOfBest(args: usize, begin: i32, end: i32): void {
  const inner = int(args, 14);
  const sizeY = int(args, 4);
  const last = min(int(args, 5), end * int(args, 6));
  const none = <f32>-int(args, 13);
  for (let row = begin * int(args, 6); row < last; row++) {
    const z = row / sizeY;
    const y = row - z * sizeY;
    for (let x = 0; x < inner; x++) {
      const at = <usize>(row * inner + x) << 2;
      const value = load<f32>(pointer(args, 1) + at);
      const isBest = value == load<f32>(pointer(args, 2) + (<usize>(z * inner + x) << 2)) || value != value;
      store<f32>(pointer(args, 0) + at, isBest ? -<f32>y : none);
    }
  }
}
