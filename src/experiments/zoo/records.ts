/** What `livegrad zoo` finds out of a net. */
import type { PublishedErrors } from "./published.js";

/** How long something took, in milliseconds: the median of the runs, and their quartiles.
 * @category Zoo */
export interface Timing {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  /** How many were timed, after one that was not. */
  readonly runs: number;
}

/** Energy of a forward pass, in joules for an image.
 *
 * `measured`: the processor's own counter (RAPL), everything else that it did included. `modelled`: computed from the
 * operations and bytes by {@link energyModel}, whatever the machine.
 * @category Zoo */
export interface Energy {
  readonly kind: "measured" | "modelled";
  readonly joules: number;
}

/** A net at one batch size.
 * @category Zoo */
export interface BatchRun {
  /** Images at a time. */
  readonly batch: number;
  /** A forward pass in evaluation, nothing recorded; null if it was not measured. */
  readonly forward: Timing | null;
  /** A step of training (forward, backward, SGD with momentum); null if it was not asked for, or not measured. */
  readonly training: Timing | null;
  /** Most memory that the process has held up to the end of the forward passes, in bytes: Node and livegrad are in it. */
  readonly forwardMemory: number | null;
  /** The same up to the end of the training steps. */
  readonly trainingMemory: number | null;
  /** Of a forward pass. */
  readonly energy: Energy | null;
  /** Why something is missing; null if nothing is. */
  readonly failure: string | null;
}

/** A net of the zoo, counted and measured.
 * @category Zoo */
export interface ZooRow {
  /** As in the zoo. */
  readonly name: string;
  readonly title: string;
  readonly family: string;
  readonly year: number;
  /** Channels, height, width of an image. */
  readonly input: readonly [number, number, number];
  /** Learned numbers, auxiliary classifiers included. */
  readonly parameters: number | null;
  /** Multiply-accumulates of convolutions and linear layers, for one image in evaluation. */
  readonly macs: number | null;
  /** Bytes that the tape of one image keeps for the backward pass, in training. */
  readonly keptForBackward: number | null;
  /** What others published of it. */
  readonly published: PublishedErrors | null;
  /** One entry a batch size, in rising order. */
  readonly runs: readonly BatchRun[];
  /** Why nothing could be counted or measured; null if that is not so. */
  readonly failure: string | null;
}

/** What a run of `livegrad zoo` leaves in `zoo.json`.
 * @category Zoo */
export interface ZooRecord {
  /** Version of livegrad that wrote it. */
  readonly version: string;
  readonly device: string;
  /** What really ran, and on how many threads. */
  readonly provenance: string;
  /** The processor, as the system names it. */
  readonly processor: string;
  /** Whether training steps were asked for. */
  readonly training: boolean;
  /** False when it was interrupted. */
  readonly complete: boolean;
  readonly rows: readonly ZooRow[];
}

/** Energies of a float32 multiply-add and of 4 bytes from memory, in joules: Horowitz, "Computing's energy problem", ISSCC 2014,
 * figure 1.1.9, 45 nm: 3.7 pJ + 0.9 pJ, and 1.3 to 2.6 nJ for 64 bits of DRAM, here its middle. */
const MULTIPLY_ADD = 4.6e-12;
const FOUR_BYTES = 0.98e-9;

/** The model, in words, for whoever shows its numbers. */
export const ENERGY_MODEL: string =
  "modelled, not measured: 4.6 pJ for each multiply-accumulate and 0.98 nJ for each 4 bytes of weights and of layers' outputs, " +
  "each moved once (Horowitz, ISSCC 2014, 45 nm)";

/** Energy of a forward pass of one image after the model, in joules.
 * @param macs multiply-accumulates
 * @param numbers weights (shared by the batch) and outputs of layers, in numbers of 4 bytes */
export function energyModel(macs: number, numbers: number): number {
  return macs * MULTIPLY_ADD + numbers * FOUR_BYTES;
}
