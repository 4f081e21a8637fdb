// Kernels of reflections: parts of one step over rows of matrices. Words: those of elimination; from 7: rows of a matrix, columns.
import { int, pointer, real } from "./args";
import { stepOf } from "./elimination";
import { copyRow, fill, storeFirst } from "./lanes";

/** Words: out, step, a, b, rows, columns. A unit is a matrix. */
export function columnDots(args: usize, begin: i32, end: i32): void {
  const k = stepOf(args);
  const rows = int(args, 4);
  const columns = int(args, 5);
  for (let z = begin; z < end; z++) {
    const out = pointer(args, 0) + (<usize>(z * (columns + 1)) << 2);
    const start = <usize>(z * rows * columns) << 2;
    fill(out, 0, columns + 1);
    let square: f32 = 0;
    for (let i = k + 1; i < rows; i++) {
      const row = start + (<usize>(i * columns) << 2);
      const factor = load<f32>(pointer(args, 2) + row + (<usize>k << 2));
      square += factor * factor;
      addMultiple(out, out, factor, pointer(args, 3) + row, columns);
    }
    store<f32>(out + (<usize>columns << 2), square);
  }
}

/** out = a + factor · b, n elements. */
// @ts-ignore: decorator
@inline
function addMultiple(out: usize, a: usize, factor: f32, b: usize, n: i32): void {
  const f = f32x4.splat(factor);
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    storeFirst(out + at, f32x4.add(v128.load(a + at), f32x4.mul(f, v128.load(b + at))), n - i);
  }
}

/** b are the dots. Word 9: negligible. */
export function reflect(args: usize, begin: i32, end: i32): void {
  const k = stepOf(args);
  const rows = int(args, 7);
  const columns = int(args, 8);
  const own = <usize>k << 2;
  const last = min(int(args, 5), end * int(args, 6));
  for (let row = begin * int(args, 6); row < last; row++) {
    const z = row / rows;
    const y = row - z * rows;
    const from = pointer(args, 2) + (<usize>(row * columns) << 2);
    const out = pointer(args, 0) + (<usize>(row * columns) << 2);
    const upper = pointer(args, 2) + (<usize>((z * rows + k) * columns) << 2);
    const dots = pointer(args, 3) + (<usize>(z * (columns + 1)) << 2);
    const head = load<f32>(upper + own);
    const below = load<f32>(dots + (<usize>columns << 2));
    if (y < k || below <= real(args, 9) * head * head) {
      copyRow(out, from, columns);
      if (y > k) store<f32>(out + own, 0);
      continue;
    }
    const length = sqrt<f32>(head * head + below);
    const diagonal = head < 0 ? length : -length;
    const first = head - diagonal;
    const factor = y == k ? <f32>1 : load<f32>(from + own) / first;
    copyRow(out, from, k);
    for (let x = k; x < columns; x += 4) {
      const at = <usize>x << 2;
      const dot = f32x4.add(f32x4.mul(f32x4.splat(first), v128.load(upper + at)), v128.load(dots + at));
      const along = f32x4.div(dot, f32x4.splat(diagonal));
      storeFirst(out + at, f32x4.add(v128.load(from + at), f32x4.mul(f32x4.splat(factor), along)), columns - x);
    }
    store<f32>(out + own, y == k ? diagonal : factor);
  }
}

/** a is what is reflected, b the vectors, c the dots. */
export function reflectBack(args: usize, begin: i32, end: i32): void {
  const k = stepOf(args);
  const rows = int(args, 7);
  const columns = int(args, 8);
  const last = min(int(args, 5), end * int(args, 6));
  for (let row = begin * int(args, 6); row < last; row++) {
    const z = row / rows;
    const y = row - z * rows;
    const offset = <usize>(row * columns) << 2;
    const from = pointer(args, 2) + offset;
    const out = pointer(args, 0) + offset;
    const dots = pointer(args, 4) + (<usize>(z * (columns + 1)) << 2);
    const square = load<f32>(dots + (<usize>columns << 2));
    if (y < k || square == 0) {
      copyRow(out, from, columns);
      continue;
    }
    const upper = pointer(args, 2) + (<usize>((z * rows + k) * columns) << 2);
    const twice = f32x4.splat(<f32>2 / (<f32>1 + square));
    const factor = f32x4.splat(y == k ? <f32>1 : load<f32>(pointer(args, 3) + offset + (<usize>k << 2)));
    for (let x = 0; x < columns; x += 4) {
      const at = <usize>x << 2;
      const along = f32x4.mul(twice, f32x4.add(v128.load(upper + at), v128.load(dots + at)));
      storeFirst(out + at, f32x4.sub(v128.load(from + at), f32x4.mul(factor, along)), columns - x);
    }
  }
}
