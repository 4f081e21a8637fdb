// The inner loops of matrix products: operands in panels (see `panels.ts`), a tile of the result in registers.
//
// The cells of rows and columns that a matrix does not have are not stored. A tile sums at most `mostTerms` products before it
// joins the result, to keep the float32 error at that of short sums.

/** Rows of a tile. */
export const tileRows: i32 = 4;
/** Columns of a tile. */
export const tileColumns: i32 = 8;
/** Terms that are summed before they join the total. */
export const mostTerms: i32 = 256;

/** a · b + c, in one rounding where the engine can. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Ones in the first `lanes` lanes. */
// @ts-ignore: decorator
@inline
export function firstLanes(lanes: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(lanes));
}

/** Stores the first `lanes` lanes. */
// @ts-ignore: decorator
@inline
export function storeLanes(to: usize, v: v128, lanes: i32): void {
  if (lanes >= 4) {
    v128.store(to, v);
    return;
  }
  if (lanes >= 1) v128.store_lane<f32>(to, v, 0);
  if (lanes >= 2) v128.store_lane<f32>(to + 4, v, 1);
  if (lanes >= 3) v128.store_lane<f32>(to + 8, v, 2);
}

/** The sum of the four lanes. */
// @ts-ignore: decorator
@inline
export function sumLanes(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/** Terms that are summed at a time: equal parts. */
export function partOf(terms: i32): i32 {
  const parts = (terms + mostTerms - 1) / mostTerms;
  return (terms + parts - 1) / parts;
}

/** Four cells of a tile's row go to the result, or are added to it; of the last ones only the first `lanes`. */
// @ts-ignore: decorator
@inline
export function put(to: usize, v: v128, lanes: i32, isFirst: bool): void {
  storeLanes(to, isFirst ? v : f32x4.add(v128.load(to), v), lanes);
}

/** Eight cells go to the result, or are added to it. */
// @ts-ignore: decorator
@inline
function putWhole(to: usize, v0: v128, v1: v128, isFirst: bool): void {
  if (!isFirst) {
    v0 = f32x4.add(v128.load(to), v0);
    v1 = f32x4.add(v128.load(to, 16), v1);
  }
  v128.store(to, v0);
  v128.store(to, v1, 16);
}

/** Where the terms of a tile's columns are: in a panel, */
const PANEL = 0;
/** the tile's rows following each other; */
const WHOLE = 3;
/** in neighbouring columns, at offsets that a table gives for each term; */
const NEIGHBOURS = 1;
/** in two places, at offsets from each. */
const APART = 2;

/** A tile of the result: out[row, column] = Σ a · b, in two halves of four columns. */
// @ts-ignore: decorator
@inline
function sums(
  kind: i32,
  a: usize,
  b: usize,
  other: usize,
  table: usize,
  terms: i32,
  out: usize,
  otherOut: usize,
  pitch: usize,
  rows: i32,
  lanes: i32,
  otherLanes: i32,
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
  for (const end = a + (<usize>terms << 4); a < end; a += 16) {
    let b0: v128;
    let b1: v128;
    if (kind == PANEL || kind == WHOLE) {
      b0 = v128.load(b);
      b1 = v128.load(b, 16);
      b += 32;
    } else {
      const offset = <usize>load<u32>(table);
      table += 4;
      b0 = v128.load(b + offset);
      b1 = kind == NEIGHBOURS ? v128.load(b + offset, 16) : v128.load(other + offset);
    }
    let s = v128.load32_splat(a);
    c00 = multiplyAdd(s, b0, c00);
    c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a, 4);
    c10 = multiplyAdd(s, b0, c10);
    c11 = multiplyAdd(s, b1, c11);
    s = v128.load32_splat(a, 8);
    c20 = multiplyAdd(s, b0, c20);
    c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a, 12);
    c30 = multiplyAdd(s, b0, c30);
    c31 = multiplyAdd(s, b1, c31);
  }
  if (kind == WHOLE) {
    putWhole(out, c00, c01, isFirst);
    putWhole(out + 32, c10, c11, isFirst);
    putWhole(out + 64, c20, c21, isFirst);
    putWhole(out + 96, c30, c31, isFirst);
    return;
  }
  for (let row = 0; ; ) {
    put(out, c00, lanes, isFirst);
    put(otherOut, c01, otherLanes, isFirst);
    if (++row >= rows) return;
    out += pitch;
    otherOut += pitch;
    c00 = c10;
    c01 = c11;
    c10 = c20;
    c11 = c21;
    c20 = c30;
    c21 = c31;
  }
}

/** A tile of the result, `pitch` bytes a row: the product of two panels. */
// @ts-ignore: decorator
@inline
export function tile(
  a: usize,
  b: usize,
  terms: i32,
  out: usize,
  pitch: usize,
  rows: i32,
  columns: i32,
  isFirst: bool,
): void {
  sums(PANEL, a, b, 0, 0, terms, out, out + 16, pitch, rows, columns, columns - 4, isFirst);
}

/** A whole tile, the rows one after the other: the product of two panels. */
// @ts-ignore: decorator
@inline
export function productOfPanels(a: usize, b: usize, terms: i32, out: usize, isFirst: bool): void {
  sums(WHOLE, a, b, 0, 0, terms, out, out, 0, 4, 4, 4, isFirst);
}

/** A tile whose column c has its terms at `b + 4 · c + table[term]`. */
// @ts-ignore: decorator
@inline
export function tileOfNeighbours(
  a: usize,
  b: usize,
  table: usize,
  terms: i32,
  out: usize,
  pitch: usize,
  rows: i32,
  columns: i32,
  isFirst: bool,
): void {
  sums(NEIGHBOURS, a, b, 0, table, terms, out, out + 16, pitch, rows, columns, columns - 4, isFirst);
}

/** The same for two times four neighbours. */
// @ts-ignore: decorator
@inline
export function tileApart(
  a: usize,
  b: usize,
  other: usize,
  table: usize,
  terms: i32,
  out: usize,
  otherOut: usize,
  pitch: usize,
  rows: i32,
  lanes: i32,
  otherLanes: i32,
  isFirst: bool,
): void {
  sums(APART, a, b, other, table, terms, out, otherOut, pitch, rows, lanes, otherLanes, isFirst);
}
