// How kernels walk rows of floats, four lanes at a time.
import { int } from "./args";

/** Elements of a unit. */
const UNIT = 8192;

/** Byte offsets of the elements of the units before `unit`, in whole vectors: buffers end at multiples of 64 bytes, so
 * that the last vector may reach beyond the elements. */
// @ts-ignore: decorator
@inline
export function offsetOf(args: usize, unit: i32): usize {
  return <usize>min(int(args, 1), unit * UNIT) << 2;
}

/** The float32 lanes of two pairs of float64. */
// @ts-ignore: decorator
@inline
export function narrowed(low: v128, high: v128): v128 {
  return v128.shuffle<i32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/** The upper two lanes as float64. */
// @ts-ignore: decorator
@inline
export function upper(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(x, x, 2, 3, 2, 3));
}

/** The first `count` lanes of an integer mask: all ones. */
// @ts-ignore: decorator
@inline
export function firstLanes(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

/** Stores the first `count` lanes, all four where there are more. */
// @ts-ignore: decorator
@inline
export function storeFirst(out: usize, v: v128, count: i32): void {
  if (count >= 4) {
    v128.store(out, v);
    return;
  }
  v128.store_lane<f32>(out, v, 0);
  if (count > 1) v128.store_lane<f32>(out + 4, v, 1);
  if (count > 2) v128.store_lane<f32>(out + 8, v, 2);
}

/** Sets n elements. */
// @ts-ignore: decorator
@inline
export function fill(out: usize, value: f32, n: i32): void {
  const v = f32x4.splat(value);
  for (let i = 0; i < n; i += 4) storeFirst(out + (<usize>i << 2), v, n - i);
}

/** out = a, n elements. */
// @ts-ignore: decorator
@inline
export function copyRow(out: usize, a: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) storeFirst(out + (<usize>i << 2), v128.load(a + (<usize>i << 2)), n - i);
}

/** out += g, n elements. */
// @ts-ignore: decorator
@inline
export function addRow(out: usize, g: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    storeFirst(out + at, f32x4.add(v128.load(out + at), v128.load(g + at)), n - i);
  }
}
