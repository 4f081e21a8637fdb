// The convolution of groups of one output channel (depthwise, or into one channel): there is no weight to share what is read.
import { int, load4, pointer } from "./args";
import { find, placeFirst, placeGroup, placeLast, placeOut, placeX } from "./place";
import { mostTerms, multiplyAdd, put } from "./product";

/** Words: those of conv2d. Unit: rows of an output plane. */
export function conv2dSingle(args: usize, begin: i32, end: i32): void {
  const stride = int(args, 12);
  const width = int(args, 10);
  const height = int(args, 9) / width;
  for (let unit = begin; unit < end; unit++) {
    find(args, unit, height);
    if (stride == 1) single(1, args, width);
    else if (stride == 2) single(2, args, width);
    else single(stride, args, width);
  }
}

// @ts-ignore: decorator
@inline
function single(stride: i32, args: usize, width: i32): void {
  const terms = int(args, 6);
  const rowStride = int(args, 11);
  const table = pointer(args, 4);
  const weight = pointer(args, 2) + ((<usize>placeGroup * <usize>terms) << 2);
  for (let k = 0; k < terms; k += mostTerms) {
    const tableAt = table + (<usize>k << 2);
    const tableEnd = table + (<usize>min(terms, k + mostTerms) << 2);
    const w = weight + (<usize>k << 2);
    for (let y = placeFirst; y < placeLast; y++) {
      let from = placeX + (<usize>(y * rowStride) << 2);
      let to = placeOut + (<usize>(y * width) << 2);
      let left = width;
      for (; left >= 16; left -= 16) {
        fourQuads(true, stride, from, tableAt, tableEnd, w, to, 16, k == 0);
        from += <usize>stride << 6;
        to += 64;
      }
      if (left > 0) fourQuads(false, stride, from, tableAt, tableEnd, w, to, left, k == 0);
    }
  }
}

/** Four quads of a row, of which `columns` columns are there. */
// @ts-ignore: decorator
@inline
function fourQuads(
  isWhole: bool,
  stride: i32,
  from: usize,
  table: usize,
  tableEnd: usize,
  w: usize,
  to: usize,
  columns: i32,
  isFirst: bool,
): void {
  const step = <usize>stride << 4;
  // Quads beyond the row's end repeat the first.
  const q = isWhole || columns > 4 ? from + step : from;
  const r = isWhole || columns > 8 ? from + 2 * step : from;
  const s = isWhole || columns > 12 ? from + 3 * step : from;
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (; table < tableEnd; table += 4) {
    const offset = <usize>load<u32>(table);
    const v = v128.load32_splat(w);
    if (isWhole && stride == 1) {
      const p = from + offset;
      s0 = multiplyAdd(v, v128.load(p), s0);
      s1 = multiplyAdd(v, v128.load(p, 16), s1);
      s2 = multiplyAdd(v, v128.load(p, 32), s2);
      s3 = multiplyAdd(v, v128.load(p, 48), s3);
    } else {
      s0 = multiplyAdd(v, load4(from + offset, stride), s0);
      s1 = multiplyAdd(v, load4(q + offset, stride), s1);
      s2 = multiplyAdd(v, load4(r + offset, stride), s2);
      s3 = multiplyAdd(v, load4(s + offset, stride), s3);
    }
    w += 4;
  }
  put(to, s0, columns, isFirst);
  put(to + 16, s1, columns - 4, isFirst);
  put(to + 32, s2, columns - 8, isFirst);
  put(to + 48, s3, columns - 12, isFirst);
}
