/** Mutants of windows, normalisation, products, indexing and shapes that change no result. */
import type { Explanation } from "./explanation.js";

export const ofShapeSurvivors: readonly Explanation[] = [];
