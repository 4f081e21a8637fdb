// The 3×3 convolution of stride 1 with 16 products for 2×2 outputs instead of 36: Winograd's F(2×2, 3×3), as in Lavin and
// Gray, "Fast Algorithms for Convolutional Neural Networks" (2016), whose names are used: Y = Aᵀ[Σ (G g Gᵀ) ⊙ (Bᵀ d B)]A.
//
// Sixteen matrix products, one for each place in the transformed tile: output channels times channels times tiles. Four tiles
// side by side make a quad, one tile to a lane. What is not finite would spread within a tile; where a result is not, its
// quads are computed again from the definition.
import { int, pointer, scratch } from "./args";
import { mostTerms, partOf, productOfPanels, tileRows } from "./product";

// Words: those of conv2d; the packed weight is G g Gᵀ, place by place, in panels; a unit's cells are quads.

const places: i32 = 16;

/** Unit: `tileRows` output channels of a group. */
export function winogradPack(args: usize, begin: i32, end: i32): void {
  const rows = int(args, 5);
  const channels = int(args, 6) / 9;
  const tiles = (rows + tileRows - 1) / tileRows;
  const place = <usize>(tiles * channels) << 4;
  for (let unit = begin; unit < end; unit++) {
    const group = unit / tiles;
    const row = (unit - group * tiles) * tileRows;
    const here = min(tileRows, rows - row);
    const pitch = <usize>(channels * 9) << 2;
    let from = pointer(args, 2) + <usize>(group * rows + row) * pitch;
    let to = pointer(args, 3) + ((<usize>group * <usize>int(args, 16)) << 2) + (<usize>((row / tileRows) * channels) << 4);
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < 4; i++) {
        const g0 = transformedRow(from, pitch, here, i);
        const g1 = transformedRow(from + 4, pitch, here, i);
        const g2 = transformedRow(from + 8, pitch, here, i);
        const at = to + <usize>(4 * i) * place;
        const half = f32x4.mul(f32x4.splat(0.5), f32x4.add(g0, g2));
        const middle = f32x4.mul(f32x4.splat(0.5), g1);
        v128.store(at, g0);
        v128.store(at + place, f32x4.add(half, middle));
        v128.store(at + 2 * place, f32x4.sub(half, middle));
        v128.store(at + 3 * place, g2);
      }
      from += 36;
      to += 16;
    }
  }
}

/** Row i of G times a column of the kernels of four output channels. */
function transformedRow(from: usize, pitch: usize, rows: i32, i: i32): v128 {
  if (i == 0) return channelsAt(from, pitch, rows);
  if (i == 3) return channelsAt(from + 24, pitch, rows);
  const half = f32x4.mul(f32x4.splat(0.5), f32x4.add(channelsAt(from, pitch, rows), channelsAt(from + 24, pitch, rows)));
  const middle = f32x4.mul(f32x4.splat(0.5), channelsAt(from + 12, pitch, rows));
  return i == 1 ? f32x4.add(half, middle) : f32x4.sub(half, middle);
}

/** An element of the kernels of `rows` output channels, zeros in the other lanes. */
// @ts-ignore: decorator
@inline
function channelsAt(from: usize, pitch: usize, rows: i32): v128 {
  let v = v128.load32_zero(from);
  if (rows > 1) v = v128.load_lane<f32>(from + pitch, v, 1);
  if (rows > 2) v = v128.load_lane<f32>(from + 2 * pitch, v, 2);
  if (rows > 3) v = v128.load_lane<f32>(from + 3 * pitch, v, 3);
  return v;
}

// In the scratch: the products of a tile of output channels, then the transformed input.
const products: usize = 0;
const inputs: usize = 2048;

