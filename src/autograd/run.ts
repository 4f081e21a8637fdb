/** Runs a kernel on tensors: the way from an op's forward to the device. */
import type { Device, DeviceBuffer, KernelFunction, Launch } from "../device/device.js";
import { ShapeError } from "../errors.js";
import { checkSize, formatShape, type Shape, sizeOf } from "../shape.js";
import { withTensor } from "./capacity.js";
import type { DType } from "./dtype.js";
import { markedAsKernels } from "./kernel-refusals.js";
import { launchOn, leaveOut } from "./launches.js";
import { AbsentBuffer, isShapesOnly } from "./shapes-only.js";
import { Tensor } from "./tensor.js";

/** How a kernel is run.
 * @category Own ops */
export interface RunOptions {
  /** Shape of the result. Default: that of the inputs. */
  readonly shape?: Shape | undefined;
  /** Cells along x, y, z, whose product is the result's size. Default: one row of them all. */
  readonly threads?: Launch["threads"] | undefined;
  /** Integers the kernel reads as `this.constants`: sizes, strides. Each new value compiles a new kernel. */
  readonly constants?: Readonly<Record<string, number>> | undefined;
  /** Floating-point constants, likewise. */
  readonly floats?: Readonly<Record<string, number>> | undefined;
  /** Element type of the result. Default: the first input's. */
  readonly dtype?: DType | undefined;
}

/** Runs a kernel on the device of its inputs and returns a new, unrecorded tensor; for ops whose kernels are known to read inside
 * of their inputs only, whatever sizes those have. Own ops run theirs with `runKernel`.
 * @throws ShapeError in the kernel's name if the result is larger than a tensor can be, or the threads make another size;
 * CapacityError if the device has no room for it */
export function run(kernel: KernelFunction, inputs: readonly [Tensor, ...Tensor[]], options: RunOptions = {}): Tensor {
  const [first] = inputs;
  const { shape = first.shape, dtype = first.dtype, constants = none, floats = none } = options;
  // An op that can make a large result of small ones checks that in its own name.
  if (shape !== first.shape) checkSize(kernel.name, shape);
  const threads = options.threads ?? [sizeOf(shape), 1, 1];
  if (sizeOf(threads) !== sizeOf(shape)) {
    throw new ShapeError(
      kernel.name,
      `threads ${threads.join("×")} do not make a result of shape ${formatShape(shape)}`,
    );
  }
  const launch = { kernel, threads, constants, floats };
  const output = isShapesOnly()
    ? leaveOut(first.device, launch, inputs.map(absentOf))
    : launched(first.device, launch, inputs.map(bufferOf), shape);
  return new Tensor(first.device, output, shape, dtype);
}

const none: Readonly<Record<string, number>> = {};

function bufferOf(x: Tensor): DeviceBuffer {
  return x.buffer;
}

function absentOf(x: Tensor): DeviceBuffer {
  x.touch();
  return new AbsentBuffer(x.size);
}

/** @throws CapacityError, which the op tells in its own name, if there is no room for the result */
function launched(device: Device, launch: Launch, inputs: readonly DeviceBuffer[], shape: Shape): DeviceBuffer {
  try {
    return launchOn(device, launch, inputs);
  } catch (error) {
    const told = withTensor(error, launch.kernel.name, shape, device);
    throw told === error ? error : markedAsKernels(told);
  }
}
