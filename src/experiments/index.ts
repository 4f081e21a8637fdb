/** Experiments. */
export { type GradientFlowOptions, type GradientFlowProgress, gradientFlow, type StopSignal } from "./gradient-flow.js";
export type { GradientFlowSettings, InitName, RunPlan } from "./plan.js";
export type { GradientFlowTrace, RunRecord } from "./records.js";
