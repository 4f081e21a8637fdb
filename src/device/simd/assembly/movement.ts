// Kernels that move numbers without changing them.
import { int, pointer } from "./args";
import { fill } from "./lanes";

/** n elements, `stride` apart, one after the other. */
// @ts-ignore: decorator
@inline
function copyRow(out: usize, a: usize, stride: i32, n: i32): void {
  if (stride == 1) {
    memory.copy(out, a, <usize>n << 2);
    return;
  }
  if (stride == 0) {
    fill(out, load<f32>(a), n);
    return;
  }
  const step = <isize>stride << 2;
  const end = out + (<usize>n << 2);
  for (; out < end; out += 4) {
    store<f32>(out, load<f32>(a));
    a += step;
  }
}

/** How far the rows of number z of the outer axes are from the first. Words from 7: s2, s3, s4, s5, n2, n3, n4. */
// @ts-ignore: decorator
@inline
function outerOffset(args: usize, z: i32): i32 {
  const n2 = int(args, 11);
  const n3 = int(args, 12);
  const n4 = int(args, 13);
  const q3 = z / n2;
  const q4 = q3 / n3;
  const q5 = q4 / n4;
  return (z - q3 * n2) * int(args, 7) + (q3 - q4 * n3) * int(args, 8) + (q4 - q5 * n4) * int(args, 9) + q5 * int(args, 10);
}

/** Words: out, first element, X, Y, parts of a row, s0, s1, then those of `outerOffset`, elements of a part. Unit: a part. */
export function stridedCopy(args: usize, begin: i32, end: i32): void {
  const sizeX = int(args, 2);
  const sizeY = int(args, 3);
  const parts = int(args, 4);
  const s0 = int(args, 5);
  const length = int(args, 14);
  for (let unit = begin; unit < end; unit++) {
    const row = unit / parts;
    const z = row / sizeY;
    const x = (unit - row * parts) * length;
    const offset = outerOffset(args, z) + (row - z * sizeY) * int(args, 6) + x * s0;
    const out = pointer(args, 0) + (<usize>(row * sizeX + x) << 2);
    copyRow(out, pointer(args, 1) + (<isize>offset << 2), s0, min(length, sizeX - x));
  }
}

/** The same where neighbours come from along y (s1 = 1): squares of four by four are turned. Unit: a z and a part of y. */
export function transposedCopy(args: usize, begin: i32, end: i32): void {
  const sizeX = int(args, 2);
  const sizeY = int(args, 3);
  const parts = int(args, 4);
  const length = int(args, 14);
  for (let unit = begin; unit < end; unit++) {
    const z = unit / parts;
    const from = (unit - z * parts) * length;
    const to = min(sizeY, from + length);
    const a = pointer(args, 1) + (<isize>outerOffset(args, z) << 2);
    const out = pointer(args, 0) + (<usize>(z * sizeY * sizeX) << 2);
    turn(out, a, sizeX, <isize>int(args, 5) << 2, from, to);
  }
}

/** Rows `from` to `to` of out[y, x] = a[x, y], whose rows are `step` bytes apart. */
// @ts-ignore: decorator
@inline
function turn(out: usize, a: usize, sizeX: i32, step: isize, from: i32, to: i32): void {
  const width = <usize>sizeX << 2;
  let x = 0;
  for (; x + 4 <= sizeX; x += 4) {
    const column = a + <isize>x * step;
    let y = from;
    for (; y + 4 <= to; y += 4) {
      const p = column + (<usize>y << 2);
      const q = out + <usize>y * width + (<usize>x << 2);
      const a0 = v128.load(p);
      const a1 = v128.load(p + step);
      const a2 = v128.load(p + 2 * step);
      const a3 = v128.load(p + 3 * step);
      const low01 = v128.shuffle<i32>(a0, a1, 0, 4, 1, 5);
      const low23 = v128.shuffle<i32>(a2, a3, 0, 4, 1, 5);
      const high01 = v128.shuffle<i32>(a0, a1, 2, 6, 3, 7);
      const high23 = v128.shuffle<i32>(a2, a3, 2, 6, 3, 7);
      v128.store(q, v128.shuffle<i64>(low01, low23, 0, 2));
      v128.store(q + width, v128.shuffle<i64>(low01, low23, 1, 3));
      v128.store(q + 2 * width, v128.shuffle<i64>(high01, high23, 0, 2));
      v128.store(q + 3 * width, v128.shuffle<i64>(high01, high23, 1, 3));
    }
    for (; y < to; y++) {
      copyRow(out + <usize>y * width + (<usize>x << 2), column + (<usize>y << 2), <i32>(step >> 2), 4);
    }
  }
  if (x == sizeX) return;
  const rest = a + <isize>x * step;
  for (let y = from; y < to; y++) {
    copyRow(out + <usize>y * width + (<usize>x << 2), rest + (<usize>y << 2), <i32>(step >> 2), sizeX - x);
  }
}

