/** What the degradation experiment finds out, and the file it is kept in. */
import type { DegradationSettings, NetKind } from "./settings.js";

/** A network after some steps of training.
 * @category Degradation */
export interface DegradationPoint {
  /** Optimiser steps taken. */
  readonly step: number;
  /** Mean cross entropy, in nats, of the batches since the point before, each before its step, in training mode. */
  readonly trainingLoss: number;
  /** Share of their images whose likeliest class is wrong, 0 to 1. */
  readonly trainingError: number;
  /** Mean cross entropy of the test images, in nats, in evaluation mode. */
  readonly testLoss: number;
  /** Share of the test images whose likeliest class is wrong, 0 to 1. */
  readonly testError: number;
}

/** A network of the experiment, and how it got on.
 * @category Degradation */
export interface TrainedNetwork {
  /** Its name: `plain-20`, `ResNet-56`. */
  readonly model: string;
  /** Plain, or with identity shortcuts. */
  readonly kind: NetKind;
  /** Weighted layers. */
  readonly depth: number;
  /** Seed of its weights and batches. */
  readonly seed: number;
  /** In the order of their steps. */
  readonly points: readonly DegradationPoint[];
}

/** What `degradation` returns and `results.json` holds.
 * @category Degradation */
export interface DegradationResult {
  /** Version of livegrad that wrote it. */
  readonly version: string;
  /** Version of the format: 1. */
  readonly format: 1;
  /** Name of the device. */
  readonly device: string;
  /** What really ran: the gpu.js kernel class, or the reference loops. */
  readonly provenance: string;
  /** Where the images to train on came from, and what was done to them. */
  readonly data: string;
  /** Images to train on. */
  readonly images: number;
  /** Images to test on. */
  readonly testImages: number;
  /** Classes: who guesses is wrong in 1 − 1/classes of all cases. */
  readonly classes: number;
  /** Pixels a side. */
  readonly size: number;
  /** What was varied and held fixed. */
  readonly settings: DegradationSettings;
  /** False when the experiment was interrupted before its last step. */
  readonly complete: boolean;
  /** Those that were looked at once or more. */
  readonly networks: readonly TrainedNetwork[];
}
