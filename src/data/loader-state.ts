/** The position of a loader, as it is saved, and the check of one that is loaded. */
import { describe, type LivegradError, retold, ValueError } from "../errors.js";
import { type GeneratorState, generatorFrom } from "../random.js";

/**
 * The position of a {@link DataLoader} between two batches, as plain JSON.
 * @category Data
 */
export interface DataLoaderState {
  /** The epoch, from 0. */
  readonly epoch: number;
  /** How many batches of it have been handed out; all of them, where its walk has not ended yet. */
  readonly batch: number;
  /** The generator of the order as it stood when the epoch began; null where there is none. */
  readonly order: GeneratorState | null;
  /** The generator of the transform as it stands; null where there is none. */
  readonly transform: GeneratorState | null;
  /** How many items an epoch has. */
  readonly samples: number;
  /** Items a batch. */
  readonly batchSize: number;
}

/** What a position must fit. */
export interface LoaderFacts {
  readonly samples: number;
  readonly batchSize: number;
  readonly batches: number;
  readonly hasGenerator: boolean;
}

/** A position that fits a loader.
 * @throws ValueError in the name of `op` */
export function checkedLoaderState(op: string, state: unknown, facts: LoaderFacts): DataLoaderState {
  if (typeof state !== "object" || state === null) {
    throw new ValueError(op, `it takes what stateDict() gave, got ${describe(state)}`, { actual: state });
  }
  const { epoch, batch, order, transform, samples, batchSize } = state as Record<keyof DataLoaderState, unknown>;
  const refuse = (rule: string, expected: unknown, actual: unknown): never => {
    throw new ValueError(op, `${rule}, got ${describe(actual)}`, { expected, actual });
  };
  if (!isWhole(epoch)) refuse("epoch must be an integer of 0 or more", ">= 0", epoch);
  if (samples !== facts.samples) {
    refuse(`the position must be one of a loader with ${facts.samples} items an epoch`, facts.samples, samples);
  }
  if (batchSize !== facts.batchSize) {
    refuse(`the position must be one of a loader with batchSize ${facts.batchSize}`, facts.batchSize, batchSize);
  }
  if (!(isWhole(batch) && batch <= facts.batches)) {
    refuse(`batch must be an integer of 0 to ${facts.batches}, the batches of an epoch`, facts.batches, batch);
  }
  for (const [name, generator] of [
    ["order", order],
    ["transform", transform],
  ] as const) {
    if ((generator !== null) !== facts.hasGenerator) {
      refuse(
        `${name} must be ${facts.hasGenerator ? "the state of a generator" : "null, for this loader has no generator"}`,
        name,
        generator,
      );
    }
    if (generator !== null) checkGenerator(op, name, generator);
  }
  return state as DataLoaderState;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function checkGenerator(op: string, name: string, state: unknown): void {
  try {
    generatorFrom(state as GeneratorState);
  } catch (error) {
    throw retold(error as LivegradError, op, `${name} is no state of a generator: `);
  }
}
