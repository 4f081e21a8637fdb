/** The recorded ops that pick by index, and the transpose that adds up; who calls them has checked the indices. */
import { onward } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { gather, gatherTranspose, lastOfRun, sumRuns } from "../../kernels/gather.js";
import { rowSize, type Shape } from "../../shape.js";
import { middle } from "../rows.js";
import { placesInOrder } from "./places.js";

/** The axis that is picked along. Where all rows share one list of indices (`indexSelect`), the index has rank 1; where
 * each has its own (`gather`), it has the rank of x and its sizes but along the axis. */
interface Along {
  readonly axis: number;
  readonly shared: boolean;
}

/** out[…, j, …] = x[…, index[…, j, …], …], or x[…, index[j], …] with a shared list. */
export const gatherOp: Op<[x: Tensor, index: Tensor], Along> = defineOp({
  name: "gather",
  forward: ([x, index], along) => ({ output: picked(x, index, along), saved: { index } }),
  backward: (gradOutput, { index }, { inputs: [x], options: { axis, shared } }) => [
    onward(gradOutput, gatherTransposeOp(gradOutput, index, { axis, shared, size: rowSize(x.shape, axis) })),
    null,
  ],
});

/** Adds up what `gather` picked, each where it came from, in an axis of `size`. */
export const gatherTransposeOp: Op<[g: Tensor, index: Tensor], Along & { readonly size: number }> = defineOp({
  name: "gatherTranspose",
  forward: ([g, index], { axis, shared, size }) => {
    const few = rowSize(g.shape, axis) <= fewIndices;
    const output = (few ? addedDirectly : addedInOrder)(g, index, { axis, shared }, size);
    return { output, saved: { index } };
  },
  backward: (gradOutput, { index }, { options: { axis, shared } }) => [
    onward(gradOutput, gatherOp(gradOutput, index, { axis, shared })),
    null,
  ],
});

/** Up to here it is faster to compare every place with every index than to sort them. */
const fewIndices = 64;

/** Elements of a run that a pass adds up. */
const width = 16;

function picked(x: Tensor, index: Tensor, { axis, shared }: Along): Tensor {
  const shape = withSize(x.shape, axis, rowSize(index.shape, shared ? 0 : axis));
  const [outer, count, inner] = middle(shape, axis);
  const constants = { size: rowSize(x.shape, axis), inner, ...indexStrides(count, inner, shared) };
  return run(gather, [x, index], { shape, threads: [inner, count, outer], constants });
}

function addedDirectly(g: Tensor, index: Tensor, { axis, shared }: Along, size: number): Tensor {
  const [outer, count, inner] = middle(g.shape, axis);
  return run(gatherTranspose, [g, index], {
    shape: withSize(g.shape, axis, size),
    threads: [inner, size, outer],
    constants: { count, inner, ...indexStrides(count, inner, shared) },
  });
}

/** By sorting: equal indices are neighbours then, their sums run along, and each place looks for the end of its run. */
function addedInOrder(g: Tensor, index: Tensor, along: Along, size: number): Tensor {
  const { axis, shared } = along;
  const [outer, count, inner] = middle(g.shape, axis);
  const indexAxis = shared ? 0 : axis;
  const places = placesInOrder("gatherTranspose", index, indexAxis, false);
  const keys = picked(index, places, { axis: indexAxis, shared: false });
  const constants = { count, inner, ...indexStrides(count, inner, shared) };
  let sums = picked(g, places, along);
  for (let distance = 1; distance < count; distance *= width) {
    sums = run(sumRuns, [sums, keys], { threads: [inner, count, outer], constants: { ...constants, distance, width } });
  }
  return run(lastOfRun, [sums, keys], {
    shape: withSize(g.shape, axis, size),
    threads: [inner, size, outer],
    constants: { ...constants, steps: Math.floor(Math.log2(count)) + 1 },
  });
}

function indexStrides(count: number, inner: number, shared: boolean): { i0: number; i1: number; i2: number } {
  return shared ? { i0: 0, i1: 1, i2: 0 } : { i0: 1, i1: inner, i2: count * inner };
}

function withSize(shape: Shape, axis: number, size: number): number[] {
  return shape.map((n, i) => (i === axis ? size : n));
}
