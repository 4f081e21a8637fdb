/** Kernels that move numbers without changing them. */
import { grainOf, type Plan, unitLength } from "./plan.js";

type Constants = Readonly<Record<string, number>>;

/** The plan of `stridedCopy` and `stridedCopy6`. */
export const stridedCopy: Plan = ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
  const {
    offset,
    s0,
    s1,
    s2,
    s3 = 0,
    s4 = 0,
    s5 = 0,
    n2 = z,
    n3 = 1,
    n4 = 1,
  } = constants as Record<"offset" | "s0" | "s1" | "s2", number> & Constants;
  const isTurned = s1 === 1 && s0 !== 1 && y > 1;
  const length = isTurned ? turnedRows : unitLength;
  const parts = Math.ceil((isTurned ? y : x) / length);
  words[0] = out;
  words[1] = (inputs[0] as number) + 4 * offset;
  words[2] = x;
  words[3] = y;
  words[4] = parts;
  words[5] = s0;
  words[6] = s1;
  words[7] = s2;
  words[8] = s3;
  words[9] = s4;
  words[10] = s5;
  words[11] = n2;
  words[12] = n3;
  words[13] = n4;
  words[14] = length;
  const units = parts * (isTurned ? z : y * z);
  return { name: isTurned ? "transposedCopy" : "stridedCopy", units, grain: grainOf(units, 2 * x * y * z) };
};

/** Rows of the result that are turned together: a cache line of the input. */
const turnedRows = 16;

/** The plan of `spread`. */
export const spread: Plan = ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
  const { height, width, top, left, stepY, stepX } = constants as Record<
    "height" | "width" | "top" | "left" | "stepY" | "stepX",
    number
  >;
  words[0] = out;
  words[1] = inputs[0] as number;
  words[2] = inputs[1] as number;
  words[3] = x;
  words[4] = y;
  words[5] = height;
  words[6] = width;
  words[7] = top;
  words[8] = left;
  words[9] = stepY;
  words[10] = stepX;
  return { name: "spread", units: y * z, grain: grainOf(y * z, 2 * x * y * z) };
};

/** The plan of `concatPair`. */
export const concatPair: Plan = ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
  const { sizeA = 0, inner = 0 } = constants;
  const total = x * y * z;
  words[0] = out;
  words[1] = inputs[0] as number;
  words[2] = inputs[1] as number;
  words[3] = total;
  words[4] = sizeA * inner;
  words[5] = (y - sizeA) * inner;
  words[6] = unitLength;
  const units = Math.ceil(total / unitLength);
  return { name: "concatPair", units, grain: grainOf(units, 2 * total) };
};

/** The plan of `band`. */
export const band: Plan = ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
  words[0] = out;
  words[1] = inputs[0] as number;
  words[2] = x;
  words[3] = y;
  words[4] = constants["low"] as number;
  words[5] = constants["high"] as number;
  return { name: "band", units: y * z, grain: grainOf(y * z, 2 * x * y * z) };
};
