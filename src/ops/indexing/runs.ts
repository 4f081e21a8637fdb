/** Picking by index, and runs of equal indices, unrecorded: what the recorded ops that pick, add up and write are built on. */
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { gather, lastOfRun } from "../../kernels/gather.js";
import { rowSize, type Shape } from "../../shape.js";
import { middle } from "../rows.js";
import { placesInOrder } from "./places.js";

/** The axis that is picked along. Where all rows share one list of indices (`indexSelect`), the index has rank 1; where
 * each has its own (`gather`), it has the rank of x and its sizes but along the axis; where the rows side by side share one
 * (`"inner"`), it lacks the axes behind the one that is picked along. */
export interface Along {
  readonly axis: number;
  readonly shared: boolean | "inner";
}

/** out[…, j, …] = x[…, index[…, j, …], …], or x[…, index[j], …] with a shared list. */
export function picked(x: Tensor, index: Tensor, { axis, shared }: Along): Tensor {
  const shape = withSize(x.shape, axis, rowSize(index.shape, ownAxis({ axis, shared }).axis));
  const [outer, count, inner] = middle(shape, axis);
  const constants = { size: rowSize(x.shape, axis), inner, ...indexStrides(count, inner, shared) };
  return run(gather, [x, index], { shape, threads: [inner, count, outer], constants });
}

/** Where the index itself has the axis. */
export function ownAxis({ axis, shared }: Along): Along {
  return { axis: shared === true ? 0 : axis, shared: false };
}

/** Indices in order, so that equal ones are neighbours. */
export interface Runs {
  /** Where each element stood; of equal indices the first comes first. */
  readonly places: Tensor;
  /** The indices there. */
  readonly keys: Tensor;
}

/** The runs of an index along the axis of its own that it counts with.
 * @param op in whose name an axis is refused that the device cannot count along */
export function runsOf(op: string, index: Tensor, along: Along): Runs {
  const { axis } = ownAxis(along);
  const places = placesInOrder(op, index, axis, false);
  return { places, keys: picked(index, places, { axis, shared: false }) };
}

/** Of values that are sorted like the keys: the one at the end of the run of each key from 0 to size − 1; 0 where there is none. */
export function endsOfRuns(values: Tensor, keys: Tensor, { axis, shared }: Along, size: number): Tensor {
  const [outer, count, inner] = middle(values.shape, axis);
  return run(lastOfRun, [values, keys], {
    shape: withSize(values.shape, axis, size),
    threads: [inner, size, outer],
    constants: { count, inner, ...indexStrides(count, inner, shared), steps: Math.floor(Math.log2(count)) + 1 },
  });
}

/** How the kernels of `kernels/gather.ts` read their index. */
export function indexStrides(
  count: number,
  inner: number,
  shared: Along["shared"],
): { i0: number; i1: number; i2: number } {
  if (shared === "inner") return { i0: 0, i1: 1, i2: count };
  return shared ? { i0: 0, i1: 1, i2: 0 } : { i0: 1, i1: inner, i2: count * inner };
}

/** A shape with another size on one axis; that of a scalar has none. */
export function withSize(shape: Shape, axis: number, size: number): number[] {
  return shape.map((n, i) => (i === axis ? size : n));
}
