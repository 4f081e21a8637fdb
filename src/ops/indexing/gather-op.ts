/** The recorded ops that pick by index, and the transpose that adds up; who calls them has checked the indices. */
import { onward } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { gatherTranspose, sumRuns } from "../../kernels/gather.js";
import { rowSize } from "../../shape.js";
import { middle } from "../rows.js";
import { type Along, endsOfRuns, indexStrides, picked, runsOf, withSize } from "./runs.js";

/** out[…, j, …] = x[…, index[…, j, …], …], or x[…, index[j], …] with a shared list, or x[…, index[…, j], …] with one that is shared
 * side by side. */
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
  const [outer, count, inner] = middle(g.shape, along.axis);
  const { places, keys } = runsOf("gatherTranspose", index, along);
  const constants = { count, inner, ...indexStrides(count, inner, along.shared) };
  let sums = picked(g, places, along);
  for (let distance = 1; distance < count; distance *= width) {
    sums = run(sumRuns, [sums, keys], { threads: [inner, count, outer], constants: { ...constants, distance, width } });
  }
  return endsOfRuns(sums, keys, along, size);
}
