/** Training: what a run tells, and the logs that are made of it. */
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
export { type LogFile, openLogFile } from "./logs/log-file.js";
export type { ImageArray } from "./logs/png.js";
export { SummaryWriter, type SummaryWriterOptions } from "./tensorboard/summary-writer.js";
