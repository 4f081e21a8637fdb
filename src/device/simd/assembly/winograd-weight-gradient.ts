// The gradient of the 3×3 convolution of stride 1 to its weight, with 16 products for 2×2 outputs instead of 36: Winograd's
// F(3×3, 2×2). It is the transpose of `winograd.ts`: of Y = Aᵀ[Σ (G g Gᵀ) ⊙ (Bᵀ d B)]A the gradient to g is
// Gᵀ[Σ (A Ȳ Aᵀ) ⊙ (Bᵀ d B)]G, summed over the tiles of 2×2 outputs.
//
// A unit does a row of a tile's four by four places, for which it needs a row of either transform and no other. For each place
// it multiplies matrices: output channels times tiles times input channels. Last, the four rows are joined. What is not finite
// would spread within a kernel; such kernels are computed again from the definition.
import { int, pointer, scratch } from "./args";
import { gradOutputOf, inputOf, outOf } from "./chunk";
import { mostTerms, multiplyAdd, productOfPanels, storeLanes, tileColumns, tileRows } from "./product";
import { blocksOf, linesOf, packGradients, packInputs } from "./winograd-panels";

// Words: those of `weight-gradient.ts`, with the rows of places at word 3 and the channels of a unit at word 15.

/** Rows, and columns, of a tile's places. */
const places: i32 = 4;

/** Input, and output, channels of a unit at most. */
const mostChannels: i32 = 64;

// In the scratch: the products, then the panels of gradOutput and of the input.
const products: usize = 0;
const gradients: usize = 4 * <usize>(places * mostChannels * mostChannels);
const inputs: usize = gradients + 4 * <usize>(places * mostChannels * mostTerms);

/** Bytes of a tile of products, and of the row of kernels that four of them become. */
const tileBytes: usize = 128;
const rowBytes: usize = 96 * places;

/** Unit: a row of places, of some output and input channels of a place. */
export function winogradWeightGrad(args: usize, begin: i32, end: i32): void {
  const outChannels = int(args, 5);
  const channels = int(args, 6) / 9;
  const most = int(args, 15);
  const across = int(args, 10) >> 1;
  const lines = int(args, 22) * linesOf(args);
  const block = blocksOf(lines, blocksOf(lines, mostTerms / across));
  for (let unit = begin; unit < end; unit++) {
    const i = unit % places;
    const n = unit / places / blocksOf(channels, most);
    const place = n / blocksOf(outChannels, most);
    const column = (unit / places - n * blocksOf(channels, most)) * most;
    const row = (n - place * blocksOf(outChannels, most)) * most;
    const columns = min(most, channels - column);
    const rows = min(most, outChannels - row);
    const x = inputOf(args, place) + (<usize>(column * int(args, 19)) << 2);
    const g = gradOutputOf(args, place, row);
    for (let line = 0; line < lines; line += block) {
      const count = min(block, lines - line);
      packInputs(args, x, columns, i, line, count, scratch + inputs);
      packGradients(args, g, rows, i, line, count, scratch + gradients);
      multiply(blocksOf(rows, tileRows), blocksOf(columns, tileColumns), count * across, line == 0);
    }
    putRows(args, place, row, rows, column, columns, i);
  }
}

/** The products of a row of places, which are added to what is there unless they are the first. */
function multiply(rows: i32, columns: i32, tiles: i32, isFirst: bool): void {
  let to = scratch + products;
  for (let column = 0; column < columns; column++) {
    for (let place = 0; place < places; place++) {
      let a = scratch + gradients + (<usize>(place * rows * tiles) << 4);
      const b = scratch + inputs + (<usize>((place * columns + column) * tiles) << 5);
      for (let row = 0; row < rows; row++) {
        productOfPanels(a, b, tiles, to, isFirst);
        a += <usize>tiles << 4;
        to += tileBytes;
      }
    }
  }
}

/** An element of Gᵀ m, where the last element of m has the wrong sign. */
// @ts-ignore: decorator
@inline
function joined(element: i32, m0: v128, m1: v128, m2: v128, m3: v128): v128 {
  const half = f32x4.splat(0.5);
  if (element == 1) return f32x4.mul(half, f32x4.sub(m1, m2));
  const sum = f32x4.mul(half, f32x4.add(m1, m2));
  return element == 0 ? f32x4.add(m0, sum) : f32x4.sub(sum, m3);
}

/** Where the rows of places of a tile of output and input channels are: of each row three elements of four input channels,
 * and four more, for each output channel. */
// @ts-ignore: decorator
@inline
function rowsOf(args: usize, place: i32, row: i32, column: i32): usize {
  const tile = (place * blocksOf(int(args, 5), tileRows) + row / tileRows) * blocksOf(int(args, 6) / 9, tileColumns);
  return pointer(args, 3) + <usize>(tile + column / tileColumns) * (places * rowBytes);
}

