/** Kernels that pick and add up by index, and linear maps along one axis. */
import { grainOf, type Plan, unitLength } from "./plan.js";

type Constants = Readonly<Record<string, number>>;

/** Words 6 to 8, where all these kernels read the strides of their index. */
function writeStrides(words: Int32Array, { i0 = 0, i1 = 0, i2 = 0 }: Constants): void {
  words[6] = i0;
  words[7] = i1;
  words[8] = i2;
}

/** The plan of a kernel that does rows of `thread.x`; its SIMD kernel has the same name.
 * @param size the constant that is word 5
 * @param reads elements that a cell reads */
function byRows(name: string, size: string, reads: (constants: Constants) => number): Plan {
  return ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
    if (constants["inner"] !== x) return null;
    const work = x * reads(constants);
    const rowsOfUnit = Math.ceil(unitLength / work);
    words[0] = out;
    words[1] = inputs[0] as number;
    words[2] = inputs[1] as number;
    words[3] = x;
    words[4] = y;
    words[5] = constants[size] as number;
    writeStrides(words, constants);
    words[9] = y * z;
    words[10] = rowsOfUnit;
    words[11] = constants["distance"] ?? 0;
    const units = Math.ceil((y * z) / rowsOfUnit);
    return { name, units, grain: grainOf(units, y * z * work) };
  };
}

/** The plan of `gather`. */
export const gather: Plan = byRows("gather", "size", () => 3);

/** The plan of `sumRuns`. */
export const sumRuns: Plan = byRows("sumRuns", "width", ({ width = 1 }) => 1 + width);

/** The plan of `lastOfRun`. */
export const lastOfRun: Plan = byRows("lastOfRun", "count", () => 8);

/** The plan of `gatherTranspose`. */
export const gatherTranspose: Plan = ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
  const { inner, count = 0 } = constants;
  if (inner !== x) return null;
  const rowsOfPart = Math.ceil(unitLength / x);
  const parts = Math.ceil(y / rowsOfPart);
  words[0] = out;
  words[1] = inputs[0] as number;
  words[2] = inputs[1] as number;
  words[3] = x;
  words[4] = y;
  words[5] = count;
  writeStrides(words, constants);
  words[9] = parts;
  words[10] = rowsOfPart;
  return { name: "gatherTranspose", units: parts * z, grain: grainOf(parts * z, 2 * x * (y + count) * z) };
};

/** The plan of `oneHot`. */
export const oneHot: Plan = ({ threads: [x, y, z] }, { out, inputs, words }) => {
  if (z !== 1) return null;
  const rowsOfUnit = Math.ceil(unitLength / x);
  const units = Math.ceil(y / rowsOfUnit);
  words[0] = out;
  words[1] = inputs[0] as number;
  words[2] = x;
  words[3] = y;
  words[4] = rowsOfUnit;
  return { name: "oneHot", units, grain: grainOf(units, x * y) };
};

const bandConstants = ["taps", "step", "placeX", "placeY", "baseX", "baseY", "baseZ"];

/** The plan of `mapBand`. */
export const mapBand: Plan = ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
  const work = x * (1 + (constants["taps"] ?? 0));
  const rowsOfUnit = Math.ceil(unitLength / work);
  const units = Math.ceil((y * z) / rowsOfUnit);
  words[0] = out;
  words[1] = inputs[0] as number;
  words[2] = inputs[1] as number;
  words[3] = inputs[2] as number;
  words[4] = x;
  words[5] = y;
  words[6] = y * z;
  words[7] = rowsOfUnit;
  words[15] = inputs[3] as number;
  bandConstants.forEach((name, i) => {
    words[8 + i] = constants[name] ?? 0;
  });
  return { name: "mapBand", units, grain: grainOf(units, y * z * work) };
};
