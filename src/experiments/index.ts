/** Experiments. */
export { type GradientFlowOptions, type GradientFlowProgress, gradientFlow, type StopSignal } from "./gradient-flow.js";
export type { ModelMaker, Models } from "./models.js";
export type { CifarPlan, GradientFlowSettings, InitName, RunPlan } from "./plan.js";
export type { CifarConfiguration, GradientFlowTrace, RunRecord } from "./records.js";
