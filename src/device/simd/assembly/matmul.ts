// The matrix product, with strides in place of transpositions.
import { int, pointer, scratch } from "./args";
import { packedTogether, packPanels, panelAt } from "./panels";
import {
  firstLanes,
  mostTerms,
  multiplyAdd,
  partOf,
  storeLanes,
  sumLanes,
  tile,
  tileColumns,
  tileRows,
} from "./product";

// Words of the product: out, a, b, packed a, packed b, rows, columns, terms, batchA, rowA, colA, batchB, rowB, colB, units
// that pack a, rows of a unit, columns of a unit, packed size of a matrix of a, of b, of all of a, units that pack.

/** Unit: `packedTogether` rows of a (the first units) or columns of b. */
export function matmulPack(args: usize, begin: i32, end: i32): void {
  packAll(args, pointer(args, 3), pointer(args, 4), begin, end);
}

function packAll(args: usize, packedA: usize, packedB: usize, begin: i32, end: i32): void {
  const unitsA = int(args, 14);
  for (let unit = begin; unit < end; unit++) {
    if (unit < unitsA) {
      pack(args, 1, 5, 8, int(args, 9), int(args, 10), packedA, int(args, 17), tileRows, unit);
    } else {
      pack(args, 2, 6, 11, int(args, 13), int(args, 12), packedB, int(args, 18), tileColumns, unit - unitsA);
    }
  }
}

function pack(
  args: usize,
  operand: i32,
  size: i32,
  batch: i32,
  laneStride: i32,
  stride: i32,
  packed: usize,
  packedSize: i32,
  width: i32,
  unit: i32,
): void {
  const lanes = int(args, size);
  const units = (lanes + packedTogether - 1) / packedTogether;
  const matrix = unit / units;
  packPanels(
    pointer(args, operand) + (<usize>(matrix * int(args, batch)) << 2),
    lanes,
    laneStride,
    stride,
    int(args, 7),
    packed + ((<usize>matrix * <usize>packedSize) << 2),
    width,
    (unit - matrix * units) * packedTogether,
  );
}

/** Unit: a block of the result. */
export function matmul(args: usize, begin: i32, end: i32): void {
  blocks(args, pointer(args, 3), pointer(args, 4), begin, end);
}

/** Packs in this thread's scratch, for a product so small that this thread does it alone. Unit: a block of the result. */
export function matmulAlone(args: usize, begin: i32, end: i32): void {
  const packedB = scratch + (<usize>int(args, 19) << 2);
  packAll(args, scratch, packedB, 0, int(args, 20));
  blocks(args, scratch, packedB, begin, end);
}

function blocks(args: usize, packedA: usize, packedB: usize, begin: i32, end: i32): void {
  const rows = int(args, 5);
  const columns = int(args, 6);
  const unitRows = int(args, 15);
  const unitColumns = int(args, 16);
  const down = (rows + unitRows - 1) / unitRows;
  const across = (columns + unitColumns - 1) / unitColumns;
  for (let unit = begin; unit < end; unit++) {
    const rest = unit / down;
    const z = rest / across;
    const row = (unit - rest * down) * unitRows;
    const column = (rest - z * across) * unitColumns;
    block(
      rows,
      columns,
      packedA + (int(args, 8) == 0 ? 0 : <usize>z * <usize>int(args, 17) << 2),
      packedB + (int(args, 11) == 0 ? 0 : <usize>z * <usize>int(args, 18) << 2),
      pointer(args, 0) + (<usize>z * <usize>rows * <usize>columns << 2),
      int(args, 7),
      row,
      min(rows, row + unitRows),
      column,
      min(columns, column + unitColumns),
    );
  }
}

function block(
  rows: i32,
  columns: i32,
  a: usize,
  b: usize,
  out: usize,
  terms: i32,
  row: i32,
  rowEnd: i32,
  column: i32,
  columnEnd: i32,
): void {
  const part = partOf(terms);
  for (let k = 0; k < terms; k += part) {
    const count = min(part, terms - k);
    for (let j = column; j < columnEnd; j += tileColumns) {
      const right = panelAt(b, columns, j, k, count);
      for (let i = row; i < rowEnd; i += tileRows) {
        tile(
          panelAt(a, rows, i, k, count),
          right,
          count,
          out + (<usize>i * <usize>columns + <usize>j << 2),
          <usize>columns << 2,
          min(tileRows, rowEnd - i),
          min(tileColumns, columnEnd - j),
          k == 0,
        );
      }
    }
  }
}

/** out[z, x] = Σₖ vector[z, k] · matrix[z, k, x]. Words: out, vector, matrix, columns, terms, batch stride and stride of the
 * vector, batch stride, stride along k and along x of the matrix, columns of a unit. Unit: columns of a member. */
