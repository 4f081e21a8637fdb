/** How much memory a gradient-flow experiment needs: an estimate from its settings, before any work. */
import { formatBytes } from "../data/memory.js";
import { ValueError } from "../errors.js";
import type { ModelCost } from "./models.js";
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
  /** How many models there are beside the CIFAR nets. */
  readonly models: number;
}

/** Numbers of 4 bytes that are alive, for each output of a convolution: it, what follows it (normalisation, ReLU, sum) and
 * the gradient on its way. Measured on `simd`. */
const COPIES_OF_OUTPUT = 7;
/** The same for each output of an op of a model, whatever the op: it, and half of the gradients. */
const COPIES_OF_OP_OUTPUT = 1.5;
/** Of each weight: itself, its gradient, its momentum, and what it was before the step. */
const COPIES_OF_WEIGHT = 4;
/** Of a layer in a record, in memory and as text of the report. */
const RECORD_BYTES = 1500;
/** Places of a model in a record, a guess on the large side. */
const PLACES_OF_MODEL = 100;
/** Of a thread with its code, compiled kernels and buffers to reuse. */
export const THREAD_BYTES = 120e6;
/** Where the size of the machine's memory is not known. */
const ASSUMED = 64 * 2 ** 30;

/** What else a memory estimate asks for. */
export interface Demand {
  /** Networks at work at a time. */
  readonly jobs: number;
  /** Images that are held. */
  readonly images: number;
  /** Bytes of an image. Default 3 × 32 × 32. */
  readonly imageBytes?: number | undefined;
  /** Models beside the CIFAR nets. */
  readonly models?: readonly ModelCost[] | undefined;
}

/** The memory that an experiment needs. */
export function estimateMemory(settings: GradientFlowSettings, demand: Demand): MemoryEstimate {
  const { jobs, images, imageBytes = 3 * 32 ** 2, models = [] } = demand;
  const { seeds, steps } = settings;
  const count = networkCount(settings) + seeds * models.length;
  const network = Math.max(4 * largestCifarNet(settings, imageBytes) + THREAD_BYTES, ...models.map(modelBytes));
  const atWork = Math.min(jobs, count);
  const places = [...settings.depths.map((depth) => depth / 2), ...models.map(() => PLACES_OF_MODEL)];
  const layers = places.reduce((sum, one) => sum + one, 0) / places.length;
  const estimate = {
    networks: atWork * network,
    images: (atWork + 1) * images * imageBytes,
    records: count * recordedSteps(steps).size * layers * RECORD_BYTES,
  };
  return {
    ...estimate,
    models: models.length,
    total: THREAD_BYTES + estimate.networks + estimate.images + estimate.records,
  };
}

/** Bytes of a model at work: activations, gradients, weights, what the optimiser keeps, and its thread. */
export function modelBytes({ outputs, weights }: Pick<ModelCost, "outputs" | "weights">): number {
  return 4 * (COPIES_OF_OP_OUTPUT * outputs + COPIES_OF_WEIGHT * weights) + THREAD_BYTES;
}

/** Numbers that the deepest of the CIFAR nets takes. */
function largestCifarNet({ depths, width, batch }: GradientFlowSettings, imageBytes: number): number {
  if (depths.length === 0) return 0;
  const blocks = (Math.max(...depths) - 2) / 6;
  // Stage s has width · 2ˢ channels of pixels / 4ˢ cells, and two convolutions a block.
  const outputs = batch * 2 * blocks * width * (imageBytes / 3) * (1 + 1 / 2 + 1 / 4);
  const weights = 2 * blocks * 9 * width ** 2 * (1 + 4 + 16);
  return COPIES_OF_OUTPUT * outputs + COPIES_OF_WEIGHT * weights;
}

/** Throws if an experiment needs more memory than there is.
 * @param available in bytes; what the process may use, if left out
 * @throws ValueError that names the estimate, the limit and what to lower */
export function checkMemory(
  settings: GradientFlowSettings,
  estimate: MemoryEstimate,
  available: number = memoryLimit(),
): void {
  const { networks, images, records, total } = estimate;
  const { depths, width, batch, seeds } = settings;
  const toLower =
    depths.length > 0
      ? `width, ${width}, batch, ${batch}, the depths or jobs`
      : `batch, ${batch}, the images' size or jobs`;
  const count = networkCount(settings) + seeds * estimate.models;
  const cause =
    records >= Math.max(networks, images)
      ? `the records of ${count} networks take most of it; lower seeds, ${seeds}, or steps`
      : networks >= images
        ? `the networks at work take most of it; lower ${toLower}`
        : `the images take most of it; lower batch, ${batch}, or jobs`;
  checkBytes("gradientFlow", total, available, cause);
}

/** Throws if an experiment needs more memory than there is.
 * @param cause what takes most of it, and what to lower
 * @throws ValueError in the name of `op` */
export function checkBytes(op: string, total: number, available: number, cause: string): void {
  if (total <= available) return;
  throw new ValueError(
    op,
    `it would need about ${formatBytes(total)} of memory, and there are ${formatBytes(available)}: ${cause}`,
    { expected: `<= ${available}`, actual: total },
  );
}

/** What the process may use, in bytes: its limit where it has one, else a guess on the large side. */
export function memoryLimit(): number {
  const constrained = typeof process === "undefined" ? undefined : process.constrainedMemory?.();
  return constrained !== undefined && constrained > 0 && constrained < 2 ** 50 ? constrained : ASSUMED;
}
