/** How reductions run: group by group of neighbouring axes, in passes of short chunks. */
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import type { KernelFunction } from "../../kernels/kernel.js";
import { at, type Shape, sizeOf } from "../../shape.js";

/** Axes counted from 0, sorted. */
export interface Reduction {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** A shape with the reduced axes set to 1. */
export function keptShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((n, i) => (axes.includes(i) ? 1 : n));
}

/** Most elements that one cell reduces. */
const longestPart = 128;

/** In how many parts an axis is reduced by one pass. */
export function partsOf(size: number): number {
  return Math.ceil(size / longestPart);
}

/** Reduces axes with a kernel of `kernels/reduce.ts`, unrecorded, the last pass over each group of axes by another if given. */
export function reduceAxes(
  kernel: KernelFunction,
  x: Tensor,
  { axes, keepDims }: Reduction,
  lastKernel?: KernelFunction,
): Tensor {
  let sizes = [...x.shape];
  let result = x;
  for (let last = axes.length - 1; last >= 0; ) {
    let first = last;
    while (first > 0 && at(axes, first - 1) === at(axes, first) - 1) first--;
    const from = at(axes, first);
    const to = at(axes, last) + 1;
    const size = sizeOf(sizes.slice(from, to));
    const rows = [sizeOf(sizes.slice(0, from)), size, sizeOf(sizes.slice(to))] as const;
    result = reduceMiddle(kernel, result, rows, lastKernel);
    sizes = sizes.map((n, i) => (i >= from && i < to ? 1 : n));
    last = first - 1;
  }
  return result.view(keepDims ? keptShape(x.shape, axes) : x.shape.filter((_, i) => !axes.includes(i)));
}

/** Reduces the middle axis of [outer, size, inner], unrecorded; `x` itself where its size is 1.
 * @param lastKernel does the last pass, with x itself as its second input */
export function reduceMiddle(
  kernel: KernelFunction,
  x: Tensor,
  [outer, size, inner]: readonly [number, number, number],
  lastKernel?: KernelFunction,
): Tensor {
  let result = x;
  for (let left = size; left > 1; ) {
    const parts = partsOf(left);
    const row = parts === 1 ? [outer, 1] : [parts, outer];
    const shape = [outer, parts, inner];
    const threads = inner === 1 ? ([at(row, 0), at(row, 1), 1] as const) : ([inner, parts, outer] as const);
    result =
      parts === 1 && lastKernel !== undefined
        ? run(lastKernel, [result, x], { shape, threads, constants: lastConstants(left, inner, size) })
        : run(kernel, [result], { shape, threads, constants: partConstants(left, inner, parts) });
    left = parts;
  }
  return result;
}

/** Where the elements of a cell's part stand; see `kernels/reduce.ts`. Where `inner` is 1, `thread.x` counts the parts, or
 * the rows if each is a single part. */
export function partConstants(size: number, inner: number, parts: number): Readonly<Record<PartConstant, number>> {
  const whole = Math.floor(size / parts);
  const rest = size - whole * parts;
  const step = parts * inner;
  if (inner > 1) return { whole, rest, step, baseX: 1, baseY: inner, baseZ: size * inner, placeX: 0, placeY: 1 };
  return { whole, rest, step, baseX: parts === 1 ? size : 1, baseY: size, baseZ: 0, placeX: 1, placeY: 0 };
}

/** Those of a last pass, whose part is all that is left, and where the row of `size` elements stands that it comes of. */
function lastConstants(left: number, inner: number, size: number): Readonly<Record<LastConstant, number>> {
  const base = partConstants(left, inner, 1);
  // One literal: a spread of so many numbers takes longer than a short launch.
  return {
    whole: left,
    rest: 0,
    step: inner,
    baseX: base.baseX,
    baseY: base.baseY,
    baseZ: base.baseZ,
    placeX: base.placeX,
    placeY: base.placeY,
    rowX: inner === 1 ? size : 1,
    rowZ: inner === 1 ? 0 : size * inner,
    size,
  };
}

type PartConstant = "whole" | "rest" | "step" | "baseX" | "baseY" | "baseZ" | "placeX" | "placeY";
type LastConstant = PartConstant | "rowX" | "rowZ" | "size";
