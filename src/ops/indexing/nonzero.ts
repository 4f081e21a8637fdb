/** What is found by reading the numbers: where they are not 0, and those that a mask picks. */

import { Tensor } from "../../autograd/tensor.js";
import { DeviceError, DTypeError, ShapeError, ValueError } from "../../errors.js";
import { broadcastShapes, coordinatesOf, formatShape, sizeOf } from "../../shape.js";
import { checkPlaces, checkTensors } from "../arguments.js";
import { repeatTo } from "../broadcast.js";
import { broadcastTo, reshapeTo } from "../reduce/sum.js";
import { gatherOp } from "./gather-op.js";

/** The coordinates of every element that is not 0 (NaN is not), in row-major order, as `torch.nonzero`. Of any dtype; no
 * gradient. How many there are has to be read, so it waits for the device.
 * @returns int32, shape `[n, rank]`
 * @throws DeviceError on webgpu, which cannot be read at once; ValueError if all elements are 0, for there are no empty tensors:
 * ask `countNonzero` first; ShapeError for a scalar
 * @category Indexing */
export function nonzero(x: Tensor): Tensor {
  checkTensors("nonzero", x);
  if (x.rank === 0) throw new ShapeError("nonzero", "a scalar has no axis to count places along; reshape it to [1]");
  checkPlaces("nonzero", x.device, Math.max(...x.shape), "an axis");
  const places = placesOfTrue("nonzero", "x", x);
  const coordinates = places.flatMap((place) => coordinatesOf(place, x.shape));
  return new Tensor(x.device, x.device.upload(coordinates), [places.length, x.rank], "int32");
}

/** The elements where a mask is true, in row-major order, as `torch.masked_select`; the two broadcast. Their gradients go back to
 * where they stood. How many there are has to be read, so it waits for the device.
 * @param mask bool
 * @returns shape `[n]`
 * @throws DeviceError if the mask is on webgpu, which cannot be read at once (there `where` keeps the shape), or a float32 device
 * cannot count so many elements; ValueError if the mask is nowhere true, for there are no empty tensors; DTypeError if it is no bool
 * @category Indexing */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  checkTensors("maskedSelect", x, mask);
  if (mask.dtype !== "bool") {
    throw new DTypeError("maskedSelect", `mask must be bool, got ${mask.dtype}; compare, or cast(x, "bool")`, {
      expected: "bool",
      actual: mask.dtype,
    });
  }
  const shape = broadcastShapes("maskedSelect", x.shape, mask.shape);
  const size = sizeOf(shape);
  checkPlaces("maskedSelect", x.device, size, "the broadcast shape");
  const places = placesOfTrue("maskedSelect", "mask", repeatTo(mask, shape));
  const index = new Tensor(x.device, x.device.upload(places), [places.length], "int32");
  return gatherOp(reshapeTo(broadcastTo(x, shape), [size]), index, { axis: 0, shared: true });
}

/** The row-major places of what is not 0. */
function placesOfTrue(op: string, name: string, { device, buffer, shape }: Tensor): number[] {
  if (!device.synchronous) {
    throw new DeviceError(
      op,
      `the size of its result depends on the numbers of ${name}, and device ${device.name} cannot be read at once; ` +
        "`await t.data()`, and pick with indexSelect",
      { actual: device.name },
    );
  }
  const values = device.readSync(buffer);
  const places: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) places.push(i);
  if (places.length > 0) return places;
  throw new ValueError(
    op,
    `${name} ${formatShape(shape)} is 0 everywhere, and there are no empty tensors; ask countNonzero first`,
    { actual: shape },
  );
}
