// Max pooling on planes. Unit: a plane.
import { int, pointer } from "./args";
import { fill } from "./lanes";

/** Better than the best: larger, or NaN. */
// @ts-ignore: decorator
@inline
function wins(value: v128, best: v128): v128 {
  return v128.or(f32x4.gt(value, best), f32x4.ne(value, value));
}

/** The index of the largest of four windows of 2 × 2 whose upper rows begin at `top`, index `first`. */
// @ts-ignore: decorator
@inline
function fourWindows(top: usize, width: i32, first: i32): v128 {
  const bottom = top + (<usize>width << 2);
  const t0 = v128.load(top);
  const t1 = v128.load(top + 16);
  const b0 = v128.load(bottom);
  const b1 = v128.load(bottom + 16);
  let best = v128.shuffle<i32>(t0, t1, 0, 2, 4, 6);
  const topLeft = f32x4.convert_i32x4_s(i32x4.add(i32x4.splat(first), i32x4(0, 2, 4, 6)));
  let index = topLeft;
  const topRight = v128.shuffle<i32>(t0, t1, 1, 3, 5, 7);
  let mask = wins(topRight, best);
  best = v128.bitselect(topRight, best, mask);
  index = v128.bitselect(f32x4.add(topLeft, f32x4.splat(1)), index, mask);
  const bottomLeft = v128.shuffle<i32>(b0, b1, 0, 2, 4, 6);
  mask = wins(bottomLeft, best);
  best = v128.bitselect(bottomLeft, best, mask);
  index = v128.bitselect(f32x4.add(topLeft, f32x4.splat(<f32>width)), index, mask);
  const bottomRight = v128.shuffle<i32>(b0, b1, 1, 3, 5, 7);
  return v128.bitselect(f32x4.add(topLeft, f32x4.splat(<f32>(width + 1))), index, wins(bottomRight, best));
}

/** The index of the largest of `rows` × `columns` elements, `dilation` apart, of which the first is (row, column). */
// @ts-ignore: decorator
@inline
function largest(plane: usize, height: i32, width: i32, top: i32, bottom: i32, stepY: i32, left: i32, right: i32, stepX: i32): f32 {
  let best: f32 = 0;
  let index = -1;
  for (let row = top; row < bottom; row += stepY) {
    if (row < 0 || row >= height) continue;
    for (let column = left; column < right; column += stepX) {
      if (column < 0 || column >= width) continue;
      const k = row * width + column;
      const value = load<f32>(plane + (<usize>k << 2));
      if (index < 0 || value > best || value != value) {
        best = value;
        index = k;
      }
    }
  }
  return <f32>index;
}

/** Words: out, x, outX, outY, height, width, kernelY, kernelX, strideY, strideX, paddingY, paddingX, dilationY, dilationX. */
export function maxPoolIndex(args: usize, begin: i32, end: i32): void {
  const outX = int(args, 2);
  const outY = int(args, 3);
  const height = int(args, 4);
  const width = int(args, 5);
  const dilationY = int(args, 12);
  const dilationX = int(args, 13);
  const spanY = int(args, 6) * dilationY;
  const spanX = int(args, 7) * dilationX;
  for (let z = begin; z < end; z++) {
    const plane = pointer(args, 1) + (<usize>(z * height * width) << 2);
    let out = pointer(args, 0) + (<usize>(z * outY * outX) << 2);
    for (let y = 0; y < outY; y++) {
      const top = y * int(args, 8) - int(args, 10);
      for (let x = 0; x < outX; x++) {
        const left = x * int(args, 9) - int(args, 11);
        store<f32>(out, largest(plane, height, width, top, top + spanY, dilationY, left, left + spanX, dilationX));
        out += 4;
      }
    }
  }
}

/** The same for windows of 2 × 2 side by side that all lie inside. */
export function maxPoolIndex2(args: usize, begin: i32, end: i32): void {
  const outX = int(args, 2);
  const outY = int(args, 3);
  const height = int(args, 4);
  const width = int(args, 5);
  for (let z = begin; z < end; z++) {
    const plane = pointer(args, 1) + (<usize>(z * height * width) << 2);
    let out = pointer(args, 0) + (<usize>(z * outY * outX) << 2);
    for (let y = 0; y < outY; y++) {
      let x = 0;
      for (; x + 4 <= outX; x += 4) {
        const first = 2 * (y * width + x);
        v128.store(out, fourWindows(plane + (<usize>first << 2), width, first));
        out += 16;
      }
      for (; x < outX; x++) {
        store<f32>(out, largest(plane, height, width, 2 * y, 2 * y + 2, 1, 2 * x, 2 * x + 2, 1));
        out += 4;
      }
    }
  }
}

