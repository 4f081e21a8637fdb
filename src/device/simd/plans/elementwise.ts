/** Elementwise kernels: loops over whole buffers. */
import { grainOf, type Plan, unitLength } from "./plan.js";

/** The plan of a kernel whose cells are one row; its SIMD kernel has the same name.
 * @param work what an element costs, in elements that are read or written */
export function elementwise(name: string, work = 3): Plan {
  return ({ threads: [x, y, z] }, { out, inputs, words }) => {
    if (y * z !== 1) return null;
    words[0] = out;
    words[1] = x;
    for (let i = 0; i < inputs.length; i++) words[2 + i] = inputs[i] as number;
    const units = Math.ceil(x / unitLength);
    return { name, units, grain: grainOf(units, work * x) };
  };
}
