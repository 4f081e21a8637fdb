// The convolution of padded planes, as a product of the weight with the windows: row o of the weight times the terms
// (c, i, j) of each window. The windows are not copied out where a row of a tile is a run of neighbours in the input.
import { int, load4, pointer, scratch } from "./args";
import { packedTogether, packPanels, panelAt } from "./panels";
import { find, placeFirst, placeGroup, placeLast, placeOut, placeX } from "./place";
import { partOf, tile, tileApart, tileColumns, tileOfNeighbours, tileRows } from "./product";

// Words: out, x, weight, packed weight, table of the terms' offsets, output channels of a group, terms, groups, images, pixels
// of an output plane, output width, rowStride, strideX, image, elements of a group's input, cells of a unit, packed size of
// a group's weight, kernelX, kernelY, plane, rowDilation, dilationX, images
// whose pixels follow each other (0 where they do not).

/** Unit: the first one makes the table; the others pack `packedTogether` output channels of a group each. */
export function conv2dPack(args: usize, begin: i32, end: i32): void {
  for (let unit = begin; unit < end; unit++) {
    if (unit == 0) {
      makeTable(args);
      continue;
    }
    const lanes = int(args, 5);
    const terms = int(args, 6);
    const units = (lanes + packedTogether - 1) / packedTogether;
    const group = (unit - 1) / units;
    packPanels(
      pointer(args, 2) + ((<usize>group * <usize>lanes * <usize>terms) << 2),
      lanes,
      terms,
      1,
      terms,
      pointer(args, 3) + ((<usize>group * <usize>int(args, 16)) << 2),
      tileRows,
      (unit - 1 - group * units) * packedTogether,
    );
  }
}

/** Byte offsets of the terms of a window, (c, i, j) in order. */
function makeTable(args: usize): void {
  const kernelX = int(args, 17);
  const kernelY = int(args, 18);
  const terms = int(args, 6);
  let to = pointer(args, 4);
  for (let k = 0, c = 0; k < terms; c++) {
    for (let i = 0; i < kernelY; i++) {
      let offset = c * int(args, 19) + i * int(args, 20);
      for (let j = 0; j < kernelX; j++) {
        store<u32>(to, offset << 2);
        offset += int(args, 21);
        to += 4;
        k++;
      }
    }
  }
}

/** Stride 1. Unit: quads of neighbouring output columns. */
export function conv2dDirect(args: usize, begin: i32, end: i32): void {
  const rows = int(args, 5);
  const terms = int(args, 6);
  const pixels = int(args, 9);
  const width = int(args, 10);
  const rowStride = int(args, 11);
  const across = (width + 3) >> 2;
  const quads = (pixels / width) * across;
  const part = partOf(terms);
  const pitch = <usize>pixels << 2;
  for (let unit = begin; unit < end; unit++) {
    find(args, unit, quads);
    const weight = pointer(args, 3) + ((<usize>placeGroup * <usize>int(args, 16)) << 2);
    for (let k = 0; k < terms; k += part) {
      const count = min(part, terms - k);
      const table = pointer(args, 4) + (<usize>k << 2);
      let y = placeFirst / across;
      let x = (placeFirst - y * across) << 2;
      for (let q = placeFirst; q < placeLast; q += 2) {
        const from = placeX + (<usize>(y * rowStride + x) << 2);
        const to = placeOut + (<usize>(y * width + x) << 2);
        const lanes = min(4, width - x);
        x += 4;
        if (x >= width) {
          x = 0;
          y++;
        }
        const isPair = q + 1 < placeLast;
        const otherFrom = isPair ? placeX + (<usize>(y * rowStride + x) << 2) : from;
        const otherTo = placeOut + (<usize>(y * width + x) << 2);
        const otherLanes = isPair ? min(4, width - x) : 0;
        x += 4;
        if (x >= width) {
          x = 0;
          y++;
        }
        if (lanes == 4 && otherFrom == from + 16) {
          for (let o = 0; o < rows; o += tileRows) {
            const a = panelAt(weight, rows, o, k, count);
            const out = to + <usize>o * pitch;
            tileOfNeighbours(a, from, table, count, out, pitch, min(tileRows, rows - o), 4 + otherLanes, k == 0);
          }
        } else {
          for (let o = 0; o < rows; o += tileRows) {
            const a = panelAt(weight, rows, o, k, count);
            const row = <usize>o * pitch;
            tileApart(
              a,
              from,
              otherFrom,
              table,
              count,
              to + row,
              otherTo + row,
              pitch,
              min(tileRows, rows - o),
              lanes,
              otherLanes,
              k == 0,
            );
          }
        }
      }
    }
  }
}

