/** The derivative of every op that computes element by element. */
import { activationSweep } from "./activations.js";
import type { SweepEntry } from "./entry.js";
import { functionSweep } from "./functions.js";
import { pairSweep } from "./pairs.js";

export const elementwiseSweep: readonly SweepEntry[] = [...activationSweep, ...functionSweep, ...pairSweep];

/** Those whose result is no float. */
// biome-ignore format: a table
export const elementwiseWithoutDerivative: readonly string[] = [
  "equal", "notEqual", "greater", "greaterEqual", "less", "lessEqual", "logicalAnd", "logicalOr", "logicalXor", "logicalNot",
  "isNaN", "isFinite", "isInf", "cast",
];
