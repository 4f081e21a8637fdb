/** Picking elements by index along an axis. */
import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { DTypeError, ShapeError, ValueError } from "../../errors.js";
import { gather as gatherKernel, gatherTranspose } from "../../kernels/movement.js";
import { at, formatShape, normalizeAxis, type Shape, sizeOf } from "../../shape.js";

/** out[…, j, …] = x[…, index[…, j, …], …]: picks along one axis, index by index, as `torch.gather`.
 *
 * Indices are checked on devices that can be read at once; on webgpu they are the caller's word.
 * @param index int32, of the rank of `x`, of its sizes but along `axis`
 * @returns the shape of `index`
 * @throws ValueError if an index is outside the axis; ShapeError if the shapes do not fit
 * @category Indexing */
export function gather(x: Tensor, index: Tensor, { axis = 0 }: { axis?: number } = {}): Tensor {
  const along = normalizeAxis("gather", axis, x.rank);
  const fits = index.rank === x.rank && index.shape.every((n, i) => i === along || n === x.shape[i]);
  if (!fits) {
    throw new ShapeError(
      "gather",
      `index must have the sizes of x ${formatShape(x.shape)} but along axis ${along}, got ${formatShape(index.shape)}`,
    );
  }
  checkIndices("gather", index, at(x.shape, along));
  return gatherOp(x, index, { axis: along });
}

/** Throws unless `index` is int32 with every entry from 0 to `size` − 1. */
export function checkIndices(op: string, index: Tensor, size: number): void {
  if (index.dtype !== "int32") throw new DTypeError(op, `indices must be int32, got ${index.dtype}`);
  if (!index.device.synchronous) return;
  const values = index.device.readSync(index.buffer);
  const place = values.findIndex((k: number) => !(k >= 0 && k < size));
  if (place >= 0) {
    throw new ValueError(op, `an index must be from 0 to ${size - 1}, got ${values[place]} at element ${place}`, {
      actual: values[place],
    });
  }
}

interface Along {
  readonly axis: number;
}

const gatherOp: Op<[x: Tensor, index: Tensor], Along> = defineOp({
  name: "gather",
  forward: ([x, index], { axis }) => {
    const [outer, count, inner] = middle(index.shape, axis);
    const constants = { size: at(x.shape, axis), count, inner };
    const output = run(gatherKernel, [x, index], { shape: index.shape, threads: [inner, count, outer], constants });
    return { output, saved: { index } };
  },
  backward: (gradOutput, { index }, { inputs: [x], options: { axis } }) => [
    gatherTransposeOp(gradOutput, index, { axis, size: at(x.shape, axis) }),
    null,
  ],
});

/** Adds up what `gather` picked, each where it came from. */
const gatherTransposeOp: Op<[g: Tensor, index: Tensor], Along & { readonly size: number }> = defineOp({
  name: "gatherTranspose",
  forward: ([g, index], { axis, size }) => {
    const [outer, count, inner] = middle(g.shape, axis);
    const shape = g.shape.map((n, i) => (i === axis ? size : n));
    const output = run(gatherTranspose, [g, index], {
      shape,
      threads: [inner, size, outer],
      constants: { count, inner },
    });
    return { output, saved: { index } };
  },
  backward: (gradOutput, { index }, { options: { axis } }) => [gatherOp(gradOutput, index, { axis }), null],
});

function middle(shape: Shape, axis: number): [outer: number, size: number, inner: number] {
  return [sizeOf(shape.slice(0, axis)), at(shape, axis), sizeOf(shape.slice(axis + 1))];
}
