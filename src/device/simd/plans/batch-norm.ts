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

/** The plan of `inverseDeviation`. */
export const inverseDeviation: Plan = (
  { threads: [x], constants = {}, floats = {} },
  { out, inputs, words, reals },
) => {
  const { batch = 0, plane = 0, sliceSize = 0, rowSize = 0 } = constants;
  words[0] = out;
  for (let i = 0; i < 3; i++) words[1 + i] = inputs[i] as number;
  words[4] = x;
  words[5] = batch;
  words[6] = plane;
  words[7] = sliceSize;
  words[8] = rowSize;
  reals[9] = floats["eps"] ?? 0;
  const units = Math.ceil(x / 4);
  return { name: "inverseDeviation", units, grain: grainOf(units, 2 * x) };
};
