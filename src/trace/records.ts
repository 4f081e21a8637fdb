/** The records a gradient-flow trace produces, and the file they are kept in. */

/** The numbers of one layer at one backward pass.
 *
 * Norms are L2 norms over the whole batch, computed without underflow; a value that does not exist for
 * this layer (no weight, no residual addition, no ReLU) is `null`.
 * @category Tracing */
export interface LayerRecord {
  /** Position in the forward pass, from 0 (nearest the input). */
  readonly index: number;
  /** Path of the module, as in `stateDict()` keys: `layer1.0`. */
  readonly name: string;
  /** ‖∂L/∂h‖ of the layer's output `h`. */
  readonly activationGradNorm: number;
  /** ‖∂L/∂W‖ over all parameters of the layer; `null` without parameters. */
  readonly weightGradNorm: number | null;
  /** At a residual addition: the norm of the part of ∂L/∂(block input) that came through the identity. */
  readonly identityGradNorm: number | null;
  /** At a residual addition: the norm of the part of ∂L/∂(block input) that came through the branch. */
  readonly branchGradNorm: number | null;
  /** Mean of the layer's output over all its entries. */
  readonly activationMean: number;
  /** Standard deviation (biased) of the layer's output over all its entries. */
  readonly activationStd: number;
  /** Fraction, 0 to 1, of output units that are zero for the whole batch; `null` where no ReLU ends the layer. */
  readonly deadFraction: number | null;
  /** ‖W‖ over all parameters of the layer; `null` without parameters. */
  readonly weightNorm: number | null;
  /** ‖ΔW‖ / ‖W‖ of the optimiser step that followed; `null` before one. */
  readonly updateRatio: number | null;
}

/** One backward pass of one network of the experiment.
 * @category Tracing */
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
 * @category Tracing */
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
