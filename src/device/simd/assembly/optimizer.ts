// Updates of the optimisers: loops over whole buffers, with a few numbers that all elements share.
import { int, pointer } from "./args";
import { offsetOf } from "./lanes";

/** Number i of the rates at r. */
// @ts-ignore: decorator
@inline
function rate(r: usize, i: usize): v128 {
  return v128.load32_splat(r + (i << 2));
}

/** x + s·y */
// @ts-ignore: decorator
@inline
function addScaled(x: v128, s: v128, y: usize): v128 {
  return f32x4.add(x, f32x4.mul(s, v128.load(y)));
}

// @ts-ignore: decorator
@inline
function velocity(started: bool, decays: bool, args: usize, begin: i32, end: i32): void {
  const out = pointer(args, 0);
  const b = pointer(args, 2);
  const gradient = pointer(args, 3);
  const theta = pointer(args, 4);
  const rates = pointer(args, 5);
  const to = offsetOf(args, end);
  for (let i = offsetOf(args, begin); i < to; i += 16) {
    let g = f32x4.mul(rate(rates, 4), v128.load(gradient + i));
    if (decays) g = addScaled(g, rate(rates, 1), theta + i);
    if (started) g = addScaled(f32x4.mul(rate(rates, 3), g), rate(rates, 2), b + i);
    v128.store(out + i, g);
  }
}

/** Words: out, total, velocity, gradient, parameter, rates, started, decays. */
export function sgdVelocity(args: usize, begin: i32, end: i32): void {
  const decays = int(args, 7) != 0;
  if (int(args, 6) == 0) {
    if (decays) velocity(false, true, args, begin, end);
    else velocity(false, false, args, begin, end);
  } else if (decays) velocity(true, true, args, begin, end);
  else velocity(true, false, args, begin, end);
}

// @ts-ignore: decorator
@inline
function descend(decays: bool, looksAhead: bool, args: usize, begin: i32, end: i32): void {
  const out = pointer(args, 0);
  const theta = pointer(args, 2);
  const gradient = pointer(args, 3);
  const b = pointer(args, 4);
  const rates = pointer(args, 5);
  const to = offsetOf(args, end);
  for (let i = offsetOf(args, begin); i < to; i += 16) {
    let g = f32x4.mul(rate(rates, 4), v128.load(gradient + i));
    if (decays) g = addScaled(g, rate(rates, 1), theta + i);
    if (looksAhead) g = addScaled(g, rate(rates, 2), b + i);
    v128.store(out + i, f32x4.sub(v128.load(theta + i), f32x4.mul(rate(rates, 0), g)));
  }
}

/** Words: out, total, parameter, gradient, velocity, rates, decays, looksAhead. */
export function sgdStep(args: usize, begin: i32, end: i32): void {
  const looksAhead = int(args, 7) != 0;
  if (int(args, 6) == 0) {
    if (looksAhead) descend(false, true, args, begin, end);
    else descend(false, false, args, begin, end);
  } else if (looksAhead) descend(true, true, args, begin, end);
  else descend(true, false, args, begin, end);
}

// @ts-ignore: decorator
@inline
function moment(isSecond: bool, decays: bool, args: usize, begin: i32, end: i32): void {
  const out = pointer(args, 0);
  const before = pointer(args, 2);
  const gradient = pointer(args, 3);
  const theta = pointer(args, 4);
  const rates = pointer(args, 5);
  const kept = rate(rates, isSecond ? 2 : 0);
  const added = rate(rates, isSecond ? 3 : 1);
  const to = offsetOf(args, end);
  for (let i = offsetOf(args, begin); i < to; i += 16) {
    let g = f32x4.mul(rate(rates, 5), v128.load(gradient + i));
    if (decays) g = addScaled(g, rate(rates, 4), theta + i);
    let share = f32x4.mul(added, g);
    if (isSecond) share = f32x4.mul(share, g);
    v128.store(out + i, addScaled(share, kept, before + i));
  }
}

/** Words: out, total, moment, gradient, parameter, rates, decays. */
export function firstMoment(args: usize, begin: i32, end: i32): void {
  if (int(args, 6) == 0) moment(false, false, args, begin, end);
  else moment(false, true, args, begin, end);
}

/** Words: as of `firstMoment`. */
export function secondMoment(args: usize, begin: i32, end: i32): void {
  if (int(args, 6) == 0) moment(true, false, args, begin, end);
  else moment(true, true, args, begin, end);
}

// @ts-ignore: decorator
@inline
function adam(decays: bool, args: usize, begin: i32, end: i32): void {
  const out = pointer(args, 0);
  const theta = pointer(args, 2);
  const first = pointer(args, 3);
  const second = pointer(args, 4);
  const rates = pointer(args, 5);
  const to = offsetOf(args, end);
  for (let i = offsetOf(args, begin); i < to; i += 16) {
    let t = v128.load(theta + i);
    if (decays) t = f32x4.sub(t, f32x4.mul(rate(rates, 2), t));
    const size = f32x4.add(f32x4.sqrt(v128.load(second + i)), rate(rates, 1));
    const step = f32x4.div(f32x4.mul(rate(rates, 0), v128.load(first + i)), size);
    v128.store(out + i, f32x4.sub(t, step));
  }
}

/** Words: out, total, parameter, first, second, rates, decays. */
export function adamStep(args: usize, begin: i32, end: i32): void {
  if (int(args, 6) == 0) adam(false, args, begin, end);
  else adam(true, args, begin, end);
}
