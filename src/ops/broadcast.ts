/** How elementwise ops run: the launch of a broadcasting kernel. */

import type { DType } from "../autograd/dtype.js";
import { run } from "../autograd/run.js";
import type { Tensor } from "../autograd/tensor.js";
import { ShapeError } from "../errors.js";
import type { KernelFunction } from "../kernels/kernel.js";
import { stridedCopy, stridedCopy6 } from "../kernels/movement.js";
import { at, broadcastShapes, broadcastStrides, collapseAxes, formatShape, type Shape, sameShape } from "../shape.js";
import { checkFloat, checkTensors } from "./arguments.js";

/** Runs `kernel(a, b)` over the broadcast shape of both. */
export function runBinary(op: string, kernel: KernelFunction, a: Tensor, b: Tensor, dtype: DType = a.dtype): Tensor {
  checkTensors(op, a, b);
  if (sameShape(a.shape, b.shape)) return run(kernel, [a, b], { constants: sideBySide, dtype });
  if (b.size === 1 && b.rank <= a.rank) return run(kernel, [a, b], { constants: secondRepeats, dtype });
  const shape = broadcastShapes(op, a.shape, b.shape);
  const { shape: sizes, strides } = collapseAxes(shape, [
    broadcastStrides(a.shape, shape),
    broadcastStrides(b.shape, shape),
  ]);
  if (sizes.length > 3) return runBinary(op, kernel, repeatTo(a, shape), repeatTo(b, shape), dtype);
  const [x = 1, y = 1, z = 1] = sizes.toReversed();
  const [a0 = 0, a1 = 0, a2 = 0] = at(strides, 0).toReversed();
  const [b0 = 0, b1 = 0, b2 = 0] = at(strides, 1).toReversed();
  return run(kernel, [a, b], { shape, threads: [x, y, z], constants: { a0, a1, a2, b0, b1, b2 }, dtype });
}

/** The strides of two inputs of the same shape, and of one whose second is a single number: what most calls need. */
const sideBySide = { a0: 1, a1: 0, a2: 0, b0: 1, b1: 0, b2: 0 };
const secondRepeats = { a0: 1, a1: 0, a2: 0, b0: 0, b1: 0, b2: 0 };

/** The shape that float tensors broadcast to, for an op that is made of others, whose errors would name those.
 * @throws DTypeError or ShapeError in its name */
export function checkBroadcast(op: string, ...tensors: readonly Tensor[]): Shape {
  checkFloat(op, ...tensors);
  return broadcastShapes(op, ...tensors.map(({ shape }) => shape));
}

/** The numbers of `x` repeated to `shape`, unrecorded; `x` itself where nothing repeats. */
export function repeatTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  return runStrided("broadcastTo", x, shape, broadcastStrides(x.shape, shape), 0);
}

/** A tensor of `shape` whose element at coordinates c is `x[offset + Σ c·strides]`. */
export function runStrided(op: string, x: Tensor, shape: Shape, strides: readonly number[], offset: number): Tensor {
  const collapsed = collapseAxes(shape, [strides]);
  const sizes = collapsed.shape.toReversed();
  const steps = at(collapsed.strides, 0).toReversed();
  if (sizes.length > 6) {
    throw new ShapeError(
      op,
      `a copy walks at most 6 axes that do not merge, got ${formatShape(shape)}; do it in two steps`,
    );
  }
  const [n0 = 1, n1 = 1, n2 = 1, n3 = 1, n4 = 1, n5 = 1] = sizes;
  const [s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0] = steps;
  if (sizes.length <= 3) {
    return run(stridedCopy, [x], { shape, threads: [n0, n1, n2], constants: { offset, s0, s1, s2 } });
  }
  return run(stridedCopy6, [x], {
    shape,
    threads: [n0, n1, n2 * n3 * n4 * n5],
    constants: { offset, s0, s1, s2, s3, s4, s5, n2, n3, n4 },
  });
}
