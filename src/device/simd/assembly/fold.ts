// Windows laid out as columns, and added up again. Words: out, x, planes' height, width, blocksY, blocksX, kernelY, kernelX,
// strideY, strideX, paddingY, paddingX, dilationY, dilationX.
import { int, pointer } from "./args";
import { addRow, fill } from "./lanes";

/** The first of the windows whose element at `start`, relative to the plane, is not before it. */
// @ts-ignore: decorator
@inline
function firstInside(start: i32, stride: i32): i32 {
  return start >= 0 ? 0 : (stride - 1 - start) / stride;
}

/** The first of `blocks` windows whose element lies behind `size`. */
// @ts-ignore: decorator
@inline
function firstBehind(start: i32, stride: i32, size: i32, blocks: i32): i32 {
  return start >= size ? 0 : min(blocks, (size - start + stride - 1) / stride);
}

/** A row of windows: n elements of x, `stride` apart, to neighbours. */
// @ts-ignore: decorator
@inline
function take(out: usize, x: usize, stride: i32, n: i32): void {
  if (stride == 1) {
    memory.copy(out, x, <usize>n << 2);
    return;
  }
  for (let i = 0; i < n; i++) store<f32>(out + (<usize>i << 2), load<f32>(x + (<usize>(i * stride) << 2)));
}

/** The way back. */
// @ts-ignore: decorator
@inline
function give(out: usize, columns: usize, stride: i32, n: i32): void {
  if (stride == 1) {
    addRow(out, columns, n);
    return;
  }
  for (let i = 0; i < n; i++) {
    const cell = out + (<usize>(i * stride) << 2);
    store<f32>(cell, load<f32>(cell) + load<f32>(columns + (<usize>i << 2)));
  }
}

/** Element `place` of all windows of a plane. */
// @ts-ignore: decorator
@inline
function walk(isFold: bool, args: usize, plane: usize, columns: usize, place: i32): void {
  const height = int(args, 2);
  const width = int(args, 3);
  const blocksX = int(args, 5);
  const strideX = int(args, 9);
  const i = place / int(args, 7);
  const top = i * int(args, 12) - int(args, 10);
  const left = (place - i * int(args, 7)) * int(args, 13) - int(args, 11);
  const from = min(blocksX, firstInside(left, strideX));
  const to = max(from, firstBehind(left, strideX, width, blocksX));
  for (let by = 0; by < int(args, 4); by++) {
    const y = by * int(args, 8) + top;
    const row = columns + (<usize>(by * blocksX) << 2);
    const isInside = y >= 0 && y < height;
    const cells = plane + (<usize>(y * width + left + from * strideX) << 2);
    if (isFold) {
      if (isInside) give(cells, row + (<usize>from << 2), strideX, to - from);
    } else if (isInside) {
      fill(row, 0, from);
      take(row + (<usize>from << 2), cells, strideX, to - from);
      fill(row + (<usize>to << 2), 0, blocksX - to);
    } else {
      fill(row, 0, blocksX);
    }
  }
}

/** Unit: one element of all windows of a plane. */
export function unfold(args: usize, begin: i32, end: i32): void {
  const places = int(args, 6) * int(args, 7);
  const windows = int(args, 4) * int(args, 5);
  for (let unit = begin; unit < end; unit++) {
    const z = unit / places;
    const plane = pointer(args, 1) + (<usize>(z * int(args, 2) * int(args, 3)) << 2);
    walk(false, args, plane, pointer(args, 0) + (<usize>(unit * windows) << 2), unit - z * places);
  }
}

/** Unit: a plane. */
export function fold(args: usize, begin: i32, end: i32): void {
  const places = int(args, 6) * int(args, 7);
  const windows = int(args, 4) * int(args, 5);
  const size = int(args, 2) * int(args, 3);
  for (let z = begin; z < end; z++) {
    const plane = pointer(args, 0) + (<usize>(z * size) << 2);
    fill(plane, 0, size);
    for (let place = 0; place < places; place++) {
      const columns = pointer(args, 1) + (<usize>((z * places + place) * windows) << 2);
      walk(true, args, plane, columns, place);
    }
  }
}