export function vectorMatrix(args: usize, begin: i32, end: i32): void {
  const columns = int(args, 3);
  const unitColumns = int(args, 10);
  const across = (columns + unitColumns - 1) / unitColumns;
  for (let unit = begin; unit < end; unit++) {
    const z = unit / across;
    const column = (unit - z * across) * unitColumns;
    const stride = int(args, 9);
    const vector = pointer(args, 1) + (<usize>(z * int(args, 5)) << 2);
    const matrix = pointer(args, 2) + (<usize>(z * int(args, 7) + column * stride) << 2);
    const out = pointer(args, 0) + (<usize>(z * columns + column) << 2);
    const count = min(unitColumns, columns - column);
    if (stride == 1) rowTimesRows(args, vector, matrix, out, count);
    else if (int(args, 6) == 1 && int(args, 8) == 1) dots(args, vector, matrix, out, count);
    else scalarDots(args, vector, matrix, out, count);
  }
}

/** Neighbouring columns: a sum of rows, 16 columns at a time. */
function rowTimesRows(args: usize, vector: usize, matrix: usize, out: usize, count: i32): void {
  const terms = int(args, 4);
  const step = <usize>int(args, 6) << 2;
  const pitch = <usize>int(args, 8) << 2;
  for (let x = 0; x < count; x += 16) {
    let t0 = f32x4.splat(0);
    let t1 = t0;
    let t2 = t0;
    let t3 = t0;
    let v = vector;
    let m = matrix + (<usize>x << 2);
    for (let k = 0; k < terms; k += mostTerms) {
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      for (let i = min(mostTerms, terms - k); i > 0; i--) {
        const s = v128.load32_splat(v);
        s0 = multiplyAdd(s, v128.load(m), s0);
        s1 = multiplyAdd(s, v128.load(m, 16), s1);
        s2 = multiplyAdd(s, v128.load(m, 32), s2);
        s3 = multiplyAdd(s, v128.load(m, 48), s3);
        v += step;
        m += pitch;
      }
      t0 = f32x4.add(t0, s0);
      t1 = f32x4.add(t1, s1);
      t2 = f32x4.add(t2, s2);
      t3 = f32x4.add(t3, s3);
    }
    const to = out + (<usize>x << 2);
    storeLanes(to, t0, count - x);
    storeLanes(to + 16, t1, count - x - 4);
    storeLanes(to + 32, t2, count - x - 8);
    storeLanes(to + 48, t3, count - x - 12);
  }
}

/** Neighbouring terms: a scalar product for each column, which sums every fourth term in a lane. */
function dots(args: usize, vector: usize, matrix: usize, out: usize, count: i32): void {
  const terms = int(args, 4);
  const pitch = <usize>int(args, 9) << 2;
  const mask = firstLanes(terms & 3);
  const bytes = <usize>(terms & ~3) << 2;
  const blockBytes = <usize>mostTerms << 2;
  for (let x = 0; x < count; x++) {
    let total0 = f32x4.splat(0);
    let total1 = total0;
    for (let k: usize = 0; k < bytes; k += blockBytes) {
      let s0 = f32x4.splat(0);
      let s1 = s0;
      const end = min(bytes, k + blockBytes);
      const pairs = end - ((end - k) & 31);
      let i = k;
      for (; i < pairs; i += 32) {
        s0 = multiplyAdd(v128.load(vector + i), v128.load(matrix + i), s0);
        s1 = multiplyAdd(v128.load(vector + i, 16), v128.load(matrix + i, 16), s1);
      }
      if (i < end) s0 = multiplyAdd(v128.load(vector + i), v128.load(matrix + i), s0);
      total0 = f32x4.add(total0, s0);
      total1 = f32x4.add(total1, s1);
    }
    if ((terms & 3) != 0) {
      const v = v128.and(v128.load(vector + bytes), mask);
      total0 = multiplyAdd(v, v128.and(v128.load(matrix + bytes), mask), total0);
    }
    store<f32>(out + (<usize>x << 2), sumLanes(f32x4.add(total0, total1)));
    matrix += pitch;
  }
}

function scalarDots(args: usize, vector: usize, matrix: usize, out: usize, count: i32): void {
  const terms = int(args, 4);
  const step = <usize>int(args, 6) << 2;
  const stride = <usize>int(args, 8) << 2;
  const pitch = <usize>int(args, 9) << 2;
  for (let x = 0; x < count; x++) {
    let total: f32 = 0;
    let v = vector;
    let m = matrix;
    for (let k = 0; k < terms; k += mostTerms) {
      let sum: f32 = 0;
      for (let i = min(mostTerms, terms - k); i > 0; i--) {
        sum += load<f32>(v) * load<f32>(m);
        v += step;
        m += stride;
      }
      total += sum;
    }
    store<f32>(out + (<usize>x << 2), total);
    matrix += pitch;
  }
}
