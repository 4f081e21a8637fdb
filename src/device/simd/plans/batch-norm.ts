/** The cells of batch normalisation. */
import { grainOf, type Plan, unitLength } from "./plan.js";

/** The plan of `normalize` and `inputGrad` of kernels/batch-norm.ts, whose SIMD kernels have the same names. */
export function channels(name: string): Plan {
  return ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
    const { sliceSize, rowSize, channelX, channelY } = constants;
    const isDense = (y === 1 || rowSize === x) && (z === 1 || sliceSize === x * y);
    if (!isDense || channelX === channelY) return null;
    const rows = y * z;
    const ofUnit = Math.ceil(unitLength / x);
    const units = Math.ceil(rows / ofUnit);
    words[0] = out;
    words[1] = x;
    words[2] = channelY === 1 ? y : 0;
    words[3] = ofUnit;
    words[4] = rows;
    for (let i = 0; i < inputs.length; i++) words[5 + i] = inputs[i] as number;
    return { name, units, grain: grainOf(units, 3 * rows * x) };
  };
}
