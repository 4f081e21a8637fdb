// Log-softmax: the logarithms of its rows, and its gradient.
import { int, pointer } from "./args";
import { narrowed, offsetOf, storeFirst, upper } from "./lanes";
import * as wide from "./wide";

/** log(count + below), NaN where none was counted. */
// @ts-ignore: decorator
@inline
function logOfPowers2(below: v128, count: v128): v128 {
  const rest = f64x2.add(f64x2.sub(count, f64x2.splat(1)), below);
  return wide.choose(f64x2.lt(rest, f64x2.splat(0)), f64x2.splat(NaN), wide.log1p(rest));
}

/** Words: out, total, below, count. */
export function logOfPowers(args: usize, begin: i32, end: i32): void {
  const to = offsetOf(args, end);
  for (let i = offsetOf(args, begin); i < to; i += 16) {
    const below = v128.load(pointer(args, 2) + i);
    const count = v128.load(pointer(args, 3) + i);
    const low = logOfPowers2(f64x2.promote_low_f32x4(below), f64x2.promote_low_f32x4(count));
    v128.store(pointer(args, 0) + i, narrowed(low, logOfPowers2(upper(below), upper(count))));
  }
}

/** −g (eʸ − 1) − eʸ · undominant where y dominates, else g − eʸ · total. */
// @ts-ignore: decorator
@inline
function gradient2(g: v128, y: v128, total: v128, undominant: v128): v128 {
  const dominates = f64x2.gt(y, f64x2.splat(<f64>(<f32>-0.6875)));
  const own = wide.choose(dominates, f64x2.neg(f64x2.mul(g, wide.expm1(y))), g);
  return f64x2.sub(own, f64x2.mul(wide.exp(y), wide.choose(dominates, undominant, total)));
}

// @ts-ignore: decorator
@inline
function gradientRow(perCell: bool, args: usize, cell: usize, row: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const own = row + (perCell ? at : 0);
    const g = v128.load(pointer(args, 5) + cell + at);
    const y = v128.load(pointer(args, 6) + cell + at);
    const total = perCell ? v128.load(pointer(args, 7) + own) : v128.load32_splat(pointer(args, 7) + own);
    const others = perCell ? v128.load(pointer(args, 8) + own) : v128.load32_splat(pointer(args, 8) + own);
    const low = gradient2(
      f64x2.promote_low_f32x4(g),
      f64x2.promote_low_f32x4(y),
      f64x2.promote_low_f32x4(total),
      f64x2.promote_low_f32x4(others),
    );
    const high = gradient2(upper(g), upper(y), upper(total), upper(others));
    storeFirst(pointer(args, 0) + cell + at, narrowed(low, high), n - i);
  }
}

/** Words: out, cells of a line, lines that share their rows' sums (0 where a line is a row), lines of a unit, lines, inputs: g, y,
 * and the sums, one for each row. */
export function logSoftmaxGrad(args: usize, begin: i32, end: i32): void {
  const length = int(args, 1);
  const shared = int(args, 2);
  const last = min(int(args, 4), end * int(args, 3));
  for (let line = begin * int(args, 3); line < last; line++) {
    const cell = <usize>(line * length) << 2;
    if (shared == 0) gradientRow(false, args, cell, <usize>line << 2, length);
    else gradientRow(true, args, cell, <usize>((line / shared) * length) << 2, length);
  }
}
