/** Mutants of reductions, losses and elementwise ops that change no result. */
import type { Explanation } from "./explanation.js";

export const alongAxesSurvivors: readonly Explanation[] = [];
