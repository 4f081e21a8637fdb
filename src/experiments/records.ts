/** The records of the gradient-flow experiment, and the file they are kept in. */
import type { LayerRecord } from "../trace/records.js";

/** One backward pass of one network of the experiment.
 * @category Gradient flow */
export interface RunRecord {
  /** Weighted layers, `6n + 2`. */
  readonly depth: number;
  /** `none`, `identity` (option A), or `A`, `B`, `C` of He et al. 2015. */
  readonly shortcut: string;
  /** `none` or `batch`. */
  readonly norm: string;
  /** Name of the weight initialisation. */
  readonly init: string;
  /** Channels of the first stage. */
  readonly width: number;
  /** Seed of the weights. */
  readonly seed: number;
  /** Optimiser steps taken before this backward pass; 0 is the initialisation. */
  readonly step: number;
  /** Cross-entropy loss of the batch, in nats. */
  readonly loss: number;
  /** In forward order: the stem, the blocks, the classifier's input. */
  readonly layers: readonly LayerRecord[];
}

/** What the gradient-flow experiment returns and `trace.json` holds.
 * @category Gradient flow */
export interface GradientFlowTrace {
  /** Version of livegrad that wrote it. */
  readonly version: string;
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
  /** Where the images came from. */
  readonly data: string;
  /** One entry per configuration, seed and recorded step. */
  readonly runs: readonly RunRecord[];
}
