/** Experiments. */
export { type DegradationOptions, type DegradationProgress, degradation } from "./degradation/degradation.js";
export type { DegradationPoint, DegradationResult, TrainedNetwork } from "./degradation/records.js";
export type { DegradationPlan, DegradationSettings, ImageSettings, NetForm, NetKind } from "./degradation/settings.js";
export { type GradientFlowOptions, type GradientFlowProgress, gradientFlow, type StopSignal } from "./gradient-flow.js";
export type { ModelMaker, Models } from "./models.js";
export type { CifarPlan, GradientFlowSettings, InitName, RunPlan } from "./plan.js";
export type { CifarConfiguration, GradientFlowTrace, RunRecord } from "./records.js";