/** Row i of the products times G. */
function putRows(args: usize, place: i32, row: i32, rows: i32, column: i32, columns: i32, i: i32): void {
  const pitch = <usize>blocksOf(rows, tileRows) * tileBytes;
  let m = scratch + products;
  for (let c = 0; c < columns; c += tileColumns) {
    for (let o = 0; o < rows; o += tileRows) {
      let to = rowsOf(args, place, row + o, column + c) + <usize>i * rowBytes;
      for (const end = m + tileBytes; m < end; m += 16) {
        const m0 = v128.load(m);
        const m1 = v128.load(m + pitch);
        const m2 = v128.load(m + 2 * pitch);
        const m3 = v128.load(m + 3 * pitch);
        v128.store(to, joined(0, m0, m1, m2, m3));
        v128.store(to, joined(1, m0, m1, m2, m3), 16);
        v128.store(to, joined(2, m0, m1, m2, m3), 32);
        to += 48;
      }
    }
    m += (places - 1) * pitch;
  }
}

/** Gᵀ times the rows. Unit: `tileRows` output channels of a place. */
export function winogradWeightGradJoin(args: usize, begin: i32, end: i32): void {
  const rows = int(args, 5);
  const channels = int(args, 6) / 9;
  const units = blocksOf(rows, tileRows);
  for (let unit = begin; unit < end; unit++) {
    const place = unit / units;
    const row = (unit - place * units) * tileRows;
    for (let o = 0; o < min(tileRows, rows - row); o++) {
      for (let c = 0; c < channels; c += 4) {
        const from = rowsOf(args, place, row, c) + <usize>(2 * o + ((c >> 2) & 1)) * 48;
        const lanes = min(4, channels - c);
        if (join(from, outOf(args, place, row + o, 9 * c), lanes)) continue;
        for (let lane = 0; lane < lanes; lane++) define(args, place, row + o, c + lane);
      }
    }
  }
}

/** The kernels of up to four input channels. Returns whether they are finite. */
function join(from: usize, to: usize, lanes: i32): bool {
  const zero = f32x4.splat(0);
  let check = zero;
  for (const end = from + 48; from < end; from += 16) {
    const m0 = v128.load(from);
    const m1 = v128.load(from + rowBytes);
    const m2 = v128.load(from + 2 * rowBytes);
    const m3 = v128.load(from + 3 * rowBytes);
    const y0 = joined(0, m0, m1, m2, m3);
    const y1 = joined(1, m0, m1, m2, m3);
    const y2 = joined(2, m0, m1, m2, m3);
    // 0 · y is NaN where y is not finite.
    check = f32x4.add(f32x4.add(check, f32x4.mul(y0, zero)), f32x4.add(f32x4.mul(y1, zero), f32x4.mul(y2, zero)));
    putElement(to, y0, lanes);
    putElement(to + 12, y1, lanes);
    putElement(to + 24, y2, lanes);
    to += 4;
  }
  return !v128.any_true(f32x4.ne(check, check));
}

/** An element of the kernels of up to four input channels. */
// @ts-ignore: decorator
@inline
function putElement(to: usize, v: v128, lanes: i32): void {
  v128.store_lane<f32>(to, v, 0);
  if (lanes > 1) v128.store_lane<f32>(to, v, 1, 36);
  if (lanes > 2) v128.store_lane<f32>(to, v, 2, 72);
  if (lanes > 3) v128.store_lane<f32>(to, v, 3, 108);
}

/** A kernel as conv2dWeightGrad defines it, its columns one to a lane. */
function define(args: usize, place: i32, row: i32, channel: i32): void {
  const width = int(args, 10);
  const height = int(args, 9) / width;
  const pitch = <usize>int(args, 11) << 2;
  let total0 = f32x4.splat(0);
  let total1 = total0;
  let total2 = total0;
  for (let n = 0; n < int(args, 22); n++) {
    let x = inputOf(args, place) + (<usize>(n * int(args, 13) + channel * int(args, 19)) << 2);
    let g = gradOutputOf(args, place, row) + (<usize>(n * int(args, 23) * int(args, 9)) << 2);
    for (let y = 0; y < height; y++) {
      let sum0 = f32x4.splat(0);
      let sum1 = sum0;
      let sum2 = sum0;
      for (let i: usize = 0; i < <usize>width << 2; i += 4) {
        const s = v128.load32_splat(g + i);
        sum0 = multiplyAdd(s, v128.load(x + i), sum0);
        sum1 = multiplyAdd(s, v128.load(x + i + pitch), sum1);
        sum2 = multiplyAdd(s, v128.load(x + i + 2 * pitch), sum2);
      }
      total0 = f32x4.add(total0, sum0);
      total1 = f32x4.add(total1, sum1);
      total2 = f32x4.add(total2, sum2);
      x += pitch;
      g += <usize>width << 2;
    }
  }
  const out = outOf(args, place, row, 9 * channel);
  storeLanes(out, total0, 3);
  storeLanes(out + 12, total1, 3);
  storeLanes(out + 24, total2, 3);
}
