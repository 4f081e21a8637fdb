/** Calls of modules as others see them: who listens hears when a `forward` begins, and when it returns or throws. */
import type { Tensor } from "../autograd/tensor.js";
import type { AnyModule } from "./module.js";

/** Sees every call of every module, around its hooks. */
export interface CallListener {
  /** A call begins. @returns the inputs it goes on with */
  enter(module: AnyModule, inputs: readonly Tensor[]): readonly Tensor[];
  /** The call that began last has returned. @returns the output it goes on with */
  leave(module: AnyModule, output: Tensor): Tensor;
  /** The call that began last has thrown. */
  fail(module: AnyModule): void;
}

let listener: CallListener | null = null;

/** Hears of every call that begins from now on; null for nobody. */
export function listenToCalls(next: CallListener | null): void {
  listener = next;
}

/** Who hears of a call that begins now; null for nobody. */
export function callListener(): CallListener | null {
  return listener;
}

/** Runs a call, and tells `hears` of it whatever happens. */
export function heard(
  hears: CallListener,
  module: AnyModule,
  given: readonly Tensor[],
  call: (inputs: readonly Tensor[]) => Tensor,
): Tensor {
  let output: Tensor;
  try {
    output = call(hears.enter(module, given));
  } catch (error) {
    hears.fail(module);
    throw error;
  }
  return hears.leave(module, output);
}
