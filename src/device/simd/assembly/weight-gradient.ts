// The gradient of a convolution to its weight: the product of the output's gradient (rows: output channels) with the windows
// (columns: terms c, i, j), summed over pixels. Both are read in quads of four pixels, one to a lane, of which the lanes
// are summed at the end.
import { int, load4, pointer, scratch } from "./args";
import { firstLanes, mostTerms, multiplyAdd, storeLanes, sumLanes } from "./product";

// Words: out, gradOutput, x, unused, table of the terms' offsets (`conv2dPack`), output channels of a group, terms, groups,
// chunks of images, pixels of an output plane, output width, rowStride, strideX, image, elements of a group's input, terms of
// a unit, unused, kernelX, kernelY, plane, rowDilation, dilationX, images of a chunk, output channels.

/** Rows of a tile; it has two columns. */
const tileRows: i32 = 4;

// In the scratch: four offsets in x and in gradOutput for each quad of a block, then the packed quads.
const blockQuads: i32 = mostTerms;
const offsetsX: usize = 0;
const offsetsG: usize = 16 * <usize>blockQuads;
const packedG: usize = 32 * <usize>blockQuads;
const packedX: usize = 96 * <usize>blockQuads;

/** Rows of whole quads, of stride 1 (in groups of one output channel also 2): windows are read where they are. Unit: `tileRows` output channels of a group. */
export function weightGradDirect(args: usize, begin: i32, end: i32): void {
  const rows = int(args, 5);
  const tiles = (rows + tileRows - 1) / tileRows;
  const quads = (int(args, 9) * int(args, 22)) >> 2;
  const terms = int(args, 6);
  const stride = int(args, 12);
  let located = -1;
  for (let unit = begin; unit < end; unit++) {
    const place = unit / tiles;
    const row = (unit - place * tiles) * tileRows;
    const here = min(tileRows, rows - row);
    const x = inputOf(args, place);
    for (let first = 0; first < quads; first += blockQuads) {
      const count = min(blockQuads, quads - first);
      if (located != first) locateQuads(args, first, count);
      located = first;
      for (let i = 0; i < here; i++) packRun(args, gradOutputOf(args, place, row + i), first, count, i, rows);
      for (let k = 0; k < terms; ) {
        const table = pointer(args, 4) + (<usize>k << 2);
        const out = outOf(args, place, row, k);
        if (rows == 1) {
          const columns = min(rowColumns, terms - k);
          if (stride == 1) rowOfWindows(x, table, count, out, columns, first == 0);
          else rowOfStridedWindows(x, table, count, out, columns, first == 0);
          k += rowColumns;
        } else {
          const columns = min(2, terms - k);
          const p = x + <usize>load<u32>(table);
          const q = columns > 1 ? x + <usize>load<u32>(table, 4) : p;
          tileOfWindows(p, q, count, out, <usize>terms << 2, here, columns, first == 0);
          k += 2;
        }
      }
    }
  }
}

/** Notes the byte offsets of quads in x, from quad `first` on, where quads do not cross rows. */
function locateQuads(args: usize, first: i32, quads: i32): void {
  const width = int(args, 10);
  const height = int(args, 9) / width;
  const rowStride = int(args, 11);
  const stride = int(args, 12);
  const row = (first << 2) / width;
  let n = row / height;
  let y = row - n * height;
  let x = (first << 2) - row * width;
  for (let q = 0; q < quads; q++) {
    store<u32>(scratch + offsetsX + (<usize>q << 2), (n * int(args, 13) + y * rowStride + x * stride) << 2);
    x += 4;
    if (x < width) continue;
    x = 0;
    if (++y < height) continue;
    y = 0;
    n++;
  }
}

