/** The records of the gradient-flow experiment, and the file they are kept in. */
import type { LayerRecord } from "../trace/records.js";

/** How a CIFAR net of the experiment is made.
 * @category Gradient flow */
export interface CifarConfiguration {
  /** `none`, `identity` (option A), or `A`, `B`, `C` of He et al. 2015. */
  readonly shortcut: string;
  /** `none` or `batch`. */
  readonly norm: string;
  /** Name of the weight initialisation. */
  readonly init: string;
  /** Channels of the first stage. */
  readonly width: number;
}

/** One backward pass of one network of the experiment.
 * @category Gradient flow */
export interface RunRecord {
  /** Name of the model: what two networks have in common that differ in seed and step alone. */
  readonly model: string;
  /** Weighted layers on the longest way from the input to the output. */
  readonly depth: number;
  /** How it is made, if it is one of the CIFAR nets that the experiment varies; `null` for another model. */
  readonly cifar: CifarConfiguration | null;
  /** Seed of the weights. */
  readonly seed: number;
  /** Optimiser steps taken before this backward pass; 0 is the initialisation. */
  readonly step: number;
  /** Loss of the batch, in nats: the cross entropy, with auxiliary classifiers the weighted sum of theirs. */
  readonly loss: number;
  /** The places of the model, in forward order: one for each depth at which the whole gradient passes; the classifier last. */
  readonly layers: readonly LayerRecord[];
}

/** What the gradient-flow experiment returns and `trace.json` holds.
 * @category Gradient flow */
export interface GradientFlowTrace {
  /** Version of livegrad that wrote it. */
  readonly version: string;
  /** Version of the format: 2. */
  readonly format: 2;
  /** Name of the device. */
  readonly device: string;
  /** What really ran: the gpu.js kernel class, or the reference loops. */
  readonly provenance: string;
  /** Seed of the experiment. */
  readonly seed: number;
  /** False when the experiment was interrupted before its last run. */
  readonly complete: boolean;
  /** Images per batch. */
  readonly batch: number;
  /** Where the images came from, and what was done to them. */
  readonly data: string;
  /** One entry per network, seed and recorded step. */
  readonly runs: readonly RunRecord[];
}
