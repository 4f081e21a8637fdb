/** Broadcasting kernels of two inputs. */
import { grainOf, type Plan, unitLength } from "./plan.js";

/** The plan of a kernel of `kernels/binary.ts`, whose SIMD kernel has the same name. */
export function binary(name: string): Plan {
  return ({ threads: [x, y, z], constants }, { out, inputs, words }) => {
    const { a0, a1, a2, b0, b1, b2 } = constants as Record<"a0" | "a1" | "a2" | "b0" | "b1" | "b2", number>;
    const total = x * y * z;
    const isOneRow = y * z === 1;
    const length = isOneRow ? Math.min(x, unitLength) : x;
    const units = Math.ceil(total / length);
    words[0] = out;
    words[1] = inputs[0] as number;
    words[2] = inputs[1] as number;
    words[3] = length;
    words[4] = total;
    words[5] = isOneRow ? units : y;
    words[6] = a0;
    words[7] = isOneRow ? a0 * length : a1;
    words[8] = a2;
    words[9] = b0;
    words[10] = isOneRow ? b0 * length : b1;
    words[11] = b2;
    return { name, units, grain: grainOf(units, 3 * total) };
  };
}
