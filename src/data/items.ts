/** What a data set is, of whatever items: how many there are, and one by its number. */
import type { TypedArray } from "ndarray";
import { describe, ValueError } from "../errors.js";
import { checkDataset, type ImageDataset } from "./dataset.js";

/**
 * Items by their number. Anything with these two is one: a list of files, rows of a table, what a server answers.
 * @typeParam Item what `get` gives
 * @category Data
 */
export interface Dataset<Item> {
  /** The number of items. */
  readonly length: number;
  /** Item `index`, `0 … length - 1`; the same one whenever it is asked for. */
  get(index: number): Item | Promise<Item>;
}

/**
 * Numbers on the host, row-major: `{ shape, data }`. An ndarray that is no view of part of another is one.
 * @category Data
 */
export interface HostArray<A extends TypedArray = TypedArray> {
  /** The length of each axis. */
  readonly shape: readonly number[];
  /** As many numbers as the shape has places. */
  readonly data: A;
}

/**
 * What pixels are held in: bytes of 0 to 255, or numbers, which transforms take to be of 0 to 1.
 * @category Data
 */
export type Pixels = Uint8Array | Float32Array | Float64Array;

/**
 * One image.
 * @category Data
 */
export interface Image<A extends Pixels = Pixels> {
  /** Shape `[C, H, W]`, row-major. */
  readonly data: A;
  /** Channels C. */
  readonly channels: number;
  /** Rows H. */
  readonly height: number;
  /** Columns W. */
  readonly width: number;
}

/**
 * One image and its class, as {@link DataLoader} makes batches of.
 * @category Data
 */
export interface LabelledImage {
  /** Its pixels. */
  readonly image: Image;
  /** The number of its class. */
  readonly label: number;
}

/**
 * Labelled images that are fetched one by one, such as those of a folder; they may differ in size.
 * @category Data
 */
export interface LabelledImages extends Dataset<LabelledImage> {
  /** What it is called, in reports. */
  readonly name: string;
  /** `classNames[label]` is the name of a class. */
  readonly classNames: readonly string[];
  /** The class of every image, known without fetching any. */
  readonly labels: ArrayLike<number>;
  /** Mean of `x / 255` for each channel, where bytes are to be normalised by it. */
  readonly mean?: readonly number[] | undefined;
  /** Standard deviation of `x / 255` for each channel, above 0. */
  readonly std?: readonly number[] | undefined;
}

/**
 * What a data set becomes when some of its items are taken, or others added: images in one buffer stay that.
 * @category Data
 */
export type Part<D> = D extends ImageDataset
  ? ImageDataset
  : D extends LabelledImages
    ? LabelledImages
    : D extends Dataset<infer Item>
      ? Dataset<Item>
      : never;

/** Whether a data set is one buffer of images, and has no items that are fetched one by one. */
export function isImageDataset(dataset: Dataset<unknown> | ImageDataset): dataset is ImageDataset {
  return !("get" in dataset);
}

/** Whether a data set of items is one of labelled images. */
export function areLabelledImages(dataset: Dataset<unknown>): dataset is LabelledImages {
  return "classNames" in dataset && "labels" in dataset;
}

/** Throws unless a value is a data set, of items or of images in one buffer.
 * @throws ValueError in the name of `op` */
export function checkItems(op: string, dataset: unknown): asserts dataset is Dataset<unknown> | ImageDataset {
  const isObject = typeof dataset === "object" && dataset !== null;
  if (!(isObject && "get" in dataset)) return checkDataset(op, dataset as ImageDataset);
  const { length, get } = dataset as Partial<Record<"length" | "get", unknown>>;
  if (typeof get !== "function") {
    throw new ValueError(op, `get of the data set must be a function of an index, got ${describe(get)}`);
  }
  if (!(Number.isSafeInteger(length) && (length as number) >= 0)) {
    throw new ValueError(op, `length of the data set must be an integer of 0 or more, got ${describe(length)}`);
  }
  if (!areLabelledImages(dataset as Dataset<unknown>)) return;
  const { classNames, labels, mean, std } = dataset as Partial<Record<keyof LabelledImages, unknown>>;
  if (!Array.isArray(classNames)) throw new ValueError(op, `classNames must be a list, got ${describe(classNames)}`);
  if (!isList(labels) || labels.length !== length) {
    throw new ValueError(op, `labels must be a list of ${length} class numbers, got ${describe(labels)}`);
  }
  for (const [name, list] of [["mean", mean] as const, ["std", std] as const]) {
    if (list === undefined || (Array.isArray(list) && list.every(Number.isFinite))) continue;
    throw new ValueError(op, `${name} of the data set must be a list of finite numbers, got ${describe(list)}`);
  }
}

/** Whether a value is an array or a typed array. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

/** Throws unless every index is one of a data set of this length.
 * @throws ValueError in the name of `op` */
export function checkIndices(op: string, indices: unknown, length: number): asserts indices is ArrayLike<number> {
  if (!isList(indices)) throw new ValueError(op, `indices must be a list of integers, got ${describe(indices)}`);
  for (let place = 0; place < indices.length; place++) checkIndex(op, indices[place], length);
}

/** Throws unless an index is one of a data set of this length.
 * @throws ValueError in the name of `op` */
export function checkIndex(op: string, index: unknown, length: number): asserts index is number {
  if (Number.isInteger(index) && (index as number) >= 0 && (index as number) < length) return;
  const range = length === 0 ? "and there are no items" : `of 0 to ${length - 1}`;
  throw new ValueError(op, `an index must be an integer ${range}, got ${describe(index)}`, {
    expected: `0 … ${length - 1}`,
    actual: index,
  });
}

/** A data set as items: images in one buffer are views of their bytes. */
export function itemsOf(dataset: Dataset<unknown> | ImageDataset): Dataset<unknown> {
  return isImageDataset(dataset) ? imageItems(dataset) : dataset;
}

function imageItems(dataset: ImageDataset): LabelledImages {
  const { name, classNames, labels, length, mean, std, channels, height, width, images } = dataset;
  const size = channels * height * width;
  const get = (index: number): LabelledImage => ({
    image: { data: images.subarray(index * size, (index + 1) * size), channels, height, width },
    label: labels[index] as number,
  });
  return { name, classNames, labels, length, mean, std, get };
}
