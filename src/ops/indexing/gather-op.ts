/** The recorded ops that pick by index, and the transpose that adds up; who calls them has checked the indices. */
import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { gather as gatherKernel, gatherTranspose } from "../../kernels/movement.js";
import { at, type Shape } from "../../shape.js";
import { middle } from "../rows.js";

/** The axis that is picked along. Where all rows share one list of indices (`indexSelect`), the index has rank 1; where
 * each has its own (`gather`), it has the rank of x and its sizes but along the axis. */
interface Along {
  readonly axis: number;
  readonly shared: boolean;
}

/** out[…, j, …] = x[…, index[…, j, …], …], or x[…, index[j], …] with a shared list. */
export const gatherOp: Op<[x: Tensor, index: Tensor], Along> = defineOp({
  name: "gather",
  forward: ([x, index], { axis, shared }) => {
    const shape = withSize(x.shape, axis, at(index.shape, shared ? 0 : axis));
    const [outer, count, inner] = middle(shape, axis);
    const constants = { size: at(x.shape, axis), inner, ...indexStrides(count, inner, shared) };
    return {
      output: run(gatherKernel, [x, index], { shape, threads: [inner, count, outer], constants }),
      saved: { index },
    };
  },
  backward: (gradOutput, { index }, { inputs: [x], options: { axis, shared } }) => [
    gatherTransposeOp(gradOutput, index, { axis, shared, size: at(x.shape, axis) }),
    null,
  ],
});

/** Adds up what `gather` picked, each where it came from, in an axis of `size`. */
export const gatherTransposeOp: Op<[g: Tensor, index: Tensor], Along & { readonly size: number }> = defineOp({
  name: "gatherTranspose",
  forward: ([g, index], { axis, shared, size }) => {
    const [outer, count, inner] = middle(g.shape, axis);
    const output = run(gatherTranspose, [g, index], {
      shape: withSize(g.shape, axis, size),
      threads: [inner, size, outer],
      constants: { count, inner, ...indexStrides(count, inner, shared) },
    });
    return { output, saved: { index } };
  },
  backward: (gradOutput, { index }, { options: { axis, shared } }) => [
    gatherOp(gradOutput, index, { axis, shared }),
    null,
  ],
});

function indexStrides(count: number, inner: number, shared: boolean): { i0: number; i1: number; i2: number } {
  return shared ? { i0: 0, i1: 1, i2: 0 } : { i0: 1, i1: inner, i2: count * inner };
}

function withSize(shape: Shape, axis: number, size: number): number[] {
  return shape.map((n, i) => (i === axis ? size : n));
}
