/** Ops that hand a tensor on: a recorded alias, and the way to another device. */
import { bufferFor } from "../../autograd/capacity.js";
import { onward } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import { isFloat } from "../../autograd/dtype.js";
import { Tensor } from "../../autograd/tensor.js";
import type { DeviceName } from "../../device/device.js";
import { deviceNamed } from "../../device/registry.js";
import { DTypeError } from "../../errors.js";
import { checkTensors, deviceFor } from "../arguments.js";

/** The same tensor as a node of its own on the tape: hooks on it see one path of the gradient. Copies nothing.
 * @function
 * @category Automatic differentiation */
export const identity: Op<[x: Tensor]> = defineOp({
  name: "identity",
  forward: ([x]) => ({ output: x.view(x.shape) }),
  backward: (gradOutput) => [gradOutput],
});

/** A copy on another device, or `x` itself where it lives there; the gradient comes back to this one. float32 becomes
 * float64 on the reference device.
 * @throws CapacityError if the other device has no room for it; DeviceError if the source cannot be read at once (webgpu): `await t.data()` and make a new tensor
 * @category Devices */
export function to(x: Tensor, device: DeviceName): Tensor {
  checkTensors("to", x);
  return deviceFor("to", device) === x.device ? x : toOp(x, { device });
}

const toOp: Op<[x: Tensor], { readonly device: DeviceName }> = defineOp({
  name: "to",
  forward: ([x], { device }) => {
    const target = deviceNamed(device);
    const values = x.device.readSync(x.buffer);
    if (x.dtype === "int32" && target.floatType === "float32" && values.some((v) => Math.abs(v) > 2 ** 24)) {
      throw new DTypeError("to", `int32 beyond 2^24 is not exact on ${device}`);
    }
    const dtype = isFloat(x.dtype) ? target.floatType : x.dtype;
    return {
      output: new Tensor(
        target,
        bufferFor("to", target, x.shape, () => target.upload(values)),
        x.shape,
        dtype,
      ),
    };
  },
  backward: (gradOutput, _saved, { inputs: [x] }) => [onward(gradOutput, toOp(gradOutput, { device: x.device.name }))],
});
