/** What moves numbers around a convolution. */
import { grainOf, type Plan } from "./plan.js";

/** Zeros around planes. */
export const padPlanes: Plan = ({ threads: [cells, planes], constants }, { out, inputs, words }) => {
  const { height, width, outWidth, top, left } = constants as Record<
    "height" | "width" | "outWidth" | "top" | "left",
    number
  >;
  words.set([out, inputs[0] as number, height, width, cells / outWidth, outWidth, top, left]);
  return { name: "padPlanes", units: planes, grain: grainOf(planes, 2 * planes * cells) };
};

type PhaseWeightSizes = Record<
  | "channels"
  | "groupSize"
  | "kernelY"
  | "kernelX"
  | "dilationY"
  | "dilationX"
  | "phasesY"
  | "phasesX"
  | "stepY"
  | "stepX"
  | "tapsY"
  | "tapsX",
  number
>;

/** The reversed weight of each phase. */
export const phaseWeight: Plan = ({ threads: [taps, groupSize, units], constants }, { out, inputs, words }) => {
  const c = constants as PhaseWeightSizes;
  words.set([out, inputs[0] as number, c.channels, groupSize, c.kernelY, c.kernelX, c.dilationY, c.dilationX]);
  words.set([c.phasesY, c.phasesX, c.stepY, c.stepX, c.tapsY, c.tapsX], 8);
  return { name: "phaseWeight", units, grain: grainOf(units, 2 * taps * groupSize * units) };
};

type InterleaveSizes = Record<
  "channels" | "phasesY" | "phasesX" | "rows" | "columns" | "width" | "fromY" | "fromX" | "strideY" | "strideX",
  number
>;

/** The phases back in order. */
export const interleavePhases: Plan = ({ threads: [cells, channels, images], constants }, { out, inputs, words }) => {
  const c = constants as InterleaveSizes;
  const units = channels * images;
  words.set([out, inputs[0] as number, c.channels, c.phasesY, c.phasesX, c.rows, c.columns, cells / c.width, c.width]);
  words.set([c.fromY, c.fromX, c.strideY, c.strideX], 9);
  return { name: "interleavePhases", units, grain: grainOf(units, 2 * cells * units) };
};
