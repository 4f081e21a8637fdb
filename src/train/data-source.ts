/** Where the batches of a run come from. */
import { ValueError } from "../errors.js";

/** Batches of one epoch after another: a walk is an epoch. {@link DataLoader} is one, and so is an array of batches.
 * @typeParam Batch what it gives
 * @category Training */
export interface BatchLoader<Batch> {
  /** The number of batches in an epoch, where it is known. */
  readonly length?: number | undefined;
  /** Its position, as plain JSON, for a checkpoint; needed for those alone. */
  stateDict?(): unknown;
  /** Goes to a position that `stateDict` gave, so that the next walk goes on there. */
  loadStateDict?(state: never): void;
  /** Walks an epoch. */
  [Symbol.asyncIterator]?(): AsyncIterator<Batch>;
  /** Walks an epoch. */
  [Symbol.iterator]?(): Iterator<Batch>;
}

/** A loader, or a function that gives the batches of an epoch: `(epoch) => batches(dataset, { … })`, epochs counted from 0.
 * @typeParam Batch what it gives
 * @category Training */
export type BatchSource<Batch> = BatchLoader<Batch> | ((epoch: number) => BatchLoader<Batch>);

/** Walks one epoch.
 * @param epoch counted from 0
 * @throws ValueError if it cannot be walked */
export function walk<Batch>(
  op: string,
  source: BatchSource<Batch>,
  epoch: number,
): AsyncIterator<Batch> | Iterator<Batch> {
  const loader = typeof source === "function" ? source(epoch) : source;
  const iterator = loader?.[Symbol.asyncIterator]?.() ?? loader?.[Symbol.iterator]?.();
  if (iterator !== undefined) return iterator;
  throw new ValueError(
    op,
    "the function that gives an epoch's batches must return something to walk: a loader or an array",
  );
}

/** Whether a value can be walked, or is a function that may give something to walk. */
export function isSource(value: unknown): boolean {
  if (typeof value === "function") return true;
  return typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);
}

/** Batches of an epoch; null where the source does not say. */
export function lengthOf(source: BatchSource<unknown>): number | null {
  return typeof source === "function" ? null : (source.length ?? null);
}
