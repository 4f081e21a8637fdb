/** Hooks of a module's forward: what they are, and what they may give. */
import { Tensor } from "../autograd/tensor.js";
import { leavesOf } from "../autograd/transforms/tree.js";
import { describe, ValueError } from "../errors.js";
import type { AnyModule } from "./module.js";

/** Sees a module's inputs before `forward`; inputs it returns take their place.
 * @category Modules */
export type ForwardPreHook<Inputs extends readonly unknown[] = Tensor[]> = (
  module: AnyModule,
  inputs: Readonly<Inputs>,
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook that returns nothing is the usual one
) => Readonly<Inputs> | void;

/** Sees a module's inputs and output after `forward`; an output it returns takes its place.
 * @category Modules */
export type ForwardHook<Inputs extends readonly unknown[] = Tensor[], Output = Tensor> = (
  module: AnyModule,
  inputs: Readonly<Inputs>,
  output: Output,
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook that returns nothing is the usual one
) => Output | void;

/** @throws ValueError unless a hook is a function */
export function checkHook(op: string, hook: unknown): void {
  if (typeof hook !== "function") throw new ValueError(op, `a hook must be a function, got ${describe(hook)}`);
}

/** What a forward or a hook gives, once it is not still to come. */
export function checkedOutput<T>(module: string, who: string, output: T): T {
  if (output instanceof Tensor) return output;
  if (output == null) {
    if (who === "forward") throw new ValueError(module, `its forward must return a tensor, got ${output}`);
    return output;
  }
  if (typeof (output as { then?: unknown }).then === "function") {
    if (output instanceof Promise) output.catch(() => undefined); // its own failure would only hide this one
    throw new ValueError(
      module,
      `${who} must not be async: what follows its first await would not be a part of the pass`,
    );
  }
  if (leavesOf(output).length > 0) return output;
  const rule = "must return a tensor, or tensors in arrays and plain objects";
  throw new ValueError(module, `${who} ${rule}, got ${describe(output)}`, { actual: output });
}

/** What a hook gives in the place of the inputs. */
export function checkedInputs<T>(module: string, inputs: T): T {
  if (inputs == null || Array.isArray(inputs)) return inputs;
  if (typeof (inputs as { then?: unknown }).then === "function")
    return checkedOutput(module, "a forward pre-hook", inputs);
  throw new ValueError(module, `a forward pre-hook must return a list of inputs or nothing, got ${describe(inputs)}`);
}