/** Where the pixels of a tile are: byte offsets in the input and in the output, at the start of the scratch. */
const pixelFrom: usize = 0;
const pixelTo: usize = 64;
/** A tile that goes to several images. */
const looseTile: usize = 128;
/** The packed windows of a tile. */
const windows: usize = 256;

/** Any stride, and planes of few pixels: the windows of a tile are packed. Pixels of all images follow each other where
 * a plane has fewer than a tile. Unit: pixels. */
export function conv2dPacked(args: usize, begin: i32, end: i32): void {
  const rows = int(args, 5);
  const terms = int(args, 6);
  const plane = int(args, 9);
  const stride = int(args, 12);
  const part = partOf(terms);
  const pitch = <usize>plane << 2;
  const isLoose = int(args, 22) > 0;
  for (let unit = begin; unit < end; unit++) {
    find(args, unit, isLoose ? plane * int(args, 22) : plane);
    const weight = pointer(args, 3) + ((<usize>placeGroup * <usize>int(args, 16)) << 2);
    for (let k = 0; k < terms; k += part) {
      const count = min(part, terms - k);
      const table = pointer(args, 4) + (<usize>k << 2);
      for (let p = placeFirst; p < placeLast; p += tileColumns) {
        const columns = min(tileColumns, placeLast - p);
        locate(args, p, columns, isLoose);
        for (let half: usize = 0; half < 32; half += 16) {
          const at = scratch + pixelFrom + half;
          const to = scratch + windows + half;
          const from = load<u32>(at);
          const isRun =
            load<u32>(at, 4) - from == 4 * <u32>stride &&
            load<u32>(at, 8) - from == 8 * <u32>stride &&
            load<u32>(at, 12) - from == 12 * <u32>stride;
          if (!isRun) packPixels(at, table, count, to);
          else if (stride == 1) packRun(1, <usize>from, table, count, to);
          else if (stride == 2) packRun(2, <usize>from, table, count, to);
          else packRun(stride, <usize>from, table, count, to);
        }
        for (let o = 0; o < rows; o += tileRows) {
          const a = panelAt(weight, rows, o, k, count);
          const here = min(tileRows, rows - o);
          const out = placeOut + <usize>o * pitch;
          if (isLoose) {
            tile(a, scratch + windows, count, scratch + looseTile, 32, here, columns, true);
            scatter(out, pitch, here, columns, k == 0);
          } else {
            tile(a, scratch + windows, count, out + (<usize>p << 2), pitch, here, columns, k == 0);
          }
        }
      }
    }
  }
}

/** Notes where the pixels of a tile are; those that it has not are where its last one is. */
function locate(args: usize, first: i32, columns: i32, isLoose: bool): void {
  const plane = int(args, 9);
  const width = int(args, 10);
  for (let i = 0; i < tileColumns; i++) {
    let p = first + min(i, columns - 1);
    let from = 0;
    let to = 0;
    if (isLoose) {
      const image = p / plane;
      p -= image * plane;
      from = image * int(args, 13);
      to = image * int(args, 7) * int(args, 5) * plane;
    }
    const y = p / width;
    from += y * int(args, 11) + (p - y * width) * int(args, 12);
    const at = scratch + (<usize>i << 2);
    store<u32>(at + pixelFrom, <u32>placeX + (<u32>from << 2));
    store<u32>(at + pixelTo, (<u32>to + <u32>p) << 2);
  }
}

// @ts-ignore: decorator
@inline
function packRun(stride: i32, from: usize, table: usize, count: i32, to: usize): void {
  for (const end = to + (<usize>count << 5); to < end; to += 32) {
    v128.store(to, load4(from + <usize>load<u32>(table), stride));
    table += 4;
  }
}

function packPixels(at: usize, table: usize, count: i32, to: usize): void {
  const p = <usize>load<u32>(at);
  const q = <usize>load<u32>(at, 4);
  const r = <usize>load<u32>(at, 8);
  const s = <usize>load<u32>(at, 12);
  for (const end = to + (<usize>count << 5); to < end; to += 32) {
    const offset = <usize>load<u32>(table);
    let v = v128.load32_zero(p + offset);
    v = v128.load_lane<f32>(q + offset, v, 1);
    v = v128.load_lane<f32>(r + offset, v, 2);
    v128.store(to, v128.load_lane<f32>(s + offset, v, 3));
    table += 4;
  }
}

/** Brings the columns of the loose tile to their pixels. */
function scatter(out: usize, pitch: usize, rows: i32, columns: i32, isFirst: bool): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) {
      const column = scratch + (<usize>i << 2);
      const to = out + <usize>row * pitch + <usize>load<u32>(column + pixelTo);
      const value = load<f32>(column + (<usize>row << 5) + looseTile);
      store<f32>(to, isFirst ? value : load<f32>(to) + value);
    }
  }
}
