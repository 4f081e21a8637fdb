/** What a training run tells while it goes on, in the order in which it happens. */
import type { DeviceName } from "../device/device.js";
import type { PassRecord } from "../trace/records.js";

/** What JSON can say.
 * @category Training */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** The value of a metric: a number, one a class, or one for each true class and each predicted class.
 * @category Training */
export type MetricValue = number | readonly number[] | readonly (readonly number[])[];

/** The values of metrics by their names; `loss` among them.
 * @category Training */
export type MetricValues = Readonly<Record<string, MetricValue>>;

/** The run begins, from its first step or where an earlier one stopped.
 * @category Training */
export interface StartEvent {
  /** Which event it is. */
  readonly kind: "start";
  /** Steps that were made before: those of the checkpoint that the run goes on from, else 0. What was told of later steps is told
   * again. */
  readonly step: number;
  /** Epochs that were complete then. */
  readonly epoch: number;
  /** Steps at which the run ends; null where it is not known. */
  readonly totalSteps: number | null;
  /** Steps of an epoch; null where it is not known. */
  readonly stepsPerEpoch: number | null;
  /** Epochs after which the run ends; null where it is steps that were asked for. */
  readonly totalEpochs: number | null;
  /** Names of the classes, where they were given. */
  readonly classNames: readonly string[] | null;
  /** How the run was set up: names and numbers, for people and files. */
  readonly configuration: { readonly [name: string]: Json };
}

/** The optimiser has made a step.
 * @category Training */
export interface StepEvent {
  /** Which event it is. */
  readonly kind: "step";
  /** Steps made, this one included: the first is 1. */
  readonly step: number;
  /** The epoch it belongs to; the first is 1. */
  readonly epoch: number;
  /** Loss of its batches, before the step. */
  readonly loss: number;
  /** Learning rate of each parameter group in this step. */
  readonly lr: readonly number[];
  /** Metrics of its batches, those that are one number, without the loss. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Examples in its batches. */
  readonly examples: number;
  /** Seconds it took, loading included. */
  readonly seconds: number;
  /** Seconds of these that went by waiting for data. */
  readonly waited: number;
}

/** The labels of examples and what the model took them for.
 * @category Training */
export interface Predictions {
  /** Where each example stands in its data set; null where batches do not say. */
  readonly indices: Int32Array | null;
  /** Class numbers, those of the data. */
  readonly labels: Int32Array;
  /** Class numbers, the most likely by the model. */
  readonly predicted: Int32Array;
}

/** The model was evaluated on the validation data.
 * @category Training */
export interface EvaluationEvent {
  /** Which event it is. */
  readonly kind: "evaluation";
  /** Steps made. */
  readonly step: number;
  /** The epoch at whose end it was. */
  readonly epoch: number;
  /** All metrics, `loss` among them. */
  readonly metrics: MetricValues;
  /** Examples that were evaluated. */
  readonly examples: number;
  /** Example by example; null where the targets are no classes. */
  readonly predictions: Predictions | null;
  /** Seconds it took. */
  readonly seconds: number;
}

/** An epoch has ended; its evaluation was told before.
 * @category Training */
export interface EpochEvent {
  /** Which event it is. */
  readonly kind: "epoch";
  /** Epochs complete. */
  readonly epoch: number;
  /** Steps made. */
  readonly step: number;
  /** Metrics over its training batches, as the model was at each of them; `loss` among them. */
  readonly train: MetricValues;
  /** Metrics of the validation data; null without any. */
  readonly validation: MetricValues | null;
  /** Learning rate of each parameter group in its last step. */
  readonly lr: readonly number[];
  /** Seconds of this process's share of it, evaluation included. */
  readonly seconds: number;
}

/** A traced step has left its record.
 * @category Training */
export interface TraceEvent {
  /** Which event it is. */
  readonly kind: "trace";
  /** Steps made, the traced one included. */
  readonly step: number;
  /** Gradients, activations and updates, layer by layer. */
  readonly record: PassRecord;
}

/** A parameter after a step, and the gradient that it moved against.
 * @category Training */
export interface ParameterValues {
  /** As in `stateDict()`. */
  readonly name: string;
  /** Its numbers, row-major. */
  readonly values: Float32Array | Float64Array;
  /** Its gradient's; null where it had none. */
  readonly gradient: Float32Array | Float64Array | null;
}

/** The parameters as they are, for histograms.
 * @category Training */
export interface ParametersEvent {
  /** Which event it is. */
  readonly kind: "parameters";
  /** Steps made. */
  readonly step: number;
  /** All of them, in the order of `stateDict()`. */
  readonly parameters: readonly ParameterValues[];
}

/** A checkpoint is safe on disk.
 * @category Training */
export interface CheckpointEvent {
  /** Which event it is. */
  readonly kind: "checkpoint";
  /** Steps made. */
  readonly step: number;
  /** The file. */
  readonly path: string;
  /** Why it was written: to go on from, as the best so far, or as one of every n. */
  readonly role: "last" | "best" | "numbered";
}

/** Why a run ends before its last step: a callback asked for it, somebody aborted it, or a number was not finite any more.
 * @category Training */
export type StopReason = "callback" | "interrupted" | "diverged" | "failed";

/** The run ends early.
 * @category Training */
export interface StopEvent {
  /** Which event it is. */
  readonly kind: "stop";
  /** Steps made. */
  readonly step: number;
  /** The epoch it is in; the first is 1. */
  readonly epoch: number;
  /** Why. */
  readonly reason: StopReason;
  /** In words: why, and how to go on. */
  readonly message: string;
}

/** The run has ended; nothing comes after it.
 * @category Training */
export interface EndEvent {
  /** Which event it is. */
  readonly kind: "end";
  /** Steps made. */
  readonly step: number;
  /** Epochs complete. */
  readonly epoch: number;
  /** Why it ended early; null where it came to its end. */
  readonly stopped: StopReason | null;
  /** The last evaluation's metrics; null without any. */
  readonly validation: MetricValues | null;
  /** Seconds of this process's share of the run. */
  readonly seconds: number;
  /** The device it ran on. */
  readonly device: DeviceName;
  /** What computes there. */
  readonly provenance: string;
}

/** What a run tells; `kind` says what it is.
 * @category Training */
export type FitEvent =
  | StartEvent
  | StepEvent
  | EvaluationEvent
  | EpochEvent
  | TraceEvent
  | ParametersEvent
  | CheckpointEvent
  | StopEvent
  | EndEvent;

/** Takes the events of a run, one after another: each is waited for before the run goes on. It begins with `start` and ends with
 * `end`, whatever happens in between.
 * @category Training */
export type EventSink = (event: FitEvent) => void | Promise<void>;
