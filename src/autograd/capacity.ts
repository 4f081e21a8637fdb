/** What to say where a device has no room for a tensor: which tensor, who wanted it, and what to do. */
import type { Device, DeviceBuffer, FloatArray } from "../device/device.js";
import { CapacityError } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import { type DataArray, type DType, toHost } from "./dtype.js";

/** How engines say that they cannot allocate an array. */
const noMemory = /allocation failed|array length|out of memory/i;

/** What `make` makes for a tensor of this shape.
 * @throws CapacityError in the name of who makes it if the device has no room for it */
export function bufferFor(maker: string, device: Device, shape: Shape, make: () => DeviceBuffer): DeviceBuffer {
  try {
    return make();
  } catch (error) {
    throw withTensor(error, maker, shape, device);
  }
}

/** The error of making a tensor, in the name of who made it; any other error stays what it is. */
export function withTensor(error: unknown, maker: string, shape: Shape, device: Device): unknown {
  const reason = reasonOf(error);
  if (reason === undefined) return error;
  const elements = sizeOf(shape);
  const mebibytes = (elements * (device.floatType === "float64" ? 8 : 4)) / 2 ** 20;
  const { expected, actual } = error as Partial<CapacityError>;
  return new CapacityError(
    maker,
    `device ${device.name} has no room for a tensor of shape ${formatShape(shape)} (${elements} elements, ` +
      `${mebibytes.toFixed(mebibytes < 10 ? 1 : 0)} MiB): ${reason}`,
    { expected, actual, cause: error },
  );
}

/** The numbers of a tensor, for whoever reads it to keep.
 * @throws CapacityError if there is no room for a copy */
export function hostCopy(
  values: FloatArray,
  { shape, dtype }: { readonly shape: Shape; readonly dtype: DType },
): DataArray {
  try {
    return toHost(values, dtype);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    const what = `a copy of the numbers of a tensor of shape ${formatShape(shape)} (${sizeOf(shape)} elements)`;
    throw new CapacityError("data", `there is no room for ${what}: ${reason}`, { cause: error });
  }
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof CapacityError) return error.message.slice(error.op.length + 2);
  if (!(error instanceof RangeError && noMemory.test(error.message))) return undefined;
  return "the system has no more memory; take a smaller batch, or free tensors sooner (tidy, dispose)";
}
