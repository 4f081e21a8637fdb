/** `run` as own ops call it: with the checks that livegrad's own ops, whose kernels index what they need, do without. */
import type { KernelFunction } from "../device/device.js";
import { DeviceError, describe, ShapeError, ValueError } from "../errors.js";
import { checkedOptions, flag, type OptionKinds, ownCheck } from "../options.js";
import { broadcastShapes, checkShape, formatShape, type Shape, sameShape } from "../shape.js";
import { resolveDType } from "./dtype.js";
import { engineOps } from "./engine.js";
import { markedAsKernels } from "./kernel-refusals.js";
import { textOf } from "./kernel-text.js";
import { withRecording } from "./modes.js";
import { type RunOptions, run } from "./run.js";
import { scoped } from "./scope.js";
import { Tensor } from "./tensor.js";

/** How an own op runs its kernel.
 * @category Own ops */
export interface RunKernelOptions extends RunOptions {
  /** Repeats inputs of other shapes to the result's before the kernel sees them (`[4]` beside `[3]` still does not fit). The
   * result has the shape they broadcast to, unless `shape` says which. An op that does so declares `broadcasts: true`, and its
   * gradients are summed back. Default false: inputs of different shapes are refused. */
  readonly broadcast?: boolean | undefined;
}

/** Runs a kernel on the device of its inputs and returns a new, unrecorded tensor.
 *
 * For the forward of `defineOp`; the kernel sees the inputs as flat buffers, all of the result's shape. A kernel that works out
 * indices of its own says so with `shape` (or `threads`): its inputs may have any shapes then, and it must not read outside of
 * them, for a device returns anything there; `opProperties` finds out whether it does.
 *
 * ```ts
 * function hypotKernel(this: KernelThis, x: Flat, y: Flat): number {
 *   return Math.sqrt(x[this.thread.x]! ** 2 + y[this.thread.x]! ** 2);
 * }
 * run(hypotKernel, [tensor([3, 5, 8]), tensor([4])], { broadcast: true });
 * ```
 * @throws in the op's name: ShapeError if inputs differ in shape, do not broadcast, or the threads make another size; ValueError if
 * the kernel is no function that stands alone (see `KernelThis`), has another number of inputs, or reads a constant that is not
 * given; DeviceError if the inputs live on different devices
 * @category Own ops */
export function runKernel(
  kernel: KernelFunction,
  inputs: readonly [Tensor, ...Tensor[]],
  given: RunKernelOptions = {},
): Tensor {
  try {
    checkInputs(kernel, inputs);
    const options = checkedOptions(kernel.name, given, runOptions);
    checkOptions(kernel, inputs, options);
    const { broadcast = false, ...rest } = options;
    if (!broadcast) return run(kernel, alike(kernel, inputs, rest), rest);
    const shape = options.shape ?? broadcastShapes(kernel.name, ...inputs.map((x) => x.shape));
    const repeat = (x: Tensor) => engineOps().broadcastTo(x, shape);
    const runRepeated = () => run(kernel, inputs.map(repeat) as unknown as [Tensor], { ...rest, shape });
    return withRecording(false, () => scoped(runRepeated, (result) => [result])); // outside of an op, too
  } catch (error) {
    throw markedAsKernels(error);
  }
}

function checkInputs(kernel: KernelFunction, inputs: readonly unknown[]): void {
  if (typeof kernel !== "function") throw new ValueError("run", `a kernel is a function, got ${describe(kernel)}`);
  const { inputs: count } = textOf(kernel);
  if (!Array.isArray(inputs) || inputs.length === 0 || !inputs.every((x) => x instanceof Tensor)) {
    throw new ValueError(kernel.name, `its inputs must be a list of tensors, got ${describe(inputs)}`);
  }
  if (inputs.length !== count) {
    throw new ValueError(kernel.name, `it takes ${count} inputs, got ${inputs.length}`, {
      expected: count,
      actual: inputs.length,
    });
  }
  const [first, ...others] = inputs as [Tensor, ...Tensor[]];
  const elsewhere = others.find(({ device }) => device !== first.device);
  if (elsewhere === undefined) return;
  const names = `${first.device.name} and ${elsewhere.device.name}`;
  throw new DeviceError(kernel.name, `its inputs must live on one device, got ${names}`);
}

const runOptions: OptionKinds<RunKernelOptions> = {
  ...{ shape: ownCheck, threads: ownCheck, constants: ownCheck, floats: ownCheck, dtype: ownCheck },
  broadcast: flag,
};

function checkOptions(kernel: KernelFunction, [first]: readonly Tensor[], options: RunKernelOptions): void {
  const op = kernel.name;
  const { shape, threads, dtype, constants = {}, floats = {} } = options as RunKernelOptions;
  if (shape !== undefined) checkShape(op, shape);
  if (threads !== undefined && !(Array.isArray(threads) && threads.length === 3 && threads.every(isCount))) {
    throw new ValueError(op, `threads must be three positive integers, got ${describe(threads)}`);
  }
  if (dtype !== undefined && first !== undefined) resolveDType(op, dtype, first.device.floatType);
  for (const name of textOf(kernel).constants) {
    const given: unknown = (constants as Record<string, unknown>)[name] ?? (floats as Record<string, unknown>)[name];
    if (typeof given === "number" && !Number.isNaN(given)) continue;
    throw new ValueError(
      op,
      `it reads this.constants.${name}, got ${describe(given)}; give it in { constants } or { floats }`,
    );
  }
}

function isCount(n: unknown): boolean {
  return Number.isSafeInteger(n) && (n as number) > 0;
}

/** The inputs, all of the result's shape unless the kernel works out indices of its own. */
function alike<T extends readonly [Tensor, ...Tensor[]]>(kernel: KernelFunction, inputs: T, options: RunOptions): T {
  const { shape, threads } = options;
  const shapes: readonly Shape[] = inputs.map((x) => x.shape);
  if (shape !== undefined || threads !== undefined || shapes.every((one) => sameShape(one, inputs[0].shape)))
    return inputs;
  throw new ShapeError(
    kernel.name,
    `its inputs must all have one shape, got ${shapes.map(formatShape).join(" and ")}; repeat the smaller ones with ` +
      "{ broadcast: true }, or say the result's { shape } where the kernel works out indices of its own",
    { actual: shapes },
  );
}
