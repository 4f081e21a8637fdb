/** What a labelled image data set is, and how images of it become a normalised batch. */

import type { NdArray } from "ndarray";
import { describe, ValueError } from "../errors.js";
import { viewOf } from "../ndarray.js";
import { checkedOptions, type OptionKinds, oneOf } from "../options.js";

/**
 * Labelled images, held as bytes in one buffer.
 * @category Data
 */
export interface ImageDataset {
  /** What it is called, in reports. */
  readonly name: string;
  /** `classNames[label]` is the name of a class. */
  readonly classNames: readonly string[];
  /** Channels C of an image. */
  readonly channels: number;
  /** Rows H of an image, in pixels. */
  readonly height: number;
  /** Columns W of an image, in pixels. */
  readonly width: number;
  /** The number of images, N. */
  readonly length: number;
  /** Pixels 0 to 255, shape `[N, C, H, W]`, row-major. */
  readonly images: Uint8Array;
  /** Class numbers, shape `[N]`. */
  readonly labels: Uint8Array;
  /** Mean of `x / 255` for each channel, shape `[C]`. */
  readonly mean: readonly number[];
  /** Standard deviation of `x / 255` for each channel, shape `[C]`, above 0. */
  readonly std: readonly number[];
}

/**
 * The number format that a batch of images is stored in.
 * @category Data
 */
export type Precision = "float32" | "float64";

/**
 * The typed array that holds numbers of a {@link Precision}.
 * @category Data
 */
export type ImageValues<P extends Precision> = P extends "float64" ? Float64Array : Float32Array;

/**
 * A batch of N normalised images with their labels.
 * @category Data
 */
export interface Batch<P extends Precision = "float32"> {
  /** `(x / 255 - mean[c]) / std[c]`, shape `[N, C, H, W]`. */
  readonly images: NdArray<ImageValues<P>>;
  /** Class numbers, shape `[N]`. */
  readonly labels: NdArray<Int32Array>;
  /** Where in the data set each image stands, shape `[N]`. */
  readonly indices: Int32Array;
}

/**
 * Options of {@link batchOf}.
 * @category Data
 */
export interface BatchOptions<P extends Precision = "float32"> {
  /** The format that pixels are stored in; they are always computed in float64. `"float32"` by default. */
  readonly precision?: P | undefined;
}

const batchOptions: OptionKinds<BatchOptions<Precision>> = { precision: oneOf("float32", "float64") };

/**
 * One image as a view of the data set's bytes (nothing is copied).
 * @param index `0 … dataset.length - 1`
 * @returns pixels 0 to 255, shape `[C, H, W]`
 * @throws ValueError if `index` is outside the data set, or the data set's buffers do not fit its sizes
 * @category Data
 */
export function imageView(dataset: ImageDataset, index: number): NdArray<Uint8Array> {
  checkDataset("imageView", dataset);
  checkIndex("imageView", dataset, index);
  const { channels, height, width } = dataset;
  const pixels = channels * height * width;
  return viewOf(dataset.images, [channels, height, width], [height * width, width, 1], index * pixels);
}

/**
 * The images at `indices` as one batch, each pixel normalised: `(x / 255 - mean[c]) / std[c]`.
 * @param indices one or more of `0 … dataset.length - 1`; an image may occur more than once
 * @returns images of shape `[N, C, H, W]`, labels of shape `[N]`
 * @throws ValueError if `indices` is empty or leaves the data set, or the data set's buffers do not fit its sizes
 * @example
 * ```ts
 * const { images, labels } = batchOf(drawnImages({ count: 100 }), [0, 1, 2, 3]);
 * // images.shape is [4, 3, 32, 32]
 * ```
 * @category Data
 */
export function batchOf<P extends Precision = "float32">(
  dataset: ImageDataset,
  indices: ArrayLike<number>,
  options: BatchOptions<P> = {},
): Batch<P> {
  const { precision = "float32" } = checkedOptions("batchOf", options, batchOptions);
  checkDataset("batchOf", dataset);
  checkIndices(indices);
  if (indices.length === 0) {
    throw new ValueError("batchOf", "a batch needs at least one index, got none", { expected: ">= 1", actual: 0 });
  }
  const { channels, height, width } = dataset;
  const size = indices.length;
  const pixels = channels * height * width;
  const values = floatArray(precision, size * pixels);
  const labels = new Int32Array(size);
  for (let item = 0; item < size; item++) {
    const index = indices[item] as number;
    checkIndex("batchOf", dataset, index);
    normaliseInto(values, item * pixels, dataset, index);
    labels[item] = dataset.labels[index] as number;
  }
  return {
    images: viewOf(values as ImageValues<P>, [size, channels, height, width]),
    labels: viewOf(labels, [size]),
    indices: Int32Array.from(indices),
  };
}

