/** Updates of the optimisers: loops over four inputs, with constants of 0 or 1. */
import { elementwise } from "./elementwise.js";
import type { Plan } from "./plan.js";

/** The plan of a kernel of `kernels/optimizer.ts`, whose SIMD kernel has the same name.
 * @param switches its constants, in the order in which that reads them */
export function update(name: string, ...switches: readonly string[]): Plan {
  const plan = elementwise(name, 5);
  return (launch, call) => {
    switches.forEach((constant, i) => {
      call.words[6 + i] = launch.constants?.[constant] as number;
    });
    return plan(launch, call);
  };
}