/** Unit: pairs of quads of a group of an image. */
export function winograd(args: usize, begin: i32, end: i32): void {
  const rows = int(args, 5);
  const terms = int(args, 6);
  const channels = terms / 9;
  const groups = int(args, 7);
  const pixels = int(args, 9);
  const width = int(args, 10);
  const pitch = <usize>int(args, 11) << 2;
  const across = (width + 7) >> 3;
  const quads = ((pixels / width) >> 1) * across;
  const unitQuads = int(args, 15);
  const units = (quads + unitQuads - 1) / unitQuads;
  const tiles = (rows + tileRows - 1) / tileRows;
  for (let unit = begin; unit < end; unit++) {
    const z = unit / units;
    const image = z / groups;
    const group = z - image * groups;
    const x = pointer(args, 1) + (<usize>(image * int(args, 13) + group * int(args, 14)) << 2);
    const out = pointer(args, 0) + ((<usize>z * <usize>rows * <usize>pixels) << 2);
    const weight = pointer(args, 3) + ((<usize>group * <usize>int(args, 16)) << 2);
    const kernels = pointer(args, 2) + ((<usize>(group * rows) * <usize>terms) << 2);
    const first = (unit - z * units) * unitQuads;
    const last = min(quads, first + unitQuads);
    for (let q = first; q < last; q += 2) {
      const other = min(q + 1, last - 1);
      const shared = sharedColumns(q, across, width);
      const otherShared = sharedColumns(other, across, width);
      const column = 8 * (q % across) - shared;
      const otherColumn = 8 * (other % across) - otherShared;
      const from = x + <usize>(2 * (q / across)) * pitch + (<usize>column << 2);
      const otherFrom = x + <usize>(2 * (other / across)) * pitch + (<usize>otherColumn << 2);
      const to = out + (<usize>(2 * (q / across) * width + column) << 2);
      const otherTo = out + (<usize>(2 * (other / across) * width + otherColumn) << 2);
      transform(from, pitch, int(args, 19), channels, scratch + inputs);
      transform(otherFrom, pitch, int(args, 19), channels, scratch + inputs + 16);
      for (let tile = 0; tile < tiles; tile++) {
        multiply(weight, tile, tiles, channels);
        const row = tile * tileRows;
        for (let o = 0; o < min(tileRows, rows - row); o++) {
          const plane = (<usize>(row + o) * <usize>pixels) << 2;
          const at = scratch + products + (<usize>o << 5);
          const kernel = kernels + ((<usize>(row + o) * <usize>terms) << 2);
          const isFinite = put(at, to + plane, width, shared);
          if (!isFinite) define(args, from, kernel, to + plane, shared);
          if (other == q) continue;
          const isOtherFinite = put(at + 16, otherTo + plane, width, otherShared);
          if (!isOtherFinite) define(args, otherFrom, kernel, otherTo + plane, otherShared);
        }
      }
    }
  }
}

/** How many columns a quad has in common with the one before, which are left to that: the last quad of a row ends with it. */
// @ts-ignore: decorator
@inline
function sharedColumns(quad: i32, across: i32, width: i32): i32 {
  return max(0, 8 * (quad % across) + 8 - width);
}

/** The sixteen products of a tile of output channels. */
function multiply(weight: usize, tile: i32, tiles: i32, channels: i32): void {
  const part = partOf(channels);
  for (let place = 0; place < places; place++) {
    const a = weight + (<usize>((place * tiles + tile) * channels) << 4);
    const b = scratch + inputs + (<usize>(place * channels) << 5);
    const to = scratch + products + (<usize>place << 7);
    for (let k = 0; k < channels; k += part) {
      productOfPanels(a + (<usize>k << 4), b + (<usize>k << 5), min(part, channels - k), to, k == 0);
    }
  }
}

/** Bᵀ d B of a quad, of all channels. */
function transform(from: usize, pitch: usize, plane: i32, channels: i32, to: usize): void {
  const place = <usize>channels << 5;
  for (let c = 0; c < channels; c++) {
    transformRow(0, from, from + 2 * pitch, to, place);
    transformRow(1, from + pitch, from + 2 * pitch, to + 4 * place, place);
    transformRow(0, from + 2 * pitch, from + pitch, to + 8 * place, place);
    transformRow(0, from + pitch, from + 3 * pitch, to + 12 * place, place);
    from += <usize>plane << 2;
    to += 32;
  }
}

/** A row of Bᵀ d B, whose row of Bᵀ d is the difference of two rows of d, or (kind 1) their sum. */
// @ts-ignore: decorator
@inline
function transformRow(kind: i32, p: usize, q: usize, to: usize, place: usize): void {
  const a = combine(kind, v128.load(p), v128.load(q));
  const b = combine(kind, v128.load(p, 16), v128.load(q, 16));
  const c = combine(kind, v128.load(p, 8), v128.load(q, 8));
  const d = combine(kind, v128.load(p, 24), v128.load(q, 24));
  const d0 = v128.shuffle<i32>(a, b, 0, 2, 4, 6);
  const d1 = v128.shuffle<i32>(a, b, 1, 3, 5, 7);
  const d2 = v128.shuffle<i32>(c, d, 0, 2, 4, 6);
  const d3 = v128.shuffle<i32>(c, d, 1, 3, 5, 7);
  v128.store(to, f32x4.sub(d0, d2));
  v128.store(to + place, f32x4.add(d1, d2));
  v128.store(to + 2 * place, f32x4.sub(d2, d1));
  v128.store(to + 3 * place, f32x4.sub(d1, d3));
}