function normaliseInto(
  target: Float32Array | Float64Array,
  offset: number,
  dataset: ImageDataset,
  index: number,
): void {
  const { channels, images } = dataset;
  const plane = dataset.height * dataset.width;
  const source = index * channels * plane;
  for (let channel = 0; channel < channels; channel++) {
    const mean = dataset.mean[channel] as number;
    const std = dataset.std[channel] as number;
    const start = channel * plane;
    for (let pixel = start; pixel < start + plane; pixel++) {
      target[offset + pixel] = ((images[source + pixel] as number) / 255 - mean) / std;
    }
  }
}

function floatArray(precision: Precision, length: number): Float32Array | Float64Array {
  return precision === "float64" ? new Float64Array(length) : new Float32Array(length);
}

function checkIndices(indices: unknown): void {
  const isList = Array.isArray(indices) || (ArrayBuffer.isView(indices) && "length" in indices);
  if (!isList) throw new ValueError("batchOf", `indices must be a list of integers, got ${describe(indices)}`);
}

function checkIndex(op: string, dataset: ImageDataset, index: number): void {
  if (Number.isInteger(index) && index >= 0 && index < dataset.length) return;
  throw new ValueError(
    op,
    `index must be an integer of 0 to ${dataset.length - 1} (${dataset.name}), got ${describe(index)}`,
    {
      expected: `0 … ${dataset.length - 1}`,
      actual: index,
    },
  );
}

/** Throws unless a value has the fields of a data set, and its buffers fit its sizes.
 * @throws ValueError in the name of `op` */
export function checkDataset(op: string, dataset: ImageDataset): void {
  checkFields(op, dataset);
  const { name, channels, height, width, length, mean, std } = dataset;
  const shape = `[${length}, ${channels}, ${height}, ${width}]`;
  const rules: readonly (readonly [what: string, expected: number, actual: number])[] = [
    [`images of shape ${shape}`, length * channels * height * width, dataset.images.length],
    [`labels of shape [${length}]`, length, dataset.labels.length],
    [`mean of shape [${channels}]`, channels, mean.length],
    [`std of shape [${channels}]`, channels, std.length],
  ];
  for (const [what, expected, actual] of rules) {
    if (expected !== actual) {
      throw new ValueError(op, `${name} has ${what}: expected ${expected} numbers, got ${actual}`, {
        expected,
        actual,
      });
    }
  }
  if (!std.every((value) => value > 0)) {
    throw new ValueError(op, `${name} must have std above 0 in every channel, got [${std.join(", ")}]`, {
      expected: "> 0",
      actual: std,
    });
  }
}

function checkFields(op: string, dataset: unknown): void {
  if (typeof dataset !== "object" || dataset === null) {
    throw new ValueError(op, `it takes a data set, such as drawnImages(), got ${describe(dataset)}`, {
      actual: dataset,
    });
  }
  const fields = dataset as Readonly<Record<keyof ImageDataset, unknown>>;
  const refuse = (name: keyof ImageDataset, rule: string): never => {
    throw new ValueError(op, `${name} of the data set must be ${rule}, got ${describe(fields[name])}`);
  };
  if (typeof fields.name !== "string") refuse("name", "a string");
  for (const name of ["channels", "height", "width", "length"] as const) {
    if (!(Number.isSafeInteger(fields[name]) && Number(fields[name]) >= 0)) refuse(name, "an integer of 0 or more");
  }
  for (const name of ["images", "labels"] as const) {
    if (!(ArrayBuffer.isView(fields[name]) && "length" in fields[name])) refuse(name, "a typed array");
  }
  if (!Array.isArray(fields.classNames)) refuse("classNames", "a list");
  for (const name of ["mean", "std"] as const) {
    const list = fields[name];
    if (!(Array.isArray(list) && list.every(Number.isFinite))) refuse(name, "a list of finite numbers");
  }
}
