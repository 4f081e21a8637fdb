/** The checks of arguments that ops share: what TypeScript cannot see, and what it sees but JavaScript does not. */
import { checkTogether } from "../autograd/define-op.js";
import { isFloat } from "../autograd/dtype.js";
import { Tensor } from "../autograd/tensor.js";
import { DTypeError, describe, ShapeError, ValueError } from "../errors.js";
import { at, formatShape, type Shape, sameShape } from "../shape.js";

/** Throws unless every one is a tensor, and all live on one device. */
export function checkTensors(op: string, ...tensors: readonly Tensor[]): void {
  tensors.forEach((tensor, i) => {
    if (!(tensor instanceof Tensor)) {
      throw new ValueError(
        op,
        `its argument ${i + 1} must be a tensor, got ${describe(tensor)}; numbers become one with tensor(…)`,
      );
    }
  });
  for (const tensor of tensors) checkTogether(op, at(tensors, 0), tensor);
}

/** Throws unless every one is a tensor of a float dtype, all on one device. */
export function checkFloat(op: string, ...tensors: readonly Tensor[]): void {
  checkTensors(op, ...tensors);
  for (const tensor of tensors) {
    if (!isFloat(tensor.dtype)) {
      throw new DTypeError(
        op,
        `it computes on floats, got ${tensor.dtype}; convert with cast(x, "${tensor.device.floatType}")`,
        {
          expected: tensor.device.floatType,
          actual: tensor.dtype,
        },
      );
    }
  }
}

/** Throws unless every one is null, undefined or of `shape`. */
export function checkOptional(
  op: string,
  tensors: Readonly<Record<string, Tensor | null | undefined>>,
  shape: Shape,
): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor == null) continue;
    if (!(tensor instanceof Tensor)) {
      throw new ValueError(op, `${name} must be a tensor or null, got ${describe(tensor)}; options come after it`, {
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

/** The options of an op; a bare axis, as other frameworks take it, would silently count for nothing.
 * @param example what the error shows
 * @throws ValueError if they are no object */
export function checkedOptions<T extends object>(op: string, options: T, example = "{ axis: 1 }"): T {
  if (typeof options === "object" && options !== null && !Array.isArray(options) && !(options instanceof Tensor)) {
    return options;
  }
  throw new ValueError(op, `options go into an object, such as ${example}, got ${describe(options)}`, {
    actual: options,
  });
}