/** Words: out, x, outX, outY, height, width, and where windows begin and end, in pairs: rows, columns. */
export function adaptiveMaxIndex(args: usize, begin: i32, end: i32): void {
  const outX = int(args, 2);
  const outY = int(args, 3);
  const height = int(args, 4);
  const width = int(args, 5);
  for (let z = begin; z < end; z++) {
    const plane = pointer(args, 1) + (<usize>(z * height * width) << 2);
    let out = pointer(args, 0) + (<usize>(z * outY * outX) << 2);
    for (let y = 0; y < outY; y++) {
      const rows = pointer(args, 6) + (<usize>y << 3);
      const top = <i32>load<f32>(rows);
      const bottom = <i32>load<f32>(rows + 4);
      for (let x = 0; x < outX; x++) {
        const columns = pointer(args, 7) + (<usize>x << 3);
        const left = <i32>load<f32>(columns);
        store<f32>(out, largest(plane, height, width, top, bottom, 1, left, <i32>load<f32>(columns + 4), 1));
        out += 4;
      }
    }
  }
}

/** Words: out, x, index, count, size. */
export function pick(args: usize, begin: i32, end: i32): void {
  const count = int(args, 3);
  const size = int(args, 4);
  for (let z = begin; z < end; z++) {
    const plane = pointer(args, 1) + (<usize>(z * size) << 2);
    const at = <usize>(z * count) << 2;
    const out = pointer(args, 0) + at;
    const index = pointer(args, 2) + at;
    for (let k: usize = 0; k < <usize>count << 2; k += 4) {
      store<f32>(out + k, load<f32>(plane + (<usize>(<i32>load<f32>(index + k)) << 2)));
    }
  }
}

/** Words: out, g, index, count (windows of a plane), size (cells of a plane). */
export function unpick(args: usize, begin: i32, end: i32): void {
  const count = int(args, 3);
  const size = int(args, 4);
  for (let z = begin; z < end; z++) {
    const plane = pointer(args, 0) + (<usize>(z * size) << 2);
    const at = <usize>(z * count) << 2;
    const g = pointer(args, 1) + at;
    const index = pointer(args, 2) + at;
    fill(plane, 0, size);
    for (let k: usize = 0; k < <usize>count << 2; k += 4) {
      const cell = plane + (<usize>(<i32>load<f32>(index + k)) << 2);
      store<f32>(cell, load<f32>(cell) + load<f32>(g + k));
    }
  }
}

/** `unpick` for windows of 2 × 2 side by side, which cover the first 2 · outX columns and 2 · outY rows. Words: out, g, index,
 * outX, outY, height, width. */
export function unpick2(args: usize, begin: i32, end: i32): void {
  const outX = int(args, 3);
  const outY = int(args, 4);
  const height = int(args, 5);
  const width = int(args, 6);
  for (let z = begin; z < end; z++) {
    const plane = pointer(args, 0) + (<usize>(z * height * width) << 2);
    let at = <usize>(z * outY * outX) << 2;
    for (let y = 0; y < outY; y++) {
      const top = plane + (<usize>(2 * y * width) << 2);
      let x = 0;
      for (; x + 4 <= outX; x += 4) {
        const first = 2 * (y * width + x);
        const to = top + (<usize>x << 3);
        const left = f32x4.convert_i32x4_s(i32x4.add(i32x4.splat(first), i32x4(0, 2, 4, 6)));
        const g = v128.load(pointer(args, 1) + at);
        const index = v128.load(pointer(args, 2) + at);
        storePairs(to, g, index, left);
        storePairs(to + (<usize>width << 2), g, index, f32x4.add(left, f32x4.splat(<f32>width)));
        at += 16;
      }
      fill(top + (<usize>x << 3), 0, width - 2 * x);
      fill(top + (<usize>(width + 2 * x) << 2), 0, width - 2 * x);
      for (; x < outX; x++) {
        const cell = plane + (<usize>(<i32>load<f32>(pointer(args, 2) + at)) << 2);
        store<f32>(cell, load<f32>(pointer(args, 1) + at));
        at += 4;
      }
    }
    fill(plane + (<usize>(2 * outY * width) << 2), 0, (height - 2 * outY) * width);
  }
}

/** A row of four windows: g at the left or at the right, where the index says so. */
// @ts-ignore: decorator
@inline
function storePairs(to: usize, g: v128, index: v128, left: v128): void {
  const atLeft = v128.and(g, f32x4.eq(index, left));
  const atRight = v128.and(g, f32x4.eq(index, f32x4.add(left, f32x4.splat(1))));
  v128.store(to, v128.shuffle<i32>(atLeft, atRight, 0, 4, 1, 5));
  v128.store(to + 16, v128.shuffle<i32>(atLeft, atRight, 2, 6, 3, 7));
}