/** Packs the quads of a row of gradOutput, as every fourth one unless it is the only row, where quads do not cross images. */
function packRun(args: usize, row: usize, first: i32, quads: i32, lane: i32, rows: i32): void {
  const plane = int(args, 9) >> 2;
  const step: usize = rows == 1 ? 16 : 64;
  let to = scratch + packedG + (<usize>lane << 4);
  for (let q = first; q < first + quads; ) {
    const n = q / plane;
    const left = min(first + quads - q, (n + 1) * plane - q);
    let from = row + (<usize>(n * int(args, 23)) * <usize>int(args, 9) << 2) + (<usize>(q - n * plane) << 4);
    for (const end = from + (<usize>left << 4); from < end; from += 16) {
      v128.store(to, v128.load(from));
      to += step;
    }
    q += left;
  }
}

/** Any stride and width: windows are packed. Unit: some terms of a group. */
export function weightGradPacked(args: usize, begin: i32, end: i32): void {
  const rows = int(args, 5);
  const terms = int(args, 6);
  const unitTerms = int(args, 15);
  const units = (terms + unitTerms - 1) / unitTerms;
  const plane = int(args, 9);
  const pixels = plane * int(args, 22);
  let located = -1;
  for (let unit = begin; unit < end; unit++) {
    const place = unit / units;
    const term = (unit - place * units) * unitTerms;
    const termEnd = min(terms, term + unitTerms);
    for (let first = 0; first < pixels; first += 4 * blockQuads) {
      const here = min(4 * blockQuads, pixels - first);
      const count = (here + 3) >> 2;
      const lanes = here - 4 * (count - 1);
      if (located != first) locate(args, first, here);
      located = first;
      const x = inputOf(args, place);
      for (let k = term; k < termEnd; k++) {
        const from = x + <usize>load<u32>(pointer(args, 4) + (<usize>k << 2));
        packQuads(from, scratch + offsetsX, count, int(args, 12), panelOf(k - term, count), 32, lanes);
      }
      for (let row = 0; row < rows; row += tileRows) {
        const here = min(tileRows, rows - row);
        for (let i = 0; i < here; i++) {
          const from = gradOutputOf(args, place, row + i);
          if ((plane & 3) == 0) packRun(args, from, first >> 2, count, i, tileRows);
          else packQuads(from, scratch + offsetsG, count, 1, scratch + packedG + (<usize>i << 4), 64, lanes);
        }
        for (let k = term; k < termEnd; k += 2) {
          const to = outOf(args, place, row, k);
          tileOfPanels(panelOf(k - term, count), count, to, <usize>terms << 2, here, min(2, termEnd - k), first == 0);
        }
      }
    }
  }
}

/** Where the quads of a term go: pairs of terms alternate. */
// @ts-ignore: decorator
@inline
function panelOf(term: i32, quads: i32): usize {
  return scratch + packedX + ((<usize>(term >> 1) * <usize>quads) << 5) + (<usize>(term & 1) << 4);
}

// A place is a group of a chunk of images: chunk · groups + group.

// @ts-ignore: decorator
@inline
function inputOf(args: usize, place: i32): usize {
  const chunk = place / int(args, 7);
  const group = place - chunk * int(args, 7);
  return pointer(args, 2) + (<usize>(chunk * int(args, 22) * int(args, 13) + group * int(args, 14)) << 2);
}

// @ts-ignore: decorator
@inline
function gradOutputOf(args: usize, place: i32, row: i32): usize {
  const chunk = place / int(args, 7);
  const group = place - chunk * int(args, 7);
  const channel = chunk * int(args, 22) * int(args, 23) + group * int(args, 5) + row;
  return pointer(args, 1) + ((<usize>channel * <usize>int(args, 9)) << 2);
}

// @ts-ignore: decorator
@inline
function outOf(args: usize, place: i32, row: i32, term: i32): usize {
  return pointer(args, 0) + ((<usize>(place * int(args, 5) + row) * <usize>int(args, 6) + <usize>term) << 2);
}

