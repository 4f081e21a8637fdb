/** Mutants of the kernels that change no result. */
import type { Explanation } from "./explanation.js";

export const kernelsSurvivors: readonly Explanation[] = [];
