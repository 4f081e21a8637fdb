/** Labelled images, transformed one after the other, as a normalised batch. */
import { describe, ValueError } from "../errors.js";
import { viewOf } from "../ndarray.js";
import type { Generator } from "../random.js";
import type { Batch, Precision } from "./dataset.js";
import type { Image, LabelledImage, Pixels } from "./items.js";

/**
 * A function of an image that gives another one and may draw random numbers. It leaves its argument as it is.
 * @category Data
 */
export type Transform = (image: Image, generator: Generator) => Image;

/** How images become the numbers of a batch. */
export interface ImageBatchOptions {
  readonly precision: Precision;
  readonly transform: Transform | undefined;
  readonly generator: Generator;
  /** Of `x / 255`, for each channel, by which bytes are normalised; without them, bytes become `x / 255`. */
  readonly mean: readonly number[] | undefined;
  readonly std: readonly number[] | undefined;
}

/** Whether an item is an image with its class. */
export function isLabelledImage(item: unknown): item is LabelledImage {
  return typeof item === "object" && item !== null && "image" in item && "label" in item;
}

/** Transforms images in their order and normalises those that are bytes then: `(x / 255 - mean[c]) / std[c]`.
 * @throws ValueError in the name of `op` if they are not of one size, or an item is none with its class */
export function imageBatch(
  op: string,
  items: readonly LabelledImage[],
  indices: Int32Array,
  { precision, transform, generator, mean, std }: ImageBatchOptions,
): Batch<Precision> {
  const labels = Int32Array.from(items, (item, place) => checkedLabel(op, item, indices[place] as number));
  const transformed = (item: LabelledImage): Image => {
    const image = checkedImage(op, item.image);
    return transform === undefined ? image : checkedImage(op, transform(image, generator));
  };
  const first = transformed(items[0] as LabelledImage);
  const { channels, height, width } = first;
  const pixels = first.data.length;
  const values =
    precision === "float64" ? new Float64Array(items.length * pixels) : new Float32Array(items.length * pixels);
  const bytes = normalisedBytes(op, channels, mean, std);
  for (const [place, item] of items.entries()) {
    const image = place === 0 ? first : transformed(item);
    checkSize(op, image, first, indices[place] as number);
    if (image.data instanceof Uint8Array) writeBytes(values, place * pixels, image.data, bytes);
    else values.set(image.data, place * pixels);
  }
  return {
    images: viewOf(values, [items.length, channels, height, width]),
    labels: viewOf(labels, [labels.length]),
    indices,
  };
}

function writeBytes(
  target: Float32Array | Float64Array,
  offset: number,
  bytes: Uint8Array,
  tables: readonly Float64Array[],
): void {
  const plane = bytes.length / tables.length;
  for (const [channel, table] of tables.entries()) {
    const end = (channel + 1) * plane;
    for (let pixel = channel * plane; pixel < end; pixel++) {
      target[offset + pixel] = table[bytes[pixel] as number] as number;
    }
  }
}

/** For each channel, what each of the 256 bytes becomes. */
function normalisedBytes(
  op: string,
  channels: number,
  mean: readonly number[] | undefined,
  std: readonly number[] | undefined,
): readonly Float64Array[] {
  for (const [name, list] of [["mean", mean] as const, ["std", std] as const]) {
    if (list === undefined || list.length === channels) continue;
    throw new ValueError(
      op,
      `${name} of the data set must have a number for each of ${channels} channels, got ${list.length}`,
    );
  }
  return Array.from({ length: channels }, (_, channel) => {
    const [centre, scale] = [mean?.[channel] ?? 0, std?.[channel] ?? 1];
    return Float64Array.from({ length: 256 }, (_, byte) => (byte / 255 - centre) / scale);
  });
}

function checkedLabel(op: string, item: unknown, index: number): number {
  if (!isLabelledImage(item)) {
    throw new ValueError(op, `item ${index} must be { image, label } as the others are, got ${describe(item)}`);
  }
  const { label } = item;
  if (Number.isInteger(label) && label === (label | 0)) return label;
  throw new ValueError(op, `label of item ${index} must be a 32-bit integer, got ${describe(label)}`);
}

/** @throws ValueError in the name of `op` unless a value is an image */
export function checkedImage(op: string, image: unknown): Image {
  const { data, channels, height, width } = (typeof image === "object" && image !== null ? image : {}) as Partial<
    Record<keyof Image, unknown>
  >;
  const sizes = [channels, height, width];
  const isSized = sizes.every((size) => Number.isSafeInteger(size) && (size as number) >= 1);
  const isHeld = data instanceof Uint8Array || data instanceof Float32Array || data instanceof Float64Array;
  if (!isSized || !isHeld) {
    const rule = "an image is { data, channels, height, width }, of bytes or floats and with sizes of 1 or more";
    throw new ValueError(op, `${rule}, got ${describe(image)}`, { actual: image });
  }
  const expected = (sizes as number[]).reduce((product, size) => product * size, 1);
  if (data.length !== expected) {
    const rule = `an image of shape [${sizes.join(", ")}] has ${expected} numbers`;
    throw new ValueError(op, `${rule}, got ${data.length}`, { expected, actual: data.length });
  }
  return image as Image<Pixels>;
}

function checkSize(op: string, image: Image, first: Image, index: number): void {
  const shape = ({ channels, height, width }: Image): string => `[${channels}, ${height}, ${width}]`;
  if (shape(image) === shape(first)) return;
  const rule = `images of a batch must have one size, and item ${index} is ${shape(image)} where the first is ${shape(first)}`;
  throw new ValueError(op, `${rule}; pass a transform that crops or resizes them`, {
    expected: shape(first),
    actual: shape(image),
  });
}
