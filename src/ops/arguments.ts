/** The checks of arguments that ops share: what TypeScript cannot see, and what it sees but JavaScript does not. */
import { deferCheck } from "../autograd/deferred-checks.js";
import { checkTogether } from "../autograd/define-op.js";
import { isFloat, largestInt32 } from "../autograd/dtype.js";
import { isShapesOnly } from "../autograd/shapes-only.js";
import { Tensor } from "../autograd/tensor.js";
import { refuseOthersTensor } from "../copies.js";
import type { Device, DeviceName } from "../device/device.js";
import { deviceNamed } from "../device/registry.js";
import { DeviceError, DTypeError, describe, type LivegradError, ShapeError, ValueError } from "../errors.js";
import { at, formatShape, type Shape, sameShape } from "../shape.js";

/** Throws unless every one is a tensor, and all live on one device. */
export function checkTensors(op: string, ...tensors: readonly Tensor[]): void {
  checkTensorList(op, tensors);
}

/** The same of a list, which may be longer than a call has room for arguments. */
export function checkTensorList(op: string, tensors: readonly Tensor[]): void {
  for (let i = 0; i < tensors.length; i++) {
    const tensor: unknown = tensors[i];
    if (!(tensor instanceof Tensor)) {
      refuseOthersTensor(op, `its argument ${i + 1}`, tensor);
      throw new ValueError(
        op,
        `its argument ${i + 1} must be a tensor, got ${describe(tensor)}; numbers become one with tensor(…)`,
      );
    }
  }
  for (const tensor of tensors) checkTogether(op, at(tensors, 0), tensor);
}

/** Throws unless every one is a tensor of a float dtype, all on one device. */
export function checkFloat(op: string, ...tensors: readonly Tensor[]): void {
  checkFloatList(op, tensors);
}

/** The same of a list. */
export function checkFloatList(op: string, tensors: readonly Tensor[]): void {
  checkTensorList(op, tensors);
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

/** Throws unless every one is null, undefined, or a float tensor of `shape` on the device of `x`. */
export function checkOptional(
  op: string,
  x: Tensor,
  tensors: Readonly<Record<string, Tensor | null | undefined>>,
  shape: Shape,
): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor == null) continue;
    if (!(tensor instanceof Tensor)) {
      refuseOthersTensor(op, name, tensor);
      throw new ValueError(op, `${name} must be a tensor or null, got ${describe(tensor)}; options come after it`, {
        actual: tensor,
      });
    }
    checkFloat(op, x, tensor);
    if (!sameShape(tensor.shape, shape)) {
      throw new ShapeError(op, `${name} must have shape ${formatShape(shape)}, got ${formatShape(tensor.shape)}`, {
        expected: shape,
        actual: tensor.shape,
      });
    }
  }
}

/** Throws unless every one is a finite number. */
export function checkFinite(op: string, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (Number.isFinite(value)) continue;
    throw new ValueError(op, `${name} must be a finite number, got ${describe(value)}`, { actual: value });
  }
}

/** Throws unless the device can count so many places, from 0 on: int32 is stored as its floats, of which float32 ones skip
 * integers from 2²⁴ on. For every op that makes, keeps or follows indices.
 * @param of what has the places */
export function checkPlaces(op: string, device: Device, count: number, of: string): void {
  const most = largestInt32(device.floatType);
  if (count <= most) return;
  throw new DeviceError(
    op,
    `${of} has ${count} places, but device ${device.name} counts places in ${device.floatType}, which holds every integer ` +
      `only up to ${most}; split it, or use the reference device: x.to("reference")`,
    { expected: most, actual: count },
  );
}

/** Throws what `errorOf` finds among the numbers of x. Where nothing can be read at once, the next read of any tensor on the device
 * rejects with it instead. */
export function checkNumbers(x: Tensor, errorOf: (values: ArrayLike<number>) => LivegradError | undefined): void {
  if (isShapesOnly()) return;
  const { device, buffer } = x;
  if (!device.synchronous) {
    deferCheck(
      device,
      device.read(buffer).then(errorOf, (failure: unknown) => failure),
    );
    return;
  }
  const error = errorOf(device.readSync(buffer));
  if (error !== undefined) throw error;
}

/** The device of a name, for an op that makes a tensor there.
 * @throws DeviceError in the op's name if it is not there */
export function deviceFor(op: string, name: DeviceName): Device {
  try {
    return deviceNamed(name);
  } catch (error) {
    if (error instanceof DeviceError) throw new DeviceError(op, error.message, { actual: name, cause: error });
    throw error;
  }
}
