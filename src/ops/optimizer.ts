/** The updates of the optimisers: unrecorded results of their kernels, one launch each. */
import { run } from "../autograd/run.js";
import type { Tensor } from "../autograd/tensor.js";
import * as adaptive from "../kernels/adaptive-optimizer.js";
import type { KernelFunction } from "../kernels/kernel.js";
import * as kernels from "../kernels/optimizer.js";
import * as signed from "../kernels/sign-optimizer.js";

/** One launch of a kernel, whose inputs, `rates` among them, its own comment tells.
 * @param switches what the kernel does besides, by the names of its constants */
type Update<Switch extends string = never> = (
  inputs: readonly [Tensor, ...Tensor[]],
  ...switches: [Switch] extends [never] ? [] : [Readonly<Record<Switch, boolean>>]
) => Tensor;

function update<Switch extends string = never>(kernel: KernelFunction): Update<Switch> {
  return (inputs, ...[switches = {}]) => {
    const constants: Record<string, number> = {};
    for (const [name, isOn] of Object.entries(switches)) constants[name] = Number(isOn);
    return run(kernel, inputs, { constants });
  };
}

export const sgdVelocity: Update<"started" | "decays"> = update(kernels.sgdVelocity);
export const sgdStep: Update<"decays" | "looksAhead"> = update(kernels.sgdStep);
export const firstMoment: Update<"decays"> = update(kernels.firstMoment);
export const secondMoment: Update<"decays"> = update(kernels.secondMoment);
export const adamStep: Update<"decays"> = update(kernels.adamStep);

export const infinityNorm: Update<"decays"> = update(adaptive.infinityNorm);
export const adamaxStep: Update = update(adaptive.adamaxStep);
export const nadamStep: Update<"decays"> = update(adaptive.nadamStep);
export const rmspropVelocity: Update<"decays" | "centered"> = update(adaptive.rmspropVelocity);
export const rootStep: Update<"decays" | "centered"> = update(adaptive.rootStep);
export const adadeltaChange: Update<"decays"> = update(adaptive.adadeltaChange);

export const lionStep: Update<"decays"> = update(signed.lionStep);
export const rpropGradient: Update = update(signed.rpropGradient);
export const rpropSize: Update = update(signed.rpropSize);
export const signStep: Update = update(signed.signStep);
export const larsVelocity: Update = update(signed.larsVelocity);
export const lambDirection: Update = update(signed.lambDirection);
export const lambStep: Update = update(signed.lambStep);
