/** How kernels walk the rows of a tensor: the lines along one of its axes. */
import type { Launch } from "../device/device.js";
import { rowSize, type Shape, sizeOf } from "../shape.js";

/** A shape seen as [outer, size, inner] with `axis` in the middle. */
export function middle(shape: Shape, axis: number): [outer: number, size: number, inner: number] {
  return [sizeOf(shape.slice(0, axis)), rowSize(shape, axis), sizeOf(shape.slice(axis + 1))];
}

/** The launch of a kernel of `kernels/order.ts` over the rows along `axis`; `thread.x` runs over neighbours in memory. */
export function rowsOf(
  shape: Shape,
  axis: number,
): { readonly threads: Launch["threads"]; readonly constants: Readonly<Record<string, number>> } {
  const [outer, size, inner] = middle(shape, axis);
  if (inner === 1) {
    const constants = { rowX: 0, rowY: size, rowZ: 0, placeX: 1, placeY: 0, stride: 1, size };
    return { threads: [size, outer, 1], constants };
  }
  const constants = { rowX: 1, rowY: 0, rowZ: size * inner, placeX: 0, placeY: 1, stride: inner, size };
  return { threads: [inner, size, outer], constants };
}
