// Kernels of elimination: one step over rows of matrices. Words: out, step, a, b, c, rows (of all matrices), rows of a unit, then
// a kernel's own.
import { int, pointer } from "./args";
import { copyRow, storeFirst } from "./lanes";

/** The number of the step. */
// @ts-ignore: decorator
@inline
export function stepOf(args: usize): i32 {
  return <i32>load<f32>(pointer(args, 1));
}

/** out = a − factor · b, n elements. */
// @ts-ignore: decorator
@inline
function subtractRow(out: usize, a: usize, factor: f32, b: usize, n: i32): void {
  const f = f32x4.splat(factor);
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    storeFirst(out + at, f32x4.sub(v128.load(a + at), f32x4.mul(f, v128.load(b + at))), n - i);
  }
}

/** b are the pivots. Words from 7: size. */
export function eliminate(args: usize, begin: i32, end: i32): void {
  const k = stepOf(args);
  const size = int(args, 7);
  const width = size + 1;
  const last = min(int(args, 5), end * int(args, 6));
  for (let row = begin * int(args, 6); row < last; row++) {
    const z = row / width;
    const y = row - z * width;
    const place = <i32>load<f32>(pointer(args, 3) + (<usize>z << 2));
    const pivotRow = place / size;
    const pivotColumn = <usize>(place - pivotRow * size) << 2;
    const own = <usize>k << 2;
    const start = pointer(args, 2) + (<usize>(z * width * width) << 2);
    const from = start + (<usize>((y == k ? pivotRow : y == pivotRow ? k : y) * width) << 2);
    const out = pointer(args, 0) + (<usize>(row * width) << 2);
    if (y <= k || y >= size) {
      copyRow(out, from, width);
      store<f32>(out + own, load<f32>(from + pivotColumn));
      store<f32>(out + pivotColumn, load<f32>(from + own));
      continue;
    }
    const pivots = start + (<usize>(pivotRow * width) << 2);
    const pivot = load<f32>(pivots + pivotColumn);
    const factor: f32 = pivot == 0 ? 0 : load<f32>(from + pivotColumn) / pivot;
    copyRow(out, from, k);
    subtractRow(out + own, from + own, factor, pivots + own, size - k);
    store<f32>(out + pivotColumn, load<f32>(out + own));
    store<f32>(out + own, factor);
    store<f32>(out + (<usize>size << 2), load<f32>(from + (<usize>size << 2)));
  }
}

/** a is what is solved for, b the triangle. Words from 7: rows of a matrix, columns, batchA, rowA, colA, isForward, isUnit. */
export function substitute(args: usize, begin: i32, end: i32): void {
  const k = stepOf(args);
  const rows = int(args, 7);
  const columns = int(args, 8);
  const isForward = int(args, 12) == 1;
  const last = min(int(args, 5), end * int(args, 6));
  for (let row = begin * int(args, 6); row < last; row++) {
    const z = row / rows;
    const y = row - z * rows;
    const offset = <usize>(row * columns) << 2;
    const out = pointer(args, 0) + offset;
    const from = pointer(args, 2) + offset;
    if (isForward ? y < k : y > k) {
      copyRow(out, from, columns);
      continue;
    }
    const solved = pointer(args, 2) + (<usize>((z * rows + k) * columns) << 2);
    const start = pointer(args, 3) + (<usize>(z * int(args, 9) + k * int(args, 11)) << 2);
    const pivot = f32x4.splat(int(args, 13) == 1 ? 1 : load<f32>(start + (<usize>(k * int(args, 10)) << 2)));
    const factor = f32x4.splat(load<f32>(start + (<usize>(y * int(args, 10)) << 2)));
    for (let i = 0; i < columns; i += 4) {
      const at = <usize>i << 2;
      const quotient = f32x4.div(v128.load(solved + at), pivot);
      const value = y == k ? quotient : f32x4.sub(v128.load(from + at), f32x4.mul(factor, quotient));
      storeFirst(out + at, value, columns - i);
    }
  }
}

/** Words from 7: size. */
export function choleskyStep(args: usize, begin: i32, end: i32): void {
  const k = stepOf(args);
  const size = int(args, 7);
  const own = <usize>k << 2;
  const last = min(int(args, 5), end * int(args, 6));
  for (let row = begin * int(args, 6); row < last; row++) {
    const z = row / size;
    const y = row - z * size;
    const start = pointer(args, 2) + (<usize>(z * size * size) << 2);
    const from = start + (<usize>(y * size) << 2);
    const out = pointer(args, 0) + (<usize>(row * size) << 2);
    if (y < k) {
      copyRow(out, from, size);
      continue;
    }
    const pivots = start + (<usize>(k * size) << 2);
    const pivot = load<f32>(pivots + own);
    copyRow(out, from, k);
    if (y == k) {
      for (let x = k + 1; x < size; x++) store<f32>(out + (<usize>x << 2), 0);
      store<f32>(out + own, sqrt<f32>(pivot));
      continue;
    }
    const head = load<f32>(from + own);
    subtractRow(out + own, from + own, head / pivot, pivots + own, size - k);
    store<f32>(out + own, head / sqrt<f32>(pivot));
  }
}
