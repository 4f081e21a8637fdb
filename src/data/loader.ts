/** The loader: walks a data set in batches, epoch after epoch, shuffled and augmented as asked. */

import { ValueError } from "../errors.js";
import { checkedOptions, flag, generatorKind, number, type OptionKinds, oneOf } from "../options.js";
import type { Generator } from "../random.js";
import { type Batch, batchOf, checkDataset, type ImageDataset, type Precision } from "./dataset.js";
import { flipCrop } from "./flip-crop.js";

/** What every loader takes, random or not. */
interface CommonLoaderOptions<P extends Precision> {
  /** Images per batch, 1 or more. */
  readonly batchSize: number;
  /** Leaves out the last batch of an epoch where it is smaller than `batchSize`; false by default. */
  readonly dropLast?: boolean | undefined;
  /** How often to walk the whole data set, 0 or more, `Infinity` allowed; 1 by default. */
  readonly epochs?: number | undefined;
  /** The format of the pixels, as in {@link batchOf}; `"float32"` by default. */
  readonly precision?: P | undefined;
}

/**
 * Options of a loader that draws random numbers.
 * @category Data
 */
export interface RandomLoaderOptions<P extends Precision = "float32"> extends CommonLoaderOptions<P> {
  /** Where order and augmentation come from. */
  readonly generator: Generator;
  /** Visits the images of each epoch in a new random order; true by default. */
  readonly shuffle?: boolean | undefined;
  /** `"flip-crop"`: see {@link flipCrop}; none by default. */
  readonly augment?: "flip-crop" | undefined;
}

/**
 * Options of a loader that visits the images in the data set's order and leaves them as they are.
 * @category Data
 */
export interface SequentialLoaderOptions<P extends Precision = "float32"> extends CommonLoaderOptions<P> {
  /** In the order of the data set. */
  readonly shuffle: false;
  /** None is needed. */
  readonly generator?: undefined;
  /** None, for augmentation draws at random. */
  readonly augment?: undefined;
}

/**
 * Options of {@link batches}.
 * @category Data
 */
export type LoaderOptions<P extends Precision = "float32"> = RandomLoaderOptions<P> | SequentialLoaderOptions<P>;

const loaderOptions: OptionKinds<RandomLoaderOptions<Precision>> = {
  batchSize: number,
  dropLast: flag,
  epochs: number,
  precision: oneOf("float32", "float64"),
  generator: generatorKind,
  shuffle: flag,
  augment: oneOf("flip-crop"),
};

/**
 * Walks the data set in batches: each epoch visits every image once. Order and augmentation draw from two children that
 * are split from the generator when `batches` is called, so the order is the same with and without augmentation, and
 * does not depend on what else draws from the generator meanwhile.
 * @returns batches of images `[N, C, H, W]` and labels `[N]`; N is `batchSize`, or less in the last batch of an epoch
 * @throws ValueError, at the call, if the data set is empty, `batchSize` or `epochs` is out of range, a generator is
 *   missing, or `dropLast` would leave no batch at all
 * @example
 * ```ts
 * for (const { images, labels } of batches(dataset, { batchSize: 128, generator: generator(0), epochs: 10 })) {
 *   // one training step
 * }
 * ```
 * @category Data
 */
export function batches<P extends Precision = "float32">(
  dataset: ImageDataset,
  options: LoaderOptions<P>,
): IterableIterator<Batch<P>> {
  const given = checkedOptions<LoaderOptions<P>>("batches", options, loaderOptions);
  checkLoader(dataset, given);
  return walk(dataset, given, given.generator?.split(), given.generator?.split());
}

function* walk<P extends Precision>(
  dataset: ImageDataset,
  options: LoaderOptions<P>,
  orders: Generator | undefined,
  moves: Generator | undefined,
): IterableIterator<Batch<P>> {
  const { batchSize, shuffle = true, dropLast = false, epochs = 1, augment, precision } = options;
  const end = dropLast ? dataset.length - (dataset.length % batchSize) : dataset.length;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffle && orders ? orders.permutation(dataset.length) : inOrder(dataset.length);
    for (let start = 0; start < end; start += batchSize) {
      const batch = batchOf<P>(dataset, order.subarray(start, start + batchSize), { precision });
      yield augment && moves ? { ...batch, images: flipCrop(batch.images, { generator: moves }) } : batch;
    }
  }
}

function inOrder(length: number): Int32Array {
  return Int32Array.from({ length }, (_, index) => index);
}

function checkLoader(dataset: ImageDataset, options: LoaderOptions<Precision>): void {
  checkDataset("batches", dataset);
  const { batchSize, shuffle = true, dropLast = false, epochs = 1, augment, generator } = options;
  const fail = (message: string, expected: unknown, actual: unknown): never => {
    throw new ValueError("batches", message, { expected, actual });
  };
  if (!(Number.isSafeInteger(batchSize) && batchSize >= 1)) {
    fail(`batchSize must be an integer of 1 or more, got ${batchSize}`, ">= 1", batchSize);
  }
  if (!((Number.isSafeInteger(epochs) || epochs === Number.POSITIVE_INFINITY) && epochs >= 0)) {
    fail(`epochs must be an integer of 0 or more or Infinity, got ${epochs}`, ">= 0", epochs);
  }
  if (dataset.length === 0) fail(`${dataset.name} has no images`, ">= 1", 0);
  if (dropLast && batchSize > dataset.length) {
    const rule = `dropLast leaves no batch: batchSize ${batchSize} is more than the ${dataset.length} images`;
    fail(`${rule} of ${dataset.name}; take a smaller batchSize or leave dropLast out`, dataset.length, batchSize);
  }
  if ((shuffle || augment) && !generator) {
    const reason = augment ? `augment "${augment}"` : "shuffle";
    fail(`${reason} needs a generator; pass generator: generator(0), or shuffle: false`, "a generator", generator);
  }
}