/** Notes the byte offsets of the pixels from `first` on; a quad's missing ones are where the last one is. */
function locate(args: usize, first: i32, pixels: i32): void {
  const plane = int(args, 9);
  const width = int(args, 10);
  const rowStride = int(args, 11);
  const stride = int(args, 12);
  const image = int(args, 13);
  const imageG = int(args, 23) * plane;
  let n = first / plane;
  let p = first - n * plane;
  let y = p / width;
  let x = p - y * width;
  for (let i = 0; i < ((pixels + 3) & ~3); i++) {
    const at = scratch + (<usize>i << 2);
    store<u32>(at + offsetsX, (n * image + y * rowStride + x * stride) << 2);
    store<u32>(at + offsetsG, (n * imageG + y * width + x) << 2);
    if (i >= pixels - 1) continue;
    if (++x < width) continue;
    x = 0;
    if (++y * width < plane) continue;
    y = 0;
    n++;
  }
}

/** Packs quads whose pixels are at `from` + their offsets; the last one has `lanes` pixels and zeros. */
function packQuads(from: usize, offsets: usize, quads: i32, stride: i32, to: usize, step: usize, lanes: i32): void {
  if (stride == 1) packEach(1, from, offsets, quads, to, step);
  else if (stride == 2) packEach(2, from, offsets, quads, to, step);
  else packEach(stride, from, offsets, quads, to, step);
  const last = to + <usize>(quads - 1) * step;
  if (lanes < 4) v128.store(last, v128.and(v128.load(last), firstLanes(lanes)));
}

// @ts-ignore: decorator
@inline
function packEach(stride: i32, from: usize, offsets: usize, quads: i32, to: usize, step: usize): void {
  const reach = 12 * <u32>stride;
  for (const end = offsets + (<usize>quads << 4); offsets < end; offsets += 16) {
    const p = <usize>load<u32>(offsets);
    const s = <usize>load<u32>(offsets, 12);
    const q = <usize>load<u32>(offsets, 4);
    // One row of the input: gaps between rows and images are no smaller than between columns.
    if (s - p == reach && q - p == 4 * <usize>stride) {
      v128.store(to, load4(from + p, stride));
    } else {
      let v = v128.load32_zero(from + p);
      v = v128.load_lane<f32>(from + q, v, 1);
      v = v128.load_lane<f32>(from + <usize>load<u32>(offsets, 8), v, 2);
      v128.store(to, v128.load_lane<f32>(from + s, v, 3));
    }
    to += step;
  }
}

// @ts-ignore: decorator
@inline
function tileOfWindows(
  p: usize,
  q: usize,
  quads: i32,
  out: usize,
  pitch: usize,
  rows: i32,
  columns: i32,
  isFirst: bool,
): void {
  sums(false, p, q, quads, out, pitch, rows, columns, isFirst);
}

// @ts-ignore: decorator
@inline
function tileOfPanels(panel: usize, quads: i32, out: usize, pitch: usize, rows: i32, columns: i32, isFirst: bool): void {
  sums(true, panel, 0, quads, out, pitch, rows, columns, isFirst);
}

/** A tile: four rows of the packed gradient times two terms, which are packed, too, or not. */
// @ts-ignore: decorator
@inline
function sums(
  isPacked: bool,
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
  let g = scratch + packedG;
  let table = scratch + offsetsX;
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
const rowColumns: i32 = 5;

/** A single row of the packed gradient times five terms, of which the first `columns` are wanted. */
function rowOfWindows(x: usize, terms: usize, quads: i32, out: usize, columns: i32, isFirst: bool): void {
  rowSums(1, x, terms, quads, out, columns, isFirst);
}

function rowOfStridedWindows(x: usize, terms: usize, quads: i32, out: usize, columns: i32, isFirst: bool): void {
  rowSums(2, x, terms, quads, out, columns, isFirst);
}

// @ts-ignore: decorator
@inline
function rowSums(stride: i32, x: usize, terms: usize, quads: i32, out: usize, columns: i32, isFirst: bool): void {
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
  let g = scratch + packedG;
  let table = scratch + offsetsX;
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
