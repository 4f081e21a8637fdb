/** Kernels that walk the rows of a tensor. */
import type { Launch } from "../../device.js";
import { type Call, grainOf, type Plan, unitLength } from "./plan.js";

const names = ["rowX", "rowY", "rowZ", "placeX", "placeY", "stride", "size"];

/** The plan of a kernel of kernels/order.ts, whose SIMD kernel has the same name.
 * @param own the constants that stand behind those of all
 * @param work what a cell costs, in elements that are read or written */
function ofRows(name: string, own: readonly string[], work: (constants: Launch["constants"]) => number): Plan {
  return ({ threads: [x, y, z], constants = {} }: Launch, { out, inputs, words }: Call) => {
    const ofRow = x * work(constants);
    const rowsOfUnit = Math.ceil(unitLength / ofRow);
    words[0] = out;
    words[1] = inputs[0] as number;
    words[2] = inputs[1] ?? 0;
    words[3] = x;
    words[4] = y;
    words[5] = y * z;
    words[6] = rowsOfUnit;
    names.forEach((constant, i) => {
      words[7 + i] = constants[constant] ?? 0;
    });
    own.forEach((constant, i) => {
      words[14 + i] = constants[constant] ?? 0;
    });
    const units = Math.ceil((y * z) / rowsOfUnit);
    return { name, units, grain: grainOf(units, y * z * ofRow) };
  };
}

/** The plan of `placeInRow`. */
export const placeInRow: Plan = ofRows("placeInRow", [], () => 1);

/** The plan of `placeOfBest`, whose rows are those of a tensor [outer, size, inner]. */
export const placeOfBest: Plan = ofRows("placeOfBest", ["inner"], () => 3);

/** The plan of `mergeRuns`. */
export const mergeRuns: Plan = ofRows("mergeRuns", ["run", "descending"], () => 20);

const sumRows = ofRows("runningSum", ["distance", "width"], (constants) => 1 + (constants?.["width"] ?? 0));

/** The plan of `runningSum`. */
export const runningSum: Plan = (launch, call) => {
  const { placeX, rowX, stride } = launch.constants ?? {};
  const isAlongX = placeX === 1 && stride === 1;
  return isAlongX || (placeX === 0 && rowX === 1) ? sumRows(launch, call) : null;
};
