// What moves numbers around a convolution: padding, and the phases of a strided one's gradient.
import { int, pointer } from "./args";

/** Zeros from `to` up to `end`. */
// @ts-ignore: decorator
@inline
function clear(to: usize, end: usize): void {
  for (; to + 16 <= end; to += 16) v128.store(to, f32x4.splat(0));
  for (; to < end; to += 4) store<f32>(to, 0);
}

/** Words: out, a, height, width, rows, outWidth, top, left. Unit: a plane. */
export function padPlanes(args: usize, begin: i32, end: i32): void {
  const height = int(args, 2);
  const width = int(args, 3);
  const rows = int(args, 4);
  const outWidth = int(args, 5);
  const top = int(args, 6);
  const left = int(args, 7);
  // The columns from `first` to `last` of the output, the rows from `start` to `stop`, are the input's.
  const first = min(max(left, 0), outWidth);
  const last = max(first, min(outWidth, left + width));
  const start = min(max(top, 0), rows);
  const stop = max(start, min(rows, top + height));
  const pitch = <usize>outWidth << 2;
  const bytes = <usize>(last - first) << 2;
  for (let plane = begin; plane < end; plane++) {
    let from = pointer(args, 1) + (<usize>((plane * height + start - top) * width + first - left) << 2);
    const out = pointer(args, 0) + <usize>plane * <usize>rows * pitch;
    // The zeros before a row are written with those after the row before it.
    let zeros = out;
    for (let y = start; y < stop; y++) {
      const to = out + <usize>y * pitch + (<usize>first << 2);
      clear(zeros, to);
      zeros = to + bytes;
      copy(from, to, bytes);
      from += <usize>width << 2;
    }
    clear(zeros, out + <usize>rows * pitch);
  }
}

// @ts-ignore: decorator
@inline
function copy(from: usize, to: usize, bytes: usize): void {
  const end = to + bytes;
  for (; to + 16 <= end; to += 16) {
    v128.store(to, v128.load(from));
    from += 16;
  }
  for (; to < end; to += 4) {
    store<f32>(to, load<f32>(from));
    from += 4;
  }
}

/** Words: out, weight, channels, groupSize, kernelY, kernelX, dilationY, dilationX, phasesY, phasesX, stepY, stepX, tapsY,
 * tapsX. Unit: the kernels of a channel of the output. */
export function phaseWeight(args: usize, begin: i32, end: i32): void {
  const channels = int(args, 2);
  const groupSize = int(args, 3);
  const kernelY = int(args, 4);
  const kernelX = int(args, 5);
  const phasesY = int(args, 8);
  const phasesX = int(args, 9);
  const tapsY = int(args, 12);
  const tapsX = int(args, 13);
  const next = <usize>(channels * kernelY * kernelX) << 2;
  for (let unit = begin; unit < end; unit++) {
    const phases = unit / channels;
    const c = unit - phases * channels;
    const rowPhases = phases / phasesX;
    const group = rowPhases / phasesY;
    const phaseY = rowPhases - group * phasesY;
    const phaseX = phases - rowPhases * phasesX;
    const weight = pointer(args, 1) + (<usize>((group * groupSize * channels + c) * kernelY * kernelX) << 2);
    const size = tapsY * tapsX;
    const out = pointer(args, 0) + (<usize>(unit * groupSize * size) << 2);
    for (let tap = 0; tap < size; tap++) {
      const tapY = tap / tapsX;
      const i = kernelIndex(tapsY - 1 - tapY, int(args, 10), phaseY, int(args, 6), kernelY);
      const j = kernelIndex(tapsX - 1 - (tap - tapY * tapsX), int(args, 11), phaseX, int(args, 7), kernelX);
      let to = out + (<usize>tap << 2);
      let from = weight + (<usize>(i * kernelX + j) << 2);
      for (let o = 0; o < groupSize; o++) {
        store<f32>(to, i >= 0 && j >= 0 ? load<f32>(from) : 0);
        to += <usize>size << 2;
        from += next;
      }
    }
  }
}

/** Which kernel element a tap holds; -1 for none. */
// @ts-ignore: decorator
@inline
function kernelIndex(tap: i32, step: i32, phase: i32, dilation: i32, size: i32): i32 {
  const at = tap * step + phase;
  const i = at / dilation;
  return i * dilation == at && i < size ? i : -1;
}

/** Words: out, a, channels, phasesY, phasesX, rows, columns, height, width, fromY, fromX, strideY, strideX. Unit: an output
 * plane. */
export function interleavePhases(args: usize, begin: i32, end: i32): void {
  const channels = int(args, 2);
  const phasesY = int(args, 3);
  const phasesX = int(args, 4);
  const rows = int(args, 5);
  const columns = int(args, 6);
  const height = int(args, 7);
  const width = int(args, 8);
  const fromY = int(args, 9);
  const fromX = int(args, 10);
  const strideY = int(args, 11);
  const strideX = int(args, 12);
  const phase = <usize>(channels * rows * columns) << 2;
  for (let unit = begin; unit < end; unit++) {
    const outer = unit / channels;
    const c = unit - outer * channels;
    const planes = pointer(args, 1) + (<usize>((outer * phasesY * phasesX * channels + c) * rows * columns) << 2);
    for (let y = 0; y < height; y++) {
      const i = (y + fromY) / strideY;
      const phaseY = y + fromY - i * strideY;
      const to = pointer(args, 0) + (<usize>((unit * height + y) * width) << 2);
      if (phaseY >= phasesY) {
        clear(to, to + (<usize>width << 2));
        continue;
      }
      const from = planes + <usize>(phaseY * phasesX) * phase + (<usize>(i * columns) << 2);
      if (strideX == 2 && phasesX == 2) interleaveTwo(from, from + phase, to, fromX, width);
      else interleaveRow(from, phase, to, fromX, width, strideX, phasesX);
    }
  }
}

/** A row of two phases: columns 0, 2, 4 … of p and q in turn, from column `first` on. */
// @ts-ignore: decorator
@inline
function interleaveTwo(p: usize, q: usize, to: usize, first: i32, width: i32): void {
  let x = 0;
  let column = <usize>(first >> 1) << 2;
  if ((first & 1) != 0) {
    store<f32>(to, load<f32>(q + column));
    column += 4;
    x = 1;
  }
  for (; x + 8 <= width; x += 8) {
    const a = v128.load(p + column);
    const b = v128.load(q + column);
    const at = to + (<usize>x << 2);
    v128.store(at, v128.shuffle<i32>(a, b, 0, 4, 1, 5));
    v128.store(at, v128.shuffle<i32>(a, b, 2, 6, 3, 7), 16);
    column += 16;
  }
  for (; x < width; x += 2) {
    const at = to + (<usize>x << 2);
    store<f32>(at, load<f32>(p + column));
    if (x + 1 < width) store<f32>(at, load<f32>(q + column), 4);
    column += 4;
  }
}

// @ts-ignore: decorator
@inline
function interleaveRow(from: usize, phase: usize, to: usize, first: i32, width: i32, stride: i32, phases: i32): void {
  let column = <usize>(first / stride) << 2;
  let remainder = first % stride;
  for (let x = 0; x < width; x++) {
    const value: f32 = remainder < phases ? load<f32>(from + <usize>remainder * phase + column) : 0;
    store<f32>(to + (<usize>x << 2), value);
    if (++remainder < stride) continue;
    remainder = 0;
    column += 4;
  }
}
