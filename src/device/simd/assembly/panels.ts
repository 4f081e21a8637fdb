// Panels: the operands of `product.ts`, packed.
//
// A panel holds the `tileRows` rows of a (or the `tileColumns` columns of b) that a tile needs, one k after the other. Rows
// and columns that a matrix does not have are zeros in it.
import { firstLanes, partOf } from "./product";

/** Lanes (rows of a, columns of b) that are packed in a unit: whole panels of either. */
export const packedTogether: i32 = 24;

/** Packs four lanes of a panel: element (lane, k) is at `from + 4 · (lane · laneStride + k · stride)` and goes to
 * `to + 4 · lane + k · step`. Lanes from `lanes` on become zeros. */
function packFour(
  from: usize,
  laneStride: i32,
  stride: i32,
  lanes: i32,
  terms: i32,
  to: usize,
  step: usize,
): void {
  const next = <usize>stride << 2;
  const lane = <usize>laneStride << 2;
  const end = to + <usize>terms * step;
  if (lanes <= 0) {
    for (; to < end; to += step) v128.store(to, f32x4.splat(0));
  } else if (laneStride == 1) {
    const mask = firstLanes(lanes);
    for (; to < end; to += step) {
      v128.store(to, v128.and(v128.load(from), mask));
      from += next;
    }
  } else if (stride == 1) {
    packTransposed(from, lane, lanes, terms, to, step);
  } else {
    for (; to < end; to += step) {
      let v = v128.load32_zero(from);
      if (lanes > 1) v = v128.load_lane<f32>(from + lane, v, 1);
      if (lanes > 2) v = v128.load_lane<f32>(from + 2 * lane, v, 2);
      if (lanes > 3) v = v128.load_lane<f32>(from + 3 * lane, v, 3);
      v128.store(to, v);
      from += next;
    }
  }
}

/** `packFour` where the terms of a lane are neighbours. */
function packTransposed(from: usize, lane: usize, lanes: i32, terms: i32, to: usize, step: usize): void {
  const zero = f32x4.splat(0);
  const whole = to + <usize>(terms & ~3) * step;
  for (; ; to += 4 * step) {
    const left = to < whole ? 4 : terms & 3;
    if (left == 0) return;
    const p = v128.load(from);
    const q = lanes > 1 ? v128.load(from + lane) : zero;
    const r = lanes > 2 ? v128.load(from + 2 * lane) : zero;
    const s = lanes > 3 ? v128.load(from + 3 * lane) : zero;
    const pq = v128.shuffle<i32>(p, q, 0, 4, 1, 5);
    const rs = v128.shuffle<i32>(r, s, 0, 4, 1, 5);
    v128.store(to, v128.shuffle<i64>(pq, rs, 0, 2));
    if (left > 1) v128.store(to + step, v128.shuffle<i64>(pq, rs, 1, 3));
    if (left > 2) {
      const high = v128.shuffle<i32>(p, q, 2, 6, 3, 7);
      const higher = v128.shuffle<i32>(r, s, 2, 6, 3, 7);
      v128.store(to + 2 * step, v128.shuffle<i64>(high, higher, 0, 2));
      if (left > 3) v128.store(to + 3 * step, v128.shuffle<i64>(high, higher, 1, 3));
    }
    if (left < 4) return;
    from += 16;
  }
}

/** Packs `packedTogether` lanes that are neighbours: row after row, each read once and spread over its panels. */
function packRows(from: usize, stride: i32, terms: i32, to: usize, width: i32): void {
  const next = <usize>stride << 2;
  const step = <usize>width << 2;
  const panel = step * <usize>terms;
  const isWide = width == 8;
  const p1 = isWide ? to + 16 : to + panel;
  const p2 = isWide ? to + panel : to + 2 * panel;
  const p3 = isWide ? p2 + 16 : to + 3 * panel;
  const p4 = isWide ? to + 2 * panel : to + 4 * panel;
  const p5 = isWide ? p4 + 16 : to + 5 * panel;
  for (let i: usize = 0; i < panel; i += step) {
    v128.store(to + i, v128.load(from));
    v128.store(p1 + i, v128.load(from, 16));
    v128.store(p2 + i, v128.load(from, 32));
    v128.store(p3 + i, v128.load(from, 48));
    v128.store(p4 + i, v128.load(from, 64));
    v128.store(p5 + i, v128.load(from, 80));
    from += next;
  }
}

/** Packs the lanes from `first` on, `packedTogether` of them, of a matrix of `lanes` lanes in panels `width` lanes wide: part
 * by part, and within a part panel by panel. */
export function packPanels(
  from: usize,
  lanes: i32,
  laneStride: i32,
  stride: i32,
  terms: i32,
  to: usize,
  width: i32,
  first: i32,
): void {
  const part = partOf(terms);
  const last = min(lanes, first + packedTogether);
  for (let k = 0; k < terms; k += part) {
    const count = min(part, terms - k);
    if (laneStride == 1 && last == first + packedTogether) {
      packRows(from + (<usize>(first + k * stride) << 2), stride, count, panelAt(to, lanes, first, k, count), width);
      continue;
    }
    for (let panel = first; panel < last; panel += width) {
      const start = panelAt(to, lanes, panel, k, count);
      for (let lane = 0; lane < width; lane += 4) {
        packFour(
          from + (<usize>((panel + lane) * laneStride + k * stride) << 2),
          laneStride,
          stride,
          lanes - panel - lane,
          count,
          start + (<usize>lane << 2),
          <usize>width << 2,
        );
      }
    }
  }
}

/** The panel that starts with a lane, in the part that starts at term k and has `count` terms. */
// @ts-ignore: decorator
@inline
export function panelAt(packed: usize, lanes: i32, lane: i32, k: i32, count: i32): usize {
  const padded = ((lanes + packedTogether - 1) / packedTogether) * packedTogether;
  return packed + ((<usize>k * <usize>padded + <usize>lane * <usize>count) << 2);
}
