/** Steps of elimination, which walk the rows of matrices. */
import { grainOf, type Plan, unitLength } from "./plan.js";

/** The plan of a kernel of kernels/elimination.ts, whose SIMD kernel has the same name; its last input is the step.
 * @param own the constants that stand behind those of all */
function stepOver(name: string, ...own: readonly string[]): Plan {
  return ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
    const rows = y * z;
    const rowsOfUnit = Math.ceil(unitLength / x);
    words[0] = out;
    words[1] = inputs[0] as number;
    words[2] = inputs[1] as number;
    words[3] = inputs[inputs.length - 1] as number;
    words[4] = rows;
    words[5] = rowsOfUnit;
    own.forEach((constant, i) => {
      words[6 + i] = constants[constant] as number;
    });
    const units = Math.ceil(rows / rowsOfUnit);
    return { name, units, grain: grainOf(units, 3 * x * rows) };
  };
}

/** The plan of `eliminate`. */
export const eliminate: Plan = stepOver("eliminate", "size");

/** The plan of `substitute`. */
export const substitute: Plan = stepOver(
  ...(["substitute", "rows", "columns", "batchA", "rowA", "colA", "isForward", "isUnit"] as const),
);

/** The plan of `choleskyStep`. */
export const choleskyStep: Plan = stepOver("choleskyStep", "size");