/** Words: out, a, value, X, Y, height, width, top, left, stepY, stepX. Unit: a row of the result. */
export function spread(args: usize, begin: i32, end: i32): void {
  const sizeX = int(args, 3);
  const sizeY = int(args, 4);
  const height = int(args, 5);
  const width = int(args, 6);
  const left = int(args, 8);
  const stepX = int(args, 10);
  const value = load<f32>(pointer(args, 2));
  // Columns with an element lie from `left` on, as far as the row and the input reach.
  const count = min(width, (sizeX - left + stepX - 1) / stepX);
  for (let row = begin; row < end; row++) {
    const z = row / sizeY;
    const dy = row - z * sizeY - int(args, 7);
    const y = dy / int(args, 9);
    let out = pointer(args, 0) + (<usize>(row * sizeX) << 2);
    if (dy < 0 || y >= height || y * int(args, 9) != dy) {
      fill(out, value, sizeX);
      continue;
    }
    let a = pointer(args, 1) + (<usize>((z * height + y) * width) << 2);
    if (stepX == 1) {
      fill(out, value, left);
      memory.copy(out + (<usize>left << 2), a, <usize>count << 2);
      fill(out + (<usize>(left + count) << 2), value, sizeX - left - count);
      continue;
    }
    fill(out, value, sizeX);
    out += <usize>left << 2;
    for (let i = 0; i < count; i++) {
      store<f32>(out, load<f32>(a));
      a += 4;
      out += <usize>stepX << 2;
    }
  }
}

/** Words: out, a, b, total, elements of a and of b that come one after the other. Unit: so many elements (word 6). */
export function concatPair(args: usize, begin: i32, end: i32): void {
  const ofA = int(args, 4);
  const ofB = int(args, 5);
  const to = min(int(args, 3), end * int(args, 6));
  for (let i = begin * int(args, 6); i < to; ) {
    const z = i / (ofA + ofB);
    const place = i - z * (ofA + ofB);
    const isA = place < ofA;
    const n = min(to - i, (isA ? ofA : ofA + ofB) - place);
    const from = isA ? pointer(args, 1) + (<usize>(z * ofA + place) << 2) : pointer(args, 2) + (<usize>(z * ofB + place - ofA) << 2);
    memory.copy(pointer(args, 0) + (<usize>i << 2), from, <usize>n << 2);
    i += n;
  }
}

/** Words: out, a, X, Y, low, high. Unit: a row. */
export function band(args: usize, begin: i32, end: i32): void {
  const sizeX = int(args, 2);
  for (let row = begin; row < end; row++) {
    const y = row % int(args, 3);
    const from = min(sizeX, max(0, y + int(args, 4)));
    const to = max(from, min(sizeX, y + int(args, 5) + 1));
    const at = <usize>(row * sizeX) << 2;
    const out = pointer(args, 0) + at;
    fill(out, 0, from);
    memory.copy(out + (<usize>from << 2), pointer(args, 1) + at + (<usize>from << 2), <usize>(to - from) << 2);
    fill(out + (<usize>to << 2), 0, sizeX - to);
  }
}
