/** Experiments. */
export { type GradientFlowOptions, type GradientFlowProgress, gradientFlow } from "./gradient-flow.js";
export type { GradientFlowSettings, InitName, RunPlan, ShortcutName } from "./plan.js";
