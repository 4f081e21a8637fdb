/** The loader of any data set: batches in an order that a sampler draws, with a position that can be saved. */
import { ValueError } from "../errors.js";
import {
  callback,
  checkedOptions,
  count,
  flag,
  generatorKind,
  number,
  type OptionKinds,
  oneOf,
  ownCheck,
} from "../options.js";
import type { Generator } from "../random.js";
import { type Collated, collated } from "./collate.js";
import type { ImageDataset, Precision } from "./dataset.js";
import { flipCrop } from "./flip-crop.js";
import { imageBatch, isLabelledImage, type Transform } from "./image-batch.js";
import { areLabelledImages, checkIndices, checkItems, type Dataset, itemsOf, type LabelledImage } from "./items.js";
import { checkedLoaderState, type DataLoaderState } from "./loader-state.js";
import { noGenerator } from "./no-generator.js";
import { randomSampler, type Sampler, sequentialSampler } from "./samplers.js";

/**
 * Options of {@link DataLoader}.
 * @typeParam Item what the data set gives
 * @typeParam B what a batch is
 * @category Data
 */
export interface DataLoaderOptions<Item = LabelledImage, B = Collated<Item>> {
  /** Items a batch, 1 or more; 1 by default. */
  readonly batchSize?: number | undefined;
  /** Visits the items of each epoch in a new random order; false by default. */
  readonly shuffle?: boolean | undefined;
  /** Chooses the items of each epoch, in place of `shuffle`. */
  readonly sampler?: Sampler | undefined;
  /** Leaves out the last batch of an epoch where it is smaller than `batchSize`; false by default. */
  readonly dropLast?: boolean | undefined;
  /** Where the order and the transform's random numbers come from; two children are split from it at once. */
  readonly generator?: Generator | undefined;
  /** What happens to each image before it goes into the batch, or `"flip-crop"`: see {@link flipCrop}. Bytes that are left are
   * normalised by the data set's mean and standard deviation. */
  readonly transform?: Transform | "flip-crop" | undefined;
  /** The format of images; `"float32"` by default. */
  readonly precision?: Precision | undefined;
  /** Makes a batch of items, in place of the usual way ({@link Collated}). */
  readonly collate?: ((items: readonly Item[], indices: Int32Array) => B) | undefined;
  /** How many batches to ask the data set for before they are needed, 0 or more; 2 by default. It changes no number. */
  readonly prefetch?: number | undefined;
}

const dataLoaderOptions: OptionKinds<DataLoaderOptions<unknown, unknown>> = {
  batchSize: count,
  shuffle: flag,
  sampler: ownCheck,
  dropLast: flag,
  generator: generatorKind,
  transform: ownCheck,
  precision: oneOf("float32", "float64"),
  collate: callback,
  prefetch: number,
};

/**
 * Walks a data set in batches; one walk is one epoch.
 *
 * Its position can be saved at any time, `stateDict()`, also in the middle of an epoch: a loader of the same data set and
 * options that takes it, in this program or a later one, gives the very batches that were still to come. A position counts a
 * batch as seen from when it was handed out. What reads ahead (`prefetch`, and the threads of a data set that has some) changes
 * neither order nor numbers. A walk that was left before its end is not gone on with: the next one is the next epoch.
 *
 * The loader splits two children from its generator, one for order and one for transforms, so the order is the same with and
 * without a transform.
 * @typeParam Item what the data set gives
 * @typeParam B what a batch is
 * @example
 * ```ts
 * const loader = new DataLoader(images, { batchSize: 128, shuffle: true, generator: generator(0) });
 * for (let epoch = 0; epoch < 10; epoch++) {
 *   for await (const { images, labels } of loader) {
 *     // one training step
 *   }
 * }
 * ```
 * @category Data
 */
export class DataLoader<Item = LabelledImage, B = Collated<Item>> implements AsyncIterable<B> {
  /** The number of batches an epoch has. */
  readonly length: number;
  readonly #dataset: Dataset<unknown>;
  readonly #sampler: Sampler;
  readonly #batchSize: number;
  readonly #prefetch: number;
  readonly #orders: Generator | undefined;
  readonly #moves: Generator | undefined;
  readonly #makeBatch: MakeBatch<Item, B>;
  #position: Position;
  /** The walk that is under way; null where the next one begins at the position. */
  #walk: symbol | null = null;

