/** Data sets made of others: some of the items, several one after the other, and items that are kept once fetched. */
import { describe, ValueError } from "../errors.js";
import type { ImageDataset } from "./dataset.js";
import {
  areLabelledImages,
  checkIndex,
  checkIndices,
  checkItems,
  type Dataset,
  isImageDataset,
  itemsOf,
  type LabelledImages,
  type Part,
} from "./items.js";
import { formatBytes, MOST_IMAGE_BYTES } from "./memory.js";

type AnyDataset = Dataset<unknown> | ImageDataset;

/**
 * Some items of a data set, in the order of `indices`. Of images in one buffer (an {@link ImageDataset}) the bytes are copied;
 * items that are fetched one by one are fetched from the data set when they are asked for.
 * @param indices of `0 … dataset.length - 1`; one may occur more than once
 * @throws ValueError if an index leaves the data set
 * @example
 * ```ts
 * const few = subset(images, [0, 1, 2]);
 * ```
 * @category Data
 */
export function subset<D extends Dataset<unknown> | ImageDataset>(dataset: D, indices: ArrayLike<number>): Part<D> {
  checkItems("subset", dataset);
  checkIndices("subset", indices, dataset.length);
  return partOf("subset", dataset, Int32Array.from(indices)) as Part<D>;
}

/** A data set of the items at these places, which are some of it. */
export function partOf(op: string, dataset: AnyDataset, indices: Int32Array): AnyDataset {
  if (isImageDataset(dataset)) return copied(op, dataset, indices);
  const get = (index: number): unknown => {
    checkIndex(op, index, indices.length);
    return dataset.get(indices[index] as number);
  };
  return described(dataset, { length: indices.length, get }, (labels) =>
    indices.map((index) => labels[index] as number),
  );
}

/**
 * Several data sets as one, one after the other. Images in one buffer are copied into one buffer; they, and labelled images,
 * must have the same class names, and are normalised as the first data set says.
 * @throws ValueError if there are none, they are of different kinds, or images differ in size or in their classes
 * @category Data
 */
export function concatDataset<D extends Dataset<unknown> | ImageDataset>(datasets: readonly D[]): Part<D> {
  const op = "concatDataset";
  if (!Array.isArray(datasets) || datasets.length === 0) {
    throw new ValueError(op, `it takes a list of one data set or more, got ${describe(datasets)}`);
  }
  for (const dataset of datasets) checkItems(op, dataset);
  const kinds = datasets.map(kindOf);
  if (new Set(kinds).size > 1) throw new ValueError(op, `data sets must be of one kind, got ${kinds.join(", ")}`);
  const first = datasets[0] as D;
  if (kinds[0] !== "items") checkClasses(op, datasets);
  if (isImageDataset(first)) return joined(op, datasets) as Part<D>;
  const parts: readonly Dataset<unknown>[] = datasets;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const get = (index: number): unknown => {
    checkIndex(op, index, length);
    let place = index;
    for (const part of parts) {
      if (place < part.length) return part.get(place);
      place -= part.length;
    }
    throw new ValueError(op, "a data set became shorter after it was joined to others");
  };
  const labels = () => Int32Array.from((parts as readonly LabelledImages[]).flatMap((part) => Array.from(part.labels)));
  return described(first, { length, get }, labels) as Part<D>;
}

/**
 * Keeps every item that was fetched once, so that reading and decoding are paid in the first epoch alone. All items are in
 * memory then.
 * @category Data
 */
export function cacheDataset<D extends Dataset<unknown>>(dataset: D): Part<D> {
  checkItems("cacheDataset", dataset);
  const source = itemsOf(dataset);
  const kept = new Map<number, unknown>();
  const get = (index: number): unknown => {
    checkIndex("cacheDataset", index, source.length);
    if (kept.has(index)) return kept.get(index);
    const item = source.get(index);
    kept.set(index, item);
    if (item instanceof Promise) item.catch(() => kept.delete(index)); // so that it can be tried again
    return item;
  };
  return described(source, { length: source.length, get }, (labels) => labels) as Part<D>;
}

/** Items with the names and figures of the labelled images that they come from, if they do. */
function described(
  source: Dataset<unknown>,
  items: Dataset<unknown>,
  labelsOf: (labels: ArrayLike<number>) => ArrayLike<number>,
): Dataset<unknown> {
  if (!areLabelledImages(source)) return items;
  const { name, classNames, labels, mean, std } = source;
  return { name, classNames, labels: labelsOf(labels), mean, std, ...items } as LabelledImages;
}

function copied(op: string, dataset: ImageDataset, indices: Int32Array): ImageDataset {
  const size = dataset.channels * dataset.height * dataset.width;
  checkMemory(op, indices.length * size);
  const images = new Uint8Array(indices.length * size);
  const labels = new Uint8Array(indices.length);
  for (const [place, index] of indices.entries()) {
    images.set(dataset.images.subarray(index * size, (index + 1) * size), place * size);
    labels[place] = dataset.labels[index] as number;
  }
  return { ...dataset, length: indices.length, images, labels };
}

function joined(op: string, datasets: readonly ImageDataset[]): ImageDataset {
  const first = datasets[0] as ImageDataset;
  const shape = ({ channels, height, width }: ImageDataset): string => `[${channels}, ${height}, ${width}]`;
  const other = datasets.find((dataset) => shape(dataset) !== shape(first));
  if (other) throw new ValueError(op, `images must have one size, got ${shape(first)} and ${shape(other)}`);
  checkMemory(
    op,
    datasets.reduce((sum, { images }) => sum + images.length, 0),
  );
  const length = datasets.reduce((sum, dataset) => sum + dataset.length, 0);
  const images = new Uint8Array(length * first.channels * first.height * first.width);
  const labels = new Uint8Array(length);
  let start = 0;
  for (const dataset of datasets) {
    images.set(dataset.images, start * (images.length / length));
    labels.set(dataset.labels, start);
    start += dataset.length;
  }
  return { ...first, length, images, labels };
}

function kindOf(dataset: AnyDataset): string {
  if (isImageDataset(dataset)) return "images in one buffer";
  return areLabelledImages(dataset) ? "labelled images" : "items";
}

function checkClasses(op: string, datasets: readonly unknown[]): void {
  const names = (datasets as readonly LabelledImages[]).map(({ classNames }) => classNames.join(", "));
  const other = names.find((one) => one !== names[0]);
  if (other === undefined) return;
  throw new ValueError(op, `data sets must have the same classes, got ${describe(names[0])} and ${describe(other)}`);
}

function checkMemory(op: string, bytes: number): void {
  if (bytes <= MOST_IMAGE_BYTES) return;
  const limit = `more than ${formatBytes(MOST_IMAGE_BYTES)} are not held at once`;
  throw new ValueError(op, `the images would take ${formatBytes(bytes)} of memory, and ${limit}; take fewer`, {
    expected: `<= ${MOST_IMAGE_BYTES}`,
    actual: bytes,
  });
}
