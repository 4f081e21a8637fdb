/** The check of optional tensors: biases, scales, running statistics. */
import { Tensor } from "../autograd/tensor.js";
import { ShapeError, ValueError } from "../errors.js";
import { formatShape, type Shape, sameShape } from "../shape.js";

/** Throws unless every one is null, undefined or of `shape`. */
export function checkOptional(
  op: string,
  tensors: Readonly<Record<string, Tensor | null | undefined>>,
  shape: Shape,
): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor == null) continue;
    if (!(tensor instanceof Tensor)) {
      throw new ValueError(op, `${name} must be a tensor or null, got ${typeof tensor}; options come after it`, {
        actual: tensor,
      });
    }
    if (!sameShape(tensor.shape, shape)) {
      throw new ShapeError(op, `${name} must have shape ${formatShape(shape)}, got ${formatShape(tensor.shape)}`, {
        expected: shape,
        actual: tensor.shape,
      });
    }
  }
}