  /**
   * @throws ValueError if the data set or the sampler is empty, an option is out of range, `shuffle` has no generator, or
   *   `dropLast` would leave no batch at all
   */
  constructor(dataset: Dataset<Item> | ImageDataset, options: DataLoaderOptions<Item, B> = {}) {
    checkItems(OP, dataset);
    const given = checkedOptions(OP, options, dataLoaderOptions as OptionKinds<DataLoaderOptions<Item, B>>);
    const { batchSize = 1, dropLast = false, prefetch = 2, generator } = given;
    this.#dataset = itemsOf(dataset);
    this.#sampler = samplerOf(this.#dataset, given);
    this.#batchSize = batchSize;
    this.#prefetch = prefetch;
    this.length = (dropLast ? Math.floor : Math.ceil)(this.#sampler.length / batchSize);
    checkLoader(this.#sampler.length, this.length, given);
    this.#orders = generator?.split();
    this.#moves = generator?.split();
    this.#makeBatch = given.collate ?? this.#collation(given.transform, given.precision);
    this.#position = { epoch: 0, batch: 0, order: this.#orders?.state() ?? null };
  }

  /** The epoch, from 0, of the next batch; of the last one, while that is the end of its epoch. */
  get epoch(): number {
    return this.#position.epoch;
  }

  /** The position between two batches, as plain JSON. */
  stateDict(): DataLoaderState {
    return {
      ...this.#position,
      transform: this.#moves?.state() ?? null,
      samples: this.#sampler.length,
      batchSize: this.#batchSize,
    };
  }

  /**
   * Goes to a position that was saved: the next walk begins there, in the middle of its epoch. A walk that is under way ends.
   * @throws ValueError if it is none, or that of a loader of another length or batch size, or with a generator where this one
   *   has none; the position is left as it was then
   */
  loadStateDict(state: DataLoaderState): void {
    const { epoch, batch, order, transform } = checkedLoaderState("DataLoader.loadStateDict", state, {
      samples: this.#sampler.length,
      batchSize: this.#batchSize,
      batches: this.length,
      hasGenerator: this.#orders !== undefined,
    });
    if (transform !== null) this.#moves?.setState(transform);
    this.#position = { epoch, batch, order };
    this.#walk = null;
  }

  /** One epoch, or what is left of it after `loadStateDict`.
   * @throws ValueError if another walk has begun meanwhile, an index that the sampler draws is none of the data set, or the
   *   items do not make a batch */
  async *[Symbol.asyncIterator](): AsyncGenerator<B, void, undefined> {
    if (this.#walk !== null) this.#nextEpoch();
    const walk = Symbol("walk");
    this.#walk = walk;
    const order = this.#drawOrder();
    const ahead: Promise<readonly unknown[]>[] = [];
    for (let { batch } = this.#position, next = batch; batch < this.length; batch++) {
      const last = Math.min(batch + this.#prefetch, this.length - 1);
      for (; next <= last; next++) ahead.push(this.#fetch(this.#indicesOf(order, next)));
      const items = await ahead.shift();
      if (this.#walk !== walk) {
        throw new ValueError(OP, "this walk has ended, for another one has begun or a position was loaded");
      }
      const made = this.#makeBatch(items as readonly Item[], this.#indicesOf(order, batch));
      this.#position = { ...this.#position, batch: batch + 1 };
      yield made;
    }
    if (this.#walk === walk) this.#nextEpoch();
  }

  #nextEpoch(): void {
    this.#position = { epoch: this.#position.epoch + 1, batch: 0, order: this.#orders?.state() ?? null };
    this.#walk = null;
  }

  #drawOrder(): Int32Array {
    if (this.#position.order !== null) this.#orders?.setState(this.#position.order);
    const drawn = this.#sampler.draw(this.#orders ?? noGenerator(OP, "the sampler"));
    checkIndices(OP, drawn, this.#dataset.length);
    if (drawn.length === this.#sampler.length) return Int32Array.from(drawn);
    throw new ValueError(
      OP,
      `the sampler says that it draws ${this.#sampler.length} indices, and drew ${drawn.length}`,
    );
  }

  #indicesOf(order: Int32Array, batch: number): Int32Array {
    return order.slice(batch * this.#batchSize, (batch + 1) * this.#batchSize);
  }

  #fetch(indices: Int32Array): Promise<readonly unknown[]> {
    const items = Promise.all(Array.from(indices, async (index) => this.#dataset.get(index)));
    items.catch(() => undefined); // heard when its batch is due, if that time comes
    return items;
  }

  #collation(transform: Transform | "flip-crop" | undefined, precision: Precision = "float32"): MakeBatch<Item, B> {
    const dataset = this.#dataset;
    const { mean, std } = areLabelledImages(dataset) ? dataset : {};
    const generator = this.#moves ?? noGenerator(OP, "the transform");
    const own = transform === "flip-crop" ? undefined : transform;
    return (items, indices) => {
      if (!isLabelledImage(items[0])) {
        if (transform === undefined) return collated(OP, items, indices) as B;
        throw new ValueError(
          OP,
          "transform is for labelled images; items of another kind are changed by their own get",
        );
      }
      const images = items as unknown as readonly LabelledImage[];
      const batch = imageBatch(OP, images, indices, { precision, transform: own, generator, mean, std });
      return (transform === "flip-crop" ? { ...batch, images: flipCrop(batch.images, { generator }) } : batch) as B;
    };
  }
}

const OP = "DataLoader";

type MakeBatch<Item, B> = (items: readonly Item[], indices: Int32Array) => B;

type Position = Pick<DataLoaderState, "epoch" | "batch" | "order">;

function samplerOf(dataset: Dataset<unknown>, options: DataLoaderOptions<never, unknown>): Sampler {
  const { sampler, shuffle = false } = options;
  if (sampler === undefined) return shuffle ? randomSampler(dataset.length) : sequentialSampler(dataset.length);
  if (shuffle) throw new ValueError(OP, "sampler takes the place of shuffle; pass one of them");
  const isOne = typeof sampler === "object" && sampler !== null && typeof sampler.draw === "function";
  if (isOne && Number.isSafeInteger(sampler.length) && sampler.length >= 0) return sampler;
  throw new ValueError(OP, "sampler must have a length and a function draw, as randomSampler(length) has", {
    actual: sampler,
  });
}

function checkLoader(samples: number, batches: number, options: DataLoaderOptions<never, unknown>): void {
  const { batchSize = 1, shuffle, generator, transform, prefetch = 2, collate } = options;
  if (samples === 0) throw new ValueError(OP, "there are no items to load", { expected: ">= 1", actual: 0 });
  if (batches === 0) {
    const rule = `dropLast leaves no batch: batchSize ${batchSize} is more than the ${samples} items of an epoch`;
    throw new ValueError(OP, `${rule}; take a smaller batchSize or leave dropLast out`, {
      expected: samples,
      actual: batchSize,
    });
  }
  if (!(Number.isSafeInteger(prefetch) && prefetch >= 0)) {
    throw new ValueError(OP, `prefetch must be an integer of 0 or more, got ${prefetch}`, { actual: prefetch });
  }
  if (transform !== undefined && transform !== "flip-crop" && typeof transform !== "function") {
    throw new ValueError(OP, 'transform must be a function of an image and a generator, or "flip-crop"', {
      actual: transform,
    });
  }
  if (collate !== undefined && transform !== undefined) {
    throw new ValueError(OP, "transform belongs to the usual way of making batches; a collate function does it itself");
  }
  for (const [asked, name] of [
    [shuffle, "shuffle"],
    [transform === "flip-crop", 'transform "flip-crop"'],
  ] as const) {
    if (asked && !generator) throw new ValueError(OP, `${name} needs a generator; pass generator: generator(0)`);
  }
}
