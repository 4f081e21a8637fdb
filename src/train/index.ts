/** Training: fit and what goes with it. Every part is of use by itself, in a loop written by hand. */

export type { Callback, FitRun } from "./callback.js";
export { averageWeights } from "./callbacks/average-weights.js";
export { type ClipGradientsOptions, clipGradients } from "./callbacks/clip-gradients.js";
export { type EarlyStoppingOptions, earlyStopping } from "./callbacks/early-stopping.js";
export { parametersEvery } from "./callbacks/parameters-every.js";
export { traceEvery } from "./callbacks/trace-every.js";
export type { CheckpointOptions } from "./checkpoints/checkpoints.js";
export type { BatchLoader, BatchSource } from "./data-source.js";
export { type EvaluateOptions, type Evaluation, evaluate } from "./evaluate.js";
export type {
  CheckpointEvent,
  EndEvent,
  EpochEvent,
  EvaluationEvent,
  EventSink,
  FitEvent,
  Json,
  MetricValue,
  MetricValues,
  ParametersEvent,
  ParameterValues,
  Predictions,
  StartEvent,
  StepEvent,
  StopEvent,
  StopReason,
  TraceEvent,
} from "./events.js";
export { type FitResult, fit } from "./fit.js";
export type { FitOptions } from "./fit-options.js";
export type { Goal } from "./goal.js";
export {
  findLearningRate,
  type LearningRateFinderOptions,
  type LearningRatePoint,
  type LearningRateSweep,
} from "./learning-rate-finder.js";
export { type CsvLogOptions, logToCsv } from "./logs/csv.js";
export { logToJsonLines, parseJsonLines } from "./logs/json-lines.js";
export { type LogFile, openLogFile } from "./logs/log-file.js";
export type { ImageArray } from "./logs/png.js";
export { logToTerminal } from "./logs/terminal.js";
export { accuracy, confusionMatrix, type Evaluated, type Metric, perClassAccuracy, topKAccuracy } from "./metrics.js";
export type { LabelledBatch, LossFunction, Objective, Outcome } from "./objective.js";
export { type TrainingReportOptions, trainingReportHtml } from "./report/page.js";
export { logToReport, type ReportLogOptions } from "./report/sink.js";
export type { EpochRecord } from "./run.js";
export type { FitSchedule, Stepped } from "./schedule.js";
export { logToTensorBoard } from "./tensorboard/sink.js";
export { SummaryWriter, type SummaryWriterOptions } from "./tensorboard/summary-writer.js";
