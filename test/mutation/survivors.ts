/** Mutants that no test can kill, and why: they change no result, or only the work that it takes.
 *
 * `npm run mutation` fails for a survivor that is missing here, and for an entry whose mutant is killed or gone. */
import { autogradSurvivors } from "./survivors/autograd.js";
import { elementwiseSurvivors } from "./survivors/elementwise.js";
import type { Explanation } from "./survivors/explanation.js";
import { kernelsSurvivors } from "./survivors/kernels.js";
import { normsSurvivors } from "./survivors/norms.js";
import { ofArgumentsSurvivors } from "./survivors/ops-of-arguments.js";
import { ofProductsSurvivors } from "./survivors/ops-of-products.js";
import { ofShapeSurvivors } from "./survivors/ops-of-shape.js";
import { reductionsSurvivors } from "./survivors/reductions.js";

/** All of them. */
export const explanations: readonly Explanation[] = [
  ...autogradSurvivors,
  ...kernelsSurvivors,
  ...elementwiseSurvivors,
  ...normsSurvivors,
  ...reductionsSurvivors,
  ...ofArgumentsSurvivors,
  ...ofProductsSurvivors,
  ...ofShapeSurvivors,
];
