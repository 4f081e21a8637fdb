// The operands of `winograd-weight-gradient.ts`: a row of Bᵀ d B, or of A Ȳ Aᵀ, of many tiles and channels, in panels: one
// for each of the row's four places and each `tileColumns` input, or `tileRows` output channels. A lane is a channel.
import { int } from "./args";
import { tileColumns, tileRows } from "./product";
import { combine } from "./winograd";

// Words: those of `weight-gradient.ts`. A line is a row of tiles, those of all images of a chunk one after the other.

/** How many of `size` cover `count`. */
// @ts-ignore: decorator
@inline
export function blocksOf(count: i32, size: i32): i32 {
  return (count + size - 1) / size;
}

/** Lines of an image. */
// @ts-ignore: decorator
@inline
export function linesOf(args: usize): i32 {
  return (int(args, 9) / int(args, 10)) >> 1;
}

// A row of Bᵀ or A takes the difference of two rows of the tile, their sum, or one of them.
const DIFFERENCE: i32 = 0;
const SUM: i32 = 1;
const ONE: i32 = 2;

/** Row i of Bᵀ d B, of `channels` channels from `x` on and of `count` lines. */
export function packInputs(args: usize, x: usize, channels: i32, i: i32, line: i32, count: i32, to: usize): void {
  const first = i == 0 ? 0 : i == 2 ? 2 : 1;
  const second = i == 3 ? 3 : i == 2 ? 1 : 2;
  if (i == 1) pack(true, SUM, args, x, channels, first, second, line, count, to);
  else pack(true, DIFFERENCE, args, x, channels, first, second, line, count, to);
}

/** Row i of A Ȳ Aᵀ likewise, without the minus signs of A's last row. */
export function packGradients(args: usize, g: usize, channels: i32, i: i32, line: i32, count: i32, to: usize): void {
  if (i == 1) pack(false, SUM, args, g, channels, 0, 1, line, count, to);
  else if (i == 2) pack(false, DIFFERENCE, args, g, channels, 0, 1, line, count, to);
  else pack(false, ONE, args, g, channels, i == 3 ? 1 : 0, 0, line, count, to);
}

/** Where a panel has more lanes than there are channels, the last channel fills it up. */
// @ts-ignore: decorator
@inline
function pack(
  isInput: bool,
  kind: i32,
  args: usize,
  from: usize,
  channels: i32,
  first: i32,
  second: i32,
  line: i32,
  count: i32,
  to: usize,
): void {
  const pitch = <usize>int(args, isInput ? 11 : 10) << 2;
  const plane = <usize>int(args, isInput ? 19 : 9) << 2;
  const image = isInput ? <usize>int(args, 13) << 2 : <usize>int(args, 23) * plane;
  const lanes = isInput ? tileColumns : tileRows;
  const panels = blocksOf(channels, lanes);
  const tiles = int(args, 10) >> 1;
  const place = <usize>(panels * count * tiles * lanes) << 2;
  const last = channels - 1;
  const lines = linesOf(args);
  for (let channel = 0; channel < channels; channel += lanes) {
    let n = line / lines;
    let y = line - n * lines;
    for (let k = 0; k < count; k++) {
      const x = from + <usize>n * image + <usize>(2 * y) * pitch;
      for (let c = channel; c < channel + lanes; c += 4) {
        const p = x + <usize>min(c, last) * plane;
        const q = x + <usize>min(c + 1, last) * plane;
        const r = x + <usize>min(c + 2, last) * plane;
        const s = x + <usize>min(c + 3, last) * plane;
        const at = to + (<usize>(c - channel) << 2);
        if (isInput) packInputLine(kind, p, q, r, s, first * pitch, second * pitch, tiles, at, place);
        else packGradientLine(kind, p, q, r, s, first * pitch, second * pitch, tiles, at, place);
      }
      to += <usize>(tiles * lanes) << 2;
      if (++y < lines) continue;
      y = 0;
      n++;
    }
  }
}

/** A line of four channels at p, q, r and s: a row of Bᵀ d, from the rows of d at the offsets `first` and `second`, times B. */
// @ts-ignore: decorator
@inline
function packInputLine(
  kind: i32,
  p: usize,
  q: usize,
  r: usize,
  s: usize,
  first: usize,
  second: usize,
  tiles: i32,
  to: usize,
  place: usize,
): void {
  let d2 = f32x4.splat(0);
  let d3 = d2;
  // Four columns end a tile and begin the next one.
  for (let tile = -1; ; tile += 2) {
    const a = rowOf(kind, p + first, p + second);
    const b = rowOf(kind, q + first, q + second);
    const c = rowOf(kind, r + first, r + second);
    const d = rowOf(kind, s + first, s + second);
    first += 16;
    second += 16;
    const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    const e0 = v128.shuffle<i64>(ab, cd, 0, 2);
    const e1 = v128.shuffle<i64>(ab, cd, 1, 3);
    if (tile >= 0) {
      putInput(d2, d3, e0, e1, to, place);
      to += 4 * tileColumns;
    }
    if (tile + 1 == tiles) return;
    const high = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const higher = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    d2 = v128.shuffle<i64>(high, higher, 0, 2);
    d3 = v128.shuffle<i64>(high, higher, 1, 3);
    putInput(e0, e1, d2, d3, to, place);
    to += 4 * tileColumns;
    if (tile + 2 == tiles) return;
  }
}

/** A row times B. */
// @ts-ignore: decorator
@inline
function putInput(d0: v128, d1: v128, d2: v128, d3: v128, to: usize, place: usize): void {
  v128.store(to, f32x4.sub(d0, d2));
  v128.store(to + place, f32x4.add(d1, d2));
  v128.store(to + 2 * place, f32x4.sub(d2, d1));
  v128.store(to + 3 * place, f32x4.sub(d1, d3));
}

/** A line of four channels likewise: a row of A Ȳ times Aᵀ. */
// @ts-ignore: decorator
@inline
function packGradientLine(
  kind: i32,
  p: usize,
  q: usize,
  r: usize,
  s: usize,
  first: usize,
  second: usize,
  tiles: i32,
  to: usize,
  place: usize,
): void {
  for (let tile = 0; tile < tiles; tile += 2) {
    const a = rowOf(kind, p + first, p + second);
    const b = rowOf(kind, q + first, q + second);
    const c = rowOf(kind, r + first, r + second);
    const d = rowOf(kind, s + first, s + second);
    first += 16;
    second += 16;
    const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    putGradient(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3), to, place);
    to += 4 * tileRows;
    if (tile + 1 == tiles) return;
    const high = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const higher = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    putGradient(v128.shuffle<i64>(high, higher, 0, 2), v128.shuffle<i64>(high, higher, 1, 3), to, place);
    to += 4 * tileRows;
  }
}

/** A row times Aᵀ, whose last column's sign is left out. */
// @ts-ignore: decorator
@inline
function putGradient(y0: v128, y1: v128, to: usize, place: usize): void {
  v128.store(to, y0);
  v128.store(to + place, f32x4.add(y0, y1));
  v128.store(to + 2 * place, f32x4.sub(y0, y1));
  v128.store(to + 3 * place, y1);
}

// @ts-ignore: decorator
@inline
function rowOf(kind: i32, p: usize, q: usize): v128 {
  return kind == ONE ? v128.load(p) : combine(kind, v128.load(p), v128.load(q));
}
