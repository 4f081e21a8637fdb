// Batch normalisation: rows of cells that share a channel's numbers, or (`perCell`) have one channel after the other.
import { int, pointer, real } from "./args";
import { firstLanes, storeFirst } from "./lanes";

/** The channel's number for four neighbours. */
// @ts-ignore: decorator
@inline
function ofChannel(perCell: bool, at: usize): v128 {
  return perCell ? v128.load(at) : v128.load32_splat(at);
}

// @ts-ignore: decorator
@inline
function normalizeRow(perCell: bool, args: usize, cell: usize, channel: usize, n: i32): void {
  const out = pointer(args, 0) + cell;
  const x = pointer(args, 5) + cell;
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const c = channel + (perCell ? at : 0);
    const d = f32x4.sub(v128.load(x + at), ofChannel(perCell, pointer(args, 6) + c));
    const scaled = f32x4.mul(d, ofChannel(perCell, pointer(args, 7) + c));
    storeFirst(out + at, f32x4.add(scaled, ofChannel(perCell, pointer(args, 8) + c)), n - i);
  }
}

// @ts-ignore: decorator
@inline
function inputGradRow(perCell: bool, args: usize, cell: usize, channel: usize, n: i32): void {
  const out = pointer(args, 0) + cell;
  const g = pointer(args, 5) + cell;
  const x = pointer(args, 6) + cell;
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const c = channel + (perCell ? at : 0);
    const d = f32x4.sub(v128.load(x + at), ofChannel(perCell, pointer(args, 7) + c));
    const rest = f32x4.sub(v128.load(g + at), ofChannel(perCell, pointer(args, 9) + c));
    const slope = ofChannel(perCell, pointer(args, 10) + c);
    const scale = ofChannel(perCell, pointer(args, 8) + c);
    storeFirst(out + at, f32x4.mul(scale, f32x4.sub(rest, f32x4.mul(d, slope))), n - i);
  }
}

/** Words: out, rowLength, channels, rows of a unit, rows, inputs. A row is of the channel that its number leaves after
 * whole `channels`, or, where `channels` is 0, has them all. */
// @ts-ignore: decorator
@inline
function rows(isGrad: bool, args: usize, begin: i32, end: i32): void {
  const length = int(args, 1);
  const channels = int(args, 2);
  const last = min(int(args, 4), end * int(args, 3));
  for (let r = begin * int(args, 3); r < last; r++) {
    const cell = <usize>(r * length) << 2;
    if (channels == 0) {
      if (isGrad) inputGradRow(true, args, cell, 0, length);
      else normalizeRow(true, args, cell, 0, length);
    } else {
      const channel = <usize>(r % channels) << 2;
      if (isGrad) inputGradRow(false, args, cell, channel, length);
      else normalizeRow(false, args, cell, channel, length);
    }
  }
}

/** 1 / the root of the mean square deviation of a channel whose variance is no float32. */
function ofDeviations(args: usize, channel: i32): f32 {
  const mean = load<f32>(pointer(args, 3) + (<usize>channel << 2));
  const batch = int(args, 5);
  const plane = int(args, 6);
  let largest: f32 = 0;
  let sum: f32 = 0;
  for (let pass = 0; pass < 2; pass++) {
    for (let n = 0; n < batch; n++) {
      let a = pointer(args, 2) + (<usize>(n * int(args, 7) + channel * int(args, 8)) << 2);
      let chain: f32 = 0;
      for (let i = 0; i < plane; i++) {
        const d = abs(load<f32>(a) - mean);
        if (pass == 0) {
          if (d > largest) largest = d;
        } else {
          chain += (d / largest) * (d / largest);
        }
        a += 4;
      }
      sum += chain;
    }
  }
  return <f32>1 / (largest * sqrt(sum / <f32>batch / <f32>plane));
}

/** Words: out, variance, x, mean, channels, batch, plane, sliceSize, rowSize, eps. Unit: four channels. */
export function inverseDeviation(args: usize, begin: i32, end: i32): void {
  const eps = f32x4.splat(real(args, 9));
  const last = min(int(args, 4), end * 4);
  for (let channel = begin * 4; channel < last; channel += 4) {
    const at = <usize>channel << 2;
    const variance = v128.load(pointer(args, 1) + at);
    const out = pointer(args, 0) + at;
    storeFirst(out, f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(variance, eps))), last - channel);
    const isInside = f32x4.le(variance, f32x4.splat(3e38));
    const outside = i32x4.bitmask(v128.andnot(firstLanes(last - channel), isInside));
    for (let i = 0; outside >> i != 0; i++) {
      if ((outside >> i) & 1) store<f32>(out + (<usize>i << 2), ofDeviations(args, channel + i));
    }
  }
}

export function normalize(args: usize, begin: i32, end: i32): void {
  rows(false, args, begin, end);
}

export function inputGrad(args: usize, begin: i32, end: i32): void {
  rows(true, args, begin, end);
}
