/** Reductions part by part, of a tensor's elements or of what batch normalisation makes of them. */
import { grainOf, type Plan, unitLength } from "./plan.js";

/** Cells of a row that a unit does; BLOCK of `assembly/reduce.ts`. */
const block = 512;

/** Which of the inputs hold the second factor of the terms, and the number that each cell has for itself. */
interface Operands {
  readonly second?: number;
  readonly own?: number;
}

/** The plan of a kernel with the constants of `Parts` (kernels/reduce.ts), those left out being 0; its SIMD kernels are
 * `name`Rows, where the terms of a cell are neighbours, and `name`Columns, where those of neighbouring cells are. */
export function reduction(name: string, { second, own }: Operands = {}): Plan {
  const [rows, columns] = [`${name}Rows`, `${name}Columns`];
  return ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
    const { baseX = 1, baseY = 0, baseZ = 0, step = 1, placeX = 1, placeY = 0, whole = 0, rest = 0 } = constants;
    const { channelX = 0, channelY = 0 } = constants;
    const [a = 0] = inputs;
    words[0] = out;
    words[1] = a;
    words[2] = (inputs[second ?? 0] as number) - a;
    words[3] = inputs[own ?? 0] as number;
    words[4] = x;
    words[5] = y;
    words[6] = baseY;
    words[7] = baseZ;
    words[8] = step;
    words[9] = whole;
    words[12] = channelX;
    words[13] = channelY;
    const cells = x * y * z;
    if (step === 1 && rest === 0) {
      const ofUnit = Math.ceil(unitLength / whole);
      const units = Math.ceil(cells / ofUnit);
      words[10] = cells;
      words[11] = ofUnit;
      words[14] = baseX;
      return { name: rows, units, grain: grainOf(units, cells * whole) };
    }
    if (baseX !== 1) return null;
    const blocks = Math.ceil(x / block);
    words[10] = placeX === 1 ? Math.min(rest, x) : x;
    words[11] = placeY === 1 ? rest : y;
    words[14] = blocks;
    return { name: columns, units: blocks * y * z, grain: grainOf(blocks * y * z, cells * whole) };
  };
}

/** The plan of a last pass, which also knows the rows that its parts come of; its SIMD kernels are named likewise. */
export function lastPass(name: string): Plan {
  const ofParts = reduction(name);
  return (launch, call) => {
    const task = ofParts(launch, call);
    const { rowX = 0, rowZ = 0, size = 0 } = launch.constants ?? {};
    call.words[15] = call.inputs[1] as number;
    call.words[16] = rowX;
    call.words[17] = rowZ;
    call.words[18] = size;
    return task;
  };
}
