// The inner loops of products that are summed along neighbours: both operands come in quads of four terms, one to a lane.
//
// One operand is packed at `g`: quad by quad, the quads of four rows after each other. The other is packed likewise, two
// columns, or read at the offsets that `table` gives for each quad.
import { load4 } from "./args";
import { multiplyAdd, storeLanes, sumLanes } from "./product";

// @ts-ignore: decorator
@inline
export function tileOfWindows(
  g: usize,
  table: usize,
  p: usize,
  q: usize,
  quads: i32,
  out: usize,
  pitch: usize,
  rows: i32,
  columns: i32,
  isFirst: bool,
): void {
  sums(false, g, table, p, q, quads, out, pitch, rows, columns, isFirst);
}

// @ts-ignore: decorator
@inline
export function tileOfPanels(
  g: usize,
  panel: usize,
  quads: i32,
  out: usize,
  pitch: usize,
  rows: i32,
  columns: i32,
  isFirst: bool,
): void {
  sums(true, g, 0, panel, 0, quads, out, pitch, rows, columns, isFirst);
}

/** A tile: four rows of the packed gradient times two terms, which are packed, too, or not. */
// @ts-ignore: decorator
@inline
function sums(
  isPacked: bool,
  g: usize,
  table: usize,
  p: usize,
  q: usize,
  quads: i32,
  out: usize,
  pitch: usize,
  rows: i32,
  columns: i32,
  isFirst: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (const end = g + (<usize>quads << 6); g < end; g += 64) {
    let x0: v128;
    let x1: v128;
    if (isPacked) {
      x0 = v128.load(p);
      x1 = v128.load(p, 16);
      p += 32;
    } else {
      const offset = <usize>load<u32>(table);
      table += 4;
      x0 = v128.load(p + offset);
      x1 = v128.load(q + offset);
    }
    let s = v128.load(g);
    c00 = multiplyAdd(s, x0, c00);
    c01 = multiplyAdd(s, x1, c01);
    s = v128.load(g, 16);
    c10 = multiplyAdd(s, x0, c10);
    c11 = multiplyAdd(s, x1, c11);
    s = v128.load(g, 32);
    c20 = multiplyAdd(s, x0, c20);
    c21 = multiplyAdd(s, x1, c21);
    s = v128.load(g, 48);
    c30 = multiplyAdd(s, x0, c30);
    c31 = multiplyAdd(s, x1, c31);
  }
  putColumn(out, pitch, rows, sumsOfLanes(c00, c10, c20, c30), isFirst);
  if (columns > 1) putColumn(out + 4, pitch, rows, sumsOfLanes(c01, c11, c21, c31), isFirst);
}

/** Terms of a tile that has a single row. */
export const rowColumns: i32 = 5;

/** A single row of the packed gradient times five terms, of which the first `columns` are wanted. */
export function rowOfWindows(
  g: usize,
  table: usize,
  x: usize, terms: usize, quads: i32, out: usize, columns: i32, isFirst: bool): void {
  rowSums(g, table, 1, x, terms, quads, out, columns, isFirst);
}

export function rowOfStridedWindows(
  g: usize,
  table: usize,
  x: usize, terms: usize, quads: i32, out: usize, columns: i32, isFirst: bool): void {
  rowSums(g, table, 2, x, terms, quads, out, columns, isFirst);
}

// @ts-ignore: decorator
@inline
function rowSums(
  g: usize,
  table: usize,
  stride: i32, x: usize, terms: usize, quads: i32, out: usize, columns: i32, isFirst: bool): void {
  const p0 = x + <usize>load<u32>(terms);
  const p1 = columns > 1 ? x + <usize>load<u32>(terms, 4) : p0;
  const p2 = columns > 2 ? x + <usize>load<u32>(terms, 8) : p0;
  const p3 = columns > 3 ? x + <usize>load<u32>(terms, 12) : p0;
  const p4 = columns > 4 ? x + <usize>load<u32>(terms, 16) : p0;
  let c0 = f32x4.splat(0);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  let c4 = c0;
  for (const end = g + (<usize>quads << 4); g < end; g += 16) {
    const offset = <usize>load<u32>(table);
    const s = v128.load(g);
    c0 = multiplyAdd(s, load4(p0 + offset, stride), c0);
    c1 = multiplyAdd(s, load4(p1 + offset, stride), c1);
    c2 = multiplyAdd(s, load4(p2 + offset, stride), c2);
    c3 = multiplyAdd(s, load4(p3 + offset, stride), c3);
    c4 = multiplyAdd(s, load4(p4 + offset, stride), c4);
    table += 4;
  }
  const four = sumsOfLanes(c0, c1, c2, c3);
  storeLanes(out, isFirst ? four : f32x4.add(v128.load(out), four), columns);
  if (columns > 4) store<f32>(out, sumLanes(c4) + (isFirst ? 0 : load<f32>(out, 16)), 16);
}

/** The sums of the lanes of four vectors. */
// @ts-ignore: decorator
@inline
function sumsOfLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
}

/** A column of a tile goes to the result, or is added to it. */
// @ts-ignore: decorator
@inline
function putColumn(to: usize, pitch: usize, rows: i32, v: v128, isFirst: bool): void {
  if (!isFirst) {
    let old = v128.load32_zero(to);
    if (rows > 1) old = v128.load_lane<f32>(to + pitch, old, 1);
    if (rows > 2) old = v128.load_lane<f32>(to + 2 * pitch, old, 2);
    if (rows > 3) old = v128.load_lane<f32>(to + 3 * pitch, old, 3);
    v = f32x4.add(old, v);
  }
  v128.store_lane<f32>(to, v, 0);
  if (rows > 1) v128.store_lane<f32>(to + pitch, v, 1);
  if (rows > 2) v128.store_lane<f32>(to + 2 * pitch, v, 2);
  if (rows > 3) v128.store_lane<f32>(to + 3 * pitch, v, 3);
}