/** The difference of two vectors or, of kind 1, their sum. */
// @ts-ignore: decorator
@inline
export function combine(kind: i32, a: v128, b: v128): v128 {
  return kind == 1 ? f32x4.add(a, b) : f32x4.sub(a, b);
}

/** Aᵀ m A of a quad: 2 rows of 8 outputs, but for the first `shared` of either. Returns whether they are finite. */
// @ts-ignore: decorator
@inline
function put(m: usize, to: usize, width: i32, shared: i32): bool {
  let s00 = sumColumn(m);
  let s01 = sumColumn(m + 128);
  let s02 = sumColumn(m + 256);
  let s03 = sumColumn(m + 384);
  let y0 = f32x4.add(f32x4.add(s00, s01), s02);
  let y1 = f32x4.sub(f32x4.sub(s01, s02), s03);
  putRow(to, y0, y1, shared);
  const zero = f32x4.splat(0);
  // 0 · y is NaN where y is not finite.
  let check = f32x4.add(f32x4.mul(y0, zero), f32x4.mul(y1, zero));
  s00 = differenceColumn(m);
  s01 = differenceColumn(m + 128);
  s02 = differenceColumn(m + 256);
  s03 = differenceColumn(m + 384);
  y0 = f32x4.add(f32x4.add(s00, s01), s02);
  y1 = f32x4.sub(f32x4.sub(s01, s02), s03);
  putRow(to + (<usize>width << 2), y0, y1, shared);
  check = f32x4.add(check, f32x4.add(f32x4.mul(y0, zero), f32x4.mul(y1, zero)));
  return !v128.any_true(f32x4.ne(check, check));
}

/** A row of a quad, whose even columns come first, but for its first `shared` columns: 0, 2, 4 or 6. */
// @ts-ignore: decorator
@inline
function putRow(to: usize, even: v128, odd: v128, shared: i32): void {
  const left = v128.shuffle<i32>(even, odd, 0, 4, 1, 5);
  const right = v128.shuffle<i32>(even, odd, 2, 6, 3, 7);
  if (shared == 0) v128.store(to, left);
  else if (shared == 2) v128.store64_lane(to, left, 1, 8);
  if (shared < 6) v128.store(to, right, 16);
  else v128.store64_lane(to, right, 1, 24);
}

// The two rows of Aᵀ times a column of m, whose rows are 512 bytes apart.

// @ts-ignore: decorator
@inline
function sumColumn(m: usize): v128 {
  return f32x4.add(f32x4.add(v128.load(m), v128.load(m, 512)), v128.load(m, 1024));
}

// @ts-ignore: decorator
@inline
function differenceColumn(m: usize): v128 {
  return f32x4.sub(f32x4.sub(v128.load(m, 512), v128.load(m, 1024)), v128.load(m, 1536));
}

/** A quad as conv2d defines it, but for its first `shared` columns. */
function define(args: usize, from: usize, kernel: usize, to: usize, shared: i32): void {
  const width = int(args, 10);
  const pitch = <usize>int(args, 11) << 2;
  const terms = int(args, 6);
  for (let pixel = 0; pixel < 16; pixel++) {
    const y = pixel >> 3;
    const x = pixel & 7;
    if (x < shared) continue;
    let total: f32 = 0;
    let sum: f32 = 0;
    let at = from + <usize>y * pitch + (<usize>x << 2);
    for (let k = 0; k < terms; k += 9) {
      for (let i: usize = 0; i < 3; i++) {
        for (let j: usize = 0; j < 3; j++) {
          sum += load<f32>(at + i * pitch + (j << 2)) * load<f32>(kernel + ((<usize>k + 3 * i + j) << 2));
        }
      }
      if (k % mostTerms < 9) {
        total += sum;
        sum = 0;
      }
      at += <usize>int(args, 19) << 2;
    }
    store<f32>(to + (<usize>(y * width + x) << 2), total + sum);
  }
}
