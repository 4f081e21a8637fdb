/** Max pooling on planes. */
import { grainOf, type Plan } from "./plan.js";

type Constants = Readonly<Record<string, number>>;

/** Whether windows of 2 × 2 lie side by side, all inside. */
function areSquares(constants: Constants, outX: number, outY: number): boolean {
  const { height = 0, width = 0, kernelY, kernelX, strideY, strideX, paddingY, paddingX, ...rest } = constants;
  const isDense = rest["dilationY"] === 1 && rest["dilationX"] === 1 && paddingY === 0 && paddingX === 0;
  const areTwo = kernelY === 2 && kernelX === 2 && strideY === 2 && strideX === 2;
  return isDense && areTwo && 2 * outX <= width && 2 * outY <= height;
}

const windowConstants = ["kernelY", "kernelX", "strideY", "strideX", "paddingY", "paddingX", "dilationY", "dilationX"];

/** The plan of `maxPoolIndex`. */
export const maxPoolIndex: Plan = ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
  const { height = 0, width = 0 } = constants;
  words[0] = out;
  words[1] = inputs[0] as number;
  words[2] = x;
  words[3] = y;
  words[4] = height;
  words[5] = width;
  windowConstants.forEach((name, i) => {
    words[6 + i] = constants[name] ?? 0;
  });
  const name = areSquares(constants, x, y) ? "maxPoolIndex2" : "maxPoolIndex";
  return { name, units: z, grain: grainOf(z, z * height * width) };
};

/** The plan of `adaptiveMaxIndex`. */
export const adaptiveMaxIndex: Plan = ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
  const { height = 0, width = 0 } = constants;
  words[0] = out;
  words[1] = inputs[0] as number;
  words[2] = x;
  words[3] = y;
  words[4] = height;
  words[5] = width;
  words[6] = inputs[1] as number;
  words[7] = inputs[2] as number;
  return { name: "adaptiveMaxIndex", units: z, grain: grainOf(z, z * height * width) };
};

/** The plan of `pick`. */
export const pick: Plan = ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
  if (z !== 1 || x !== constants["count"]) return null;
  words[0] = out;
  words[1] = inputs[0] as number;
  words[2] = inputs[1] as number;
  words[3] = x;
  words[4] = constants["size"] as number;
  return { name: "pick", units: y, grain: grainOf(y, 3 * x * y) };
};

/** The plan of `unpick` and `adaptiveUnpick`. */
export const unpick: Plan = ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
  const { outHeight = 0, outWidth = 0 } = constants;
  const isOfSquares = areSquares(constants, outWidth, outHeight);
  words[0] = out;
  words[1] = inputs[0] as number;
  words[2] = inputs[1] as number;
  words[3] = isOfSquares ? outWidth : outHeight * outWidth;
  words[4] = isOfSquares ? outHeight : x * y;
  words[5] = y;
  words[6] = x;
  return { name: isOfSquares ? "unpick2" : "unpick", units: z, grain: grainOf(z, 2 * x * y * z) };
};
