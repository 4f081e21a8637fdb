/** The parameters now and then, for histograms. */
import type { Tensor } from "../../autograd/tensor.js";
import type { Callback } from "../callback.js";
import type { ParameterValues } from "../events.js";
import { checkInterval, isDue } from "../interval.js";

/** A callback that tells the sinks the weights and gradients of every parameter, at the first step and every n-th one
 * ({@link ParametersEvent}): what histograms are made of.
 * @param n steps from one to the next
 * @throws ValueError unless n is an integer of at least 1
 * @category Training */
export function parametersEvery(n: number): Callback {
  checkInterval("parametersEvery", n);
  return {
    name: "parametersEvery",
    async onStep(run) {
      if (!isDue(n, run.step)) return;
      const reads = run.model.namedParameters().map(async ([name, parameter]): Promise<ParameterValues> => {
        const [values, gradient] = await Promise.all([
          floats(parameter),
          parameter.grad === null ? null : floats(parameter.grad),
        ]);
        return { name, values, gradient };
      });
      await run.tell({ kind: "parameters", step: run.step, parameters: await Promise.all(reads) });
    },
  };
}

async function floats(tensor: Tensor): Promise<Float32Array | Float64Array> {
  return (await tensor.data()) as Float32Array | Float64Array;
}
