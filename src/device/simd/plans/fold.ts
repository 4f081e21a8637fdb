/** Windows laid out as columns, and added up again. */
import { grainOf, type Plan } from "./plan.js";

const names = ["kernelX", "strideY", "strideX", "paddingY", "paddingX", "dilationY", "dilationX"];

/** The plan of `unfold`. */
export const unfold: Plan = ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
  const { height = 0, width = 0, blocksX = 1, kernelX = 1 } = constants;
  words[0] = out;
  words[1] = inputs[0] as number;
  words[2] = height;
  words[3] = width;
  words[4] = x / blocksX;
  words[5] = blocksX;
  words[6] = y / kernelX;
  names.forEach((name, i) => {
    words[7 + i] = constants[name] ?? 0;
  });
  return { name: "unfold", units: y * z, grain: grainOf(y * z, 2 * x * y * z) };
};

/** The plan of `fold`. */
export const fold: Plan = ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
  const { blocksY = 1, blocksX = 1, kernelY = 1, kernelX = 1 } = constants;
  words[0] = out;
  words[1] = inputs[0] as number;
  words[2] = y;
  words[3] = x;
  words[4] = blocksY;
  words[5] = blocksX;
  words[6] = kernelY;
  names.forEach((name, i) => {
    words[7 + i] = constants[name] ?? 0;
  });
  return { name: "fold", units: z, grain: grainOf(z, z * (x * y + 2 * blocksY * blocksX * kernelY * kernelX)) };
};
