/** Steps of elimination, reflection and rotation, which walk the rows of matrices. */
import { grainOf, type Plan, unitLength } from "./plan.js";

/** The plan of a step, whose SIMD kernel has the same name.
 * @param own the constants that stand behind those of all, floats last */
function stepOver(name: string, ...own: readonly string[]): Plan {
  return ({ threads: [x, y, z], constants = {}, floats = {} }, { out, inputs, words, reals }) => {
    const rows = y * z;
    const rowsOfUnit = Math.ceil(unitLength / x);
    const last = inputs.length - 1; // the number of the step, where it is told
    words[0] = out;
    words[1] = inputs[last] as number;
    for (let i = 0; i < 3; i++) words[2 + i] = inputs[i] ?? 0;
    words[5] = rows;
    words[6] = rowsOfUnit;
    own.forEach((constant, i) => {
      if (constant in floats) reals[7 + i] = floats[constant] as number;
      else words[7 + i] = constants[constant] as number;
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

/** The plan of `reflect`. */
export const reflect: Plan = stepOver("reflect", "rows", "columns", "negligible");

/** The plan of `reflectBack`. */
export const reflectBack: Plan = stepOver("reflectBack", "rows", "columns");

const rotateRows = stepOver("rotate", "size");

/** The plan of `rotate`, of matrices above as many rows of vectors. */
export const rotate: Plan = (launch, call) => {
  const { size = 0, matrix } = launch.constants ?? {};
  return matrix === 2 * size * size ? rotateRows(launch, call) : null;
};

/** The plan of `columnDots`: a unit is a matrix. */
export const columnDots: Plan = ({ threads: [x, y], constants = {} }, { out, inputs, words }) => {
  const { rows = 0, columns = 0 } = constants;
  words[0] = out;
  words[1] = inputs[2] as number;
  words[2] = inputs[0] as number;
  words[3] = inputs[1] as number;
  words[4] = rows;
  words[5] = columns;
  return { name: "columnDots", units: y, grain: grainOf(y, x * y * rows) };
};
