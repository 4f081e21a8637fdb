/** How much memory a gradient-flow experiment needs: an estimate from its settings, before any work. */
import { formatBytes } from "../data/memory.js";
import { ValueError } from "../errors.js";
import { type GradientFlowSettings, networkCount, recordedSteps } from "./plan.js";

/** What is estimated, in bytes. */
export interface MemoryEstimate {
  /** The networks at work: activations, gradients, weights and what the optimiser keeps. */
  readonly networks: number;
  /** The images, once for each network at work and once more. */
  readonly images: number;
  /** What is recorded. */
  readonly records: number;
  readonly total: number;
}

/** Numbers of 4 bytes that are alive, for each output of a convolution: it, what follows it (normalisation, ReLU, sum) and
 * the gradient on its way. Measured on `simd`. */
const COPIES_OF_OUTPUT = 7;
/** Of each weight: itself, its gradient, its momentum, and what it was before the step. */
const COPIES_OF_WEIGHT = 4;
/** Of a layer in a record, in memory and as text of the report. */
const RECORD_BYTES = 1500;
/** Of a thread with its code, compiled kernels and buffers to reuse. */
const THREAD_BYTES = 120e6;
/** Where the size of the machine's memory is not known. */
const ASSUMED = 64 * 2 ** 30;

/** The memory that an experiment needs, for 3 × 32 × 32 images.
 * @param jobs networks at work at a time
 * @param images images that are held */
export function estimateMemory(settings: GradientFlowSettings, jobs: number, images: number): MemoryEstimate {
  const { depths, width, batch, steps } = settings;
  const deepest = Math.max(...depths);
  const [side, blocks] = [32, (deepest - 2) / 6];
  // Stage s has width · 2ˢ channels of (side / 2ˢ)² cells, and two convolutions a block.
  const outputs = batch * 2 * blocks * width * side ** 2 * (1 + 1 / 2 + 1 / 4);
  const weights = 2 * blocks * 9 * width ** 2 * (1 + 4 + 16);
  const network = 4 * (COPIES_OF_OUTPUT * outputs + COPIES_OF_WEIGHT * weights) + THREAD_BYTES;
  const atWork = Math.min(jobs, networkCount(settings));
  const layers = depths.reduce((sum, depth) => sum + depth / 2, 0) / depths.length;
  const estimate = {
    networks: atWork * network,
    images: (atWork + 1) * images * 3 * side ** 2,
    records: networkCount(settings) * recordedSteps(steps).size * layers * RECORD_BYTES,
  };
  return { ...estimate, total: THREAD_BYTES + estimate.networks + estimate.images + estimate.records };
}

/** Throws if an experiment needs more memory than there is.
 * @param available in bytes; what the process may use, if left out
 * @throws ValueError that names the estimate, the limit and what to lower */
export function checkMemory(
  settings: GradientFlowSettings,
  estimate: MemoryEstimate,
  available: number = memoryLimit(),
): void {
  if (estimate.total <= available) return;
  const { networks, images, records, total } = estimate;
  const { width, batch, seeds } = settings;
  const cause =
    records >= Math.max(networks, images)
      ? `the records of ${networkCount(settings)} networks take most of it; lower seeds, ${seeds}, or steps`
      : networks >= images
        ? `the networks at work take most of it; lower width, ${width}, batch, ${batch}, the depths or jobs`
        : `the images take most of it; lower batch, ${batch}, or jobs`;
  throw new ValueError(
    "gradientFlow",
    `it would need about ${formatBytes(total)} of memory, and there are ${formatBytes(available)}: ${cause}`,
    { expected: `<= ${available}`, actual: total },
  );
}

/** What the process may use, in bytes: its limit where it has one, else a guess on the large side. */
export function memoryLimit(): number {
  const constrained = typeof process === "undefined" ? undefined : process.constrainedMemory?.();
  return constrained !== undefined && constrained > 0 && constrained < 2 ** 50 ? constrained : ASSUMED;
}
