/** Elements that do not lie in row-major order. */
import type { FileData } from "./named-array.js";

/** The elements that strides lead to, in row-major order.
 * @param data from the first element that is meant, to the last or beyond
 * @param strides how many elements one step along each axis skips */
export function gathered(data: FileData, shape: readonly number[], strides: readonly number[]): FileData {
  const elements = shape.reduce((product, size) => product * size, 1);
  const Data = data.constructor as new (length: number) => FileData;
  const sorted = new Data(elements);
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < elements; to++) {
    sorted[to] = data[from] as never;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [place, stride] = [(index[axis] as number) + 1, strides[axis] as number];
      if (place < (shape[axis] as number)) {
        index[axis] = place;
        from += stride;
        break;
      }
      index[axis] = 0;
      from -= stride * (place - 1);
    }
  }
  return sorted;
}

/** Strides of elements without gaps; with `fortranOrder` the first axis runs fastest. */
export function denseStrides(shape: readonly number[], fortranOrder = false): number[] {
  const strides = shape.map(() => 1);
  let step = 1;
  for (let i = 0; i < shape.length; i++) {
    const axis = fortranOrder ? i : shape.length - 1 - i;
    strides[axis] = step;
    step *= shape[axis] as number;
  }
  return strides;
}
