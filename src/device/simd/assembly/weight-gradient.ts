// The gradient of a convolution to its weight: the product of the output's gradient (rows: output channels) with the windows
// (columns: terms c, i, j), summed over pixels. Both are read in quads of four pixels, one to a lane, of which the lanes
// are summed at the end.
import { int, load4, pointer, scratch } from "./args";
import { gradOutputOf, inputOf, outOf } from "./chunk";
import { firstLanes, mostTerms } from "./product";
import { rowColumns, rowOfStridedWindows, rowOfWindows, tileOfPanels, tileOfWindows } from "./quads";

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

/** Rows of whole quads, of stride 1 (in groups of one output channel also 2): windows are read where they are. Unit:
 * `tileRows` output channels of a group. */
export function weightGradDirect(args: usize, begin: i32, end: i32): void {
  const rows = int(args, 5);
  const tiles = (rows + tileRows - 1) / tileRows;
  const quads = (int(args, 9) * int(args, 22)) >> 2;
  const terms = int(args, 6);
  const stride = int(args, 12);
  const g = scratch + packedG;
  const offsets = scratch + offsetsX;
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
          if (stride == 1) rowOfWindows(g, offsets, x, table, count, out, columns, first == 0);
          else rowOfStridedWindows(g, offsets, x, table, count, out, columns, first == 0);
          k += rowColumns;
        } else {
          const columns = min(2, terms - k);
          const p = x + <usize>load<u32>(table);
          const q = columns > 1 ? x + <usize>load<u32>(table, 4) : p;
          tileOfWindows(g, offsets, p, q, count, out, <usize>terms << 2, here, columns, first == 0);
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
          tileOfPanels(scratch + packedG, panelOf(k - term, count), count, to, <usize>terms << 2, here, min(2, termEnd - k), first == 0);
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
  const reach = 12 * <usize>stride;
  for (const end = offsets + (<usize>quads << 4); offsets < end; offsets += 16) {
    const p = <usize>load<u32>(offsets);
    const s = <usize>load<u32>(offsets, 12);
    const q = <usize>load<u32>(offsets, 4);
    const r = <usize>load<u32>(offsets, 8);
    if (q - p == 4 * <usize>stride && r - p == 8 * <usize>stride && s - p == reach) {
      v128.store(to, load4(from + p, stride));
    } else {
      let v = v128.load32_zero(from + p);
      v = v128.load_lane<f32>(from + q, v, 1);
      v = v128.load_lane<f32>(from + r, v, 2);
      v128.store(to, v128.load_lane<f32>(from + s, v, 3));
    }
    to += step;
  }
}
