// Where a unit of the gradient of a convolution to its weight reads and writes. A place is a group of a chunk of images:
// chunk · groups + group. Words: those of `weight-gradient.ts`.
import { int, pointer } from "./args";

/** The input of a place's first image. */
// @ts-ignore: decorator
@inline
export function inputOf(args: usize, place: i32): usize {
  const chunk = place / int(args, 7);
  const group = place - chunk * int(args, 7);
  return pointer(args, 2) + (<usize>(chunk * int(args, 22) * int(args, 13) + group * int(args, 14)) << 2);
}

/** The gradient of output channel `row` of a place's first image. */
// @ts-ignore: decorator
@inline
export function gradOutputOf(args: usize, place: i32, row: i32): usize {
  const chunk = place / int(args, 7);
  const group = place - chunk * int(args, 7);
  const channel = chunk * int(args, 22) * int(args, 23) + group * int(args, 5) + row;
  return pointer(args, 1) + ((<usize>channel * <usize>int(args, 9)) << 2);
}

/** The cell of an output channel and a term. */
// @ts-ignore: decorator
@inline
export function outOf(args: usize, place: i32, row: i32, term: i32): usize {
  return pointer(args, 0) + ((<usize>(place * int(args, 5) + row) * <usize>int(args, 6) + <usize>term) << 2);
}
